import * as z from 'zod/mini'
import type { AccountBalance, AccountSigner } from '../_shared/stellar/horizon-records.ts'
import type { Outcome } from '../_shared/stellar/second-opinion.ts'
import type { WalletState } from '../_shared/stellar/wallet-states.ts'
import { accountId, count, hash, id, ledger, nothing, oneRow, sequence } from '../_shared/worker/rows.ts'
import type { Rpc } from '../_shared/worker/rpc.ts'
import { type ChannelProof, channelWish, paymentsInFlight } from './channel-rows.ts'
import type { ChannelProblem } from './channel-state.ts'
import { employeeOperation, memoFields, type PlannedPayment, plannedOperation } from './operation-rows.ts'
import type { TreasuryState } from './treasury-state.ts'

export type { EmployeeOperation, PlannedPayment } from './operation-rows.ts'

const stroops = z.string().check(z.regex(/^[1-9][0-9]{0,18}$/))

const feeBump = z.object({ outer_hash: hash, fee_stroops: z.int().check(z.positive()), envelope_xdr: z.string() })
/** A higher fee for a transaction on its way, as the database planned it. */
export type PlannedFeeBump = Readonly<z.infer<typeof feeBump>>

/** A transaction whose fate is open. */
const claimedTransaction = z.object({
  id,
  tx_hash: hash,
  envelope_xdr: z.string(),
  signed_envelope_xdr: z.nullable(z.string()),
  sequence_number: sequence,
  max_ledger: ledger,
  max_time: z.string(),
  fee_bid_stroops: z.string().check(z.regex(/^[1-9][0-9]{0,9}$/)),
  /** What the network asked for one operation when the offer was not enough; null when it always was. */
  required_fee_stroops: z.nullable(stroops),
  ...memoFields,
  /** What the database planned that it pays. */
  operations: z.array(employeeOperation),
  attempts: count,
  submission_state: z.string(),
})
export type ClaimedTransaction = Readonly<z.infer<typeof claimedTransaction>>

/** Work on one source account, leased to this worker until the lease ends or is released. */
const disbursementClaim = z.object({
  payroll_run_id: id,
  organization_id: id,
  /** The treasury that pays. */
  source_account: accountId,
  /** The leased channel account that gives the number and pays the fee; null where the treasury itself is leased. */
  channel_account: z.nullable(accountId),
  lease_token: z.string(),
  asset_code: z.string(),
  asset_issuer: z.string(),
  network_passphrase: z.string(),
  horizon_url: z.string(),
  /** A server of Stellar RPC, where one is configured. */
  rpc_url: z.nullable(z.string()),
  /** Another provider, without whose word no transaction ends; null when there is none. */
  second_horizon_url: z.nullable(z.string()),
  /** The most that one operation may offer as fee. */
  max_fee_stroops: z.int().check(z.positive()),
  /** The highest number of the account that is proven to be used, and in which ledger; null when none is. */
  used_sequence_number: z.nullable(sequence),
  used_in_ledger: z.nullable(ledger),
  /** The lowest number of which only a provider says that it is unused: the next transaction uses it or a lower one. */
  open_sequence_number: z.nullable(sequence),
  /** How long people have to sign, where wallets do; null where this worker signs. */
  signing_seconds: z.nullable(z.int().check(z.positive())),
  /** Whose signatures count for the account. */
  signers: z.array(accountId),
  /** Null when the next transaction may be prepared. */
  transaction: z.nullable(claimedTransaction),
  /** The balance that the next transaction takes back; null when it pays people. */
  refund: z.nullable(z.object({ id, claimable_balance_id: z.string() })),
})
export type DisbursementClaim = Readonly<z.infer<typeof disbursementClaim>>

/** A transaction as it is stored before it is signed. */
export type PreparedTransaction = {
  readonly tx_hash: string
  readonly envelope_xdr: string
  readonly sequence_number: string
  /** For the whole transaction. */
  readonly fee_bid_stroops: string
  readonly max_ledger: number
  /** ISO 8601. */
  readonly max_time: string
}

const accountToRead = z.object({
  account_id: accountId,
  assets: z.array(z.object({ asset_code: z.string(), asset_issuer: z.string() })),
})

/** A pre-flight report to be read for, leased to this worker. */
const preflightClaim = z.object({
  payroll_preflight_id: id,
  /** The account the run would be paid from; null when the organization has none, or several and none was named. */
  source_account: z.nullable(accountId),
  lease_token: z.string(),
  network_passphrase: z.string(),
  horizon_url: z.string(),
  rpc_url: z.nullable(z.string()),
  /** The next accounts to read; none when only the treasury is left. */
  accounts: z.array(accountToRead),
  /** Through which the payments would go. */
  channels: z.array(accountId),
})
export type PreflightClaim = Readonly<z.infer<typeof preflightClaim>>

/** What a submission came back with when that proves nothing. */
export type SubmissionReport = {
  /** 0 when there was no answer. */
  readonly http_status: number
  readonly transaction_code: string | null
  readonly operation_codes: readonly string[] | null
  readonly retry_after_seconds: number | null
  /** For the whole transaction, when its fee was too low. */
  readonly required_fee_stroops: string | null
}

const countedSignatures = z.object({
  /** What the named signers weigh together, and what a payment needs. */
  named_weight: count,
  needed_weight: count,
  submission_state: z.nullable(z.string()),
  /** With just so many signatures as are needed; what is there while they are awaited has been sent before. */
  signed_envelope_xdr: z.nullable(z.string()),
})

type SignerState = Leased & {
  readonly source_account: string
  readonly ledger: number
  readonly threshold: number
  readonly signers: readonly AccountSigner[]
}

/** What one answer of a provider says of a source account. */
export type AccountLook = {
  readonly ledger: number
  readonly sequence: string
  readonly balances: readonly AccountBalance[]
}

type Leased = { readonly lease_token: string }
type RunLease = Leased & { readonly payroll_run_id: number }
type RefundLease = Leased & { readonly claimable_balance_id: number }
type PreflightLease = Leased & { readonly payroll_preflight_id: number }
type TransactionLease = Leased & { readonly transaction_id: number }

export type DisburseDatabase = ReturnType<typeof disburseDatabase>

/** The database as payroll-disburse sees it. */
export function disburseDatabase(rpc: Rpc) {
  const claims = z.pipe(
    z.array(disbursementClaim),
    z.transform((rows): DisbursementClaim | null => rows[0] ?? null),
  )
  const operations = z.pipe(
    z.array(plannedOperation),
    z.transform((rows): readonly PlannedPayment[] => rows),
  )
  const preflights = z.pipe(
    z.array(preflightClaim),
    z.transform((rows): PreflightClaim | null => rows[0] ?? null),
  )
  return {
    claimDisbursement: (parameters: { readonly lease_seconds: number }) =>
      rpc('claim_disbursement', parameters, claims),
    /** Fails what is known to fail among the next payments, and leases the accounts of which too little is known. */
    accountsToCheck: (parameters: RunLease) => rpc('accounts_to_check', parameters, z.array(accountToRead)),
    applyWalletStates: (parameters: { readonly states: readonly (WalletState & Leased)[] }) =>
      rpc('apply_wallet_states', parameters, nothing),
    claimPreflight: (parameters: { readonly lease_seconds: number }) => rpc('claim_preflight', parameters, preflights),
    /** Gives a report back of which more is to be read. */
    continuePreflight: (parameters: PreflightLease & { readonly next_look_seconds: number }) =>
      rpc('continue_preflight', parameters, nothing),
    /** Writes a report once everything was asked. */
    finishPreflight: (parameters: PreflightLease & { readonly treasury: TreasuryState | null }) =>
      rpc('finish_preflight', parameters, nothing),
    planOperations: (parameters: RunLease & { readonly max_operations: number }) =>
      rpc('plan_operations', parameters, operations),
    /** Stores the transaction before it is signed, and returns its id. */
    persistTransaction: (
      // The operations go back exactly as they were planned.
      parameters: RunLease & PreparedTransaction & { readonly operations: readonly PlannedPayment[] },
    ) => rpc('persist_transaction', parameters, oneRow(z.object({ id }))),
    /** Stores the transaction that takes a balance back before it is signed, and returns its id. */
    persistRefund: (parameters: RefundLease & PreparedTransaction) =>
      rpc('persist_refund', parameters, oneRow(z.object({ id }))),
    /** Stores that the signed envelope is about to be handed over. Called before every single submission. */
    beginSubmission: (parameters: TransactionLease & { readonly signed_envelope_xdr: string }) =>
      rpc('begin_submission', parameters, nothing),
    /** The fee bump with which a transaction is sent next; null when its own fee is enough or no allowed one is. */
    planFeeBump: (parameters: TransactionLease) =>
      rpc(
        'plan_fee_bump',
        parameters,
        z.pipe(
          z.array(feeBump),
          z.transform((rows): PlannedFeeBump | null => rows[0] ?? null),
        ),
      ),
    /** Notes what the signers of an account weigh on the ledger, and counts the collected signatures anew. */
    recordSigners: (parameters: SignerState) => rpc('record_signers', parameters, oneRow(countedSignatures)),
    recordSubmission: (parameters: TransactionLease & SubmissionReport) =>
      rpc('record_submission', parameters, nothing),
    /** Records a transaction's fate. Refuses evidence that proves nothing, and is the same when told twice. */
    recordOutcome: (parameters: Leased & { readonly outcome: Outcome & { readonly transaction_id: number } }) =>
      rpc('record_outcome', parameters, nothing),
    stopDisbursement: (parameters: RunLease & { readonly code: string; readonly detail: string }) =>
      rpc('stop_disbursement', parameters, nothing),
    /** Says why a balance cannot be taken back. Allowed only while nothing of it is on its way. */
    stopRefund: (parameters: RefundLease & { readonly code: string; readonly detail: string }) =>
      rpc('stop_refund', parameters, nothing),
    /** Marks a transaction whose end cannot be proven, so that people look at it. */
    holdTransaction: (parameters: TransactionLease & { readonly reason: string }) =>
      rpc('hold_transaction', parameters, nothing),
    /** Names the signed transaction that used an open sequence number. */
    recordSequenceHolder: (
      parameters: Leased & { readonly source_account: string; readonly envelope_xdr: string; readonly ledger: number },
    ) => rpc('record_sequence_holder', parameters, nothing),
    /** Tells what the account holds before anything is built from it, and hears whether the books lead to the same. */
    compareSourceAccount: (parameters: Leased & { readonly source_account: string; readonly look: AccountLook }) =>
      rpc(
        'compare_source_account',
        parameters,
        z.enum(['agrees', 'behind', 'in_flight', 'unexplained', 'contradicted']),
      ),
    /** What is on its way from the treasury that an answer up to that ledger cannot show; what is begun later makes a write fail. */
    paymentsInFlight: (parameters: Leased & { readonly source_account: string; readonly known_ledger: number }) =>
      rpc('payments_in_flight', parameters, paymentsInFlight),
    /** Nothing more is built from the treasury before one of the transactions has ended. */
    waitForFunds: (parameters: RunLease & { readonly transaction_ids: readonly number[] }) =>
      rpc('wait_for_funds', parameters, nothing),
    /** The next channel accounts whose key is to sign that they serve their treasury. */
    claimChannelWishes: () => rpc('claim_channel_wishes', {}, z.array(channelWish)),
    /** Brings the signature of a channel account's key; null when the key is not here. False when it serves somebody else. */
    confirmChannelAccount: (parameters: ChannelProof) => rpc('confirm_channel_account', parameters, z.boolean()),
    /** Says why nothing could go through the leased channel account. */
    recordChannelProblem: (
      parameters: Leased & { readonly channel_account: string; readonly problem: ChannelProblem },
    ) => rpc('record_channel_problem', parameters, nothing),
    /** Keeps the source account while a step takes longer than its lease; false when another worker has it. */
    extendDisbursement: (parameters: Leased & { readonly source_account: string; readonly lease_seconds: number }) =>
      rpc('extend_disbursement', parameters, z.boolean()),
    /** Gives the source account back; `next_check_seconds` 0 leaves the database's own schedule as it is. */
    releaseDisbursement: (
      parameters: Leased & { readonly source_account: string; readonly next_check_seconds: number },
    ) => rpc('release_disbursement', parameters, z.boolean()),
  }
}
