import { type Horizon, type HorizonAnswer, TRANSACTIONS_PER_PAGE } from './horizon.ts'
import type { TransactionRecord } from './horizon-records.ts'
import { retryAfterOf } from './network.ts'
import { type Evidence, type LiveTransaction, proveFound, proveNeverApplied, proveSequenceTaken } from './prove.ts'

/** What is known about a transaction now. Only `settled` is final. */
export type Tracking =
  | { readonly kind: 'settled'; readonly evidence: Evidence }
  /** Not in the ledger as far as anybody saw, and still valid: the same envelope may be handed over again. */
  | { readonly kind: 'open' }
  | { readonly kind: 'unknown'; readonly reason: string; readonly retryAfterSeconds: number | null }

// 500 transactions back. What took our sequence number is nearly always among the newest few.
const MAX_PAGES = 10

/**
 * Looks for what became of a transaction: by hash (P1), by its unused sequence number after its last ledger (P2), by who else
 * used that number (P3). The caller has checked that the provider serves the expected network.
 */
export async function trackTransaction(
  horizon: Horizon,
  live: LiveTransaction,
  networkPassphrase: string,
): Promise<Tracking> {
  const lookup = await horizon.transaction(live.tx_hash)
  const found = proveFound(live, lookup, networkPassphrase)
  if (found.isProven) return { kind: 'settled', evidence: found.evidence }
  if (lookup.kind !== 'not_found') return unknown(found.reason, lookup)

  const account = await horizon.account(live.source_account)
  const neverApplied = proveNeverApplied(live, account)
  if (neverApplied.isProven) return { kind: 'settled', evidence: neverApplied.evidence }
  if (neverApplied.reason === 'bounds_not_passed') return { kind: 'open' }
  if (neverApplied.reason !== 'sequence_is_used') return unknown(neverApplied.reason, account)

  return findSequenceHolder(horizon, live, networkPassphrase)
}

/** Looks for the transaction that used a sequence number of an account, newest first. */
export async function findSequenceHolder(
  horizon: Horizon,
  live: LiveTransaction,
  networkPassphrase: string,
): Promise<Tracking> {
  let cursor: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer: HorizonAnswer<readonly TransactionRecord[]> = await horizon.transactionsBefore(
      live.source_account,
      cursor,
    )
    if (answer.kind !== 'answered') return unknown(`history_${answer.kind}`, answer)
    const verdict = proveSequenceTaken(live, answer.value, networkPassphrase)
    if (verdict.isProven) return { kind: 'settled', evidence: verdict.evidence }
    if (answer.value.length < TRANSACTIONS_PER_PAGE || isOlder(answer.value, live)) break
    cursor = answer.value.at(-1)?.paging_token ?? null
  }
  // The sequence number is used but no transaction is seen to have used it: a bumped sequence, cut history or a lagging server.
  return { kind: 'unknown', reason: 'sequence_holder_not_seen', retryAfterSeconds: null }
}

/** An account's own numbers only grow, so behind a lower one there is nothing to find. */
function isOlder(records: readonly TransactionRecord[], live: LiveTransaction): boolean {
  return records.some(
    (record) =>
      record.source_account === live.source_account &&
      BigInt(record.source_account_sequence) < BigInt(live.sequence_number),
  )
}

function unknown(reason: string, answer: HorizonAnswer<unknown>): Tracking {
  return { kind: 'unknown', reason, retryAfterSeconds: retryAfterOf(answer) }
}
