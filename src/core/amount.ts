import {
  AmountError,
  addAmounts,
  compareAmounts,
  formatAmount,
  parseAmount,
} from '../../supabase/functions/_shared/contract/amount.ts'

export {
  AmountError,
  type AmountProblem,
  addAmounts,
  compareAmounts,
  formatAmount,
  isAmount,
  MAX_AMOUNT,
  parseAmount,
} from '../../supabase/functions/_shared/contract/amount.ts'

/** Asset units with seven decimals, such as `"4200.0000000"`. Never a number: a number cannot hold every amount. */
export type Amount = string

/**
 * The exact difference of two amounts. Throws `AmountError` when the second is more than the first: amounts are never negative.
 *
 * @example
 * ```ts
 * import { subtractAmounts } from 'payd'
 *
 * console.log(subtractAmounts('100', '0.0000001')) // 99.9999999
 * ```
 */
export function subtractAmounts(from: Amount, amount: Amount): Amount {
  return formatAmount(parseAmount(from) - parseAmount(amount))
}

/** The exact sum of any number of amounts of one asset; zero for none. Adding different assets means nothing. */
export function sumAmounts(amounts: Iterable<Amount>): Amount {
  return addAmounts(...amounts)
}

/**
 * Splits an amount by weights, to the last stroop: parts that do not come out even are filled up from the largest remainder on, and
 * equal remainders in their order. The parts always add up to the amount.
 *
 * @example
 * ```ts
 * import { splitAmount } from 'payd'
 *
 * console.log(splitAmount('100', [1, 1, 1])) // [ '33.3333334', '33.3333333', '33.3333333' ]
 * ```
 */
export function splitAmount(amount: Amount, weights: readonly (number | bigint)[]): Amount[] {
  const stroops = parseAmount(amount)
  if (
    !weights.every((weight) =>
      typeof weight === 'bigint' ? weight >= 0n : Number.isSafeInteger(weight) && weight >= 0,
    )
  ) {
    throw new AmountError('invalid_amount', 'A weight that is no whole number from 0')
  }
  const shares = weights.map(BigInt)
  const total = shares.reduce((sum, share) => sum + share, 0n)
  if (total === 0n) throw new AmountError('invalid_amount', 'A split without any weight')

  const parts = shares.map((share) => (stroops * share) / total)
  const remainders = shares.map((share, index) => ({ index, rest: (stroops * share) % total }))
  remainders.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
  let missing = stroops - parts.reduce((sum, part) => sum + part, 0n)
  for (const { index } of remainders) {
    if (missing === 0n) break
    parts[index] = (parts[index] ?? 0n) + 1n
    missing -= 1n
  }
  return parts.map(formatAmount)
}

/** How to show an amount. */
export interface DisplayOptions {
  /** Appended, such as `XLM`. */
  readonly assetCode?: string | undefined
  /** At least so many decimals, 0 to 7. Default 2. */
  readonly decimals?: number | undefined
}

/**
 * An amount as people of a locale read it, exactly: groups and decimal sign of the locale, and every decimal that is not zero.
 *
 * @example
 * ```ts
 * import { displayAmount } from 'payd'
 *
 * console.log(displayAmount('922337203685.4775807', 'de-DE', { assetCode: 'XLM' })) // 922.337.203.685,4775807 XLM
 * ```
 */
export function displayAmount(
  amount: Amount,
  locale?: string | readonly string[],
  options: DisplayOptions = {},
): string {
  const { assetCode, decimals = 2 } = options
  const [units = '0', fraction = ''] = formatAmount(parseAmount(amount)).split('.')
  const shown = fraction.replace(/0+$/, '').padEnd(Math.min(Math.max(decimals, 0), 7), '0')
  const { format, sign, digits } = formatOf(locale)
  const behind = [...shown].map((digit) => digits[Number(digit)]).join('')
  const text = `${format.format(BigInt(units))}${behind === '' ? '' : sign + behind}`
  return assetCode === undefined ? text : `${text}\u00A0${assetCode}`
}

interface LocaleFormat {
  readonly format: Intl.NumberFormat
  readonly sign: string
  /** How the locale writes 0 to 9. */
  readonly digits: readonly string[]
}

const formats = /* @__PURE__ */ new Map<string, LocaleFormat>()

/** The format of a locale, made once: to make one takes longer than to show hundreds of amounts with it. */
function formatOf(locale: string | readonly string[] | undefined): LocaleFormat {
  const locales = locale === undefined ? undefined : [...(typeof locale === 'string' ? [locale] : locale)]
  const key = locales?.join() ?? ''
  const known = formats.get(key)
  if (known !== undefined) return known

  // A bigint is formatted exactly, a number would not be. The decimal sign and the digits are taken from the same locale.
  const format = new Intl.NumberFormat(locales, { maximumFractionDigits: 7 })
  const sign = new Intl.NumberFormat(locales).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.'
  const digits = Array.from({ length: 10 }, (_, digit) => format.format(digit))
  const made = { format, sign, digits }
  formats.set(key, made)
  return made
}

/** Whether an amount is nothing. */
export function isZero(amount: Amount): boolean {
  return compareAmounts(amount, '0') === 0
}
