import type { Horizon, HorizonAnswer, TransactionPage } from './horizon.ts'
import type { TransactionRecord } from './horizon-records.ts'
import { retryAfterOf } from './network.ts'
import { type Evidence, type LiveTransaction, proveFound, proveNeverApplied, proveSequenceTaken } from './prove.ts'

/** What is known about a transaction now. Only `settled` is final. */
export type Tracking =
  | { readonly kind: 'settled'; readonly evidence: Evidence }
  /** Not in the ledger as far as anybody saw, and still valid: the same envelope may be handed over again. */
  | { readonly kind: 'open' }
  | { readonly kind: 'unknown'; readonly reason: string; readonly retryAfterSeconds: number | null }

/** Somebody is seen who used a number, and nothing shows that the account allowed it. */
const UNPROVEN_HOLDERS = ['sequence_holder_is_not_signed', 'sequence_holder_not_verifiable'] as const
type UnprovenHolder = (typeof UNPROVEN_HOLDERS)[number]

const MAX_PAGES = 50
const TRANSACTIONS_PER_PAGE = 200
// Of transactions whose records are so large that a page of them is too much to read at once.
const LARGE_TRANSACTIONS_PER_PAGE = 10
// A transaction is valid for twenty ledgers, so what took its number nearly always is in one of these.
const LEDGERS_BEFORE_BOUND = 21

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

  return findSequenceHolder(horizon, live, networkPassphrase, live.max_ledger - LEDGERS_BEFORE_BOUND)
}

/**
 * Looks for the transaction that used a sequence number of an account: from a ledger on, in which it cannot have been used long,
 * and then before that ledger. However many others have sent something to the account since, they do not stand in between.
 */
export async function findSequenceHolder(
  horizon: Horizon,
  live: LiveTransaction,
  networkPassphrase: string,
  fromLedger: number,
): Promise<Tracking> {
  const cursor = (BigInt(Math.max(fromLedger, 1)) << 32n).toString()
  let reason = 'sequence_holder_not_seen'
  for (const order of ['asc', 'desc'] as const) {
    const found = await searchHistory(horizon, live, networkPassphrase, { order, cursor })
    if (typeof found === 'string') reason = found
    else if (found !== null) return found
  }
  // The sequence number is used but no transaction is seen to have used it: a bumped sequence, cut history or a lagging server.
  // Or one is seen that none of the signers whom the project knows has signed, or that no key has signed.
  return { kind: 'unknown', reason, retryAfterSeconds: null }
}

async function searchHistory(
  horizon: Horizon,
  live: LiveTransaction,
  networkPassphrase: string,
  start: Omit<TransactionPage, 'limit'>,
): Promise<Tracking | UnprovenHolder | null> {
  let nothing: UnprovenHolder | null = null
  let { cursor } = start
  let limit = TRANSACTIONS_PER_PAGE
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await horizon.transactions(live.source_account, { ...start, cursor, limit })
    if (answer.kind === 'silent' && answer.reason === 'too_large' && limit > LARGE_TRANSACTIONS_PER_PAGE) {
      limit = LARGE_TRANSACTIONS_PER_PAGE
      continue
    }
    if (answer.kind !== 'answered') return unknown(`history_${answer.kind}`, answer)
    const verdict = proveSequenceTaken(live, answer.value, networkPassphrase)
    if (verdict.isProven) return { kind: 'settled', evidence: verdict.evidence }
    if (isUnprovenHolder(verdict.reason)) nothing = verdict.reason
    if (answer.value.length < limit || isPast(answer.value, live, start.order)) return nothing
    cursor = answer.value.at(-1)?.paging_token ?? null
  }
  return nothing
}

function isUnprovenHolder(reason: string): reason is UnprovenHolder {
  return UNPROVEN_HOLDERS.some((known) => known === reason)
}

/** An account's own numbers only grow, so behind a higher one on the way up, or a lower one on the way down, there is nothing to find. */
function isPast(
  records: readonly TransactionRecord[],
  live: LiveTransaction,
  order: TransactionPage['order'],
): boolean {
  const number = BigInt(live.sequence_number)
  return records.some(({ source_account, source_account_sequence }) => {
    if (source_account !== live.source_account) return false
    const seen = BigInt(source_account_sequence)
    return order === 'asc' ? seen > number : seen < number
  })
}

function unknown(reason: string, answer: HorizonAnswer<unknown>): Tracking {
  return { kind: 'unknown', reason, retryAfterSeconds: retryAfterOf(answer) }
}
