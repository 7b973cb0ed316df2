import { xdr } from '@stellar/stellar-sdk/base'
import { addressOf } from '../core/addresses.ts'
import { assetKeyOf } from '../core/assets.ts'
import { balanceIdOf } from '../core/operations/claim-claimable-balance.ts'
import { keyOf } from '../core/types.ts'

/** Where the state keeps the entry a base64 LedgerKey names: null when it can hold no such entry. Throws on bad XDR. */
export function stateKeyOf(base64: string): string | null {
  const wire = xdr.LedgerKey.fromXdr(base64, 'base64').toXdrObject()
  switch (wire.type) {
    case 0:
      return keyOf.account(addressOf(wire.account.accountId.ed25519))
    case 1: {
      const asset = assetKeyOf(wire.trustLine.asset)
      return asset === null ? null : keyOf.trustline(addressOf(wire.trustLine.accountId.ed25519), asset)
    }
    case 3:
      return keyOf.data(addressOf(wire.data.accountId.ed25519), wire.data.dataName.toString())
    case 4:
      return keyOf.balance(balanceIdOf(wire.claimableBalance.balanceId))
    default:
      return null
  }
}
