import { isAssetKey } from '../core/assets.ts'
import type { AssetKey } from '../core/types.ts'
import { invalidField } from '../http/problem.ts'

/**
 * The asset in a query under a name: `<name>=native` or `<name>=CODE:ISSUER`, or in the three parts `<name>_asset_type`, `_asset_code`
 * and `_asset_issuer`. Null when it is not there; throws 400 when it is no asset.
 */
export function assetIn(query: URLSearchParams, name: string): AssetKey | null {
  const whole = query.get(name) ?? ''
  if (whole !== '') {
    if (isAssetKey(whole)) return whole
    throw invalidField(name, 'Asset must be the string "native" or a string of the form "Code:IssuerAccountID"')
  }
  const type = query.get(`${name}_asset_type`) ?? ''
  if (type === '') return null
  if (type === 'native') return 'native'
  const key = `${query.get(`${name}_asset_code`) ?? ''}:${query.get(`${name}_asset_issuer`) ?? ''}`
  const isKnown = type === 'credit_alphanum4' || type === 'credit_alphanum12'
  if (isKnown && isAssetKey(key)) return key
  throw invalidField(`${name}_asset_type`, 'Asset type, code and issuer must name an asset')
}

/** The assets in a list such as `native,USD:G…`. Throws 400 for anything else. */
export function assetsOf(text: string, field: string): AssetKey[] {
  const assets = text.split(',')
  if (assets.every(isAssetKey)) return assets
  throw invalidField(field, 'Assets must be separated by commas, each "native" or of the form "Code:IssuerAccountID"')
}
