const STROOPS_PER_UNIT = 10_000_000n
const MAX_STROOPS = 9_223_372_036_854_775_807n
const DECIMALS = 7

/** The largest amount that Stellar carries: int64 stroops, written in units of the asset. */
export const MAX_AMOUNT = '922337203685.4775807'

/** Why a text is no amount. The same codes come from the database. */
export type AmountProblem = 'invalid_amount' | 'too_many_decimals' | 'amount_not_positive' | 'amount_too_large'

/** Says why a text is no amount. The message repeats the text only where it can hold nothing but a number. */
export class AmountError extends RangeError {
  override readonly name = 'AmountError'
  readonly code: AmountProblem
  readonly hint: string

  constructor(code: AmountProblem, subject: string) {
    super(`${subject} ${PROBLEMS[code].says}`)
    this.code = code
    this.hint = PROBLEMS[code].hint
  }
}

const PROBLEMS: Readonly<Record<AmountProblem, { readonly says: string; readonly hint: string }>> = {
  invalid_amount: {
    says: 'is not an amount.',
    hint: 'Write digits and at most one decimal point, such as "4200.50"; no signs, separators, exponents or spaces.',
  },
  too_many_decimals: {
    says: 'has more than seven decimals.',
    hint: 'Stellar carries seven decimals; round the amount yourself, PayD never rounds money.',
  },
  amount_not_positive: { says: 'is below zero.', hint: 'Amounts are never negative.' },
  amount_too_large: { says: 'is more than Stellar can carry.', hint: `The largest amount is ${MAX_AMOUNT}.` },
}

/**
 * The number of stroops that a decimal text stands for; one unit is 10,000,000 stroops.
 * Throws {@link AmountError} for everything but plain digits with at most seven decimals.
 */
export function parseAmount(text: string): bigint {
  const problem = amountProblem(text)
  if (problem !== null) throw new AmountError(problem, subjectOf(text))
  return stroopsOf(text)
}

/**
 * The decimal text of a number of stroops, always with seven decimals, as the database writes it.
 * Throws {@link AmountError} below zero and above int64.
 */
export function formatAmount(stroops: bigint): string {
  if (stroops < 0n) throw new AmountError('amount_not_positive', `${stroops} stroops`)
  if (stroops > MAX_STROOPS) throw new AmountError('amount_too_large', `${stroops} stroops`)
  const units = stroops / STROOPS_PER_UNIT
  const fraction = stroops % STROOPS_PER_UNIT
  return `${units}.${fraction.toString().padStart(DECIMALS, '0')}`
}

/** The exact sum of amounts. Throws {@link AmountError} when one is no amount or the sum is more than Stellar can carry. */
export function addAmounts(...amounts: readonly string[]): string {
  return formatAmount(amounts.reduce((sum, amount) => sum + parseAmount(amount), 0n))
}

/** -1, 0 or 1 as the first amount is less than, equal to or more than the second, whatever their trailing zeros. */
export function compareAmounts(left: string, right: string): -1 | 0 | 1 {
  const difference = parseAmount(left) - parseAmount(right)
  if (difference === 0n) return 0
  return difference < 0n ? -1 : 1
}

/** Whether a value is a text that {@link parseAmount} reads. */
export function isAmount(value: unknown): value is string {
  return amountProblem(value) === null
}

/** Why a value is no text that {@link parseAmount} reads; null for an amount. */
export function amountProblem(value: unknown): AmountProblem | null {
  if (typeof value !== 'string') return 'invalid_amount'
  if (/^-[0-9]+(\.[0-9]+)?$/.test(value)) return 'amount_not_positive'
  if (!/^(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(value)) return 'invalid_amount'
  if (/\.[0-9]{8,}$/.test(value)) return 'too_many_decimals'
  // The length comes first: a million digits must not become a bigint just to be refused.
  if (value.split('.', 1).join('').length > 12 || stroopsOf(value) > MAX_STROOPS) return 'amount_too_large'
  return null
}

function stroopsOf(text: string): bigint {
  const [units = '0', fraction = ''] = text.split('.')
  return BigInt(units) * STROOPS_PER_UNIT + BigInt(fraction.padEnd(DECIMALS, '0'))
}

function subjectOf(value: unknown): string {
  return typeof value === 'string' && /^[0-9.,+\-eE _]{1,40}$/.test(value) ? `"${value}"` : 'The value'
}
