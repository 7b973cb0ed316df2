import type { Horizon, HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { BalancePage } from '../_shared/stellar/horizon-records.ts'
import type { SponsoredBalances } from './database.ts'

/** More balances than these are not compared: their list would take a turn of its own. */
const MAX_PAGES = 50

/**
 * The claimable balances of an account that are on the ledger, as of the oldest ledger that one of the answers is from. Null when a
 * part of the list did not come, because what is missing from a part of it says nothing.
 */
export async function listBalances(horizon: Horizon, account: string): Promise<SponsoredBalances | null> {
  const balance_ids: string[] = []
  let ledger: number | null = null
  let cursor: string | null = null
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const answer: HorizonAnswer<BalancePage> = await horizon.sponsoredBalances(account, cursor)
    if (answer.kind !== 'answered') return null
    ledger = Math.min(ledger ?? answer.value.ledger, answer.value.ledger)
    const last = answer.value.balances.at(-1)
    // An empty page alone is an end: a short one may be a part of what was asked for.
    if (last === undefined) return { ledger, balance_ids }
    balance_ids.push(...answer.value.balances.map(({ id }) => id))
    cursor = last.paging_token
  }
  return null
}
