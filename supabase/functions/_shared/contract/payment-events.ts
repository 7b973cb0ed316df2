/** One payment to one employee. */
export type PaymentData = {
  readonly payroll_run_id: number
  readonly employee_id: number
  readonly amount: string
  readonly asset_code: string
  readonly asset_issuer: string
  readonly destination: string
  readonly tx_hash: string
  readonly operation_index: number
  /** `claimable_balance`: the amount waits on the ledger until the employee claims it, as `claimable_balance.claimed` tells. */
  readonly payout_method: 'payment' | 'claimable_balance'
  readonly claimable_balance_id?: string
  /** From when on the organization may take it back. */
  readonly reclaimable_at?: string
}

/** A payment that failed in a ledger, or that was not sent because it would have failed. */
export type FailedPaymentData = Pick<
  PaymentData,
  'payroll_run_id' | 'employee_id' | 'amount' | 'asset_code' | 'asset_issuer'
> & {
  /** Why, as in `payroll_items.failure_code`. */
  readonly code: string
  /** Absent when the employee had none. */
  readonly destination?: string
  /** Absent when no transaction in a ledger held it. */
  readonly tx_hash?: string
  readonly operation_index?: number
}

/** A payment of a failed run that the account of the employee takes by now; it is made when a manager retries the run. */
export type PayableData = Pick<
  PaymentData,
  'payroll_run_id' | 'employee_id' | 'amount' | 'asset_code' | 'asset_issuer' | 'destination'
> & {
  readonly batch_id: string
  /** Why it failed, as in `payroll_items.failure_code`. */
  readonly code: string
  /** How many people of the run can be paid now. */
  readonly payable_people: number
  /** One look at the ledger may show many of them; this is the first of those. */
  readonly is_first: boolean
}

/** A Stellar transaction whose end is proven, or that is held because it cannot be, or that waits for signatures. */
export type TransactionData = {
  readonly transaction_id: number
  readonly tx_hash: string
  /** Absent when it pays no run, but takes back a balance that was not claimed. */
  readonly payroll_run_id?: number
  readonly amount: string
  readonly asset_code: string
  readonly asset_issuer: string
  readonly submission_state: 'awaiting_signature' | 'held' | 'applied' | 'applied_failed' | 'never_applied'
  /** Absent when it is in no ledger. */
  readonly ledger?: number
  readonly code?: string
}

/** A Stellar transaction for wallets to sign. */
export type SigningData = TransactionData & {
  /** Until when a signature surely arrives in time, ISO 8601. */
  readonly sign_before: string
}
