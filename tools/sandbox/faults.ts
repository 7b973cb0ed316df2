import { createRateLimiter, type RateLimiter } from './rate-limit.ts'

/** How a request goes wrong: an HTTP status, a connection reset, or no answer at all. */
export type FailureMode = number | 'reset' | 'hang'

/** Submissions that go wrong: before the network sees the envelope, or after it took it. */
export type SubmissionFailure = {
  readonly count: number
  readonly stage: 'before' | 'after'
  readonly how: FailureMode
}

/** Reads that go wrong. */
export type ReadFailure = { readonly count: number; readonly how: FailureMode }

/** A server behind the network by some ledgers; with `everySecondRead`, one of two servers behind a balancer. */
export type Lag = { readonly ledgers: number; readonly everySecondRead?: boolean }

/** The faults that are on. */
export type FaultStatus = {
  readonly submissions: readonly SubmissionFailure[]
  readonly reads: readonly ReadFailure[]
  readonly lag: Lag
  readonly rate_limit: boolean
  readonly rpc_race: boolean
}

/** What goes wrong at the moment, and the choices that follow from it. */
export type Faults = {
  failSubmissions(failure: SubmissionFailure): void
  failReads(failure: ReadFailure): void
  setLag(lag: Lag): void
  setRateLimit(on: boolean): void
  /** With true, getTransaction reads the transaction before the ledger range, as a real RPC server does. */
  setRpcRace(on: boolean): void
  clear(): void
  /** The failure the next submission meets at this stage, or null. Each call uses one up. */
  takeSubmissionFailure(stage: 'before' | 'after'): FailureMode | null
  takeReadFailure(): FailureMode | null
  /** How many ledgers the next read lags; alternates when only every second read does. */
  lagOfNextRead(): number
  /** How many ledgers ingestion lags: the waiting submission sees its transaction that much later. */
  ingestionLag(): number
  rateLimiter(): RateLimiter | null
  rpcRace(): boolean
  status(): FaultStatus
}

/** No faults yet. `clock` gives milliseconds for the rate limit. */
export function createFaults(clock: () => number): Faults {
  let submissions: SubmissionFailure[] = []
  let reads: ReadFailure[] = []
  let lag: Lag = { ledgers: 0 }
  let limiter: RateLimiter | null = null
  let race = false
  let turn = 0

  return {
    failSubmissions: (failure) => void submissions.push(failure),
    failReads: (failure) => void reads.push(failure),
    setLag(next) {
      lag = next
      turn = 0
    },
    setRateLimit(on) {
      limiter = on ? createRateLimiter(clock) : null
    },
    setRpcRace(on) {
      race = on
    },
    clear() {
      submissions = []
      reads = []
      lag = { ledgers: 0 }
      limiter = null
      race = false
      turn = 0
    },
    takeSubmissionFailure(stage) {
      const first = submissions.find((failure) => failure.stage === stage)
      if (!first) return null
      submissions = useUp(submissions, first)
      return first.how
    },
    takeReadFailure() {
      const [first] = reads
      if (!first) return null
      reads = useUp(reads, first)
      return first.how
    },
    lagOfNextRead() {
      turn += 1
      return lag.everySecondRead === true && turn % 2 === 1 ? 0 : lag.ledgers
    },
    ingestionLag: () => (lag.everySecondRead === true ? 0 : lag.ledgers),
    rateLimiter: () => limiter,
    rpcRace: () => race,
    status: () => ({ submissions, reads, lag, rate_limit: limiter !== null, rpc_race: race }),
  }
}

function useUp<T extends { readonly count: number }>(failures: readonly T[], used: T): T[] {
  return failures
    .map((failure) => (failure === used ? { ...failure, count: failure.count - 1 } : failure))
    .filter(({ count }) => count > 0)
}
