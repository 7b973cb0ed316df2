import { failureFields } from '../_shared/worker/failure.ts'
import type { Log } from '../_shared/worker/ports.ts'
import type { DeliveryResult, WebhookDatabase } from './database.ts'
import { type DeliverPorts, deliver } from './deliver.ts'
import type { DestinationPolicy } from './destination.ts'

export type DispatchPorts = DeliverPorts & {
  readonly log: Log
  readonly database: WebhookDatabase
  readonly policy: DestinationPolicy
}

export type DispatchLimits = {
  /** After this time nothing more is claimed; what is under way ends by its own deadline. */
  readonly budgetMs: number
  /** Deliveries of one invocation, which keeps it within the platform's CPU time. */
  readonly maxDeliveries: number
  /** Deliveries under way at the same time. */
  readonly concurrency: number
  /** Results told to the database in one call. */
  readonly completionBatchSize: number
  /** Longer than any delivery may take, or another worker sends it as well. */
  readonly leaseSeconds: number
}

export const DISPATCH_LIMITS: DispatchLimits = {
  budgetMs: 90_000,
  maxDeliveries: 1_200,
  concurrency: 64,
  completionBatchSize: 100,
  leaseSeconds: 45,
}

/** How many deliveries were claimed and what the database made of their results. */
export type DispatchCounts = {
  readonly claimed: number
  readonly delivered: number
  readonly retrying: number
  readonly dead: number
  readonly stale: number
}

/**
 * Sends the webhooks that are due until none is left or the budget is used. Free places are filled while others are still under
 * way, and results are told in batches as they come, so that an endpoint that hangs delays only its own webhooks.
 */
export async function dispatchWebhooks(
  ports: DispatchPorts,
  limits: DispatchLimits = DISPATCH_LIMITS,
): Promise<DispatchCounts> {
  const startedAtMs = ports.clock.now()
  const completion = openCompletion(ports, limits.completionBatchSize)
  const underWay = new Set<Promise<void>>()
  let claimed = 0
  let isAllClaimed = false

  const mayClaim = () =>
    !isAllClaimed &&
    claimed < limits.maxDeliveries &&
    completion.failure() === null &&
    ports.clock.now() - startedAtMs < limits.budgetMs
  try {
    while (true) {
      const free = Math.min(limits.concurrency - underWay.size, limits.maxDeliveries - claimed)
      // Claiming for one free place at a time would cost a call to the database per delivery.
      if (mayClaim() && (underWay.size === 0 || free >= limits.concurrency / 4)) {
        const claims = await ports.database.claimWebhookDeliveries({
          batch_size: free,
          lease_seconds: limits.leaseSeconds,
        })
        claimed += claims.length
        isAllClaimed = claims.length < free
        for (const claim of claims) {
          const sending: Promise<void> = deliver(ports, ports.policy, claim)
            .then(completion.add)
            .finally(() => underWay.delete(sending))
          underWay.add(sending)
        }
        continue
      }
      if (underWay.size === 0) break
      await Promise.race(underWay)
    }
  } finally {
    // What was sent is told even when nothing more can be claimed: an untold delivery is sent again.
    await Promise.all(underWay)
    await completion.drain()
  }
  const counts = completion.counts()
  ports.log({
    event: 'webhooks.dispatch',
    outcome: 'done',
    claimed,
    ...counts,
    durationMs: ports.clock.now() - startedAtMs,
  })
  return { claimed, ...counts }
}

type CompletionCounts = Omit<DispatchCounts, 'claimed'>

/**
 * Tells results to the database, one call at a time: what arrives during a call goes with the next one. That batches by load,
 * without any timer.
 */
function openCompletion(ports: DispatchPorts, batchSize: number) {
  const waiting: DeliveryResult[] = []
  let counts: CompletionCounts = { delivered: 0, retrying: 0, dead: 0, stale: 0 }
  let flushing: Promise<void> | null = null
  let failure: { readonly error: unknown } | null = null

  const flush = async () => {
    while (waiting.length > 0) {
      const done = await ports.database.completeWebhookDeliveries({ results: waiting.splice(0, batchSize) })
      counts = {
        delivered: counts.delivered + done.delivered,
        retrying: counts.retrying + done.retrying,
        dead: counts.dead + done.dead,
        stale: counts.stale + done.stale,
      }
    }
  }
  const start = () => {
    flushing ??= flush()
      .catch((error: unknown) => {
        // The leases of untold results end, and their webhooks are sent again with the same id.
        failure ??= { error }
        ports.log({ event: 'webhooks.complete', outcome: 'failed', ...failureFields(error) })
      })
      .finally(() => {
        flushing = null
      })
    return flushing
  }
  return {
    add: (result: DeliveryResult): void => {
      waiting.push(result)
      void start()
    },
    failure: () => failure,
    /** Resolves when nothing is left to tell, or when telling has failed. */
    drain: async (): Promise<void> => {
      while (failure === null && (waiting.length > 0 || flushing !== null)) await start()
    },
    counts: (): CompletionCounts => {
      if (failure !== null) throw failure.error
      return counts
    },
  }
}
