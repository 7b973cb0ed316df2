import { DatabaseError } from '../_shared/worker/database-error.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import type { Clock, Deadline, Log } from '../_shared/worker/ports.ts'
import type { DeliveryCounts, ResultArrays, WebhookDatabase } from './database.ts'
import type { DeliveryResult } from './deliver.ts'

export type ResultLimits = {
  /** As many results are told at once, and at the latest after this time; later when telling takes long, up to ten times. */
  readonly flushAt: number
  readonly flushAfterMs: number
}

type Lease = {
  readonly results: DeliveryResult[]
  /** Neither told nor dropped yet. */
  open: number
  dropped: number
  endsAtMs: number
}
/** What is answered first is told soon: a worker that is killed again and again in its first moments must make headway. */
const FIRST_FLUSH_AFTER_MS = 10

type Ports = { readonly clock: Clock; readonly log: Log; readonly database: WebhookDatabase }

/**
 * Tells results to the database, one call at a time, many in a call. A lease ends when everything it holds was told; what was not
 * attempted is given back with its last call. What cannot be told is told one by one, so that no answer of a receiver keeps the
 * results of others.
 */
export function openResults(ports: Ports, limits: ResultLimits, isIdle: () => boolean) {
  const leases = new Map<number, Lease>()
  let counts: DeliveryCounts = { delivered: 0, retrying: 0, dead: 0, stale: 0 }
  let waiting = 0
  let flushing: Promise<void> | null = null
  let timer: Deadline | null = null
  let failure: { readonly error: unknown } | null = null
  let tookMs = 0
  let hasTold = false

  const add = (done: DeliveryCounts): void => {
    counts = {
      delivered: counts.delivered + done.delivered,
      retrying: counts.retrying + done.retrying,
      dead: counts.dead + done.dead,
      stale: counts.stale + done.stale,
    }
  }
  const tell = async (leaseId: number, lease: Lease): Promise<void> => {
    const results = lease.results.splice(0, limits.flushAt)
    waiting -= results.length
    lease.open -= results.length
    const isLast = lease.open === lease.dropped
    if (isLast) leases.delete(leaseId)
    try {
      add(await ports.database.completeWebhookDeliveries(arraysOf(leaseId, results, isLast)))
    } catch (error) {
      if (results.length === 0 || !isRefusal(error)) throw error
      ports.log({ event: 'webhooks.complete', outcome: 'isolated', results: results.length, ...failureFields(error) })
      await tellOneByOne(leaseId, results, isLast)
    }
  }
  const tellOneByOne = async (leaseId: number, results: readonly DeliveryResult[], isLast: boolean): Promise<void> => {
    for (const [index, result] of results.entries()) {
      const last = isLast && index === results.length - 1
      const plain = { ...result, body: null, error_message: null, peer: null }
      try {
        add(await ports.database.completeWebhookDeliveries(arraysOf(leaseId, [plain], last)))
      } catch (error) {
        if (!isRefusal(error)) throw error
        // The end of the lease counts this attempt.
        ports.log({ event: 'webhooks.complete', outcome: 'refused', ...failureFields(error) })
      }
    }
  }
  const isDue = (lease: Lease): boolean => lease.results.length > 0 || lease.open === lease.dropped
  const flush = async (): Promise<void> => {
    // The fullest first: it makes the fewest calls.
    const [next] = [...leases]
      .filter(([, lease]) => isDue(lease))
      .toSorted(([, a], [, b]) => b.results.length - a.results.length)
    if (next !== undefined) await tell(...next)
  }
  const start = (): Promise<void> => {
    timer?.clear()
    timer = null
    const startedAtMs = ports.clock.now()
    flushing ??= flush()
      .catch((error: unknown) => {
        // The leases of untold results end, and their webhooks are sent again with the same id.
        failure ??= { error }
        ports.log({ event: 'webhooks.complete', outcome: 'failed', ...failureFields(error) })
      })
      .finally(() => {
        flushing = null
        tookMs = ports.clock.now() - startedAtMs
        hasTold = true
        if (failure === null && [...leases.values()].some(isDue)) plan()
      })
    return flushing
  }
  const plan = (): void => {
    if (flushing !== null || failure !== null) return
    if (waiting >= limits.flushAt || isIdle()) return void start()
    if (timer !== null) return
    // A call costs about the same for one result as for many, so a database that is slow is told more at once.
    const unhurriedMs = Math.min(Math.max(limits.flushAfterMs, 4 * tookMs), 10 * limits.flushAfterMs)
    timer = ports.clock.deadline(hasTold ? unhurriedMs : Math.min(FIRST_FLUSH_AFTER_MS, unhurriedMs))
    timer.signal.addEventListener('abort', () => void start(), { once: true })
  }
  return {
    lease: (id: number, size: number, endsAtMs: number): void =>
      void leases.set(id, { results: [], open: size, dropped: 0, endsAtMs }),
    /** Notes that leases were extended. */
    extended: (ids: readonly number[], endsAtMs: number): void => {
      for (const lease of ids.map((id) => leases.get(id))) if (lease !== undefined) lease.endsAtMs = endsAtMs
    },
    endsAtMs: (leaseId: number): number => leases.get(leaseId)?.endsAtMs ?? 0,
    add: (leaseId: number, result: DeliveryResult): void => {
      leases.get(leaseId)?.results.push(result)
      waiting += 1
      plan()
    },
    /** A delivery that is not attempted: its lease gives it back. */
    drop: (leaseId: number): void => {
      const lease = leases.get(leaseId)
      if (lease !== undefined) lease.dropped += 1
      plan()
    },
    failure: () => failure,
    /** Leases of which something is still held. */
    leases: () => [...leases.keys()],
    /** Resolves when nothing is left to tell, or when telling has failed. */
    drain: async (): Promise<void> => {
      while (failure === null && (flushing !== null || [...leases.values()].some(isDue))) await start()
      timer?.clear()
    },
    counts: (): DeliveryCounts => counts,
  }
}

/** Whether the database refused what it was told; a lost connection is no refusal. */
function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && error.status >= 400 && error.status < 500
}

function arraysOf(leaseId: number, results: readonly DeliveryResult[], isLast: boolean): ResultArrays {
  return {
    lease_id: leaseId,
    delivery_ids: results.map((result) => result.delivery_id),
    statuses: results.map((result) => result.status),
    durations: results.map((result) => result.duration_ms),
    phases: results.flatMap(({ resolve_ms, phases }) => [
      resolve_ms,
      phases.connect,
      phases.tls,
      phases.wait,
      phases.read,
    ]),
    retry_after: unlessAllNull(results.map((result) => result.retry_after)),
    peers: unlessAllNull(results.map((result) => result.peer)),
    diallers: unlessAllNull(results.map((result) => result.dialler)),
    error_classes: unlessAllNull(results.map((result) => result.error_class)),
    error_messages: unlessAllNull(results.map((result) => result.error_message)),
    bodies: unlessAllNull(results.map((result) => result.body)),
    is_last: isLast,
  }
}

/** An empty list stands for nothing but nulls: most answers are good and say little. */
function unlessAllNull<Value>(values: readonly (Value | null)[]): readonly (Value | null)[] {
  return values.every((value) => value === null) ? [] : values
}
