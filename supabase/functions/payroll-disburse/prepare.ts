import type { HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { AccountState, FeeStats, NetworkRoot } from '../_shared/stellar/horizon-records.ts'
import { isCurrent } from '../_shared/stellar/is-current.ts'
import { checkNetwork, retryAfterOf } from '../_shared/stellar/network.ts'
import { findSequenceHolder } from '../_shared/stellar/track.ts'
import { buildTransaction } from './build.ts'
import { hasNamedSigners, RECHECK_SIGNATURES_SECONDS, recordSigners } from './collect.ts'
import type { DisbursementClaim, PlannedPayment } from './database.ts'
import { checkDestinations } from './destinations.ts'
import { lookBeforePayment, RECHECK_CONTRADICTION_SECONDS } from './look.ts'
import { payingOperation } from './operations.ts'
import { MAX_OPERATIONS, type PlannedOperation, TransactionPlanError } from './plan.ts'
import { shortageOf } from './shortage.ts'
import {
  isRefusedEvidence,
  liveTransaction,
  providerUnavailable,
  type Step,
  type StepContext,
  step,
  stop,
} from './step.ts'
import { signAndSubmit } from './submit.ts'

// About two minutes of ledgers: long enough for several attempts, short enough that its end can soon be proven.
const VALID_LEDGERS = 20
// Later than the ledgers need, because the ledger bound is the one whose passing a provider can prove.
const VALID_SECONDS = 300

const MIN_BID_STROOPS = 1_000n
const RECHECK_EMPTY_PLAN_SECONDS = 5
const MAX_SEQUENCE = 9_223_372_036_854_775_807n

/** Prepares, stores, signs and submits the next transaction of an account that has none on its way: payments, or a refund. */
export async function startTransaction(context: StepContext): Promise<Step> {
  const { claim, keyring, horizon } = context
  const operations = claim.refund === null ? await nextPayments(context) : []
  // The database has just ended the run, if it was at its end.
  if (claim.refund === null && operations.length === 0)
    return step('nothing_left', { nextCheckSeconds: RECHECK_EMPTY_PLAN_SECONDS })

  if (claim.signing_seconds === null && !keyring.has(claim.source_account)) {
    return stop(context, 'signing_key_missing', `PAYD_SIGNING_KEYS has no key for the account ${claim.source_account}.`)
  }
  const [root, account, fees] = await Promise.all([
    horizon.root(),
    horizon.account(claim.source_account),
    horizon.feeStats(),
  ])
  const ground = await groundOf(context, root, account)
  if ('outcome' in ground) return ground
  const named = hasNamedSigners(claim) ? await recordSigners(context, account, ground.ledger) : null
  if (named !== null && 'outcome' in named) return named
  const unproven = await closeOpenNumber(context, ground)
  if (unproven !== null) return unproven
  const wallets = claim.signing_seconds === null ? null : named
  const shortage = isCurrent(account, ground.ledger) ? shortageOf(account.value, operations, wallets) : null
  if (shortage !== null) return stop(context, shortage.code, shortage.detail)

  try {
    return await prepareAndSubmit(context, operations, { ...ground, feePerOperation: bidOf(context, fees) })
  } catch (error) {
    if (!(error instanceof TransactionPlanError)) throw error
    return stop(context, 'operations_not_payable', error.message)
  }
}

async function nextPayments(context: StepContext): Promise<readonly PlannedPayment[]> {
  const { payroll_run_id, lease_token } = context.claim
  await checkDestinations(context)
  return context.database.planOperations({ payroll_run_id, lease_token, max_operations: MAX_OPERATIONS })
}

/** The facts of the ledger that a transaction is built on. */
type Ground = { readonly sequence: bigint; readonly ledger: number; readonly ledgerTimeMs: number }

async function groundOf(
  context: StepContext,
  rootAnswer: HorizonAnswer<NetworkRoot>,
  account: HorizonAnswer<AccountState>,
): Promise<Ground | Step> {
  const { claim } = context
  const network = checkNetwork(rootAnswer, claim.network_passphrase)
  if (network.kind === 'unknown') return providerUnavailable(context, 'root_unknown', network.retryAfterSeconds)
  if (network.kind === 'other') {
    return stop(context, 'network_mismatch', 'The Horizon server of this project serves another Stellar network.')
  }
  // One instance may not know yet an account that another has created; only one that is up to date may say it is missing.
  if (account.kind === 'not_found' && (account.latestLedger ?? 0) >= network.root.history_latest_ledger) {
    return stop(
      context,
      'source_account_not_found',
      `The account ${claim.source_account} does not exist on this network.`,
    )
  }
  if (
    account.kind !== 'answered' ||
    account.value.ledger === null ||
    account.value.account_id !== claim.source_account
  ) {
    return providerUnavailable(context, `account_${account.kind}`, retryAfterOf(account))
  }
  const unexplained = await lookBeforePayment(context, { ...account.value, ledger: account.value.ledger })
  if (unexplained !== null) return unexplained
  const observed = BigInt(account.value.sequence)
  const used = BigInt(claim.used_sequence_number ?? 0)
  // An instance that lags may say less than is proven. One that has seen the ledger of that proof and still does contradicts it.
  if (observed < used && account.value.ledger >= (claim.used_in_ledger ?? 0)) {
    return step('ledger_contradicts', { code: 'used_number_unknown', nextCheckSeconds: RECHECK_CONTRADICTION_SECONDS })
  }
  if ((observed > used ? observed : used) >= MAX_SEQUENCE) {
    return stop(context, 'sequence_numbers_exhausted', 'The sequence number of the account cannot grow any more.')
  }
  return {
    sequence: (observed > used ? observed : used) + 1n,
    ledger: Math.max(account.value.ledger, network.root.history_latest_ledger),
    ledgerTimeMs: Date.parse(network.root.history_latest_ledger_closed_at),
  }
}

/**
 * A number that a provider called unused must be used next. When the account is beyond it, another transaction did use it: the
 * signed transaction that did is shown to the database, or nothing is built.
 */
async function closeOpenNumber(context: StepContext, ground: Ground): Promise<Step | null> {
  const { claim, database, horizon } = context
  const { open_sequence_number, source_account, lease_token } = claim
  if (open_sequence_number === null || ground.sequence <= BigInt(open_sequence_number)) return null
  const holder = await findSequenceHolder(
    horizon,
    liveTransaction(claim, { tx_hash: '', sequence_number: open_sequence_number, max_ledger: ground.ledger }),
    claim.network_passphrase,
    claim.used_in_ledger ?? 1,
  )
  if (holder.kind !== 'settled' || holder.evidence.proof !== 'sequence_used_by_other') {
    const code = holder.kind === 'unknown' ? holder.reason : 'sequence_holder_not_seen'
    return step('waiting', { code, nextCheckSeconds: RECHECK_CONTRADICTION_SECONDS })
  }
  const { other_envelope_xdr: envelope_xdr, other_ledger: ledger } = holder.evidence
  try {
    await database.recordSequenceHolder({ source_account, lease_token, envelope_xdr, ledger })
  } catch (error) {
    if (!isRefusedEvidence(error)) throw error
    return step('waiting', { code: 'evidence_refused', nextCheckSeconds: RECHECK_CONTRADICTION_SECONDS })
  }
  return null
}

/** How long a transaction is valid: minutes where this worker signs, as long as people have to sign where wallets do. */
function validityOf({ signing_seconds }: DisbursementClaim): { readonly ledgers: number; readonly seconds: number } {
  if (signing_seconds === null) return { ledgers: VALID_LEDGERS, seconds: VALID_SECONDS }
  // Ledgers close every five seconds or later, so people have at least the time that they were promised.
  return { ledgers: Math.ceil(signing_seconds / 5), seconds: Math.ceil(signing_seconds * 1.5) }
}

/** Twice what nearly everybody pays, within the operator's limit: the network charges the market price, not the bid. */
function bidOf(context: StepContext, fees: HorizonAnswer<FeeStats>): bigint {
  const wanted = fees.kind === 'answered' ? BigInt(fees.value.fee_charged.p95) * 2n : MIN_BID_STROOPS
  const bid = wanted > MIN_BID_STROOPS ? wanted : MIN_BID_STROOPS
  const most = BigInt(context.claim.max_fee_stroops)
  // What wallets have signed cannot offer more later, and the network charges the market price only.
  if (context.claim.signing_seconds !== null) return most
  return bid < most ? bid : most
}

async function prepareAndSubmit(
  context: StepContext,
  operations: readonly PlannedPayment[],
  ground: Ground & { readonly feePerOperation: bigint },
): Promise<Step> {
  const { claim, database } = context
  const { payroll_run_id, lease_token, source_account, network_passphrase, refund } = claim
  const { memo_type = null, memo = null } = operations[0] ?? {}
  const valid = validityOf(claim)
  const max_ledger = ground.ledger + valid.ledgers
  // The later of both clocks: ledger time stands still while the network does, and the worker's clock may be wrong.
  const max_time_seconds = Math.floor(Math.max(ground.ledgerTimeMs, context.nowMs) / 1000) + valid.seconds
  const built = buildTransaction({
    network_passphrase,
    source_account,
    operation_source: source_account,
    sequence_number: ground.sequence.toString(),
    fee_per_operation_stroops: ground.feePerOperation,
    max_ledger,
    max_time_seconds,
    memo_type,
    memo,
    operations:
      refund === null ? operations.map((planned) => payingOperation(planned, max_time_seconds)) : [claimOf(refund)],
  })
  const max_time = new Date(max_time_seconds * 1000).toISOString()
  const prepared = { ...built, max_ledger, max_time }
  const { id } =
    refund === null
      ? await database.persistTransaction({ payroll_run_id, lease_token, ...prepared, operations })
      : await database.persistRefund({ claimable_balance_id: refund.id, lease_token, ...prepared })
  if (claim.signing_seconds !== null)
    return step('awaiting_signatures', { nextCheckSeconds: RECHECK_SIGNATURES_SECONDS })
  return signAndSubmit(context, { ...built, id, max_ledger, signed_envelope_xdr: null })
}

function claimOf({ claimable_balance_id }: { readonly claimable_balance_id: string }): PlannedOperation {
  return { operation_type: 'claim_claimable_balance', claimable_balance_id }
}
