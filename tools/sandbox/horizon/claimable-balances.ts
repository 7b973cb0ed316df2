import { formatStroops } from '../core/amounts.ts'
import { isAssetKey } from '../core/assets.ts'
import { predicateJson } from '../core/predicates.ts'
import { type BalanceEntry, keyOf } from '../core/types.ts'
import { invalidField, notFound } from '../http/problem.ts'
import { requireAccountId } from './accounts.ts'
import { link, pagedLink } from './links.ts'
import { type HorizonRequest, pageBody, pageQuery, statePage } from './page.ts'
import { isoSeconds } from './time.ts'
import type { View } from './view.ts'

/** GET /claimable_balances with any of the filters `sponsor`, `claimant` and `asset`; live balances only. */
export function listBalances(request: HorizonRequest, view: View): Record<string, unknown> {
  const page = pageQuery(request)
  if (page.cursor !== '' && !/^\d{1,10}-[0-9a-f]{72}$/.test(page.cursor)) {
    throw invalidField(
      'cursor',
      'The first part should be a number higher than 0 and the second part should be a valid claimable balance ID',
    )
  }
  // Tokens are compared as texts, so the ledger is padded for the comparison only.
  const padded = { ...page, cursor: page.cursor === '' ? '' : padToken(page.cursor) }
  const records = statePage(filteredBalances(request.query, view), padded, (balance) => padToken(tokenOf(balance)))
  return pageBody(
    request,
    page,
    records.map((balance) => balanceJson(balance, view, request.base)),
  )
}

/** GET /claimable_balances/{id}: 404 after a claim or clawback, as for a balance that never existed. */
export function getBalance(request: HorizonRequest, view: View, id: string): Record<string, unknown> {
  const entry = view.state.get(keyOf.balance(requireBalanceId(id)))
  if (entry?.kind !== 'balance') throw notFound()
  return balanceJson(entry, view, request.base)
}

/** The history of a balance; it survives the claim. Unknown balances have an empty history. */
export function balanceHistoryOf(view: View, id: string) {
  return view.history.ofBalance.get(requireBalanceId(id)) ?? { transactions: [], operations: [] }
}

function requireBalanceId(id: string): string {
  if (/^0{8}[0-9a-f]{64}$/.test(id)) return id
  throw invalidField('id', 'Claimable Balance ID must be the hex-encoded XDR representation of a Claimable Balance ID')
}

function filteredBalances(query: URLSearchParams, view: View): BalanceEntry[] {
  const sponsor = query.get('sponsor') ?? ''
  const claimant = query.get('claimant') ?? ''
  const asset = query.get('asset') ?? ''
  if (sponsor !== '') requireAccountId(sponsor, 'sponsor')
  if (claimant !== '') requireAccountId(claimant, 'claimant')
  if (asset !== '' && !isAssetKey(asset)) {
    throw invalidField('asset', 'Asset must be the string "native" or a string of the form "Code:IssuerAccountID"')
  }
  const narrowest =
    sponsor !== ''
      ? `sponsor|${sponsor}`
      : claimant !== ''
        ? `claimant|${claimant}`
        : asset !== ''
          ? `balance-asset|${asset}`
          : 'balances'
  return view
    .find(narrowest)
    .filter((entry) => entry.kind === 'balance')
    .filter((balance) => claimant === '' || balance.claimants.some(({ destination }) => destination === claimant))
    .filter((balance) => asset === '' || balance.asset === asset)
}

function tokenOf({ modified, id }: BalanceEntry): string {
  return `${modified}-${id}`
}

function padToken(token: string): string {
  return token.padStart(83, '0')
}

function balanceJson(
  balance: BalanceEntry,
  view: View,
  base: string,
): Record<string, unknown> & { paging_token: string } {
  const self = `/claimable_balances/${balance.id}`
  return {
    _links: {
      self: link(base, self),
      transactions: pagedLink(base, `${self}/transactions`),
      operations: pagedLink(base, `${self}/operations`),
    },
    id: balance.id,
    asset: balance.asset,
    amount: formatStroops(balance.amount),
    sponsor: balance.sponsor,
    last_modified_ledger: balance.modified,
    last_modified_time: isoSeconds(view.history.ledgers.closedAt(balance.modified) ?? 0),
    claimants: balance.claimants.map(({ destination, predicate }) => ({
      destination,
      predicate: predicateJson(predicate),
    })),
    flags: { clawback_enabled: balance.clawbackEnabled },
    paging_token: tokenOf(balance),
  }
}
