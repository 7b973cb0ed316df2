export type WalletData = {
  readonly wallet_id: string
  readonly wallet_address: string
  readonly wallet_type: string
  readonly asset_code: string
  readonly asset_issuer: string
  readonly balance: string
  readonly is_frozen: boolean
  /** The ledger of which this is the balance. */
  readonly ledger: number
}

/** A payment that waits on the ledger until its payee claims it. */
export type ClaimableBalanceData = {
  readonly id: number
  readonly claimable_balance_id: string
  readonly status: 'active' | 'claimed' | 'expired' | 'reclaimed' | 'clawed_back' | 'disproved'
  readonly amount: string
  readonly asset_code: string
  readonly asset_issuer: string
  readonly claimant?: string
  readonly employee_id?: number
  readonly payroll_run_id?: number
  readonly expires_at?: string
  /** From when on the organization may take it back. */
  readonly reclaimable_at?: string
  readonly ledger?: number
  readonly tx_hash?: string
}

/** What the ledger says of a source account against what was recorded as paid from it. */
export type LedgerContradictionData = {
  readonly contradiction_id: number
  readonly source_account: string
  readonly kind: 'sequence_behind' | 'account_missing' | 'balance_differs' | 'payment_found'
  readonly state: 'open' | 'paid' | 'not_paid' | 'as_recorded' | 'corrected' | 'agreed'
  /** The highest sequence number that a recorded transaction used; int64 as text. Absent where a balance differs. */
  readonly believed_sequence?: string
  /** The ledger up to which the books are believed. */
  readonly believed_ledger: number
  /** Where a balance differs: the asset, what its history leads to, and what the account held in `seen_ledger`. */
  readonly asset_code?: string
  readonly asset_issuer?: string
  readonly believed_balance?: string
  readonly seen_balance?: string
  /** The last number the account had used in `seen_ledger`; absent when there was no such account. */
  readonly seen_sequence?: string
  readonly seen_ledger: number
  /** Runs with payments in doubt, at most 200. */
  readonly payroll_run_ids: readonly number[]
}

/** An amount that came to or left an account of the organization. */
export type LedgerMovementData = {
  readonly ledger_movement_id: number
  readonly account_id: string
  readonly kind: string
  readonly amount: string
  readonly asset_code: string
  readonly asset_issuer: string
  /** Who paid or was paid; absent where no single account did. */
  readonly counterparty?: string
  readonly claimable_balance_id?: string
  readonly tx_hash: string
  readonly operation_index: number
  readonly ledger: number
  readonly closed_at: string
}

/** A part of the history of an account that is missing or does not fit. */
export type HistoryGapData = {
  readonly gap_id: number
  readonly account_id: string
  readonly kind:
    | 'before_retention'
    | 'sequence_hole'
    | 'sequence_repeated'
    | 'sequence_ahead'
    | 'payment_not_seen'
    | 'balance_differs'
    | 'balance_gone'
    | 'unreadable_transaction'
  readonly state: 'open' | 'filled' | 'accepted'
  readonly from_ledger: number
  readonly to_ledger: number
  /** int64 as text. */
  readonly from_sequence?: string
  readonly to_sequence?: string
  readonly tx_hash?: string
  readonly asset_code?: string
  readonly asset_issuer?: string
  /** The number or amount that the history leads to, and the one that the ledger showed. */
  readonly expected?: string
  readonly found?: string
}

/** What became of a wish to have everything read from the ledger now. */
export type SyncRequestData = {
  readonly sync_request_id: number
  readonly state: 'done' | 'incomplete'
  readonly wallets_read: number
  readonly wallets_unreadable: number
}

/** How a provider of the network is. */
export type ProviderData = {
  readonly provider: string
  readonly state: 'well' | 'lagging' | 'frozen' | 'lying' | 'unreachable' | 'wrong_network' | 'reset'
  /** The newest ledger it showed, and when that closed; absent where it did not say. */
  readonly ledger?: number
  readonly closed_at?: string
}

/** A contract emitted an event that names an account of the organization; what it says stands in the table. */
export type ContractEventData = {
  readonly event_id: string
  readonly contract_id: string
  readonly event_type: string
  readonly tx_hash: string
  readonly ledger: number
}
