import type { TransactionRecord } from '../core/history.ts'
import { createRateLimiter, type RateLimiter } from '../rate-limit.ts'
import type { FailureMode, Fault, Harm, HarmOf, Stage, StandingFault } from './fault.ts'
import { isSubmission, matchesRoute, type RequestFacts } from './match.ts'
import { createRandom, type Random } from './random.ts'

/** Submissions that go wrong: before the network sees the envelope, or after it took it. */
export type SubmissionFailure = { readonly count: number; readonly stage: Stage; readonly how: FailureMode }

/** Reads that go wrong. */
export type ReadFailure = { readonly count: number; readonly how: FailureMode }

/** A server behind the network by some ledgers; with `everySecondRead`, one of two servers behind a balancer. */
export type Lag = { readonly ledgers: number; readonly everySecondRead?: boolean }

/** The faults that are on. */
export type FaultStatus = {
  readonly list: readonly StandingFault[]
  readonly lag: Lag
  readonly rate_limit: boolean
  readonly rpc_race: boolean
}

/** One fault that strikes one request. */
export type Strike = {
  readonly harm: Harm
  readonly random: Random
  /** The false transactions of this fault, which it goes on telling of. */
  readonly told: TransactionRecord[]
}

/** What goes wrong at the moment, and the choices that follow from it. */
export type Faults = {
  /** Turns a fault on and returns its number. */
  add(fault: Fault): number
  /** Turns a fault off; false when there is none with this number. */
  remove(id: number): boolean
  setLag(lag: Lag): void
  setRateLimit(on: boolean): void
  /** With true, getTransaction reads the transaction before the ledger range, as a real RPC server does. */
  setRpcRace(on: boolean): void
  clear(): void
  /** The faults that strike a request, in the order in which they were turned on. Each call uses them up. */
  take(request: RequestFacts): Strike[]
  /** How many ledgers the next read lags; alternates when only every second read does. */
  lagOfNextRead(): number
  /** How many ledgers ingestion lags: the waiting submission sees its transaction that much later. */
  ingestionLag(): number
  rateLimiter(): RateLimiter | null
  rpcRace(): boolean
  status(): FaultStatus
}

/** No faults yet. `clock` gives milliseconds for the rate limit; `seed` decides everything that is drawn. */
export function createFaults(clock: () => number, seed: string): Faults {
  let entries: Entry[] = []
  let lag: Lag = { ledgers: 0 }
  let limiter: RateLimiter | null = null
  let race = false
  let turn = 0
  let last = 0

  return {
    add(fault) {
      last += 1
      const random = createRandom(fault.seed ?? `${seed} fault ${last}`)
      entries.push({ id: last, fault, random, told: [], seen: 0, struck: 0 })
      return last
    },
    remove(id) {
      const before = entries.length
      entries = entries.filter((entry) => entry.id !== id)
      return entries.length < before
    },
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
      entries = []
      lag = { ledgers: 0 }
      limiter = null
      race = false
      turn = 0
      last = 0
    },
    take: (request) => takeFrom(entries, request),
    lagOfNextRead() {
      turn += 1
      return lag.everySecondRead === true && turn % 2 === 1 ? 0 : lag.ledgers
    },
    ingestionLag: () => (lag.everySecondRead === true ? 0 : lag.ledgers),
    rateLimiter: () => limiter,
    rpcRace: () => race,
    status: () => ({
      list: entries.filter(isLive).map(({ id, fault, struck }) => ({ ...fault, id, struck })),
      lag,
      rate_limit: limiter !== null,
      rpc_race: race,
    }),
  }
}

/** The strikes of one kind. */
export function strikesOf<K extends Harm['kind']>(
  strikes: readonly Strike[],
  kind: K,
): (Strike & { readonly harm: HarmOf<K> })[] {
  return strikes.flatMap(({ harm, random, told }) => (isOfKind(harm, kind) ? [{ harm, random, told }] : []))
}

/** A request that fails. */
export type Failure = HarmOf<'status' | 'reset' | 'hang'>

/** The failure of a request, if it has one. */
export function failureOf(strikes: readonly Strike[]): Failure | undefined {
  return strikes.map(({ harm }) => harm).find(isFailure)
}

/** A failure as a fault. */
export function failureFault(how: FailureMode): Failure {
  if (how === 'reset' || how === 'hang') return { kind: how }
  // A server that says "later" says when.
  return { kind: 'status', status: how, ...((how === 429 || how === 503) && { retryAfter: '1' }) }
}

type Entry = {
  readonly id: number
  readonly fault: Fault
  readonly random: Random
  readonly told: TransactionRecord[]
  seen: number
  struck: number
}

// Another server and another history stay as they are until they are turned off.
const LASTING: ReadonlySet<Harm['kind']> = new Set<Harm['kind']>([
  'stale',
  'frozen',
  'reaped',
  'pretend-applied',
  'pretend-failed',
  'hide',
  'holder',
])

function takeFrom(entries: readonly Entry[], request: RequestFacts): Strike[] {
  const named = entries.filter(({ fault }) => names(fault, request))
  const failing = named.find((entry) => isFailure(entry.fault) && strikesNow(entry))
  const isTaken = isSubmission(request) && failing !== undefined && isAfter(failing.fault)
  // What fails without an answer uses up no other fault.
  const others = failing && !isTaken ? [] : named.filter(({ fault }) => !isFailure(fault))
  const struck = others.filter((entry) =>
    entry.fault.kind === 'pretend-applied' && !isSubmission(request) ? entry.told.length > 0 : strikesNow(entry),
  )
  return [...(failing ? [failing] : []), ...struck].map(({ fault, random, told }) => ({ harm: fault, random, told }))
}

function names({ route = '**', contains = '' }: Fault, request: RequestFacts): boolean {
  return matchesRoute(route, request) && request.text.includes(contains)
}

/** Counts the request, and says whether this is one that the fault strikes. */
function strikesNow(entry: Entry): boolean {
  const { fault, random } = entry
  if (!isLive(entry)) return false
  entry.seen += 1
  const place = entry.seen - (fault.skip ?? 0)
  if (place <= 0 || place % (fault.every ?? 1) !== 0) return false
  if (fault.chance !== undefined && random.share() >= fault.chance) return false
  entry.struck += 1
  return true
}

function isLive({ fault, struck }: Entry): boolean {
  const { count = LASTING.has(fault.kind) ? 'forever' : 1 } = fault
  return count === 'forever' || struck < count
}

function isAfter(harm: Harm): boolean {
  return isFailure(harm) && harm.stage === 'after'
}

function isFailure(harm: Harm): harm is Failure {
  return harm.kind === 'status' || harm.kind === 'reset' || harm.kind === 'hang'
}

function isOfKind<K extends Harm['kind']>(harm: Harm, kind: K): harm is HarmOf<K> {
  return harm.kind === kind
}
