import { xdr } from '@stellar/stellar-sdk/base'
import { addressOf } from './addresses.ts'
import { assetKeyOf } from './assets.ts'
import { balanceIdOf } from './balance-ids.ts'
import { keyOf } from './types.ts'

/** Where the state keeps the entry a base64 LedgerKey names: null when it can hold no such entry. Throws on bad XDR. */
export function stateKeyOf(base64: string): string | null {
  return stateKeyOfWire(xdr.LedgerKey.fromXdr(base64, 'base64').toXdrObject())
}

/** Where the state keeps the entry of a LedgerKey, or null when it can hold no such entry. */
export function stateKeyOfWire(wire: xdr.LedgerKeyWire): string | null {
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
    case 2:
      return keyOf.offer(addressOf(wire.offer.sellerId.ed25519), wire.offer.offerId)
    case 6: {
      const { contract, key, durability } = wire.contractData
      const isInstance = contract.type === 1 && key.type === 20 && durability === 1
      return isInstance ? keyOf.contract(Buffer.from(contract.contractId).toString('hex')) : null
    }
    case 7:
      return keyOf.code(Buffer.from(wire.contractCode.hash).toString('hex'))
    default:
      return null
  }
}
