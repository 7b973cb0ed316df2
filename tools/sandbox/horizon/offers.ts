import { formatStroops } from '../core/amounts.ts'
import { assetFields } from '../core/assets.ts'
import { comparePrices } from '../core/order-book.ts'
import type { AssetKey, OfferEntry, Price } from '../core/types.ts'
import { invalidField, notFound } from '../http/problem.ts'
import { requireAccountId } from './accounts.ts'
import { assetIn } from './asset-query.ts'
import { link } from './links.ts'
import { type HorizonRequest, pageBody, pageQuery, parseCursor, statePage } from './page.ts'
import { isoSeconds } from './time.ts'
import type { View } from './view.ts'

/** GET /offers by seller, sponsor and assets, and GET /accounts/{id}/offers. */
export function listOffers(request: HorizonRequest, view: View, owner?: string): Record<string, unknown> {
  const page = pageQuery(request)
  if (page.cursor !== '' && parseCursor(page.cursor, view) === null)
    throw invalidField('cursor', 'cursor: invalid value')
  const { query } = request
  const seller = owner ?? query.get('seller') ?? ''
  const sponsor = query.get('sponsor') ?? ''
  for (const [name, id] of [
    ['seller', seller],
    ['sponsor', sponsor],
  ] as const) {
    if (id !== '') requireAccountId(id, name)
  }
  const selling = assetIn(query, 'selling')
  const buying = assetIn(query, 'buying')
  const found = view
    .find(seller === '' ? 'offers' : `offers|${seller}`)
    .filter((entry) => entry.kind === 'offer')
    .filter((offer) => sponsor === '' || offer.sponsor === sponsor)
    .filter((offer) => (selling ?? offer.selling) === offer.selling && (buying ?? offer.buying) === offer.buying)
  const padded = { ...page, cursor: page.cursor === '' ? '' : page.cursor.padStart(20, '0') }
  const offers = statePage(found, padded, ({ id }) => id.toString().padStart(20, '0'))
  return pageBody(
    request,
    page,
    offers.map((offer) => offerRecord(offer, view, request.base)),
  )
}

/** GET /offers/{id}. */
export function getOffer(request: HorizonRequest, view: View, text: string): Record<string, unknown> {
  if (!/^[1-9]\d{0,18}$/.test(text)) throw invalidField('offer_id', 'Offer ID must be an integer higher than 0')
  const id = BigInt(text)
  const offer = view.find('offers').find((entry) => entry.kind === 'offer' && entry.id === id)
  if (offer?.kind !== 'offer') throw notFound()
  return offerRecord(offer, view, request.base)
}

/** GET /order_book: the offers of a pair, added up by price, the best first. */
export function getOrderBook({ query }: HorizonRequest, view: View): Record<string, unknown> {
  const selling = assetIn(query, 'selling')
  const buying = assetIn(query, 'buying')
  if (selling === null || buying === null) {
    throw invalidField('selling_asset_type', 'Invalid order book: selling and buying are both needed')
  }
  const limit = Number(query.get('limit') ?? 20)
  if (!(Number.isInteger(limit) && limit > 0 && limit <= 200))
    throw invalidField('limit', 'limit must be from 1 to 200')
  return {
    bids: levelsOf(view, buying, selling)
      .slice(0, limit)
      .map(({ price: { n, d }, amount }) => level({ n: d, d: n }, amount)),
    asks: levelsOf(view, selling, buying)
      .slice(0, limit)
      .map(({ price, amount }) => level(price, amount)),
    base: assetFields(selling),
    counter: assetFields(buying),
  }
}

/** A price as Horizon writes it, with seven decimals. */
export function priceText({ n, d }: Price): string {
  return formatStroops((BigInt(n) * 10_000_000n) / BigInt(d))
}

type Level = { readonly price: Price; readonly amount: bigint }

function levelsOf(view: View, selling: AssetKey, buying: AssetKey): Level[] {
  const offers = view.find(`book|${selling}|${buying}`).filter((entry) => entry.kind === 'offer')
  const levels: Level[] = []
  for (const { price, amount } of offers.sort((left, right) => comparePrices(left.price, right.price))) {
    const last = levels.at(-1)
    if (last && comparePrices(last.price, price) === 0) {
      levels[levels.length - 1] = { price, amount: last.amount + amount }
    } else levels.push({ price, amount })
  }
  return levels
}

function level(price: Price, amount: bigint): Record<string, unknown> {
  return { price_r: price, price: priceText(price), amount: formatStroops(amount) }
}

function offerRecord(offer: OfferEntry, view: View, base: string): Record<string, unknown> & { paging_token: string } {
  const id = offer.id.toString()
  return {
    _links: { self: link(base, `/offers/${id}`), offer_maker: link(base, `/accounts/${offer.seller}`) },
    id,
    paging_token: id,
    seller: offer.seller,
    selling: assetFields(offer.selling),
    buying: assetFields(offer.buying),
    amount: formatStroops(offer.amount),
    price_r: offer.price,
    price: priceText(offer.price),
    last_modified_ledger: offer.modified,
    last_modified_time: isoSeconds(view.chain.history.ledgers.closedAt(offer.modified) ?? 0),
    ...(offer.sponsor !== null && { sponsor: offer.sponsor }),
  }
}
