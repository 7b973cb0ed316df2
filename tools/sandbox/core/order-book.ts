import type { xdr } from '@stellar/stellar-sdk/base'
import { publicKeyWire } from './addresses.ts'
import { smaller } from './amounts.ts'
import { assetWire } from './assets.ts'
import { adjustedAmount, exchange, type Rounding } from './exchange.ts'
import { canBuy, canSell, promise, shift } from './liabilities.ts'
import { freeSubentry } from './reserves.ts'
import type { Writable } from './state.ts'
import { type AccountId, type AssetKey, keyOf, type OfferEntry, type Price } from './types.ts'

/** One crossing of an offer: the seller gave `sold` of `selling` for `bought` of `buying`. */
export type Trade = {
  readonly offer: OfferEntry
  readonly sold: bigint
  readonly bought: bigint
}

/** What crossing the book gave: what was taken and given, the trades, and why it ended. */
export type Crossing = {
  readonly received: bigint
  readonly sent: bigint
  readonly trades: readonly Trade[]
  /** The book had no (more) offers that fit, an own offer stood in the way, or nothing more was wanted. */
  readonly end: 'no_offers' | 'own_offer' | 'done'
}

/** What somebody wants to get from the book. */
export type Wish = {
  readonly taker: AccountId
  readonly send: AssetKey
  readonly receive: AssetKey
  readonly mostSent: bigint
  readonly mostReceived: bigint
  readonly rounding: Rounding
  /** Whether an offer at this price is good enough. */
  readonly accepts?: (price: Price) => boolean
}

/** Takes offers from the book, the best first, and moves what their sellers give and get. The taker's own side is not moved. */
export function crossBook(ledger: Writable, wish: Wish): Crossing {
  const trades: Trade[] = []
  let received = 0n
  let sent = 0n
  for (const offer of bookOf(ledger, wish.receive, wish.send)) {
    if (received >= wish.mostReceived || sent >= wish.mostSent) return { received, sent, trades, end: 'done' }
    if (wish.accepts && !wish.accepts(offer.price)) return { received, sent, trades, end: 'no_offers' }
    if (offer.seller === wish.taker) return { received, sent, trades, end: 'own_offer' }
    const { sold, bought, stays } = takeOffer(ledger, offer, wish, wish.mostSent - sent, wish.mostReceived - received)
    received += sold
    sent += bought
    if (sold > 0n || bought > 0n) trades.push({ offer, sold, bought })
    if (stays) return { received, sent, trades, end: 'done' }
  }
  const isDone = received >= wish.mostReceived || sent >= wish.mostSent
  return { received, sent, trades, end: isDone ? 'done' : 'no_offers' }
}

/** The offers that sell one asset for another, the best price first, and the older of equals. */
export function bookOf(ledger: Writable, selling: AssetKey, buying: AssetKey): OfferEntry[] {
  return ledger
    .find(`book|${selling}|${buying}`)
    .filter((entry) => entry.kind === 'offer')
    .sort((left, right) => comparePrices(left.price, right.price) || (left.id < right.id ? -1 : 1))
}

/** Negative when the left price is lower. */
export function comparePrices(left: Price, right: Price): number {
  const gap = BigInt(left.n) * BigInt(right.d) - BigInt(right.n) * BigInt(left.d)
  return gap === 0n ? 0 : gap < 0n ? -1 : 1
}

/** The trades as results write them. */
export function claimAtoms(trades: readonly Trade[]): xdr.ClaimAtomWire[] {
  return trades.map(({ offer, sold, bought }) => ({
    type: 1,
    orderBook: {
      sellerId: publicKeyWire(offer.seller),
      offerId: offer.id,
      assetSold: assetWire(offer.selling),
      amountSold: sold,
      assetBought: assetWire(offer.buying),
      amountBought: bought,
    },
  }))
}

/** Removes an offer whose promises are released already. */
export function removeOffer(ledger: Writable, offer: OfferEntry): void {
  ledger.set(keyOf.offer(offer.seller, offer.id), undefined)
  freeSubentry(ledger, offer.seller, offer.sponsor)
}

function takeOffer(
  ledger: Writable,
  offer: OfferEntry,
  { rounding }: Wish,
  mostSent: bigint,
  mostReceived: bigint,
): { readonly sold: bigint; readonly bought: bigint; readonly stays: boolean } {
  promise(ledger, offer, -1)
  const { seller, selling, buying, price } = offer
  const room = canBuy(ledger, seller, buying)
  const amount = adjustedAmount(price, smaller(offer.amount, canSell(ledger, seller, selling)), room)
  const limits = { wheatSend: amount, wheatReceive: mostReceived, sheepSend: mostSent, sheepReceive: room }
  const { wheat, sheep, wheatStays } = exchange(price, limits, rounding)
  shift(ledger, seller, selling, -wheat)
  shift(ledger, seller, buying, sheep)
  const left = wheatStays
    ? adjustedAmount(price, smaller(amount - wheat, canSell(ledger, seller, selling)), canBuy(ledger, seller, buying))
    : 0n
  if (left === 0n) removeOffer(ledger, offer)
  else {
    const rest = { ...offer, amount: left }
    ledger.set(keyOf.offer(seller, offer.id), rest)
    promise(ledger, rest, 1)
  }
  return { sold: wheat, bought: sheep, stays: wheatStays }
}
