import { PaydError } from './errors.ts'

declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** Identifies an organization. */
export type OrganizationId = Branded<number, 'OrganizationId'>
/** Identifies a person's membership in one organization (table `users`). */
export type UserId = Branded<number, 'UserId'>
/** Identifies an employee. */
export type EmployeeId = Branded<number, 'EmployeeId'>
/** Identifies a payroll run. */
export type PayrollRunId = Branded<number, 'PayrollRunId'>
/** Identifies an item of a payroll run. */
export type PayrollItemId = Branded<number, 'PayrollItemId'>
/** Identifies a Stellar transaction PayD prepared (its row, not its hash). */
export type TransactionId = Branded<number, 'TransactionId'>
/** Identifies a wallet. */
export type WalletId = Branded<string, 'WalletId'>
/** Identifies a webhook subscription, such as `whs_…`. */
export type WebhookSubscriptionId = Branded<string, 'WebhookSubscriptionId'>

/** The organization id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseOrganizationId = numberParser<OrganizationId>('organization')
/** The user id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseUserId = numberParser<UserId>('user')
/** The employee id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseEmployeeId = numberParser<EmployeeId>('employee')
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
export const parsePayrollRunId = numberParser<PayrollRunId>('payroll run')
/** The payroll item id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parsePayrollItemId = numberParser<PayrollItemId>('payroll item')
/** The transaction id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseTransactionId = numberParser<TransactionId>('transaction')
/** The wallet id (a uuid) written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseWalletId = textParser<WalletId>('wallet', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a uuid')
/** The subscription id written in a URL or a form. Throws `invalid_id` for anything else. */
export const parseWebhookSubscriptionId = textParser<WebhookSubscriptionId>(
  'webhook subscription',
  /^whs_[A-Za-z0-9_-]+$/,
  'text that starts with "whs_"',
)

function numberParser<Id extends number>(thing: string): (input: unknown) => Id {
  return (input) => {
    const id = typeof input === 'string' && /^[1-9]\d*$/.test(input) ? Number(input) : input
    // Above 2^53 two ids would read as the same number, so such text is refused and never rounded.
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) {
      throw invalidId(thing, input, 'a whole number from 1')
    }
    return id as Id
  }
}

function textParser<Id extends string>(thing: string, pattern: RegExp, shape: string): (input: unknown) => Id {
  return (input) => {
    if (typeof input !== 'string' || !pattern.test(input)) throw invalidId(thing, input, shape)
    return input as Id
  }
}

function invalidId(thing: string, input: unknown, shape: string): PaydError {
  // A secret key pasted into the wrong field must not travel on in a message.
  const secret = typeof input === 'string' && /S[A-Z2-7]{55}|whsec_/.test(input)
  const shown = secret ? 'A secret key' : typeof input === 'string' ? JSON.stringify(input.slice(0, 80)) : String(input)
  const article = /^[aeou]/.test(thing) && thing !== 'user' ? 'an' : 'a'
  return new PaydError(`${shown} is not ${article} ${thing} id.`, {
    kind: 'validation_failed',
    code: 'invalid_id',
    hint: `${article === 'an' ? 'An' : 'A'} ${thing} id is ${shape}.`,
  })
}
