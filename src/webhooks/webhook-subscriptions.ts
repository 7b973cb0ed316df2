import {
  checkFields,
  checkValue,
  count,
  flag,
  oneOf,
  optional,
  orNull,
  type Rule,
  rowId,
  type Shape,
  someOf,
  subscriptionId,
  text,
} from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, type FunctionArguments, idempotencyKey } from '../core/command.ts'
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
  type Json,
  WEBHOOK_ATTEMPTS_OUTCOME,
  type WebhookAttemptOutcome,
  type WebhookDeliveryLog,
  type WebhookSubscription,
} from '../rows.ts'

/** Where to send which events, and how. */
export interface NewWebhookSubscription extends WebhookSubscriptionOptions {
  readonly url: string
  /** Event types or globs such as `payroll.*`. Default: everything. */
  readonly events?: readonly string[] | undefined
  /** How deliveries are signed: with the secret, with an ed25519 key (`v1a`), or both. Default: `v1`. */
  readonly signature?: 'v1' | 'v1a' | 'v1 v1a' | undefined
  /** Whether the address must answer a challenge before anything is sent to it. Default: false. */
  readonly challenge?: boolean | undefined
}

/** How a subscription is served. */
export interface WebhookSubscriptionOptions {
  /** Only events whose data contains this, such as `{ asset_code: 'USDC' }`. Null sends all. */
  readonly filter?: { readonly [key: string]: Json | undefined } | null | undefined
  readonly description?: string | null | undefined
  /** Whether an event waits until the earlier ones of the same resource were delivered or given up. */
  readonly is_ordered?: boolean | undefined
  /** Headers to send as well: `authorization` and names that begin with `x-`, in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** How long to wait for an answer, 1000 to 30000. */
  readonly timeout_ms?: number | undefined
  /** At most so many deliveries a second, 1 to 1000. Null takes the limit away. */
  readonly max_per_second?: number | null | undefined
  /** Seconds before each further attempt, at most 15 of 1 to 86400; an empty list for one attempt only. Null takes the usual schedule. */
  readonly retry_seconds?: readonly number[] | null | undefined
  /** How many days attempts stay in the log, 1 to 90. Default: 90. */
  readonly log_days?: number | undefined
}

const patterns = {
  code: 'invalid_event_pattern',
  says: 'a list of event types such as "payroll.*"',
  optional: true,
  accepts: (value) => Array.isArray(value) && value.every((pattern) => typeof pattern === 'string'),
} as Rule<readonly string[] | undefined>

const waits: Rule<readonly number[]> = {
  code: 'invalid_webhook_option',
  says: 'a list of seconds such as [5, 60, 600]',
  accepts: (value) => Array.isArray(value) && value.every((wait) => Number.isSafeInteger(wait)),
}

const served: Shape<WebhookSubscriptionOptions> = {
  filter: optional(orNull(object('an object, such as { asset_code: "USDC" }', () => true))),
  description: optional(orNull(text)),
  is_ordered: optional(flag),
  headers: optional(object('an object of names and texts', (value) => typeof value === 'string')) as Rule<
    Readonly<Record<string, string>> | undefined
  >,
  timeout_ms: optional(count),
  max_per_second: optional(orNull(count)),
  retry_seconds: optional(orNull(waits)),
  log_days: optional(count),
}

const signatures = {
  code: 'invalid_webhook_option',
  says: '"v1", "v1a" or "v1 v1a"',
  optional: true,
  accepts: (value) => value === 'v1' || value === 'v1a' || value === 'v1 v1a',
} as Rule<NewWebhookSubscription['signature']>

/** The rules of `NewWebhookSubscription`. */
export const newWebhookSubscription: Shape<NewWebhookSubscription> = {
  url: text,
  events: patterns,
  ...served,
  signature: signatures,
  challenge: optional(flag),
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
 * Errors: `role_too_low`, `invalid_webhook_url`, `invalid_event_pattern`, `invalid_webhook_option`,
 * `too_many_webhook_subscriptions`, `idempotency_key_reused`, `webhook_secret_not_shown_again`.
 */
export async function subscribe(
  client: PaydClient,
  subscription: NewWebhookSubscription,
  options: CreateOptions = {},
): Promise<CreatedWebhookSubscription> {
  const { url, events, ...rest } = checkFields('the subscription', subscription, newWebhookSubscription)
  const args = {
    url,
    events: events === undefined ? undefined : [...events],
    idempotency_key: idempotencyKey(options),
    // JSON drops what was left out.
    options: rest as CreationOptions,
  }
  const about = { action: 'create the webhook subscription', options }
  const created = await send<MaybeWithoutSecret>(call(client, 'create_webhook_subscription', args).single(), about)
  return withSecret(created, 'Delete the subscription and create a new one.')
}

type CreationOptions = FunctionArguments<'create_webhook_subscription'>['options']

type WithoutSecret = Omit<CreatedWebhookSubscription, 'secret'> & { readonly secret: null }
type MaybeWithoutSecret = CreatedWebhookSubscription | WithoutSecret

/** Throws when the answer with the secret was lost on the way: the database shows a secret only once. */
function withSecret(subscription: MaybeWithoutSecret, hint: string): CreatedWebhookSubscription {
  if (subscription.secret !== null) return subscription
  throw new PaydError(`Webhook subscription ${subscription.id} exists, and its secret is not shown again.`, {
    kind: 'conflict',
    code: 'webhook_secret_not_shown_again',
    hint,
  })
}

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

/** What to change about a subscription. What is left out stays. */
export interface WebhookSubscriptionChanges extends WebhookSubscriptionOptions {
  readonly url?: string | undefined
  /** Event types or globs such as `payroll.*`. */
  readonly events?: readonly string[] | undefined
}

/** The rules of `WebhookSubscriptionChanges`. */
export const webhookSubscriptionChanges: Shape<WebhookSubscriptionChanges> = {
  url: optional(text),
  events: patterns,
  ...served,
}

// @__NO_SIDE_EFFECTS__
function object(says: string, holds: (value: unknown) => boolean): Rule<{ readonly [key: string]: Json | undefined }> {
  return {
    code: 'invalid_webhook_option',
    says,
    accepts: (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(holds),
  }
}

type Changes = FunctionArguments<'update_webhook_subscription'>['changes']

/**
 * Changes a subscription that was looked at: pass the subscription as it was shown. For admins.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`, `webhook_subscription_deleted`, `version_outdated`,
 * `invalid_webhook_url`, `invalid_event_pattern`, `invalid_webhook_option`.
 */
export async function update(
  client: PaydClient,
  seen: Pick<WebhookSubscription, 'id' | 'version'>,
  changes: WebhookSubscriptionChanges,
  options: CallOptions = {},
): Promise<WebhookSubscription> {
  const fields = { ...checkFields('the changes', changes, webhookSubscriptionChanges) } as Changes
  const id: string = checkValue('id', seen?.id, subscriptionId)
  const args = { id, version: checkValue('version', seen?.version, count), changes: fields }
  // A second time would meet the version that the first one made.
  const about = { action: `change webhook subscription ${id}`, options, once: true }
  return await send<WebhookSubscription>(call(client, 'update_webhook_subscription', args).single(), about)
}

/**
 * Sends nothing to a subscription until it is enabled. Pausing twice is the same. For admins.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`.
 */
export async function pause(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: CallOptions = {},
): Promise<WebhookSubscription> {
  const request = call(client, 'pause_webhook_subscription', { id: checkValue('id', id, subscriptionId) })
  return await send<WebhookSubscription>(request.single(), { action: `pause webhook subscription ${id}`, options })
}

/** How to enable a subscription. */
export interface EnableWebhookOptions extends CallOptions {
  /** Whether to send what happened while nothing was sent. Default: true. */
  readonly sendMissed?: boolean | undefined
}

/**
 * Sends to a subscription again that was paused, was gone or failed for days. Enabling twice is the same. For admins.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`, `webhook_subscription_deleted`, `webhook_subscription_unverified`.
 */
export async function enable(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: EnableWebhookOptions = {},
): Promise<WebhookSubscription> {
  const args = {
    id: checkValue('id', id, subscriptionId),
    send_missed: checkValue('sendMissed', options?.sendMissed, optional(flag)),
  }
  const about = { action: `enable webhook subscription ${id}`, options }
  return await send<WebhookSubscription>(call(client, 'enable_webhook_subscription', args).single(), about)
}

/** How to make a new secret. */
export interface RotateSecretOptions extends CreateOptions {
  /** How many seconds the old secrets sign as well, 0 to 604800. Default: a day. */
  readonly overlapSeconds?: number | undefined
}

/**
 * Makes a new signing secret, which is shown in this answer only; until the overlap has passed, the old ones sign as well. For
 * admins.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`, `webhook_subscription_deleted`, `invalid_overlap`,
 * `too_many_webhook_secrets`, `idempotency_key_reused`, `webhook_secret_not_shown_again`.
 */
export async function rotateSecret(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: RotateSecretOptions = {},
): Promise<CreatedWebhookSubscription> {
  const args = {
    id: checkValue('id', id, subscriptionId),
    overlap_seconds: checkValue('overlapSeconds', options?.overlapSeconds, optional(count)),
    idempotency_key: idempotencyKey(options),
  }
  const about = { action: `rotate the secret of webhook subscription ${id}`, options }
  const rotated = await send<MaybeWithoutSecret>(call(client, 'rotate_webhook_secret', args).single(), about)
  return withSecret(rotated, 'Rotate the secret once more.')
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
