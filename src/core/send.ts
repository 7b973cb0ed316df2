import type { Answer, CallOptions, Query } from './client.ts'
import type { PaydError } from './error.ts'
import { toPaydError, wasRolledBack } from './explain.ts'
import { wait } from './timer.ts'

/** Names a call for error messages, as it reads after "could not", and carries the caller's options. */
export interface Call {
  readonly action: string
  readonly options: CallOptions
  /** Set for what must not happen twice: it is repeated only when the database has undone it. */
  readonly once?: boolean
}

/**
 * The data of one request. This is the only place that repeats anything, so attempts never multiply: supabase-js is told not to.
 *
 * - What the database rolled back, because two transactions met, is sent again up to four times: nothing of it happened.
 * - Failures that pass by themselves (no answer, 408, 429, 5xx of a gateway, a database that starts) are sent again twice, after at
 *   most 250 and 1000 ms or after `Retry-After` if that is at most ten seconds; unless the call must not happen twice.
 * - A statement that took too long is never sent again by itself: it would take as long once more.
 */
export async function send<Data>(request: Query, call: Call): Promise<Data> {
  request.retry?.(false)
  const attempts = { rolledBack: 0, failed: 0 }
  for (;;) {
    try {
      return await ask<Data>(request, call)
    } catch (error) {
      const delay = delayBeforeNext(error as PaydError, call, attempts)
      if (delay === undefined) throw error
      await pause(delay, call)
    }
  }
}

/** At most so many ms before the second and the third attempt: long enough for a failover, short enough for a person. */
const FAILED_DELAYS_MS = [250, 1_000]
/** Likewise for what was rolled back: whoever was in the way has ended by then. */
const ROLLED_BACK_DELAYS_MS = [50, 100, 200, 400]
/** Whoever asks for a longer wait is believed, and the caller decides. */
const LONGEST_RETRY_AFTER_SECONDS = 10

interface Delay {
  readonly ms: number
  /** The server named the time, so it is not shortened. */
  readonly isExact?: boolean
}

function delayBeforeNext(
  error: PaydError,
  call: Call,
  attempts: { rolledBack: number; failed: number },
): Delay | undefined {
  if (wasRolledBack(error)) {
    const ms = ROLLED_BACK_DELAYS_MS[attempts.rolledBack++]
    return ms === undefined ? undefined : { ms }
  }
  if (call.once === true || !error.retryable || error.code === 'statement_timeout') return undefined
  const ms = FAILED_DELAYS_MS[attempts.failed++]
  const { retryAfter } = error
  if (ms === undefined || retryAfter === undefined) return ms === undefined ? undefined : { ms }
  return retryAfter > LONGEST_RETRY_AFTER_SECONDS ? undefined : { ms: Math.max(retryAfter * 1_000, ms), isExact: true }
}

async function ask<Data>(request: Query, { action, options }: Call): Promise<Data> {
  const { signal } = options
  const seen = rememberHeaders(request)
  let answer: Answer
  try {
    if (signal?.aborted) throw signal.reason
    answer = await (signal === undefined ? request : request.abortSignal(signal))
  } catch (error) {
    throw toPaydError(error, { action, signal })
  }
  if (answer.error !== null && answer.error !== undefined) {
    throw toPaydError(answer.error, { action, signal, status: answer.status, headers: seen.headers })
  }
  return answer.data as Data
}

/** supabase-js hands out no headers, and two of them matter: when to come back, and what names the request in the logs. */
function rememberHeaders(request: Query): { headers?: Headers | undefined } {
  const seen: { headers?: Headers | undefined } = {}
  const plain = originals.get(request) ?? request.fetch
  if (typeof plain !== 'function') return seen
  originals.set(request, plain)
  request.fetch = async (input, init) => {
    const response = await plain(input, init)
    seen.headers = response.headers
    return response
  }
  return seen
}

/** What sent a request before it was watched, so that attempts do not pile up watchers. */
const originals = new WeakMap<Query, typeof globalThis.fetch>()

/** Waits between half of the time and all of it, or exactly as long as the server said. */
async function pause({ ms, isExact = false }: Delay, { action, options }: Call): Promise<void> {
  const time = isExact ? ms : Math.ceil((ms * (1 + (options.random ?? Math.random)())) / 2)
  try {
    await (options.wait ?? wait)(time, options.signal)
  } catch (error) {
    throw toPaydError(error, { action, signal: options.signal })
  }
}
