import {
  checkFields,
  checkValue,
  count,
  instant,
  oneOf,
  optional,
  rowId,
  type Shape,
  someOf,
  subscriptionId,
  text,
} from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import type { EventId, WebhookSubscriptionId } from '../core/ids.ts'
import { type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import {
  type RecordedEvent,
  WEBHOOK_ATTEMPTS_OUTCOME,
  type WebhookAttempt,
  type WebhookAttemptOutcome,
} from '../rows.ts'

/** Which attempts to list. */
export interface WebhookAttemptFilter {
  /** The `endpoint_id` of the subscription. */
  readonly endpoint_id?: number | undefined
  /** The id of the event's row. */
  readonly event_id?: EventId | undefined
  readonly outcome?: WebhookAttemptOutcome | readonly WebhookAttemptOutcome[] | undefined
}

/** The rules of `WebhookAttemptFilter`. */
export const webhookAttemptFilter: Shape<WebhookAttemptFilter> = {
  endpoint_id: optional(rowId),
  event_id: optional(rowId),
  outcome: someOf(oneOf(WEBHOOK_ATTEMPTS_OUTCOME)),
}

/** One page of delivery attempts without the text that was sent, newest first. For managers. */
export async function attempts(
  client: PaydClient,
  filter: WebhookAttemptFilter = {},
  options: PageOptions = {},
): Promise<Page<WebhookAttempt>> {
  const { endpoint_id, event_id, outcome } = checkFields('the filter', filter, webhookAttemptFilter)
  const list: List = {
    relation: 'webhook_attempts',
    order: ['-delivered_at', '-id'],
    things: 'webhook attempts',
    conditions: [
      ['eq', 'endpoint_id', endpoint_id],
      ['eq', 'event_id', event_id],
      ['eq', 'outcome', outcome],
    ],
  }
  return await listPage<WebhookAttempt>(client, list, options)
}

/**
 * Sends the event `test.ping` to one subscription and returns it; its attempts show what came of it. For admins.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`, `webhook_subscription_inactive`, `too_many_test_webhooks`,
 * `idempotency_key_reused`.
 */
export async function sendTest(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: CreateOptions = {},
): Promise<RecordedEvent> {
  const args = { subscription_id: checkValue('id', id, subscriptionId), idempotency_key: idempotencyKey(options) }
  const about = { action: `test webhook subscription ${id}`, options }
  return await send<RecordedEvent>(call(client, 'send_test_webhook', args).single(), about)
}

/**
 * Sends one event to one subscription again, with the same `webhook-id` and a new signature. One that is on its way is not sent
 * twice. For admins.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`, `webhook_subscription_inactive`, `event_not_found`,
 * `idempotency_key_reused`.
 */
export async function resend(
  client: PaydClient,
  id: WebhookSubscriptionId,
  event: EventId,
  options: CreateOptions = {},
): Promise<RecordedEvent> {
  const args = {
    subscription_id: checkValue('id', id, subscriptionId),
    event_id: checkValue<number>('event', event, rowId),
    idempotency_key: idempotencyKey(options),
  }
  const about = { action: `send event ${event} to webhook subscription ${id} again`, options }
  return await send<RecordedEvent>(call(client, 'resend_webhook', args).single(), about)
}

/** Which deliveries to recover. */
export interface RecoverOptions extends CallOptions {
  /** Only what was given up at this time or later. Default: everything. */
  readonly since?: string | undefined
}

/**
 * Sends what was given up again, at most 10000 events a call, and returns how many. For admins.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`, `webhook_subscription_inactive`.
 */
export async function recover(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: RecoverOptions = {},
): Promise<number> {
  const args = {
    subscription_id: checkValue('id', id, subscriptionId),
    since: checkValue('since', options?.since, optional(instant)),
  }
  // A second time would count only what the first one left.
  const about = { action: `recover the deliveries of webhook subscription ${id}`, options, once: true }
  return await send<number>(call(client, 'recover_webhooks', args), about)
}

/**
 * Sends every event since then that was never delivered to the subscription, back to 89 days, and returns the sequence number
 * after which it looks. For admins.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`, `webhook_subscription_inactive`.
 */
export async function replayMissing(
  client: PaydClient,
  id: WebhookSubscriptionId,
  since: string,
  options: CallOptions = {},
): Promise<number> {
  const args = {
    subscription_id: checkValue('id', id, subscriptionId),
    since: checkValue('since', since, instant),
  }
  const about = { action: `replay what webhook subscription ${id} misses`, options }
  return await send<number>(call(client, 'replay_missing_webhooks', args), about)
}

/** Where to go on pulling. */
export interface PullOptions extends CallOptions {
  /** The `next` of the answer before. Default: from the first event. */
  readonly after?: number | undefined
  /** At most so many events, 1 to 500. Default 100. */
  readonly limit?: number | undefined
}

/** Events of a subscription in their order. */
export interface PulledEvents {
  readonly events: readonly {
    /** What the header `webhook-id` says. */
    readonly webhook_id: string
    readonly sequence: number
    /** The exact text that is sent. */
    readonly body: string
  }[]
  /** Pass it as `after` to go on. */
  readonly next: number
  /** Whether there is nothing after `next` yet. */
  readonly is_complete: boolean
}

/**
 * The events of a subscription after a sequence number, for consumers that missed some; ask again until `is_complete`. An answer
 * that is not complete may hold no events. For managers.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`.
 */
export async function pull(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: PullOptions = {},
): Promise<PulledEvents> {
  const args = {
    subscription_id: checkValue('id', id, subscriptionId),
    after: checkValue('after', options?.after, optional(count)),
    max_events: checkValue('limit', options?.limit, optional(count)),
  }
  const about = { action: `pull the events of webhook subscription ${id}`, options }
  return await send<PulledEvents>(call(client, 'pull_webhook_events', args), about)
}

/** What a check of the log of a subscription found. */
export interface VerifiedWebhookLog {
  /** Whether every attempt that was sealed is in the log as it was, and no other. */
  readonly is_intact: boolean
  /** How many attempts were looked at, the newest 50,000 at most, and from which time to which. */
  readonly attempts: number
  readonly since: string | null
  readonly until: string | null
  /** The newest hash of the chain. Keep it elsewhere: a chain that is written anew does not contain it. */
  readonly hash: string | null
  /** When the oldest attempt of a seal that is broken was made. */
  readonly broken_since: string | null
  /** Whether the hash that was given is part of the chain; null where none was given. */
  readonly is_known: boolean | null
}

/** What to compare the log with. */
export interface VerifyLogOptions extends CallOptions {
  /** A `hash` of an earlier answer. */
  readonly knownHash?: string | undefined
}

/**
 * Whether the log of a subscription is what it was when it was sealed, which happens some minutes after each attempt: proof of who was told what,
 * and when. For managers.
 *
 * Errors: `role_too_low`, `webhook_subscription_not_found`, `invalid_log_hash`.
 */
export async function verifyLog(
  client: PaydClient,
  id: WebhookSubscriptionId,
  options: VerifyLogOptions = {},
): Promise<VerifiedWebhookLog> {
  const args = {
    subscription_id: checkValue('id', id, subscriptionId),
    known_hash: checkValue('knownHash', options?.knownHash, optional(text)),
  }
  const about = { action: `verify the log of webhook subscription ${id}`, options }
  return await send<VerifiedWebhookLog>(call(client, 'verify_webhook_log', args), about)
}

/** The request of a delivery attempt. Headers that the subscription adds are not shown. */
export interface ReproducedWebhook {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * The request of an attempt again, byte by byte, to find out why a consumer refused it. For admins.
 *
 * Errors: `role_too_low`, `webhook_attempt_not_found`.
 */
export async function reproduce(
  client: PaydClient,
  attempt: Pick<WebhookAttempt, 'id' | 'event_id'>,
  options: CallOptions = {},
): Promise<ReproducedWebhook> {
  const args = {
    event_id: checkValue<number>('event_id', attempt?.event_id, rowId),
    attempt_id: checkValue<number>('id', attempt?.id, rowId),
  }
  const about = { action: `reproduce webhook attempt ${args.attempt_id}`, options }
  return await send<ReproducedWebhook>(call(client, 'reproduce_webhook', args), about)
}
