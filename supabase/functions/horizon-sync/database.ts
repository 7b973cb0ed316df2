import * as z from 'zod/mini'
import type { Outcome } from '../_shared/stellar/second-opinion.ts'
import type { SignerReading } from '../_shared/stellar/signer-reading.ts'
import type { WalletState } from '../_shared/stellar/wallet-states.ts'
import { accountId, count, hash, id, ledger, nothing, oneRow, sequence, toid } from '../_shared/worker/rows.ts'
import type { Rpc } from '../_shared/worker/rpc.ts'
import type { AccountTransaction } from './account-transaction.ts'
import type { JsonValue } from './contract-values.ts'

const walletClaim = z.object({
  account_id: z.string(),
  lease_token: z.string(),
  horizon_url: z.string(),
  /** Null where no RPC server is configured. */
  rpc_url: z.nullable(z.string()),
  network_passphrase: z.string(),
  /** An account of an organization: everything that it holds is read, not only what is known already. */
  is_own: z.boolean(),
  assets: z.array(z.object({ asset_code: z.string(), asset_issuer: z.string() })),
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
  /** Whose signatures count for the account. */
  signers: z.array(accountId),
})
export type TrackingClaim = Readonly<z.infer<typeof trackingClaim>>

/** An account whose history goes on at a place, or a part of it that is read again to close a gap. */
const historyClaim = z.object({
  walk_id: id,
  account_id: accountId,
  cursor: toid,
  lease_token: z.string(),
  horizon_url: z.string(),
  network_passphrase: z.string(),
  /** Whether it is time to list the claimable balances that the account has on the ledger. */
  lists_balances: z.boolean(),
})
export type HistoryClaim = Readonly<z.infer<typeof historyClaim>>

/** A transaction of an account's history as it is recorded. */
export type HistoryTransaction = Omit<AccountTransaction, 'needs_effects'>

/** What follows a place in the history of an account: its rows and the next place, which are written together or not at all. */
export type HistoryPage = {
  readonly account_id: string
  readonly walk_id: number
  readonly lease_token: string
  readonly cursor: string
  readonly next_cursor: string
  /** `more` and `paused` go on later, `end` found nothing more; everything else is why the answer cannot be used. */
  readonly outcome: string
  readonly latest_ledger: number | null
  readonly elder_ledger: number | null
  /** When the latest ledger closed: the clock of what expires on the ledger. */
  readonly latest_closed_at: string | null
  readonly unreadable_toid: string | null
  /** The claimable balances of the account that are on the ledger, where they were listed. */
  readonly sponsored: SponsoredBalances | null
  readonly transactions: readonly HistoryTransaction[]
}

export type SponsoredBalances = { readonly ledger: number; readonly balance_ids: readonly string[] }

export type ProviderReport = {
  readonly provider: string
  readonly network_passphrase: string | null
  readonly ledger: number | null
  readonly closed_at: string | null
}

const providerState = z.pipe(
  z.union([z.string(), z.array(z.string()).check(z.length(1))]),
  z.transform((answer) => String(answer)),
)

/** A contract whose events go on at a place; null where they begin. */
const contractClaim = z.object({
  contract_id: z.string(),
  place: z.nullable(z.string()),
  lease_token: z.string(),
  rpc_url: z.string(),
  horizon_url: z.string(),
  network_passphrase: z.string(),
  /** The transaction of an upgrade that is under way. */
  upgrade_tx_hash: z.nullable(hash),
})
export type ContractClaim = Readonly<z.infer<typeof contractClaim>>

/** An event of a contract as it is recorded. */
export type ContractEventRow = {
  readonly event_id: string
  readonly contract_id: string
  readonly event_type: string
  readonly category: string
  readonly data: JsonValue
  readonly tx_hash: string
  readonly ledger_sequence: number
  readonly closed_at: string
  /** The accounts that it names, by which the organization is found. */
  readonly accounts: readonly string[]
}

/** What follows a place in the events of a contract, and which code it runs. */
export type ContractPage = {
  readonly contract_id: string
  readonly lease_token: string
  readonly place: string | null
  readonly next_place: string | null
  readonly outcome: 'more' | 'end' | 'out_of_range' | 'no_answer'
  readonly oldest_ledger: number | null
  readonly deployment: 'wasm' | 'missing' | 'not_wasm' | null
  readonly wasm_hash: string | null
  readonly verified_ledger: number | null
  readonly upgrade_failure: string | null
  readonly events: readonly ContractEventRow[]
}

const historyCounts = z.object({ recorded: count, repeated: count })

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
    /** Tells what a provider said of itself, or that it said nothing, and answers how it is. */
    reportProvider: (parameters: ProviderReport) => rpc('report_provider', parameters, providerState),
    /** Keeps everything that was claimed under the token and is still being read. */
    extendSyncLeases: (parameters: { readonly lease_token: string; readonly lease_seconds: number }) =>
      rpc('extend_sync_leases', parameters, count),
    claimContractWalks: (parameters: Batch) => rpc('claim_contract_walks', parameters, z.array(contractClaim)),
    applyContractWalk: (parameters: { readonly page: ContractPage }) =>
      rpc('apply_contract_walk', parameters, oneRow(historyCounts)),
    claimHistoryWalks: (parameters: Batch) => rpc('claim_history_walks', parameters, z.array(historyClaim)),
    applyAccountHistory: ({ page }: { readonly page: HistoryPage }) =>
      rpc('apply_account_history', { page: spokenPage(page) }, oneRow(historyCounts)),
    claimTransactionsToTrack: (parameters: Batch) =>
      rpc('claim_transactions_to_track', parameters, z.array(trackingClaim)),
    /** Notes what the named signers of an account weigh on the ledger. */
    recordSigners: (parameters: SignerReading & { readonly source_account: string; readonly lease_token: string }) =>
      rpc('record_signers', parameters, nothing),
    /** Records a transaction's fate. Refuses evidence that proves nothing, and is the same when told twice. */
    recordOutcome: (parameters: {
      readonly outcome: Outcome & { readonly transaction_id: number }
      readonly lease_token: string
    }) => rpc('record_outcome', parameters, nothing),
    extendDisbursement: (parameters: {
      readonly source_account: string
      readonly lease_token: string
      readonly lease_seconds: number
    }) => rpc('extend_disbursement', parameters, z.boolean()),
    /** Gives the source account back; `next_check_seconds` 0 leaves the database's own schedule as it is. */
    releaseDisbursement: (parameters: {
      readonly source_account: string
      readonly lease_token: string
      readonly next_check_seconds: number
    }) => rpc('release_disbursement', parameters, z.boolean()),
  }
}

/** The page without the fields that say nothing: a quarter of what would be sent, unpacked and searched for secret keys. */
export function spokenPage(page: HistoryPage): Readonly<Record<string, unknown>> {
  const transactions = page.transactions.map((one) => ({ ...spoken(one), movements: one.movements.map(spoken) }))
  return { ...page, transactions }
}

function spoken(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
