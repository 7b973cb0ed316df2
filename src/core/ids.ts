import { holdsSecretKey } from '../../supabase/functions/_shared/contract/secret-key.ts'
import { PaydError } from './error.ts'

/**
 * A value that is told apart from others of its type. The mark is a plain property name, so that the ids of two copies of this
 * package are the same type.
 */
type Branded<Base, Name extends string> = Base & { readonly __payd: Name }

/** Identifies an organization. */
export type OrganizationId = Branded<number, 'OrganizationId'>
/** Identifies a person's membership in one organization (table `users`). */
export type UserId = Branded<number, 'UserId'>
/** Identifies an invitation to join an organization. */
export type InvitationId = Branded<number, 'InvitationId'>
/** Identifies an employee. */
export type EmployeeId = Branded<number, 'EmployeeId'>
/** Identifies a requested change of a payout address. */
export type WalletChangeId = Branded<number, 'WalletChangeId'>
/** Identifies a wallet. */
export type WalletId = Branded<string, 'WalletId'>
/** Identifies a payroll run. */
export type PayrollRunId = Branded<number, 'PayrollRunId'>
/** Identifies an item of a payroll run. */
export type PayrollItemId = Branded<number, 'PayrollItemId'>
/** Identifies a payroll schedule. */
export type PayrollScheduleId = Branded<number, 'PayrollScheduleId'>
/** Identifies a Stellar transaction PayD prepared (its row, not its hash). */
export type TransactionId = Branded<number, 'TransactionId'>
/** Identifies a claimable balance (its row, not its id on the ledger). */
export type ClaimableBalanceId = Branded<number, 'ClaimableBalanceId'>
/** Identifies an event of an organization (its row; webhooks carry `event_id`). */
export type EventId = Branded<number, 'EventId'>
/** Identifies a webhook subscription, such as `whs_…`. */
export type WebhookSubscriptionId = Branded<string, 'WebhookSubscriptionId'>
/** Identifies a notification. */
export type NotificationId = Branded<number, 'NotificationId'>
/** Identifies a registered contract (its row, not its address). */
export type ContractId = Branded<number, 'ContractId'>

/** The organization id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseOrganizationId = (input: unknown): OrganizationId => parseNumber('organization', input)
/** The user id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseUserId = (input: unknown): UserId => parseNumber('user', input)
/** The invitation id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseInvitationId = (input: unknown): InvitationId => parseNumber('invitation', input)
/** The employee id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseEmployeeId = (input: unknown): EmployeeId => parseNumber('employee', input)
/** The wallet change id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseWalletChangeId = (input: unknown): WalletChangeId => parseNumber('wallet change', input)
/**
 * The payroll run id written in a URL or a form. Throws `invalid_id` for anything else.
 *
 * @example
 * ```ts
 * import { parsePayrollRunId } from 'payd'
 *
 * const id = parsePayrollRunId(new URL('https://app.example.com/runs?id=7').searchParams.get('id'))
 * console.log(id) // 7
 * ```
 */
export const parsePayrollRunId = (input: unknown): PayrollRunId => parseNumber('payroll run', input)
/** The payroll item id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parsePayrollItemId = (input: unknown): PayrollItemId => parseNumber('payroll item', input)
/** The payroll schedule id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parsePayrollScheduleId = (input: unknown): PayrollScheduleId => parseNumber('payroll schedule', input)
/** The transaction id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseTransactionId = (input: unknown): TransactionId => parseNumber('transaction', input)
/** The id of a claimable balance written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseClaimableBalanceId = (input: unknown): ClaimableBalanceId => parseNumber('claimable balance', input)
/** The event id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseEventId = (input: unknown): EventId => parseNumber('event', input)
/** The notification id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseNotificationId = (input: unknown): NotificationId => parseNumber('notification', input)
/** The contract id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseContractId = (input: unknown): ContractId => parseNumber('contract', input)
/** The wallet id (a uuid) written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseWalletId = (input: unknown): WalletId =>
  isUuid(input) ? (input as WalletId) : refuse('wallet', input, 'a uuid')
/** The subscription id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseWebhookSubscriptionId = (input: unknown): WebhookSubscriptionId =>
  isSubscriptionId(input)
    ? (input as WebhookSubscriptionId)
    : refuse('webhook subscription', input, 'text that starts with "whs_"')

/** Whether a value is the id of a row: above 2^53 two ids would read as the same number. */
export function isRowId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

/** Whether a value has the form of a wallet's id. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)
}

/** Whether a value has the form of a webhook subscription's id. */
export function isSubscriptionId(value: unknown): value is string {
  return typeof value === 'string' && /^whs_[A-Za-z0-9_-]{1,100}$/.test(value)
}

function parseNumber<Id extends number>(thing: string, input: unknown): Id {
  const id = typeof input === 'string' && /^[1-9]\d{0,15}$/.test(input) ? Number(input) : input
  return isRowId(id) ? (id as Id) : refuse(thing, input, 'a whole number from 1')
}

function refuse(thing: string, input: unknown, shape: string): never {
  const article = /^[aeio]/.test(thing) ? 'An' : 'A'
  throw new PaydError(`${shown(input)} is not ${article.toLowerCase()} ${thing} id.`, {
    kind: 'validation_failed',
    code: 'invalid_id',
    hint: `${article} ${thing} id is ${shape}.`,
  })
}

/** What of a value may be repeated in a message: a secret key pasted into the wrong field must not travel on. */
function shown(value: unknown): string {
  return holdsSecret(value) ? 'A secret key' : described(value)
}

/** A value that holds no secret, as a message names it. */
export function described(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 80)}"` : Object(value) === value ? 'An object' : String(value)
}

/** Whether a text holds a Stellar secret key or a signing secret of a webhook. */
export function holdsSecret(value: unknown): boolean {
  if (typeof value !== 'string') return false
  // A key with a typing mistake is still most of a key. A muxed address is longer, and any of its letters may be an S.
  const beginning = value.slice(0, 10_000)
  return /\bS[A-Z2-7]{55}\b|whsec_/.test(beginning) || holdsSecretKey(beginning)
}
