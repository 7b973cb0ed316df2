/** The most operations that one Stellar transaction holds. */
export const MAX_OPERATIONS = 100

/** One payment to one employee, as the database planned it. */
export type PlannedOperation = {
  readonly operationType: 'payment' | 'create_account'
  /** G…; for a payment also M…. */
  readonly destination: string
  readonly assetCode: string
  /** The issuing account, or '' for native XLM. */
  readonly assetIssuer: string
  /** Decimal text in units of the asset. */
  readonly amount: string
}

/** Everything a transaction says. The same plan always gives the same hash. */
export type TransactionPlan = {
  readonly networkPassphrase: string
  readonly sourceAccount: string
  /** The sequence number that this transaction will use: the account's current one plus one. */
  readonly sequence: string
  /** Offered for each operation, in stroops. The network charges the market price, at most this. */
  readonly feePerOperationStroops: bigint
  /** The transaction is valid only in ledgers with a lower number. */
  readonly maxLedger: number
  /** The transaction is valid only in ledgers closed at or before this time, in seconds since 1970. */
  readonly maxTimeSeconds: number
  readonly memo: string | null
  readonly operations: readonly PlannedOperation[]
}

/** An unsigned transaction. Signatures do not change its hash, so it can be stored before it is signed. */
export type BuiltTransaction = {
  /** The hash of the inner transaction in lower-case hex, by which the ledger is asked about it. */
  readonly hash: string
  readonly sequence: string
  readonly unsignedXdr: string
  /** Offered for the whole transaction, in stroops. */
  readonly feeBidStroops: bigint
}

/** Says which part of a plan cannot become a transaction. */
export class TransactionPlanError extends Error {
  override readonly name = 'TransactionPlanError'
}
