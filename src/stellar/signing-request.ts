import type { EmployeeId, OrganizationId, PayrollRunId, TransactionId } from '../core/ids.ts'

/** Somebody whose signature counts for a transaction. */
export interface SigningSigner {
  /** The public key, G…. */
  readonly signer: string
  /** What it weighs on the ledger as last read; 0 once it was removed there. */
  readonly weight: number | null
  /** Since when its signature is there; null while it is not. */
  readonly signed_at: string | null
}

/** What a transaction pays to one employee. */
export interface SigningOperation {
  readonly operation_index: number
  readonly employee_id: EmployeeId
  readonly employee_name: string
  readonly operation_type: 'payment' | 'create_account' | 'create_claimable_balance' | 'claim_claimable_balance'
  readonly destination: string
  readonly asset_code: string
  /** '' for native XLM. */
  readonly asset_issuer: string
  readonly amount: string
  /** The balance on the ledger that waits for the employee, or that the treasury takes back; null for a payment. */
  readonly claimable_balance_id: string | null
  /** From when on the treasury may take back what waits, in seconds since 1970; null for everything else. */
  readonly reclaimable_at_seconds: number | null
}

/** A prepared transaction for wallets to sign. */
export interface SigningRequest {
  readonly transaction_id: TransactionId
  readonly organization_id: OrganizationId
  readonly payroll_run_id: PayrollRunId
  readonly batch_id: string
  readonly source_account: string
  /** In lower-case hex, as wallets and explorers show it. */
  readonly tx_hash: string
  readonly network_passphrase: string
  /** The unsigned envelope: XDR in base64. */
  readonly envelope_xdr: string
  /** `awaiting_signature` until its signatures weigh enough. */
  readonly submission_state: string
  readonly sequence_number: string
  readonly fee_bid_stroops: string
  readonly max_ledger: number
  readonly max_time: string
  /** Until when a signature surely arrives in time. */
  readonly sign_before: string
  readonly memo_type: 'text' | 'id' | null
  readonly memo: string | null
  readonly amount: string
  readonly asset_code: string
  readonly asset_issuer: string
  /** The weight that is needed, and that has signed. */
  readonly threshold: number
  readonly weight: number
  readonly signers: readonly SigningSigner[]
  readonly operations: readonly SigningOperation[]
  readonly created_at: string
}
