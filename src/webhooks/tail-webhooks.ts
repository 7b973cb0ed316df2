import { checkFields, checkValue, count, optional } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { iterateList, type List, listPage } from '../core/pages.ts'
import { wait } from '../core/timer.ts'
import type { WebhookAttempt } from '../rows.ts'
import { type WebhookAttemptFilter, webhookAttemptFilter } from './webhook-attempts.ts'

/** How to follow. */
export interface TailOptions extends CallOptions {
  /** Milliseconds between two looks, at least 500. Default 2000. */
  readonly everyMs?: number | undefined
}

/** How far back each look reaches: two calls may commit their attempts in another order than they made them. */
const OVERLAP_MS = 5_000

/**
 * Delivery attempts as they happen, from now on. It ends when the signal aborts or the caller stops asking. For managers.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { createPayd } from 'payd'
 *
 * const payd = createPayd(createClient('http://127.0.0.1:54321', 'sb_publishable_…'))
 * export async function watch(signal: AbortSignal): Promise<void> {
 *   for await (const { event_id, outcome, error_class } of payd.webhooks.tail({}, { signal })) {
 *     console.log(event_id, outcome, error_class)
 *   }
 * }
 * ```
 */
export async function* tail(
  client: PaydClient,
  filter: WebhookAttemptFilter = {},
  options: TailOptions = {},
): AsyncGenerator<WebhookAttempt, void, undefined> {
  const everyMs = Math.max(checkValue('everyMs', options?.everyMs, optional(count)) ?? 2_000, 500)
  const { endpoint_id, event_id, outcome } = checkFields('the filter', filter, webhookAttemptFilter)
  const list = (way: '+' | '-', since?: string): List => ({
    relation: 'webhook_attempts',
    order: [`${way}delivered_at`, `${way}id`],
    things: 'webhook attempts',
    conditions: [
      ['eq', 'endpoint_id', endpoint_id],
      ['eq', 'event_id', event_id],
      ['eq', 'outcome', outcome],
      ['gte', 'delivered_at', since],
    ],
  })
  const signal = options?.signal
  try {
    const { items } = await listPage<WebhookAttempt>(client, list('-'), { signal, limit: 1 })
    let newest = items[0]?.delivered_at
    let seen: ReadonlySet<number> | undefined
    for (;;) {
      const found = new Set<number>()
      const since = newest && new Date(Date.parse(newest) - OVERLAP_MS).toISOString()
      for await (const attempt of iterateList<WebhookAttempt>(client, list('+', since), { signal })) {
        found.add(attempt.id)
        newest = attempt.delivered_at
        // What the first look finds was there before.
        if (seen?.has(attempt.id) === false) yield attempt
      }
      seen = found
      await wait(everyMs, signal)
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error
  }
}
