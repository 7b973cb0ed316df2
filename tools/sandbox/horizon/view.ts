import type { Chain } from '../core/chain.ts'
import type { LedgerRecord } from '../core/history.ts'
import { MAX_LAG, type Reader } from '../core/state.ts'
import type { Entry } from '../core/types.ts'
import { type ShownHistory, shownHistory } from '../faults/false-history.ts'
import { type Strike, strikesOf } from '../faults/registry.ts'
import type { Context } from '../services.ts'

/** What one server shows: state and history up to a ledger that may lie behind the network's newest. */
export type View = {
  readonly chain: Chain
  readonly state: Reader
  readonly history: ShownHistory
  /** The newest ledger this server knows, and the oldest whose history it keeps. */
  readonly ledger: number
  readonly elder: number
  readonly latest: LedgerRecord
  readonly find: (indexKey: string) => Entry[]
}

/** The view of the server that answers this request, which keeps so many ledgers of history; 0 for all. */
export function viewOf({ node, faults, strikes }: Context, retention: number): View {
  const chain = node.chain()
  const newest = chain.latest()
  const lag = Math.max(faults.lagOfNextRead(), lagOfStrikes(strikes, newest.ledger))
  const ago = Math.min(lag, newest.ledger - 1, MAX_LAG - 1)
  const ledger = newest.ledger - ago
  const reaped = strikesOf(strikes, 'reaped').map(({ harm }) => harm.elder)
  const elder = Math.min(ledger, Math.max(1, retention === 0 ? 1 : ledger - retention + 1, ...reaped))
  return {
    chain,
    state: ago === 0 ? chain.store : chain.store.at(ago),
    history: shownHistory(chain, strikes),
    ledger,
    elder,
    latest: chain.history.ledgers.get(ledger) ?? newest,
    find: (indexKey) => chain.store.find(indexKey, ago),
  }
}

/** How many ledgers the server of a request is behind the newest one because of its faults. */
export function lagOfStrikes(strikes: readonly Strike[], newest: number): number {
  const stale = strikesOf(strikes, 'stale').map(({ harm }) => harm.ledgers)
  const frozen = strikesOf(strikes, 'frozen').map(({ harm }) => newest - (harm.ledger ?? newest))
  return Math.max(0, ...stale, ...frozen)
}
