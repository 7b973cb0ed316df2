import type { Clock, Deadline } from '../_shared/worker/ports.ts'

/** One signed request to an endpoint whose addresses were found to be allowed. */
export type DialRequest = {
  readonly url: URL
  /** Every address the host stands for. A dialler that pins connects to one of these and asks no name server again. */
  readonly addresses: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly maxResponseBytes: number
}

/** How long each phase of an exchange took, in milliseconds; null for one that was not needed or not measured. */
export type Phases = {
  readonly connect: number | null
  readonly tls: number | null
  readonly wait: number | null
  readonly read: number | null
}

/** What came back, cut at the limit. Header names are lower-case. */
export type DialAnswer = {
  readonly status: number
  header(name: string): string | null
  readonly body: string
  readonly phases: Phases
  readonly peer: string | null
  /** Null for the pinned dialler; the name of the other one, which is not safe against rebinding. */
  readonly dialler: 'fetch' | null
}

/** Sends one request and reads one answer, redirects and all later connections excluded, until the deadline. */
export type Dial = (request: DialRequest, options: { readonly deadline: Deadline }) => Promise<DialAnswer>

/** Why there is no answer, in words that name nothing of the inside. */
export type DialProblem =
  | 'connection_refused'
  | 'connection_failed'
  | 'tls_failed'
  | 'connection_reset'
  | 'connection_closed'
  | 'malformed_answer'
  | 'wrong_peer'
  | 'proxy_failed'
  | 'timeout'

/** An exchange that ended without an answer, with how far it came. */
export class DialFailure extends Error {
  override readonly name = 'DialFailure'
  readonly problem: DialProblem
  readonly phases: Phases
  readonly peer: string | null

  constructor(problem: DialProblem, phases: Phases, peer: string | null) {
    super(problem)
    this.problem = problem
    this.phases = phases
    this.peer = peer
  }
}

export const NO_PHASES: Phases = { connect: null, tls: null, wait: null, read: null }

/** Measures phases one after the other. */
export function openStopwatch(clock: Clock) {
  const phases: { -readonly [Phase in keyof Phases]: number | null } = { ...NO_PHASES }
  let startedAtMs = clock.now()
  return {
    phases: phases as Phases,
    lap: (phase: keyof Phases): void => {
      const now = clock.now()
      phases[phase] = (phases[phase] ?? 0) + Math.max(0, Math.round(now - startedAtMs))
      startedAtMs = now
    },
  }
}

/**
 * Dials with the first dialler, and with the other one while the platform lets this function connect to nothing. Once any connection
 * was allowed, a refusal is about one address: a receiver must not be able to bring about requests that are not pinned.
 */
export function withFallback(pinned: Dial, other: Dial): Dial {
  let mayConnect = false
  const first: Dial = async (request, options) => {
    try {
      const answer = await pinned(request, options)
      mayConnect = true
      return answer
    } catch (error) {
      const isRefused = isRefusedByRuntime(error)
      mayConnect ||= !isRefused
      if (mayConnect) throw error
      return other(request, options)
    }
  }
  return (request, options) => (mayConnect ? pinned : first)(request, options)
}

/** Whether the platform, and not the other side, refused to connect. */
export function isRefusedByRuntime(error: unknown): boolean {
  return error instanceof Error && /^(NotCapable|PermissionDenied|NotSupported)$/.test(error.name)
}
