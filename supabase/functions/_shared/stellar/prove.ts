import { openEnvelope } from './describe.ts'
import type { HorizonAnswer } from './horizon.ts'
import type { AccountState, TransactionRecord } from './horizon-records.ts'
import { decodeResult } from './result.ts'

/** What must be known of a submitted transaction to find out what became of it. */
export type LiveTransaction = {
  /** Hash of the inner transaction, lower-case hex. */
  readonly tx_hash: string
  readonly source_account: string
  /** int64 as text. */
  readonly sequence_number: string
  /** Exclusive: the transaction is valid only in ledgers with a lower number. */
  readonly max_ledger: number
  /** Whose signatures count for the account, where it is not the account itself. */
  readonly signers?: readonly string[] | undefined
}

/**
 * Ledger evidence that settles a transaction for ever. There is no other. It carries the bytes that it is read from, because the
 * database reads them again.
 */
export type Evidence =
  | {
      readonly proof: 'found_by_hash'
      readonly ledger: number
      readonly closed_at: string
      readonly envelope_xdr: string
      readonly result_xdr: string
    }
  | {
      readonly proof: 'sequence_unused_after_bounds'
      readonly observed_ledger: number
      /** The close time of a state is not part of Horizon's answer, so the ledger number alone proves. */
      readonly observed_closed_at: null
      readonly observed_sequence: string
    }
  | { readonly proof: 'sequence_used_by_other'; readonly other_envelope_xdr: string; readonly other_ledger: number }

/** Evidence, or why there is none yet. */
export type Verdict =
  | { readonly isProven: true; readonly evidence: Evidence }
  | { readonly isProven: false; readonly reason: string }

/**
 * P1: the transaction is in the ledger, because it was found by its hash. Only the envelope in the answer says which transaction
 * the answer is about, and only the result says how it ended.
 */
export function proveFound(
  live: LiveTransaction,
  answer: HorizonAnswer<TransactionRecord>,
  networkPassphrase: string,
): Verdict {
  if (answer.kind !== 'answered') return unknown(`lookup_${answer.kind}`)
  const record = answer.value
  if (openEnvelope(record.envelope_xdr, networkPassphrase)?.tx_hash !== live.tx_hash) {
    return unknown('answer_is_about_another_transaction')
  }
  const result = decodeResult(record.result_xdr)
  if (result === null) return unknown('result_is_unreadable')
  const isSuccess = result.transaction_code === 'tx_success'
  if (record.successful !== isSuccess || (result.feeBumpedHash ?? live.tx_hash) !== live.tx_hash) {
    return unknown('result_contradicts_itself')
  }
  return {
    isProven: true,
    evidence: {
      proof: 'found_by_hash',
      ledger: record.ledger,
      closed_at: record.created_at,
      envelope_xdr: record.envelope_xdr,
      result_xdr: record.result_xdr,
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
  if (state.account_id !== live.source_account) return unknown('answer_is_about_another_account')
  if (state.ledger === null) return unknown('account_without_ledger')
  if (live.max_ledger < 1) return unknown('transaction_has_no_last_ledger')
  if (BigInt(state.sequence) >= BigInt(live.sequence_number)) return unknown('sequence_is_used')
  if (state.ledger < live.max_ledger) return unknown('bounds_not_passed')
  return {
    isProven: true,
    evidence: {
      proof: 'sequence_unused_after_bounds',
      observed_ledger: state.ledger,
      observed_closed_at: null,
      observed_sequence: state.sequence,
    },
  }
}

/**
 * P3: never applied, because another transaction of the account holds the sequence number. Account, number and hash are read from
 * the envelope of the record, and the account must have signed it, so that a provider cannot make such a record up. A fee bump around our
 * own transaction has another outer hash and the same number: that one is ours and proves P1 instead.
 */
export function proveSequenceTaken(
  live: LiveTransaction,
  records: readonly TransactionRecord[],
  networkPassphrase: string,
): Verdict {
  for (const record of records) {
    const holder = openEnvelope(record.envelope_xdr, networkPassphrase)
    if (holder?.source_account !== live.source_account || holder.sequence_number !== live.sequence_number) continue
    if (holder.tx_hash === live.tx_hash) return proveFound(live, { kind: 'answered', value: record }, networkPassphrase)
    // Whether the weight of several suffices is for the database to judge.
    const signers = live.signers ?? [live.source_account]
    if (!signers.some((signer) => holder.isSignedBy(signer))) {
      return unknown(holder.isSignedByKeys ? 'sequence_holder_is_not_signed' : 'sequence_holder_not_verifiable')
    }
    const { envelope_xdr, ledger } = record
    const evidence = {
      proof: 'sequence_used_by_other',
      other_envelope_xdr: envelope_xdr,
      other_ledger: ledger,
    } as const
    return { isProven: true, evidence }
  }
  return unknown('sequence_holder_not_seen')
}

function unknown(reason: string): Verdict {
  return { isProven: false, reason }
}
