import { type Amount, parseAmount } from 'payd'

/** The place of an amount among others: each asset for itself, because amounts of different assets say nothing about one another. */
export function amountOrder(amount: Amount | null, assetCode: string): string | null {
  if (amount === null) return null
  return `${assetCode} ${parseAmount(amount).toString().padStart(20, '0')}`
}
