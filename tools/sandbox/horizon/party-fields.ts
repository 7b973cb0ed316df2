import type { xdr } from '@stellar/stellar-sdk/base'
import type { Party } from '../core/addresses.ts'
import { assetFields, assetKeyOf } from '../core/assets.ts'

/** An account under a name, with the `M…` address and id where the sender wrote one. */
export function partyFields(name: string, party: Party): Record<string, string> {
  const { id, muxed } = party
  return { [name]: id, ...(muxed && { [`${name}_muxed`]: muxed.address, [`${name}_muxed_id`]: muxed.id }) }
}

/** The asset fields of an XDR asset; nothing for one that could not exist. */
export function fieldsOfAsset(asset: xdr.AssetWire | xdr.ChangeTrustAssetWire): Record<string, string> {
  const key = assetKeyOf(asset)
  return key === null ? {} : assetFields(key)
}
