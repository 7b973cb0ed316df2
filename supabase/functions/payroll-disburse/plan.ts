import type { OperationDescription } from '../_shared/stellar/describe.ts'

/** The most operations that one Stellar transaction holds. */
export const MAX_OPERATIONS = 100

/** One operation, as the database planned it. */
export type PlannedOperation = OperationDescription

/** An operation that pays one employee. */
export type PayingOperation = Exclude<OperationDescription, { operation_type: 'claim_claimable_balance' }>

/** Everything a transaction says. The same plan always gives the same hash. */
export type TransactionPlan = {
  readonly network_passphrase: string
  /** Gives the sequence number and pays the fee: the account that pays, or a channel account of it. */
  readonly source_account: string
  /** The account that pays. */
  readonly operation_source: string
  /** The sequence number that this transaction will use: the account's current one plus one. */
  readonly sequence_number: string
  /** Offered for each operation, in stroops. The network charges the market price, at most this. */
  readonly fee_per_operation_stroops: bigint
  /** The transaction is valid only in ledgers with a lower number. */
  readonly max_ledger: number
  /** The transaction is valid only in ledgers closed at or before this time, in seconds since 1970. */
  readonly max_time_seconds: number
  readonly memo_type: 'text' | 'id' | null
  readonly memo: string | null
  readonly operations: readonly PlannedOperation[]
}

/** An unsigned transaction. Signatures do not change its hash, so it can be stored before it is signed. */
export type BuiltTransaction = {
  /** The hash of the inner transaction in lower-case hex, by which the ledger is asked about it. */
  readonly tx_hash: string
  readonly sequence_number: string
  readonly envelope_xdr: string
  /** Offered for the whole transaction, in stroops. */
  readonly fee_bid_stroops: string
}

/** Says which part of a plan cannot become a transaction. */
export class TransactionPlanError extends Error {
  override readonly name = 'TransactionPlanError'
}
