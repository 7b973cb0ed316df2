import { Asset, StrKey, type xdr } from '@stellar/stellar-sdk/base'

/** An offer, or a liquidity pool, that was taken: it gave what was sold and got what was bought. */
export type Taken = {
  /** The owner of the offer; null for a liquidity pool. */
  readonly seller: string | null
  readonly sold: Asset
  readonly soldAmount: bigint
  readonly bought: Asset
  readonly boughtAmount: bigint
}

/** What a trade changed for one account, summed by asset and direction. */
export type TradeSum = { readonly asset: Asset; readonly direction: 'in' | 'out'; readonly amount: bigint }

/** What operations answer when they were applied. Throws TypeError when the operation was not, or is none that was asked for. */
export function outcomeOf(result: xdr.OperationResult): xdr.OperationResultTr['value'] {
  if (result.type !== 'opInner') throw new TypeError('The operation was not applied.')
  return result.tr.value
}

/** The offers that an exchange or a path payment took, in their order. */
export function takenOffers(list: readonly xdr.ClaimAtom[]): readonly Taken[] {
  return list.map((atom) => {
    const { assetSold, amountSold, assetBought, amountBought } = atom.value
    return {
      seller: sellerOf(atom),
      sold: Asset.fromOperation(assetSold),
      soldAmount: amountSold,
      bought: Asset.fromOperation(assetBought),
      boughtAmount: amountBought,
    }
  })
}

/** What the sender of a path payment gave: to the first exchange on the way, or what arrived when there was none. */
export function sentBy(offers: readonly Taken[], arrived: bigint): bigint {
  const [first] = offers
  if (first === undefined) return arrived
  const others = offers.findIndex(({ bought }) => !bought.equals(first.bought))
  const hop = offers.slice(0, others === -1 ? offers.length : others)
  return hop.reduce((sum, { boughtAmount }) => sum + boughtAmount, 0n)
}

/** What offers that were taken changed for an account: as their owner and, in an exchange, as the one who took them. */
export function tradesOf(
  offers: readonly Taken[],
  parties: { readonly account: string; readonly isTaker: boolean },
): readonly TradeSum[] {
  const sums = new Map<string, TradeSum>()
  const add = (asset: Asset, direction: 'in' | 'out', amount: bigint) => {
    const key = `${direction} ${asset.toString()}`
    sums.set(key, { asset, direction, amount: (sums.get(key)?.amount ?? 0n) + amount })
  }
  for (const { seller, sold, soldAmount, bought, boughtAmount } of offers) {
    if (seller === parties.account) {
      add(sold, 'out', soldAmount)
      add(bought, 'in', boughtAmount)
    } else if (parties.isTaker) {
      add(sold, 'in', soldAmount)
      add(bought, 'out', boughtAmount)
    }
  }
  return [...sums.values()].filter(({ amount }) => amount > 0n)
}

function sellerOf(atom: xdr.ClaimAtom): string | null {
  switch (atom.type) {
    case 'claimAtomTypeOrderBook':
      return StrKey.encodeEd25519PublicKey(atom.orderBook.sellerId.ed25519.toBytes())
    case 'claimAtomTypeV0':
      return StrKey.encodeEd25519PublicKey(atom.v0.sellerEd25519.toBytes())
    case 'claimAtomTypeLiquidityPool':
      return null
    default:
      return atom satisfies never
  }
}
