import {
  checkFields,
  checkValue,
  oneOf,
  optional,
  type Rule,
  rowId,
  type Shape,
  someOf,
  subscriptionId,
  text,
} from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import { PaydError } from '../core/error.ts'
import type { EventId, WebhookSubscriptionId } from '../core/ids.ts'
import {
  type IterateOptions,
  iterateList,
  type List,
  listPage,
  type Page,
  type PageOptions,
  readAll,
} from '../core/pages.ts'
import { send } from '../core/send.ts'
import {
  WEBHOOK_ATTEMPTS_OUTCOME,
  type WebhookAttemptOutcome,
  type WebhookDeliveryLog,
  type WebhookSubscription,
} from '../rows.ts'

/** Where to send which events. */
export interface NewWebhookSubscription {
  readonly url: string
  /** Event types or globs such as `payroll.*`. Default: everything. */
  readonly events?: readonly string[] | undefined
}

/** The rules of `NewWebhookSubscription`. */
export const newWebhookSubscription: Shape<NewWebhookSubscription> = {
  url: text,
  events: {
    code: 'invalid_event_pattern',
    says: 'a list of event types such as "payroll.*"',
    optional: true,
    accepts: (value) => Array.isArray(value) && value.every((pattern) => typeof pattern === 'string'),
  } as Rule<readonly string[] | undefined>,
}

/** A new subscription with its signing secret, which is shown in this answer only. */
export interface CreatedWebhookSubscription {
  readonly id: WebhookSubscriptionId
  readonly url: string
  readonly events: readonly string[]
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
export async function subscribe(
  client: PaydClient,
  subscription: NewWebhookSubscription,
  options: CreateOptions = {},
): Promise<CreatedWebhookSubscription> {
  const { url, events } = checkFields('the subscription', subscription, newWebhookSubscription)
  const args = { url, events: events === undefined ? undefined : [...events], idempotency_key: idempotencyKey(options) }
  const created = await send<CreatedWebhookSubscription | WithoutSecret>(
    call(client, 'create_webhook_subscription', args).single(),
    { action: 'create the webhook subscription', options },
  )
  // The answer with the secret was lost on the way, and the database shows a secret only once.
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

/** The organization's subscriptions, newest first. For managers. */
export async function subscriptions(client: PaydClient, options: CallOptions = {}): Promise<WebhookSubscription[]> {
  const list: List = {
    relation: 'webhook_subscriptions',
    order: ['-created_at', '-id'],
    conditions: [['is', 'deleted_at', null]],
    things: 'webhook subscriptions',
  }
  return await readAll<WebhookSubscription>(client, list, options)
}

/** Stops all deliveries of a subscription and forgets its secret. Deleting twice is the same. Errors: `webhook_subscription_not_found`. */
export async function unsubscribe(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: CallOptions = {},
): Promise<WebhookSubscription> {
  const request = call(client, 'delete_webhook_subscription', { id: checkValue('id', id, subscriptionId) })
  return await send<WebhookSubscription>(request.single(), { action: `delete webhook subscription ${id}`, options })
}

/** Which delivery attempts to list. */
export interface WebhookDeliveryFilter {
  readonly subscription_id?: WebhookSubscriptionId | undefined
  /** The id of the event's row. */
  readonly event_id?: EventId | undefined
  readonly outcome?: WebhookAttemptOutcome | readonly WebhookAttemptOutcome[] | undefined
}

/** The rules of `WebhookDeliveryFilter`. */
export const webhookDeliveryFilter: Shape<WebhookDeliveryFilter> = {
  subscription_id: optional(subscriptionId),
  event_id: optional(rowId),
  outcome: someOf(oneOf(WEBHOOK_ATTEMPTS_OUTCOME)),
}

/** One page of delivery attempts, newest first. For managers. */
export async function deliveries(
  client: PaydClient,
  filter: WebhookDeliveryFilter = {},
  options: PageOptions = {},
): Promise<Page<WebhookDeliveryLog>> {
  return await listPage<WebhookDeliveryLog>(client, attempts(filter), options)
}

/** Every delivery attempt that matches, newest first, read page by page while the caller keeps asking. */
export function iterateDeliveries(
  client: PaydClient,
  filter: WebhookDeliveryFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<WebhookDeliveryLog, void, undefined> {
  return iterateList<WebhookDeliveryLog>(client, attempts(filter), options)
}

function attempts(filter: WebhookDeliveryFilter): List {
  const { subscription_id, event_id, outcome } = checkFields('the filter', filter, webhookDeliveryFilter)
  return {
    relation: 'webhook_delivery_logs',
    order: ['-delivered_at', '-id'],
    things: 'webhook deliveries',
    conditions: [
      ['eq', 'subscription_id', subscription_id],
      ['eq', 'event_id', event_id],
      ['eq', 'outcome', outcome],
    ],
  }
}
