import { isAccountId } from '../core/addresses.ts'
import { formatStroops } from '../core/amounts.ts'
import { assetFields, isAssetKey } from '../core/assets.ts'
import { accountOf } from '../core/balances.ts'
import {
  ACCOUNT_FLAG,
  type AccountEntry,
  type AccountId,
  type DataEntry,
  type Entry,
  keyOf,
  LINE_FLAG,
  type TrustlineEntry,
} from '../core/types.ts'
import { invalidField, notFound } from '../http/problem.ts'
import { link, pagedLink } from './links.ts'
import { type HorizonRequest, pageBody, pageQuery, statePage } from './page.ts'
import { isoSeconds } from './time.ts'
import type { View } from './view.ts'

/** GET /accounts/{id}. Throws 404 when the account does not exist, 400 for anything but a `G…` address. */
export function getAccount(request: HorizonRequest, view: View, id: string): Record<string, unknown> {
  const account = accountOf(view.state, requireAccountId(id, 'account_id'))
  if (!account) throw notFound()
  return accountRecord(account, view, request.base)
}

/** GET /accounts with exactly one of the filters `asset`, `signer` and `sponsor`. */
export function listAccounts(request: HorizonRequest, view: View): Record<string, unknown> {
  const page = pageQuery(request)
  if (page.cursor !== '' && !isAccountId(page.cursor)) throw invalidField('cursor', 'invalid account ID')
  const accounts = statePage(filteredAccounts(request.query, view), page, ({ id }) => id)
  return pageBody(
    request,
    page,
    accounts.map((account) => accountRecord(account, view, request.base)),
  )
}

/** GET /accounts/{id}/data/{name}: the value in base64. */
export function getAccountData(view: View, id: string, name: string): Record<string, unknown> {
  const entry = view.state.get(keyOf.data(requireAccountId(id, 'account_id'), name))
  if (entry?.kind !== 'data') throw notFound()
  return { value: entry.value }
}

/** The address in a path or parameter. Throws 400 when it is not one. */
export function requireAccountId(text: string, field: string): AccountId {
  if (isAccountId(text)) return text
  throw invalidField(field, 'Account ID must start with `G` and contain 56 alphanum characters')
}

function filteredAccounts(query: URLSearchParams, view: View): AccountEntry[] {
  const given = ['sponsor', 'signer', 'asset', 'liquidity_pool'].filter((name) => (query.get(name) ?? '') !== '')
  const [name] = given
  if (given.length !== 1 || name === undefined) {
    throw invalidField('asset', 'Exactly one filter is required: asset, signer, sponsor or liquidity_pool')
  }
  const value = query.get(name) ?? ''
  if (name === 'asset') {
    if (!isAssetKey(value) || value === 'native') throw invalidField('asset', 'Asset must be Code:IssuerAccountID')
    return view.find(`holders|${value}`).flatMap((line) => {
      const account = line.kind === 'trustline' ? accountOf(view.state, line.account) : undefined
      return account ? [account] : []
    })
  }
  if (name === 'liquidity_pool') return []
  requireAccountId(value, name)
  if (name === 'sponsor') return sponsoredAccounts(view, value)
  return view
    .find(`signer|${value}`)
    .filter((entry) => entry.kind === 'account')
    .filter(({ id, thresholds }) => id !== value || thresholds.master > 0)
}

/** The accounts of which the sponsor pays an entry or a signer. */
function sponsoredAccounts(view: View, sponsor: AccountId): AccountEntry[] {
  const ids = view.find(`sponsored|${sponsor}`).flatMap((entry) => {
    if (entry.kind === 'account') return [entry.id]
    if (entry.kind === 'offer') return [entry.seller]
    return entry.kind === 'trustline' || entry.kind === 'data' ? [entry.account] : []
  })
  return [...new Set(ids)].flatMap((id) => accountOf(view.state, id) ?? [])
}

/** The flags of an issuer as Horizon writes them. */
export function flagRecord(flags: number): Record<string, boolean> {
  return {
    auth_required: (flags & ACCOUNT_FLAG.required) !== 0,
    auth_revocable: (flags & ACCOUNT_FLAG.revocable) !== 0,
    auth_immutable: (flags & ACCOUNT_FLAG.immutable) !== 0,
    auth_clawback_enabled: (flags & ACCOUNT_FLAG.clawback) !== 0,
  }
}

function accountRecord(
  account: AccountEntry,
  view: View,
  base: string,
): Record<string, unknown> & { paging_token: string } {
  const { id, thresholds } = account
  const self = `/accounts/${id}`
  return {
    _links: {
      self: link(base, self),
      transactions: pagedLink(base, `${self}/transactions`),
      operations: pagedLink(base, `${self}/operations`),
      payments: pagedLink(base, `${self}/payments`),
      effects: pagedLink(base, `${self}/effects`),
      offers: pagedLink(base, `${self}/offers`),
      trades: pagedLink(base, `${self}/trades`),
      data: { href: `${base}${self}/data/{key}`, templated: true },
    },
    id,
    account_id: id,
    sequence: account.seq.toString(),
    ...(account.seqLedger > 0 && {
      sequence_ledger: account.seqLedger,
      sequence_time: account.seqTime.toString(),
    }),
    subentry_count: account.subentries,
    ...(account.inflationDest && { inflation_destination: account.inflationDest }),
    ...(account.homeDomain !== '' && { home_domain: account.homeDomain }),
    last_modified_ledger: account.modified,
    last_modified_time: isoSeconds(view.history.ledgers.closedAt(account.modified) ?? 0),
    thresholds: {
      low_threshold: thresholds.low,
      med_threshold: thresholds.medium,
      high_threshold: thresholds.high,
    },
    flags: flagRecord(account.flags),
    balances: [...linesOf(view, id).map(lineRecord), nativeRecord(account)],
    signers: signerRecords(account),
    data: Object.fromEntries(dataOf(view, id).map(({ name, value }) => [name, value])),
    num_sponsoring: account.numSponsoring,
    num_sponsored: account.numSponsored,
    ...(account.sponsor !== null && { sponsor: account.sponsor }),
    paging_token: id,
  }
}

function linesOf(view: View, id: AccountId): TrustlineEntry[] {
  return view
    .find(`lines|${id}`)
    .filter(isTrustline)
    .sort(byText(({ asset }) => asset))
}

function dataOf(view: View, id: AccountId): DataEntry[] {
  return view
    .find(`data|${id}`)
    .filter(isData)
    .sort(byText(({ name }) => name))
}

function isTrustline(entry: Entry): entry is TrustlineEntry {
  return entry.kind === 'trustline'
}

function isData(entry: Entry): entry is DataEntry {
  return entry.kind === 'data'
}

function byText<T>(textOf: (value: T) => string): (left: T, right: T) => number {
  return (left, right) => (textOf(left) < textOf(right) ? -1 : 1)
}

function lineRecord(line: TrustlineEntry): Record<string, unknown> {
  const authorized = (line.flags & LINE_FLAG.authorized) !== 0
  return {
    balance: formatStroops(line.balance),
    limit: formatStroops(line.limit),
    buying_liabilities: formatStroops(line.buying),
    selling_liabilities: formatStroops(line.selling),
    ...(line.sponsor !== null && { sponsor: line.sponsor }),
    last_modified_ledger: line.modified,
    is_authorized: authorized,
    is_authorized_to_maintain_liabilities: authorized || (line.flags & LINE_FLAG.maintain) !== 0,
    ...((line.flags & LINE_FLAG.clawback) !== 0 && { is_clawback_enabled: true }),
    ...assetFields(line.asset),
  }
}

function nativeRecord(account: AccountEntry): Record<string, unknown> {
  return {
    balance: formatStroops(account.balance),
    buying_liabilities: formatStroops(account.buying),
    selling_liabilities: formatStroops(account.selling),
    asset_type: 'native',
  }
}

function signerRecords({ id, signers, thresholds }: AccountEntry): Record<string, unknown>[] {
  return [...signers, { key: id, weight: thresholds.master, sponsor: null }]
    .sort(byText(({ key }) => key))
    .map(({ key, weight, sponsor }) => ({
      weight,
      key,
      type: 'ed25519_public_key',
      ...(sponsor !== null && { sponsor }),
    }))
}
