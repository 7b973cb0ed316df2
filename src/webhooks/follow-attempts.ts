import { checkFields, checkValue, count, optional } from '../core/check.ts'
import type { PaydClient } from '../core/client.ts'
import { iterateList, type List, listPage } from '../core/pages.ts'
import { wait } from '../core/timer.ts'
import type { WebhookAttempt } from '../rows.ts'
import type { TailOptions } from './tail-webhooks.ts'
import { type WebhookAttemptFilter, webhookAttemptFilter } from './webhook-attempts.ts'

/** How far back each look reaches: two calls may commit their attempts in another order than they made them. */
const OVERLAP_MS = 5_000

/** What `tail` of the webhooks does; loaded when it is asked for. */
export async function* follow(
  client: PaydClient,
  filter: WebhookAttemptFilter,
  options: TailOptions,
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
}
