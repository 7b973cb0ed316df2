import { formatStroops } from '../amounts.ts'
import { assetFields } from '../assets.ts'
import type { Trade } from '../order-book.ts'
import type { OperationContext } from './rule.ts'

/** Reports each trade to the one who took the offer and to its seller. */
export function tradeEffects({ emit, source }: OperationContext, trades: readonly Trade[]): void {
  for (const { offer, sold, bought } of trades) {
    const offered = sideOf('bought', offer.selling, sold)
    const paid = sideOf('sold', offer.buying, bought)
    emit(source, 'trade', { seller: offer.seller, offer_id: offer.id.toString(), ...offered, ...paid })
    const given = sideOf('sold', offer.selling, sold)
    const got = sideOf('bought', offer.buying, bought)
    emit(offer.seller, 'trade', { seller: source.id, offer_id: offer.id.toString(), ...got, ...given })
  }
}

function sideOf(side: 'bought' | 'sold', asset: string, amount: bigint): Record<string, string> {
  const fields = Object.entries(assetFields(asset)).map(([name, value]) => [`${side}_${name}`, value])
  return { [`${side}_amount`]: formatStroops(amount), ...Object.fromEntries(fields) }
}
