import * as z from 'zod/mini'
import type { Outcome } from '../_shared/stellar/second-opinion.ts'
import type { WalletState } from '../_shared/stellar/wallet-states.ts'
import { accountId, count, hash, id, ledger, nothing, oneRow, sequence } from '../_shared/worker/rows.ts'
import type { Rpc } from '../_shared/worker/rpc.ts'

const walletClaim = z.object({
  account_id: z.string(),
  lease_token: z.string(),
  horizon_url: z.string(),
  network_passphrase: z.string(),
})
export type WalletClaim = Readonly<z.infer<typeof walletClaim>>

/** What was read of an account, with the lease under which it was read. */
export type LeasedWalletState = WalletState & { readonly lease_token: string }

/** A submitted transaction whose fate is open, and that no other worker is working on. */
const trackingClaim = z.object({
  transaction_id: id,
  tx_hash: hash,
  source_account: accountId,
  sequence_number: sequence,
  max_ledger: ledger,
  lease_token: z.string(),
  horizon_url: z.string(),
  /** Another provider, without whose word no transaction ends; null when there is none. */
  second_horizon_url: z.nullable(z.string()),
  network_passphrase: z.string(),
})
export type TrackingClaim = Readonly<z.infer<typeof trackingClaim>>

/** What the database made of wallet states: `stale` and `unreadable` count wallets that keep what was known of them. */
const walletCounts = z.object({ updated: count, unchanged: count, stale: count, unreadable: count })

type Batch = { readonly batch_size: number; readonly lease_seconds: number }

export type SyncDatabase = ReturnType<typeof syncDatabase>

/** The database as horizon-sync sees it. */
export function syncDatabase(rpc: Rpc) {
  return {
    claimWalletsForSync: (parameters: Batch) => rpc('claim_wallets_for_sync', parameters, z.array(walletClaim)),
    applyWalletStates: (parameters: { readonly states: readonly LeasedWalletState[] }) =>
      rpc('apply_wallet_states', parameters, oneRow(walletCounts)),
    claimTransactionsToTrack: (parameters: Batch) =>
      rpc('claim_transactions_to_track', parameters, z.array(trackingClaim)),
    /** Records a transaction's fate. Refuses evidence that proves nothing, and is the same when told twice. */
    recordOutcome: (parameters: {
      readonly outcome: Outcome & { readonly transaction_id: number }
      readonly lease_token: string
    }) => rpc('record_outcome', parameters, nothing),
    /** Gives the source account back; `next_check_seconds` 0 leaves the database's own schedule as it is. */
    releaseDisbursement: (parameters: {
      readonly source_account: string
      readonly lease_token: string
      readonly next_check_seconds: number
    }) => rpc('release_disbursement', parameters, z.boolean()),
  }
}
