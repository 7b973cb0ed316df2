import type { xdr } from '@stellar/stellar-sdk/base'
import { smaller } from '../amounts.ts'
import { assetKeyOf, issuerOf } from '../assets.ts'
import { isAuthorized, trustlineOf } from '../balances.ts'
import { OP } from '../codes.ts'
import { offerWire } from '../entry-xdr.ts'
import { adjustedAmount, liabilitiesOf } from '../exchange.ts'
import { canBuy, canSell, promise, shift } from '../liabilities.ts'
import { claimAtoms, comparePrices, crossBook, removeOffer } from '../order-book.ts'
import { takeSubentry } from '../reserves.ts'
import { type AssetKey, INT64_MAX, keyOf, type OfferEntry, type Price } from '../types.ts'
import { defineOperation, type OperationContext, outerResult } from './rule.ts'
import { tradeEffects } from './trade-effects.ts'

const CODE = {
  malformed: -1,
  sell_no_trust: -2,
  buy_no_trust: -3,
  sell_not_authorized: -4,
  buy_not_authorized: -5,
  line_full: -6,
  underfunded: -7,
  cross_self: -8,
  not_found: -11,
  low_reserve: -12,
} as const
type Code = (typeof CODE)[keyof typeof CODE]
type Outcome = { readonly code: Code } | { readonly code: 0; readonly success: xdr.ManageOfferSuccessResultWire }

const UNTOUCHED: Outcome = { code: 0, success: { offersClaimed: [], offer: { effect: 2 } } }

const sellResult = (outcome: Outcome): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 3, manageSellOfferResult: outcome },
})
const passiveResult = (outcome: Outcome): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 4, createPassiveSellOfferResult: outcome },
})
const buyResult = (outcome: Outcome): xdr.OperationResultWire => ({
  code: 0,
  tr: { type: 12, manageBuyOfferResult: outcome },
})

/** What an operation wants of the order book; the amount is of what is sold, or of what is bought. */
type Wanted = {
  readonly selling: AssetKey
  readonly buying: AssetKey
  readonly price: Price
  readonly amount: bigint
  readonly isBuying: boolean
  readonly offerId: bigint
  readonly passive: boolean
}

/** ManageSellOffer: sells an amount at a price or better, changes an offer, or takes it back (amount 0). */
export const manageSellOffer = defineOperation(3, {
  threshold: 'medium',
  untouched: sellResult(UNTOUCHED),
  check: ({ manageSellOfferOp: op }) =>
    wantedSell(op, op.offerId, false) ? null : sellResult({ code: CODE.malformed }),
  apply: ({ manageSellOfferOp: op }, context) => manage(context, wantedSell(op, op.offerId, false), sellResult),
})

/** CreatePassiveSellOffer: an offer that does not take offers at its own price. */
export const createPassiveSellOffer = defineOperation(4, {
  threshold: 'medium',
  untouched: passiveResult(UNTOUCHED),
  check: ({ createPassiveSellOfferOp: op }) =>
    op.amount > 0n && wantedSell(op, 0n, true) ? null : passiveResult({ code: CODE.malformed }),
  apply: ({ createPassiveSellOfferOp: op }, context) => manage(context, wantedSell(op, 0n, true), passiveResult),
})

/** ManageBuyOffer: buys an amount at a price or better. */
export const manageBuyOffer = defineOperation(12, {
  threshold: 'medium',
  untouched: buyResult(UNTOUCHED),
  check: ({ manageBuyOfferOp: op }) => (wantedBuy(op) ? null : buyResult({ code: CODE.malformed })),
  apply: ({ manageBuyOfferOp: op }, context) => manage(context, wantedBuy(op), buyResult),
})

function wantedSell(op: xdr.CreatePassiveSellOfferOpWire, offerId: bigint, passive: boolean): Wanted | null {
  return wanted(op, op.price, op.amount, { offerId, passive, isBuying: false })
}

function wantedBuy(op: xdr.ManageBuyOfferOpWire): Wanted | null {
  // The book knows the price of what is sold only.
  const price = { n: op.price.d, d: op.price.n }
  return wanted(op, price, op.buyAmount, { offerId: op.offerId, passive: false, isBuying: true })
}

function wanted(
  op: { readonly selling: xdr.AssetWire; readonly buying: xdr.AssetWire },
  price: Price,
  amount: bigint,
  rest: Pick<Wanted, 'offerId' | 'passive' | 'isBuying'>,
): Wanted | null {
  const selling = assetKeyOf(op.selling)
  const buying = assetKeyOf(op.buying)
  if (selling === null || buying === null || selling === buying) return null
  const isNothing = amount === 0n && rest.offerId === 0n
  if (amount < 0n || price.n <= 0 || price.d <= 0 || rest.offerId < 0n || isNothing) return null
  return { selling, buying, price, amount, ...rest }
}

function manage(
  context: OperationContext,
  wish: Wanted | null,
  write: (outcome: Outcome) => xdr.OperationResultWire,
): xdr.OperationResultWire {
  if (!wish) return write({ code: CODE.malformed })
  const { ledger, source } = context
  const refusal = wish.amount === 0n ? null : lineFailure(context, wish)
  if (refusal !== null) return write({ code: refusal })
  let old: OfferEntry | null = null
  if (wish.offerId !== 0n) {
    const found = ledger.get(keyOf.offer(source.id, wish.offerId))
    if (found?.kind !== 'offer') return write({ code: CODE.not_found })
    old = found
    promise(ledger, old, -1)
    if (wish.amount === 0n) {
      removeOffer(ledger, old)
      return write(UNTOUCHED)
    }
  }
  const taken = old ?? takeSubentry(context, source.id)
  if (taken === 'too_many') return outerResult(OP.too_many_subentries)
  if (taken === 'low_reserve') return write({ code: CODE.low_reserve })
  return write(trade(context, wish, old, taken.sponsor))
}

function lineFailure({ ledger, source }: OperationContext, { selling, buying }: Wanted): Code | null {
  if (selling !== 'native' && issuerOf(selling) !== source.id) {
    const line = trustlineOf(ledger, source.id, selling)
    if (!line) return CODE.sell_no_trust
    if (line.balance === 0n) return CODE.underfunded
    if (!isAuthorized(line)) return CODE.sell_not_authorized
  }
  if (buying !== 'native' && issuerOf(buying) !== source.id) {
    const line = trustlineOf(ledger, source.id, buying)
    if (!line) return CODE.buy_no_trust
    if (!isAuthorized(line)) return CODE.buy_not_authorized
  }
  return null
}

function trade(
  context: OperationContext,
  wish: Wanted,
  old: OfferEntry | null,
  sponsor: OfferEntry['sponsor'],
): Outcome {
  const { ledger, source } = context
  const { selling, buying, price } = wish
  const whole = wish.isBuying ? adjustedAmount(price, INT64_MAX, wish.amount) : wish.amount
  const needed = liabilitiesOf(price, whole)
  if (canBuy(ledger, source.id, buying) < (wish.isBuying ? wish.amount : needed.buying)) return { code: CODE.line_full }
  if (canSell(ledger, source.id, selling) < needed.selling) return { code: CODE.underfunded }

  const limits = (sent: bigint, received: bigint) => ({
    mostSent: wish.isBuying
      ? canSell(ledger, source.id, selling)
      : smaller(canSell(ledger, source.id, selling), wish.amount - sent),
    mostReceived: wish.isBuying
      ? smaller(canBuy(ledger, source.id, buying), wish.amount - received)
      : canBuy(ledger, source.id, buying),
  })
  const worst = { n: price.d, d: price.n }
  const crossing = crossBook(ledger, {
    taker: source.id,
    send: selling,
    receive: buying,
    ...limits(0n, 0n),
    rounding: 'offer',
    accepts: (other) => comparePrices(other, worst) < (wish.passive ? 0 : 1),
  })
  if (crossing.end === 'own_offer') return { code: CODE.cross_self }
  shift(ledger, source.id, selling, -crossing.sent)
  shift(ledger, source.id, buying, crossing.received)
  tradeEffects(context, crossing.trades)
  const offersClaimed = claimAtoms(crossing.trades)

  const { mostSent, mostReceived } = limits(crossing.sent, crossing.received)
  const amount = crossing.end === 'done' ? 0n : adjustedAmount(price, mostSent, mostReceived)
  if (amount === 0n) {
    const gone = old ?? { ...newOffer(context, wish, 0n, sponsor), id: 0n }
    removeOffer(ledger, gone)
    return { code: 0, success: { offersClaimed, offer: { effect: 2 } } }
  }
  const offer = old
    ? { ...old, ...wishedPart(wish), amount }
    : numbered(context, newOffer(context, wish, amount, sponsor))
  ledger.set(keyOf.offer(source.id, offer.id), offer)
  promise(ledger, offer, 1)
  return { code: 0, success: { offersClaimed, offer: { effect: old ? 1 : 0, offer: offerWire(offer) } } }
}

function wishedPart({ selling, buying, price }: Wanted): Pick<OfferEntry, 'selling' | 'buying' | 'price'> {
  return { selling, buying, price }
}

function newOffer(
  { source }: OperationContext,
  wish: Wanted,
  amount: bigint,
  sponsor: OfferEntry['sponsor'],
): OfferEntry {
  return {
    kind: 'offer',
    id: 0n,
    seller: source.id,
    ...wishedPart(wish),
    amount,
    passive: wish.passive,
    sponsor,
    modified: 0,
  }
}

/** The offer with the next number of the ledger. */
function numbered({ ledger }: OperationContext, offer: OfferEntry): OfferEntry {
  const counter = ledger.get(keyOf.counter())
  const id = (counter?.kind === 'counter' ? counter.value : 0n) + 1n
  ledger.set(keyOf.counter(), { kind: 'counter', value: id, modified: 0 })
  return { ...offer, id }
}
