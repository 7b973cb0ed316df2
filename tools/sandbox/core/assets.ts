import type { xdr } from '@stellar/stellar-sdk/base'
import { addressOf, isAccountId, publicKeyWire } from './addresses.ts'
import type { AccountId, AssetKey } from './types.ts'

const CODE = /^[A-Za-z0-9]{1,12}$/

/** The key of an asset, or null when the code or issuer could not exist on the network (core answers "malformed"). */
export function assetKeyOf(wire: xdr.AssetWire | xdr.ChangeTrustAssetWire | xdr.TrustLineAssetWire): AssetKey | null {
  if (wire.type === 0) return 'native'
  if (wire.type === 3) return null
  const { assetCode, issuer } = wire.type === 1 ? wire.alphaNum4 : wire.alphaNum12
  const code = codeOf(assetCode)
  if (code === null || (wire.type === 2 && code.length < 5)) return null
  return `${code}:${addressOf(issuer.ed25519)}`
}

/** The issuer of a credit asset, null for native. */
export function issuerOf(asset: AssetKey): AccountId | null {
  return asset === 'native' ? null : asset.slice(asset.indexOf(':') + 1)
}

/** The code of a credit asset. */
export function assetCodeOf(asset: AssetKey): string {
  return asset.slice(0, asset.indexOf(':'))
}

/** Whether the text names an asset as Horizon's `asset` parameter does: `native` or `CODE:ISSUER`. */
export function isAssetKey(text: string): boolean {
  if (text === 'native') return true
  const [code = '', issuer = '', ...rest] = text.split(':')
  return rest.length === 0 && CODE.test(code) && isAccountId(issuer)
}

/** The XDR form of an asset; the same shape serves Asset and TrustLineAsset. */
export function assetWire(asset: AssetKey): xdr.AssetWire {
  const issuer = issuerOf(asset)
  if (issuer === null) return { type: 0 }
  const code = Buffer.from(assetCodeOf(asset), 'ascii')
  const padded = Buffer.alloc(code.length <= 4 ? 4 : 12)
  padded.set(code)
  const value = { assetCode: padded, issuer: publicKeyWire(issuer) }
  return code.length <= 4 ? { type: 1, alphaNum4: value } : { type: 2, alphaNum12: value }
}

/** The asset fields of Horizon records: asset_type, and asset_code and asset_issuer of credit assets. */
export function assetFields(asset: AssetKey): Record<string, string> {
  const issuer = issuerOf(asset)
  if (issuer === null) return { asset_type: 'native' }
  const code = assetCodeOf(asset)
  return {
    asset_type: code.length <= 4 ? 'credit_alphanum4' : 'credit_alphanum12',
    asset_code: code,
    asset_issuer: issuer,
  }
}

/** Letters and digits, padded with zero bytes at the end only. */
function codeOf(bytes: Uint8Array): string | null {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  const code = Buffer.from(bytes.subarray(0, end)).toString('latin1')
  return CODE.test(code) ? code : null
}
