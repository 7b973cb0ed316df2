import { formatStroops } from '../core/amounts.ts'
import { assetCodeOf, assetFields, issuerOf } from '../core/assets.ts'
import { accountOf } from '../core/balances.ts'
import { type AssetKey, LINE_FLAG } from '../core/types.ts'
import { flagRecord, requireAccountId } from './accounts.ts'
import { type HorizonRequest, pageBody, pageQuery, statePage } from './page.ts'
import type { View } from './view.ts'

type Holding = 'authorized' | 'authorized_to_maintain_liabilities' | 'unauthorized'

/** GET /assets, by code and issuer: who holds how much of an asset. */
export function listAssets(request: HorizonRequest, view: View): Record<string, unknown> {
  const page = pageQuery(request)
  const code = request.query.get('asset_code') ?? ''
  const issuer = request.query.get('asset_issuer') ?? ''
  if (issuer !== '') requireAccountId(issuer, 'asset_issuer')
  const wanted = assetsIn(view).filter(
    (asset) => (code === '' || assetCodeOf(asset) === code) && (issuer === '' || issuerOf(asset) === issuer),
  )
  const assets = statePage(wanted, page, tokenOf)
  return pageBody(
    request,
    page,
    assets.map((asset) => assetRecord(asset, view)),
  )
}

function assetsIn(view: View): AssetKey[] {
  const lines = view.find('lines').flatMap((entry) => (entry.kind === 'trustline' ? [entry.asset] : []))
  const balances = view.find('balances').flatMap((entry) => (entry.kind === 'balance' ? [entry.asset] : []))
  return [...new Set([...lines, ...balances])].filter((asset) => asset !== 'native')
}

function tokenOf(asset: AssetKey): string {
  const { asset_code: code, asset_issuer: issuer, asset_type: type } = assetFields(asset)
  return `${code}_${issuer}_${type}`
}

function assetRecord(asset: AssetKey, view: View): Record<string, unknown> & { paging_token: string } {
  const accounts: Record<Holding, number> = {
    authorized: 0,
    authorized_to_maintain_liabilities: 0,
    unauthorized: 0,
  }
  const balances: Record<Holding, bigint> = {
    authorized: 0n,
    authorized_to_maintain_liabilities: 0n,
    unauthorized: 0n,
  }
  for (const line of view.find(`holders|${asset}`)) {
    if (line.kind !== 'trustline') continue
    const holding = holdingOf(line.flags)
    accounts[holding] += 1
    balances[holding] += line.balance
  }
  const claimable = view
    .find(`balance-asset|${asset}`)
    .flatMap((entry) => (entry.kind === 'balance' ? [entry.amount] : []))
  const issuer = accountOf(view.state, issuerOf(asset) ?? '')
  const domain = issuer?.homeDomain ?? ''
  return {
    _links: { toml: { href: domain === '' ? '' : `https://${domain}/.well-known/stellar.toml` } },
    ...assetFields(asset),
    paging_token: tokenOf(asset),
    contract_id: '',
    accounts,
    num_claimable_balances: claimable.length,
    num_liquidity_pools: 0,
    num_contracts: 0,
    balances: {
      authorized: formatStroops(balances.authorized),
      authorized_to_maintain_liabilities: formatStroops(balances.authorized_to_maintain_liabilities),
      unauthorized: formatStroops(balances.unauthorized),
    },
    claimable_balances_amount: formatStroops(claimable.reduce((sum, amount) => sum + amount, 0n)),
    liquidity_pools_amount: formatStroops(0n),
    contracts_amount: formatStroops(0n),
    flags: flagRecord(issuer?.flags ?? 0),
  }
}

function holdingOf(flags: number): Holding {
  if ((flags & LINE_FLAG.authorized) !== 0) return 'authorized'
  return (flags & LINE_FLAG.maintain) !== 0 ? 'authorized_to_maintain_liabilities' : 'unauthorized'
}
