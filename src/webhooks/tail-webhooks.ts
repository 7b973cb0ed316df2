import type { CallOptions, PaydClient } from '../core/client.ts'
import type { WebhookAttempt } from '../rows.ts'
import type { WebhookAttemptFilter } from './webhook-attempts.ts'

/** How to follow. */
export interface TailOptions extends CallOptions {
  /** Milliseconds between two looks, at least 500. Default 2000. */
  readonly everyMs?: number | undefined
}

/**
 * Delivery attempts as they happen, from now on. It ends when the signal aborts or the caller stops asking. For managers.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { createPayd } from 'payd'
 *
 * const payd = createPayd(createClient('http://127.0.0.1:54321', 'sb_publishable_…'))
 * export async function watch(): Promise<void> {
 *   for await (const { event_id, outcome, error_class } of payd.webhooks.tail()) console.log(event_id, outcome, error_class)
 * }
 * ```
 */
export async function* tail(
  client: PaydClient,
  filter: WebhookAttemptFilter = {},
  options: TailOptions = {},
): AsyncGenerator<WebhookAttempt, void, undefined> {
  const { follow } = await import('./follow-attempts.ts')
  try {
    yield* follow(client, filter, options)
  } catch (error) {
    if (options?.signal?.aborted !== true) throw error
  }
}
