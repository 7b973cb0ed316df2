/** Time as the workers see it. Tests bring their own, so that no logic ever waits for a real clock. */
export type Clock = {
  /** Milliseconds since 1970. Good for durations and for what people read; never evidence about the ledger. */
  now(): number
  /** A signal that fires after `ms` milliseconds unless it is cleared before. */
  deadline(ms: number): Deadline
}

export type Deadline = {
  /** Made when it is first asked for: what only waits for a call back needs none. */
  readonly signal: AbortSignal
  /** Calls back when it passes, at once when it has passed, and never once it is cleared. */
  onPassed(callback: () => void): void
  /** Stops the timer. Every deadline is cleared, or a finished worker would stay alive for it. */
  clear(): void
}

/** The platform's `fetch`. It must not follow redirects when told `manual`. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>

export type FetchInit = {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly signal: AbortSignal
  readonly redirect: 'manual'
}

/** Uniform in [0, 1). Spreads retries; no secret is ever made of it. */
export type Random = () => number

/** One unit of work as one line. Values are ids, counts, codes and durations: never secrets, bodies or personal data. */
export type LogLine = {
  readonly event: string
  readonly outcome: string
  readonly [field: string]: string | number | boolean | null
}

export type Log = (line: LogLine) => void

/** All IPv4 and IPv6 addresses of a host name, at once where they are known. Rejects when they cannot be found out. */
export type ResolveHost = (hostname: string, signal: AbortSignal) => readonly string[] | Promise<readonly string[]>
