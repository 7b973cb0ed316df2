import { larger, smaller } from './amounts.ts'
import { INT64_MAX, type Price } from './types.ts'

/** How an exchange is rounded: like an offer, or like a path payment that fixes one of its ends. */
export type Rounding = 'offer' | 'strict-receive' | 'strict-send'

/** What changes hands between an offer in the book (which sells "wheat" for "sheep") and the taker that crosses it. */
export type Exchange = { readonly wheat: bigint; readonly sheep: bigint; readonly wheatStays: boolean }

/** How much each side can give and take at the most. */
export type Limits = {
  readonly wheatSend: bigint
  readonly wheatReceive: bigint
  readonly sheepSend: bigint
  readonly sheepReceive: bigint
}

/** The exchange at a price, rounded as core does since protocol 10: never in favour of the side that is smaller. */
export function exchange(price: Price, limits: Limits, rounding: Rounding): Exchange {
  const raw = exchangeUnchecked(price, limits, rounding)
  const { wheat, sheep, wheatStays } = raw
  if (wheat > 0n && sheep > 0n) {
    if (isWithinPriceError(price, wheat, sheep, rounding !== 'offer')) return raw
    return { wheat: 0n, sheep: 0n, wheatStays }
  }
  // A path payment that fixes what it sends may get nothing for it.
  return rounding === 'strict-send' ? raw : { wheat: 0n, sheep: 0n, wheatStays }
}

/** The exchange before the rounding error is looked at; also what an offer promises to give and to take. */
export function exchangeUnchecked(price: Price, limits: Limits, rounding: Rounding): Exchange {
  const n = BigInt(price.n)
  const d = BigInt(price.d)
  const wheatValue = smaller(limits.wheatSend * n, limits.sheepReceive * d)
  const sheepValue = smaller(limits.sheepSend * d, limits.wheatReceive * n)
  const wheatStays = wheatValue > sheepValue
  if (!wheatStays) {
    if (price.n > price.d) {
      const wheat = wheatValue / n
      return { wheat, sheep: (wheat * n) / d, wheatStays }
    }
    const sheep = wheatValue / d
    return { wheat: divideUp(sheep * d, n), sheep, wheatStays }
  }
  if (rounding === 'strict-send') {
    return { wheat: sheepValue / n, sheep: smaller(limits.sheepSend, limits.sheepReceive), wheatStays }
  }
  if (price.n > price.d || rounding === 'strict-receive') {
    const wheat = sheepValue / n
    return { wheat, sheep: divideUp(wheat * n, d), wheatStays }
  }
  const sheep = sheepValue / d
  return { wheat: (sheep * d) / n, sheep, wheatStays }
}

/** The part of an offer that its owner can really give and take. */
export function adjustedAmount(price: Price, amount: bigint, receive: bigint): bigint {
  const limits = { wheatSend: amount, wheatReceive: INT64_MAX, sheepSend: INT64_MAX, sheepReceive: receive }
  return exchange(price, limits, 'offer').wheat
}

/** What an offer keeps reserved: so much to give, and room for so much to take. */
export function liabilitiesOf(price: Price, amount: bigint): { readonly selling: bigint; readonly buying: bigint } {
  const limits = { wheatSend: amount, wheatReceive: INT64_MAX, sheepSend: INT64_MAX, sheepReceive: INT64_MAX }
  const { wheat, sheep } = exchangeUnchecked(price, limits, 'offer')
  return { selling: wheat, buying: sheep }
}

/** Whether rounding changes the price by at most one percent; where `canFavour`, only against the taker that crosses the book. */
function isWithinPriceError(price: Price, wheat: bigint, sheep: bigint, canFavour: boolean): boolean {
  const value = 100n * BigInt(price.n) * wheat
  const paid = 100n * BigInt(price.d) * sheep
  if (canFavour && paid >= value) return true
  return larger(value, paid) - smaller(value, paid) <= BigInt(price.n) * wheat
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor
}
