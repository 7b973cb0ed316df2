import { innerHashOf } from './describe.ts'
import type { HorizonAnswer } from './horizon.ts'
import type { AccountState, TransactionRecord } from './horizon-records.ts'
import { decodeResult } from './result.ts'

/** What must be known of a submitted transaction to find out what became of it. */
export type LiveTransaction = {
  /** Hash of the inner transaction, lower-case hex. */
  readonly hash: string
  readonly sourceAccount: string
  /** int64 as text. */
  readonly sequence: string
  /** Exclusive: the transaction is valid only in ledgers with a lower number. */
  readonly maxLedger: number
}

/** Ledger evidence that settles a transaction for ever. There is no other. */
export type Evidence =
  | {
      readonly proof: 'found_by_hash'
      readonly isSuccessful: boolean
      readonly ledger: number
      readonly closedAt: string
      readonly feeChargedStroops: string
      readonly resultXdr: string
      readonly transactionCode: string
      readonly operationCodes: readonly string[]
    }
  | {
      readonly proof: 'sequence_unused_after_bounds'
      readonly observedLedger: number
      readonly observedSequence: string
    }
  | { readonly proof: 'sequence_used_by_other'; readonly otherHash: string; readonly otherLedger: number }

/** Evidence, or why there is none yet. */
export type Verdict =
  | { readonly isProven: true; readonly evidence: Evidence }
  | { readonly isProven: false; readonly reason: string }

/**
 * P1: the transaction is in the ledger, because it was found by its hash. The envelope in the answer must have that hash too,
 * so that a mixed-up answer cannot report somebody else's result as a salary that was paid.
 */
export function proveFound(
  live: LiveTransaction,
  answer: HorizonAnswer<TransactionRecord>,
  networkPassphrase: string,
): Verdict {
  if (answer.kind !== 'answered') return unknown(`lookup_${answer.kind}`)
  const record = answer.value
  const isOurs =
    (record.hash === live.hash || record.innerHash === live.hash) &&
    record.sourceAccount === live.sourceAccount &&
    record.sequence === live.sequence &&
    innerHashOf(record.envelopeXdr, networkPassphrase) === live.hash
  if (!isOurs) return unknown('answer_is_about_another_transaction')

  const result = decodeResult(record.resultXdr)
  if (result === null) return unknown('result_is_unreadable')
  if (record.isSuccessful !== (result.transactionCode === 'tx_success')) return unknown('result_contradicts_itself')
  return {
    isProven: true,
    evidence: {
      proof: 'found_by_hash',
      isSuccessful: record.isSuccessful,
      ledger: record.ledger,
      closedAt: record.closedAt,
      feeChargedStroops: record.feeCharged,
      resultXdr: record.resultXdr,
      transactionCode: result.transactionCode,
      operationCodes: result.operationCodes,
    },
  }
}

/**
 * P2: never applied, because one answer shows the account at or after the last valid ledger with the sequence number still
 * unused; whatever is in a ledger, even a failed transaction, uses its number. Ledger and sequence must come from the same
 * answer: two answers may come from two instances, of which one lags.
 */
export function proveNeverApplied(live: LiveTransaction, answer: HorizonAnswer<AccountState>): Verdict {
  if (answer.kind !== 'answered') return unknown(`account_${answer.kind}`)
  const state = answer.value
  if (state.accountId !== live.sourceAccount) return unknown('answer_is_about_another_account')
  if (state.ledger === null) return unknown('account_without_ledger')
  if (live.maxLedger < 1) return unknown('transaction_has_no_last_ledger')
  if (BigInt(state.sequence) >= BigInt(live.sequence)) return unknown('sequence_is_used')
  if (state.ledger < live.maxLedger) return unknown('bounds_not_passed')
  return {
    isProven: true,
    evidence: {
      proof: 'sequence_unused_after_bounds',
      observedLedger: state.ledger,
      observedSequence: state.sequence,
    },
  }
}

/**
 * P3: never applied, because another transaction of the account holds the sequence number. A fee bump around our own
 * transaction has another outer hash and the same number: that one is ours and proves P1 instead.
 */
export function proveSequenceTaken(
  live: LiveTransaction,
  records: readonly TransactionRecord[],
  networkPassphrase: string,
): Verdict {
  const holder = records.find(
    (record) => record.sourceAccount === live.sourceAccount && record.sequence === live.sequence,
  )
  if (holder === undefined) return unknown('sequence_holder_not_seen')
  if (holder.hash === live.hash || holder.innerHash === live.hash) {
    return proveFound(live, { kind: 'answered', value: holder }, networkPassphrase)
  }
  return {
    isProven: true,
    evidence: {
      proof: 'sequence_used_by_other',
      otherHash: holder.innerHash ?? holder.hash,
      otherLedger: holder.ledger,
    },
  }
}

function unknown(reason: string): Verdict {
  return { isProven: false, reason }
}
