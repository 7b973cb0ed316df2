import { failureFields } from '../_shared/worker/failure.ts'
import type { Deadline, Log } from '../_shared/worker/ports.ts'
import { openBell } from './bell.ts'
import type { DeliveryCounts, WebhookClaim, WebhookDatabase } from './database.ts'
import { type DeliverPorts, deliver, timeoutOf } from './deliver.ts'
import type { DestinationPolicy } from './destination.ts'
import { keepWebhooks } from './keep.ts'
import { openLanes, type Waiting } from './lane.ts'
import { openResults } from './results.ts'
import { openUnderWay } from './under-way.ts'
import { waitingOf } from './waiting.ts'

export type DispatchPorts = DeliverPorts & {
  readonly log: Log
  readonly database: WebhookDatabase
  readonly policy: DestinationPolicy
}

export type DispatchLimits = {
  /** After this time nothing more is claimed; what is under way ends by its own deadline. */
  readonly budgetMs: number
  /** Deliveries of one invocation, which keeps it within the platform's CPU time; what is left rings again. */
  readonly maxDeliveries: number
  /** Deliveries under way at the same time, and those of one endpoint: of a lost worker the database counts as many as attempted. */
  readonly concurrency: number
  readonly perEndpoint: number
  /** Deliveries under way to endpoints that are new or were slow within the hour, of all organizations together. */
  readonly untrustedPlaces: number
  /** Deliveries that hang and no longer take a place, beyond `concurrency`. */
  readonly asidePlaces: number
  readonly batchSize: number
  readonly flushAt: number
  readonly flushAfterMs: number
  /** Short, because what a lost worker held waits as long; it is extended while the worker lives. */
  readonly leaseSeconds: number
  /** How long what was claimed may take until it is answered; what must wait longer is given back. */
  readonly holdSeconds: number
  /** How often it looks for more while deliveries are under way, and how long before it ends. */
  readonly lookAgainMs: number
  readonly lingerMs: number
}

export const DISPATCH_LIMITS: DispatchLimits = {
  budgetMs: 90_000,
  maxDeliveries: 5_000,
  concurrency: 64,
  perEndpoint: 4,
  untrustedPlaces: 48,
  asidePlaces: 192,
  batchSize: 1_000,
  flushAt: 500,
  flushAfterMs: 100,
  leaseSeconds: 20,
  holdSeconds: 35,
  lookAgainMs: 1_000,
  lingerMs: 300,
}

/** How many deliveries were claimed and what the database made of their results. */
export type DispatchCounts = DeliveryCounts & { readonly claimed: number }

/** A run that is under way. */
export type Dispatch = {
  readonly ended: Promise<DispatchCounts>
  /** Has it look for more at once, as a ring asks it to; false when it looks no more, so that another run must. */
  wake(): boolean
  /** Has it claim nothing more, end what is under way and give the rest back. */
  stop(): void
}

/** Time that an answer needs to reach the database. */
const MARGIN_MS = 2_000

/** An endpoint that takes as long gets a part of the places only; the database remembers it for an hour. */
const SLOW_MS = 5_000

/**
 * Sends the webhooks that are due until none is left or the budget is used. It claims while others are still under way, and tells
 * results in batches as they come, so that an endpoint that hangs does not hold up the webhooks of others.
 */
export function dispatchWebhooks(ports: DispatchPorts, limits: DispatchLimits = DISPATCH_LIMITS): Dispatch {
  const { clock, database } = ports
  const startedAtMs = clock.now()
  const lanes = openLanes({
    perEndpoint: limits.perEndpoint,
    failuresUntilOpen: 3,
    fullAt: Math.max(1, limits.batchSize / 4),
    untrustedPlaces: limits.untrustedPlaces,
  })
  const underWay = openUnderWay(lanes, limits)
  const results = openResults(ports, limits, () => underWay.size() === 0 && lanes.size() === 0)
  const kept = keepWebhooks(ports, results, limits.leaseSeconds)
  const bell = openBell()
  const state = { claimed: 0, after: 0, mayBeMore: true, isStopped: false, isClaiming: false, lingered: 0 }
  let claimFailure: { readonly error: unknown } | null = null
  let isOver = false

  const mayClaim = (): boolean =>
    !state.isStopped &&
    claimFailure === null &&
    results.failure() === null &&
    state.claimed < limits.maxDeliveries &&
    clock.now() - startedAtMs < limits.budgetMs
  /** What waits, without those for untrusted endpoints beyond half a batch: they keep no others from being claimed. */
  const held = (): number => lanes.size() - Math.max(0, lanes.untrusted() - limits.batchSize / 2)
  const claim = async (): Promise<void> => {
    state.isClaiming = true
    // A ring during the claim is about something that the claim may not have seen.
    state.mayBeMore = false
    try {
      const size = Math.min(limits.batchSize - Math.floor(held()), limits.maxDeliveries - state.claimed)
      const askedAtMs = clock.now()
      const busy = lanes.busy()
      const answer = await database.claimWebhookDeliveries({
        batch_size: size,
        lease_seconds: limits.leaseSeconds,
        after: state.after,
        busy,
        trusted_only: lanes.untrusted() >= limits.batchSize / 2,
      })
      state.after = answer.head.after
      state.claimed += answer.deliveries.length
      state.mayBeMore ||= answer.head.is_more
      if (answer.deliveries.length > 0) state.lingered = 0
      take(answer, askedAtMs)
    } catch (error) {
      claimFailure ??= { error }
    } finally {
      state.isClaiming = false
      bell.ring()
    }
  }
  const take = (answer: WebhookClaim, askedAtMs: number): void => {
    const { lease_id: leaseId, lease_ms: leaseMs } = answer.head
    const holdMs = limits.holdSeconds * 1_000
    if (leaseId === null) return
    results.lease(leaseId, answer.deliveries.length, askedAtMs + leaseMs)
    const untrusted = new Set(answer.head.untrusted)
    const added = lanes.add(waitingOf(answer, leaseId, askedAtMs + holdMs), untrusted)
    for (const dropped of added) results.drop(dropped.leaseId)
  }
  const send = ({ delivery, leaseId }: Waiting): void => {
    const sending: Promise<void> = deliver(ports, ports.policy, delivery).then((result) => {
      const wasAside = underWay.remove(sending)
      const isDelivered = result.status !== null && result.status >= 200 && result.status <= 299
      const isSlow = result.duration_ms >= SLOW_MS
      const given = lanes.finished(delivery.endpoint.id, isDelivered, isSlow, wasAside)
      for (const dropped of given) results.drop(dropped.leaseId)
      results.add(leaseId, result)
      bell.ring()
    })
    underWay.add(sending, delivery.endpoint.id, clock.now())
  }
  const sendWhatMay = (): void => {
    while (underWay.hasPlace() && !state.isStopped) {
      const next = lanes.next()
      if (next === undefined) return
      // What could not be told in time is not sent by this worker, and nothing is whose lease was not extended.
      const toldAtMs = clock.now() + MARGIN_MS
      if (
        toldAtMs + timeoutOf(next.delivery.endpoint) > next.heldUntilMs ||
        toldAtMs > results.endsAtMs(next.leaseId)
      ) {
        lanes.finished(next.delivery.endpoint.id, true)
        results.drop(next.leaseId)
      } else send(next)
    }
  }
  const looking: { timer: Deadline | null } = { timer: null }
  const ringAfter = (ms: number): Deadline => {
    const timer = clock.deadline(ms)
    timer.signal.addEventListener('abort', () => {
      if (looking.timer === timer) looking.timer = null
      state.mayBeMore = true
      underWay.setAside(clock.now())
      bell.ring()
    })
    return timer
  }
  /** Waits for a ring, and for a while until it is time to look again: one timer serves many rings. */
  const lookAgain = async (): Promise<void> => {
    looking.timer ??= ringAfter(limits.lookAgainMs)
    await bell.heard()
  }
  /** Waits for a ring or the time, until the first of them comes. */
  const linger = async (): Promise<void> => {
    const timer = ringAfter(limits.lingerMs)
    await bell.heard()
    timer.clear()
  }
  // A claim costs about the same for few as for many. What waits for endpoints that hang keeps no others from being claimed.
  const hasRoom = (): boolean =>
    held() <= limits.batchSize / 4 || (lanes.isStuck() && underWay.hasPlace() && held() < limits.batchSize)
  const run = async (): Promise<void> => {
    while (true) {
      sendWhatMay()
      if (mayClaim() && !state.isClaiming && state.mayBeMore && hasRoom()) {
        void claim()
        continue
      }
      if (state.isClaiming) await bell.heard()
      else if (underWay.size() > 0 || lanes.size() > 0) await lookAgain()
      // A transaction that rang just before another may be committed just after it.
      else if (mayClaim() && state.claimed > 0 && limits.lingerMs > 0 && state.lingered++ < 1) await linger()
      else if (mayClaim() && state.mayBeMore) continue
      else return
      if (state.isStopped && underWay.size() === 0 && !state.isClaiming) return
    }
  }
  const end = async (): Promise<DispatchCounts> => {
    const isBudgetUsed =
      state.isStopped || state.claimed >= limits.maxDeliveries || clock.now() - startedAtMs >= limits.budgetMs
    const left = results.leases()
    // Gives back what is still held, and rings when something is due: the next work need not wait for the schedule.
    if (left.length > 0 || isBudgetUsed) {
      await database.releaseWebhookDeliveries({ lease_ids: left }).catch((error: unknown) => {
        ports.log({ event: 'webhooks.release', outcome: 'failed', ...failureFields(error) })
      })
    }
    const failure = claimFailure ?? results.failure()
    if (failure !== null) throw failure.error
    const counts = { claimed: state.claimed, ...results.counts() }
    ports.log({ event: 'webhooks.dispatch', outcome: 'done', ...counts, durationMs: clock.now() - startedAtMs })
    return counts
  }
  const ended = (async (): Promise<DispatchCounts> => {
    await run()
    isOver = !state.isStopped
    looking.timer?.clear()
    // What was sent is told even when nothing more can be claimed: an untold delivery is sent again.
    await underWay.ended()
    for (const left of lanes.empty()) results.drop(left.leaseId)
    await results.drain()
    kept.end()
    return end()
  })()
  return {
    ended,
    wake: () => {
      state.mayBeMore = true
      state.lingered = 0
      bell.ring()
      return !isOver
    },
    stop: () => {
      state.isStopped = true
      bell.ring()
    },
  }
}
