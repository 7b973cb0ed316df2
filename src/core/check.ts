import { amountProblem } from '../../supabase/functions/_shared/contract/amount.ts'
import { refusal } from './error.ts'
import type { PaydErrorCode } from './error-codes.ts'
import { described, holdsSecret, isRowId, isSubscriptionId, isUuid } from './ids.ts'

/** What an argument must be: whether a value is that, and what to say when it is not. */
export interface Rule<Value = unknown> {
  readonly code: PaydErrorCode
  /** How the value must be, as it reads after "it must be ". */
  readonly says: string
  readonly accepts: (value: unknown) => boolean
  /** A more exact code for a value that is not accepted. */
  readonly codeOf?: (value: unknown) => PaydErrorCode | null
  readonly optional?: boolean
  /** The type of the values; never present at run time. */
  readonly type?: Value
}

/** The rules of the fields of an object. A field without a rule is refused. */
export type Shape<Fields> = { readonly [Key in keyof Required<Fields>]: Rule<Fields[Key]> }

/** Throws `invalid_argument` and the like, naming the field, unless the object has the shape. Returns the object. */
export function checkFields<Fields extends object>(thing: string, fields: Fields, shape: Shape<Fields>): Fields {
  const names = `Fields: ${Object.keys(shape).join(', ')}.`
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw refusal('invalid_argument', `${thing} must be an object.`, names)
  }
  for (const name in fields) {
    if (!Object.hasOwn(shape, name)) {
      throw refusal('unknown_argument', `"${name.slice(0, 60)}" is no field of ${thing}.`, names, name)
    }
  }
  for (const name in shape) checkValue(name, fields[name], shape[name])
  return fields
}

/** Throws unless the value keeps the rule. Returns the value. */
export function checkValue<Value>(name: string, value: unknown, rule: Rule<Value>): Value {
  if (value === undefined && rule.optional) return value as Value
  const isSecret = holdsSecret(value)
  if (isSecret || !rule.accepts(value)) {
    throw refusal(
      isSecret ? 'secret_key_refused' : (rule.codeOf?.(value) ?? rule.code),
      value === undefined
        ? `${name} is missing.`
        : `${isSecret ? 'A secret key' : described(value)} cannot be ${name}.`,
      isSecret ? 'Use another account: it is no secret now.' : `It must be ${rule.says}.`,
      name,
    )
  }
  return value as Value
}

/** The same rule for a value that may be left out. */
// @__NO_SIDE_EFFECTS__
export function optional<Value>(rule: Rule<Value>): Rule<Value | undefined> {
  return { ...rule, optional: true }
}

/** The same rule for a value that may be null, which takes it away. */
// @__NO_SIDE_EFFECTS__
export function orNull<Value>(rule: Rule<Value>): Rule<Value | null> {
  return {
    ...rule,
    says: `${rule.says}, or null`,
    accepts: (value) => value === null || rule.accepts(value),
  } as Rule<Value | null>
}

/** One of the values, and for filters also a list of them. */
// @__NO_SIDE_EFFECTS__
export function oneOf<Value extends string>(values: readonly Value[]): Rule<Value> {
  return {
    code: 'invalid_choice',
    says: `one of ${values.join(', ')}`,
    accepts: (value) => values.includes(value as Value),
  }
}

/** A value, or a list of values of which any may match. */
// @__NO_SIDE_EFFECTS__
export function someOf<Value>(rule: Rule<Value>): Rule<Value | readonly Value[] | undefined> {
  const accepts = (value: unknown): boolean => {
    const values = [value].flat()
    return values.length > 0 && values.length <= 100 && values.every(rule.accepts)
  }
  return { ...rule, optional: true, accepts } as Rule<Value | readonly Value[] | undefined>
}

// @__NO_SIDE_EFFECTS__
function rule<Value>(code: PaydErrorCode, says: string, accepts: (value: unknown) => boolean): Rule<Value> {
  return { code, says, accepts }
}

// @__NO_SIDE_EFFECTS__
function like<Value>(code: PaydErrorCode, says: string, pattern: RegExp): Rule<Value> {
  return rule(code, says, (value) => typeof value === 'string' && pattern.test(value))
}

/** Text with at least one visible character. */
export const text: Rule<string> = like('invalid_argument', 'text', /\S/)
/** Text that may be empty. */
export const anyText: Rule<string> = like('invalid_argument', 'text', /^/)
/** A name of lowercase letters and underscores, such as `item_added`. */
export const word: Rule<string> = like('invalid_argument', 'a word such as "item_added"', /^[a-z_]+$/)
/** true or false. */
export const flag: Rule<boolean> = rule('invalid_argument', 'true or false', (value) => typeof value === 'boolean')
/** A whole number from 0. */
export const count: Rule<number> = rule(
  'invalid_argument',
  'a whole number from 0',
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
)
/** An email address, as far as a person can be wrong about it. */
export const email: Rule<string> = like('invalid_email', 'an e-mail address', /^\s*[^\s@]+@[^\s@]+\s*$/)
/** A day of the calendar, written YYYY-MM-DD. */
export const day: Rule<string> = rule('invalid_date', 'a day such as "2026-12-31"', isDay)
/** An instant, written as in ISO 8601 with its offset. */
export const instant: Rule<string> = rule(
  'invalid_timestamp',
  'a time written as text with its offset, such as "2026-12-31T09:00:00Z"',
  isInstant,
)
/** A decimal amount above zero, as text. */
export const money: Rule<string> = {
  code: 'invalid_amount',
  says: 'an amount written as text with a point, such as "4200.50"; a number cannot hold every amount',
  accepts: (value) => amountProblem(value) === null,
  codeOf: amountProblem,
}
/** The id of a row. */
export const rowId = {
  code: 'invalid_id',
  says: 'an id of PayD',
  accepts: isRowId,
} as Rule<never>
/** The id of a wallet. */
export const walletId = { code: 'invalid_id', says: 'the id of a wallet, a uuid', accepts: isUuid } as Rule<never>
/** The id of a webhook subscription. */
export const subscriptionId = {
  code: 'invalid_id',
  says: 'the id of a webhook subscription, such as "whs_…"',
  accepts: isSubscriptionId,
} as Rule<never>

/** JavaScript reads 30 February as 2 March, or not at all; so a day exists if it comes back as it was given. */
function isDay(value: unknown): boolean {
  return typeof value === 'string' && /^[12]\d{3}-/.test(value) && new Date(value).toJSON()?.slice(0, 10) === value
}

function isInstant(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
    isDay(value.slice(0, 10)) &&
    !Number.isNaN(Date.parse(value))
  )
}
