import { formatStroops } from '../core/amounts.ts'
import { assetFields } from '../core/assets.ts'
import { convertBackward, convertForward } from '../core/operations/path-payment.ts'
import { createLayer, type Writable } from '../core/state.ts'
import { type AssetKey, INT64_MAX } from '../core/types.ts'
import { invalidField } from '../http/problem.ts'
import { requireAccountId } from './accounts.ts'
import { assetIn, assetsOf } from './asset-query.ts'
import type { HorizonRequest } from './page.ts'
import type { View } from './view.ts'

// How many assets a path has from end to end at the most; Horizon finds longer ones on request only.
const MOST_ASSETS = 5

type Found = { readonly path: readonly AssetKey[]; readonly sent: bigint; readonly received: bigint }

/** GET /paths and /paths/strict-receive: what could pay an amount to a destination, the cheapest of each asset first. */
export function strictReceivePaths({ query }: HorizonRequest, view: View): Record<string, unknown> {
  const destination = assetIn(query, 'destination')
  if (destination === null) throw invalidField('destination_asset_type', 'The destination asset is missing')
  const amount = amountIn(query, 'destination_amount')
  const sources = endsIn(query, view, { assets: 'source_assets', account: 'source_account' })
  const found = pathsTo(view, destination, sources).flatMap((path): Found[] => {
    const cost = convertBackward(scratch(view), '', path, amount)
    return 'code' in cost ? [] : [{ path, sent: cost.amount, received: amount }]
  })
  return pathsBody(found.sort((left, right) => (left.sent < right.sent ? -1 : 1)))
}

/** GET /paths/strict-send: what an amount could buy, the most of each asset first. */
export function strictSendPaths({ query }: HorizonRequest, view: View): Record<string, unknown> {
  const source = assetIn(query, 'source')
  if (source === null) throw invalidField('source_asset_type', 'The source asset is missing')
  const amount = amountIn(query, 'source_amount')
  const targets = endsIn(query, view, { assets: 'destination_assets', account: 'destination_account' })
  const found = targets.flatMap((target) =>
    pathsTo(view, target, [source]).flatMap((path): Found[] => {
      const gain = convertForward(scratch(view), '', path, amount)
      return 'code' in gain ? [] : [{ path, sent: amount, received: gain.amount }]
    }),
  )
  return pathsBody(found.sort((left, right) => (left.received > right.received ? -1 : 1)))
}

/** Every path of the order book from one of the sources to the target, without going through an asset twice. */
function pathsTo(view: View, target: AssetKey, sources: readonly AssetKey[]): AssetKey[][] {
  const found: AssetKey[][] = []
  const grow = (path: readonly AssetKey[]): void => {
    const [first = ''] = path
    if (sources.includes(first)) found.push([...path])
    if (path.length >= MOST_ASSETS) return
    const bought = view
      .find(`selling|${first}`)
      .flatMap((entry) => (entry.kind === 'offer' && !path.includes(entry.buying) ? [entry.buying] : []))
    for (const next of new Set(bought)) grow([next, ...path])
  }
  grow([target])
  return found
}

/** The state of the view under changes that are thrown away. */
function scratch(view: View): Writable {
  return createLayer({ get: view.state.get, find: view.find, set: () => undefined, ledger: () => view.ledger })
}

function endsIn(
  query: URLSearchParams,
  view: View,
  names: { readonly assets: string; readonly account: string },
): AssetKey[] {
  const list = query.get(names.assets) ?? ''
  const account = query.get(names.account) ?? ''
  if ((list === '') === (account === '')) {
    throw invalidField(names.assets, `Exactly one of ${names.assets} and ${names.account} is required`)
  }
  if (list !== '') return assetsOf(list, names.assets)
  requireAccountId(account, names.account)
  const lines = view.find(`lines|${account}`).flatMap((entry) => (entry.kind === 'trustline' ? [entry.asset] : []))
  return ['native', ...lines]
}

function amountIn(query: URLSearchParams, name: string): bigint {
  const [, whole, part = ''] = /^(\d{1,12})(?:\.(\d{1,7}))?$/.exec(query.get(name) ?? '') ?? []
  const stroops = whole === undefined ? 0n : BigInt(whole) * 10_000_000n + BigInt(part.padEnd(7, '0'))
  if (stroops > 0n && stroops <= INT64_MAX) return stroops
  throw invalidField(name, 'Amount must be positive and have at most seven decimals')
}

function pathsBody(found: readonly Found[]): Record<string, unknown> {
  const records = found.map(({ path, sent, received }) => ({
    ...prefixed('source', path[0] ?? ''),
    source_amount: formatStroops(sent),
    ...prefixed('destination', path.at(-1) ?? ''),
    destination_amount: formatStroops(received),
    path: path.slice(1, -1).map(assetFields),
  }))
  return { _embedded: { records } }
}

function prefixed(name: string, asset: AssetKey): Record<string, string> {
  return Object.fromEntries(Object.entries(assetFields(asset)).map(([field, value]) => [`${name}_${field}`, value]))
}
