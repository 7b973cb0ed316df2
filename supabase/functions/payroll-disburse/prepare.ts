import type { HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { FeeStats } from '../_shared/stellar/horizon-records.ts'
import { isCurrent } from '../_shared/stellar/is-current.ts'
import { buildTransaction } from './build.ts'
import { hasNamedSigners, RECHECK_SIGNATURES_SECONDS, recordSigners } from './collect.ts'
import type { DisbursementClaim, PlannedPayment } from './database.ts'
import { checkDestinations } from './destinations.ts'
import { requireFunds } from './funds.ts'
import { closeOpenNumber, type Ground, nextNumber, seeTreasury } from './ground.ts'
import { payingOperation } from './operations.ts'
import { MAX_OPERATIONS, type PlannedOperation, TransactionPlanError } from './plan.ts'
import { numberedAccount, type Step, type StepContext, step, stop } from './step.ts'
import { type Submission, signAndSubmit } from './submit.ts'

// About two minutes of ledgers: long enough for several attempts, short enough that its end can soon be proven.
const VALID_LEDGERS = 20
// Later than the ledgers need, because the ledger bound is the one whose passing a provider can prove.
const VALID_SECONDS = 300

const MIN_BID_STROOPS = 1_000n
/** How soon it is asked again whether anybody is left to pay. */
export const RECHECK_EMPTY_PLAN_SECONDS = 5

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
  const seen = await seeTreasury(context, root, account)
  if ('outcome' in seen) return seen
  const ground = await nextNumber(context, seen)
  if ('outcome' in ground) return ground
  const named = hasNamedSigners(claim) ? await recordSigners(context, account, ground.ledger) : null
  if (named !== null && 'outcome' in named) return named
  const unproven = await closeOpenNumber(context, ground)
  if (unproven !== null) return unproven
  const wallets = claim.signing_seconds === null ? null : named
  const treasury = { state: seen.state, isCurrent: isCurrent(account, ground.ledger) }
  const unfunded = await requireFunds(context, treasury, operations, { wallets })
  if (unfunded !== null) return unfunded

  const prepared = await prepare(context, operations, { ...ground, feePerOperation: bidOf(context, fees) })
  if ('outcome' in prepared) return prepared
  if (claim.signing_seconds !== null) {
    return step('awaiting_signatures', { nextCheckSeconds: RECHECK_SIGNATURES_SECONDS })
  }
  return signAndSubmit(context, prepared)
}

/** The next people to pay, once the accounts of all of them were read that had to be. */
export async function nextPayments(context: StepContext): Promise<readonly PlannedPayment[]> {
  const { payroll_run_id, lease_token } = context.claim
  await checkDestinations(context)
  return context.database.planOperations({ payroll_run_id, lease_token, max_operations: MAX_OPERATIONS })
}

/** How long a transaction is valid: minutes where this worker signs, as long as people have to sign where wallets do. */
function validityOf({ signing_seconds }: DisbursementClaim): { readonly ledgers: number; readonly seconds: number } {
  if (signing_seconds === null) return { ledgers: VALID_LEDGERS, seconds: VALID_SECONDS }
  // Ledgers close every five seconds or later, so people have at least the time that they were promised.
  return { ledgers: Math.ceil(signing_seconds / 5), seconds: Math.ceil(signing_seconds * 1.5) }
}

/** The offer for one operation. Twice what nearly everybody pays, within the operator's limit: the network charges the market price, not the bid. */
export function bidOf(context: StepContext, fees: HorizonAnswer<FeeStats>): bigint {
  const wanted = fees.kind === 'answered' ? BigInt(fees.value.fee_charged.p95) * 2n : MIN_BID_STROOPS
  const bid = wanted > MIN_BID_STROOPS ? wanted : MIN_BID_STROOPS
  const most = BigInt(context.claim.max_fee_stroops)
  // What wallets have signed cannot offer more later, and the network charges the market price only.
  if (context.claim.signing_seconds !== null) return most
  return bid < most ? bid : most
}

/** Builds the transaction and stores it before anything of it is signed; a plan that cannot become a transaction stops the run. */
export async function prepare(
  context: StepContext,
  operations: readonly PlannedPayment[],
  ground: Ground & { readonly feePerOperation: bigint },
): Promise<Submission | Step> {
  const { claim, database } = context
  const { payroll_run_id, lease_token, source_account, network_passphrase, refund } = claim
  const { memo_type = null, memo = null } = operations[0] ?? {}
  const valid = validityOf(claim)
  const max_ledger = ground.ledger + valid.ledgers
  // The later of both clocks: ledger time stands still while the network does, and the worker's clock may be wrong.
  const max_time_seconds = Math.floor(Math.max(ground.ledgerTimeMs, context.nowMs) / 1000) + valid.seconds
  try {
    const built = buildTransaction({
      network_passphrase,
      source_account: numberedAccount(claim),
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
    return { ...built, id, max_ledger, signed_envelope_xdr: null }
  } catch (error) {
    if (!(error instanceof TransactionPlanError)) throw error
    return stop(context, 'operations_not_payable', error.message)
  }
}

function claimOf({ claimable_balance_id }: { readonly claimable_balance_id: string }): PlannedOperation {
  return { operation_type: 'claim_claimable_balance', claimable_balance_id }
}
