/** The sign before the decimals of the amounts in a file. */
export type DecimalSign = '.' | ','

/** What an amount in a file means: an exact decimal text, or nothing certain. */
export type ReadAmount = { readonly amount: string } | { readonly ambiguous: true }

/**
 * An amount as a person wrote it. `60.000` is sixty in one country and sixty thousand in the next, so without a decimal sign everything that could be
 * either is ambiguous and is not guessed. With one, groups of three digits may be separated by the other sign, a blank or an apostrophe, the same one
 * throughout; an amount that contradicts the sign, such as `12.34` beside a decimal comma, is not guessed either.
 * What cannot be read at all is passed on as it is; the database refuses it by its line.
 */
export function readCsvAmount(text: string, decimalSign: DecimalSign | undefined): ReadAmount {
  if (decimalSign === undefined) {
    const isPlain = /^\d+(\.\d+)?$/.test(text) && !/^[1-9]\d{0,2}\.\d{3}$/.test(text)
    return isPlain || !/^\d{1,3}([.,'\s’´]\d{3})*([.,]\d+)?$|^\d+,\d+$/.test(text)
      ? { amount: text }
      : { ambiguous: true }
  }
  const [sign, other] = decimalSign === '.' ? ['\\.', ','] : [',', '\\.']
  const grouped = new RegExp(`^\\d{1,3}([${other}'\\s’´])\\d{3}(?:\\1\\d{3})*(${sign}\\d+)?$`)
  const plain = new RegExp(`^\\d+(${sign}\\d+)?$`)
  if (!grouped.test(text) && !plain.test(text)) return /^\d[\d.,]*$/.test(text) ? { ambiguous: true } : { amount: text }
  const [units = '', decimals] = text.split(decimalSign)
  const digits = units.replace(/\D/g, '')
  // The database refuses exactly three decimals behind up to three digits as ambiguous; here a person said what they are.
  return { amount: decimals === undefined ? digits : `${digits}.${decimals.length === 3 ? `${decimals}0` : decimals}` }
}
