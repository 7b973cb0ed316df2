import { type CallOptions, type CreateOptions, idempotencyKey, type PaydClient, readFrom, run, send } from './client.ts'
import { WEBHOOK_DELIVERY_LOG_COLUMNS, WEBHOOK_SUBSCRIPTION_COLUMNS } from './columns.ts'
import type { WebhookDeliveryLog, WebhookSubscription } from './database.ts'
import { PaydError } from './errors.ts'
import type { WebhookSubscriptionId } from './ids.ts'
import { iteratePages, listPage, type Page, type PageOptions } from './pages.ts'

/** Where to send which events. */
export interface NewWebhookSubscription {
  readonly url: string
  /** Event types or globs such as `payroll.*`. Default: everything. */
  readonly events?: readonly string[] | undefined
}

/** A new subscription with its signing secret, which is shown in this answer only. */
export interface CreatedWebhookSubscription {
  readonly id: WebhookSubscriptionId
  readonly url: string
  readonly events: string[]
  readonly secret: string
  readonly is_active: boolean
  readonly created_at: string
}

/**
 * Subscribes an endpoint to the organization's events, for admins. Keep the secret: `verifyWebhook` needs it, and it is not
 * shown again.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { createWebhookSubscription } from 'payd'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * export const subscribe = () =>
 *   createWebhookSubscription(supabase, { url: 'https://example.com/hooks/payd', events: ['payroll.*', 'payment.*'] })
 * ```
 *
 * Errors: `role_too_low`, `invalid_webhook_url`, `invalid_event_pattern`, `too_many_webhook_subscriptions`,
 * `idempotency_key_reused`, `webhook_secret_not_shown_again`.
 */
export async function createWebhookSubscription(
  client: PaydClient,
  subscription: NewWebhookSubscription,
  options: CreateOptions = {},
): Promise<CreatedWebhookSubscription> {
  const { url, events } = subscription
  const created = await run<CreatedWebhookSubscription | WithoutSecret>(client, {
    name: 'create_webhook_subscription',
    args: { url, events: events === undefined ? undefined : [...events], idempotency_key: idempotencyKey(options) },
    repeatable: true,
    action: 'create the webhook subscription',
    options,
  })
  // The answer with the secret was lost on the way, and the database shows it to nobody twice.
  if (created.secret === null) {
    throw new PaydError(`Webhook subscription ${created.id} exists, and its secret is not shown again.`, {
      kind: 'conflict',
      code: 'webhook_secret_not_shown_again',
      hint: 'Delete the subscription and create a new one.',
    })
  }
  return created
}

type WithoutSecret = Omit<CreatedWebhookSubscription, 'secret'> & { readonly secret: null }

/** More than an organization can have. */
const MAX_SUBSCRIPTIONS = 100

/** The organization's subscriptions, newest first. */
export async function listWebhookSubscriptions(
  client: PaydClient,
  options: CallOptions = {},
): Promise<WebhookSubscription[]> {
  const query = readFrom(client, 'webhook_subscriptions', WEBHOOK_SUBSCRIPTION_COLUMNS)
  const newestFirst = query.is('deleted_at', null).order('created_at', { ascending: false }).limit(MAX_SUBSCRIPTIONS)
  return await send<WebhookSubscription[]>(newestFirst, { action: 'list webhook subscriptions', options })
}

/** Stops all deliveries of a subscription and forgets its secret. Deleting twice is the same. Errors: `webhook_subscription_not_found`. */
export async function deleteWebhookSubscription(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: CallOptions = {},
): Promise<WebhookSubscription> {
  return await run<WebhookSubscription>(client, {
    name: 'delete_webhook_subscription',
    args: { id },
    columns: WEBHOOK_SUBSCRIPTION_COLUMNS,
    repeatable: true,
    action: `delete webhook subscription ${id}`,
    options,
  })
}

/** Which delivery attempts to list. */
export interface WebhookDeliveryFilter {
  readonly subscription_id?: WebhookSubscriptionId | undefined
  /** `events.id`. */
  readonly event_id?: number | undefined
  readonly outcome?: WebhookDeliveryLog['outcome'] | undefined
}

/** One page of delivery attempts, newest first. */
export async function listWebhookDeliveries(
  client: PaydClient,
  filter: WebhookDeliveryFilter = {},
  options: PageOptions = {},
): Promise<Page<WebhookDeliveryLog>> {
  return await listPage<WebhookDeliveryLog, 'delivered_at'>(
    client,
    {
      table: 'webhook_delivery_logs',
      columns: WEBHOOK_DELIVERY_LOG_COLUMNS,
      orderBy: { column: 'delivered_at', ascending: false },
      things: 'webhook deliveries',
      narrow: (query) => {
        const { subscription_id, event_id, outcome } = filter
        let narrowed = query
        if (subscription_id !== undefined) narrowed = narrowed.eq('subscription_id', subscription_id)
        if (event_id !== undefined) narrowed = narrowed.eq('event_id', event_id)
        if (outcome !== undefined) narrowed = narrowed.eq('outcome', outcome)
        return narrowed
      },
    },
    options,
  )
}

/** Every delivery attempt that matches, newest first, read page by page while the caller keeps asking. */
export function iterateWebhookDeliveries(
  client: PaydClient,
  filter: WebhookDeliveryFilter = {},
  options: Omit<PageOptions, 'after'> = {},
): AsyncGenerator<WebhookDeliveryLog, void, undefined> {
  return iteratePages((after) => listWebhookDeliveries(client, filter, { limit: 200, ...options, after }))
}
