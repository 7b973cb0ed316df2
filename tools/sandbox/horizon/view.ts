import type { Chain } from '../core/chain.ts'
import type { LedgerRecord } from '../core/history.ts'
import type { Node } from '../core/node.ts'
import { MAX_LAG, type Reader } from '../core/state.ts'
import type { Entry } from '../core/types.ts'

/** What one server shows: state and history up to a ledger that may lie behind the network's newest. */
export type View = {
  readonly chain: Chain
  readonly state: Reader
  /** The newest ledger this server knows, and the oldest whose history it keeps. */
  readonly ledger: number
  readonly elder: number
  readonly latest: LedgerRecord
  readonly find: (indexKey: string) => Entry[]
}

/** The view of a server that lags by some ledgers. */
export function viewOf(node: Node, lag: number, retention: number): View {
  const chain = node.chain()
  const newest = chain.latest()
  const ago = Math.min(lag, newest.ledger - 1, MAX_LAG - 1)
  const ledger = newest.ledger - ago
  const elder = retention === 0 ? 1 : Math.max(1, ledger - retention + 1)
  return {
    chain,
    state: ago === 0 ? chain.store : chain.store.at(ago),
    ledger,
    elder,
    latest: chain.history.ledgers.get(ledger) ?? newest,
    find: (indexKey) => chain.store.find(indexKey, ago),
  }
}
