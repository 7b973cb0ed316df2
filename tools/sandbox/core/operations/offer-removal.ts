import { promise } from '../liabilities.ts'
import { removeOffer } from '../order-book.ts'
import type { AccountId, AssetKey } from '../types.ts'
import type { OperationContext } from './rule.ts'

/** Removes every offer of an account that sells or buys an asset, as a revoked trustline does. */
export function removeOffersOf({ ledger }: OperationContext, account: AccountId, asset: AssetKey): void {
  for (const offer of ledger.find(`offers|${account}`)) {
    if (offer.kind !== 'offer' || (offer.selling !== asset && offer.buying !== asset)) continue
    promise(ledger, offer, -1)
    removeOffer(ledger, offer)
  }
}
