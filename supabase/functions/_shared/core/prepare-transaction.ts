import { buildTransaction } from '../stellar/build.ts'
import type { HorizonAnswer } from '../stellar/horizon.ts'
import type { AccountState, FeeStats, NetworkRoot } from '../stellar/horizon-records.ts'
import { MAX_OPERATIONS, TransactionPlanError } from '../stellar/plan.ts'
import type { EmployeeOperation } from './database.ts'
import { providerUnavailable, type Step, type StepContext, step, stop } from './disburse-step.ts'
import { checkNetwork, retryAfterOf } from './network.ts'
import { signAndSubmit } from './submit-transaction.ts'

// About two minutes of ledgers: long enough for several attempts, short enough that its end can soon be proven.
const VALID_LEDGERS = 20
// Later than the ledgers need, because the ledger bound is the one whose passing a provider can prove.
const VALID_SECONDS = 300

const MIN_BID_STROOPS = 1_000n
const RECHECK_EMPTY_PLAN_SECONDS = 5

/** Prepares, stores, signs and submits the next transaction of a run that has none on its way. */
export async function startTransaction(context: StepContext): Promise<Step> {
  const { claim, database, keyring, horizon } = context
  const operations = await database.planOperations(claim.payrollRunId, claim.leaseToken, MAX_OPERATIONS)
  // The database has just ended the run, if it was at its end.
  if (operations.length === 0) return step('nothing_left', { nextCheckSeconds: RECHECK_EMPTY_PLAN_SECONDS })

  if (!keyring.has(claim.sourceAccount)) {
    return stop(context, 'signing_key_missing', `PAYD_SIGNING_KEYS has no key for the account ${claim.sourceAccount}.`)
  }
  const [root, account, fees] = await Promise.all([
    horizon.root(),
    horizon.account(claim.sourceAccount),
    horizon.feeStats(),
  ])
  const ground = await groundOf(context, root, account)
  if ('outcome' in ground) return ground

  try {
    return await prepareAndSubmit(context, operations, { ...ground, feePerOperationStroops: bidOf(context, fees) })
  } catch (error) {
    if (!(error instanceof TransactionPlanError)) throw error
    return stop(context, 'operations_not_payable', error.message)
  }
}

/** The facts of the ledger that a transaction is built on. */
type Ground = { readonly sequence: bigint; readonly ledger: number; readonly ledgerTimeMs: number }

async function groundOf(
  context: StepContext,
  rootAnswer: HorizonAnswer<NetworkRoot>,
  account: HorizonAnswer<AccountState>,
): Promise<Ground | Step> {
  const { claim } = context
  const network = checkNetwork(rootAnswer, claim.networkPassphrase)
  if (network.kind === 'unknown') return providerUnavailable(context, 'root_unknown', network.retryAfterSeconds)
  if (network.kind === 'other') {
    return stop(context, 'network_mismatch', 'The Horizon server of this project serves another Stellar network.')
  }
  // One instance may not know yet an account that another has created; only one that is up to date may say it is missing.
  if (account.kind === 'not_found' && (account.latestLedger ?? 0) >= network.root.latestLedger) {
    return stop(
      context,
      'source_account_not_found',
      `The account ${claim.sourceAccount} does not exist on this network.`,
    )
  }
  if (account.kind !== 'answered' || account.value.ledger === null || account.value.accountId !== claim.sourceAccount) {
    return providerUnavailable(context, `account_${account.kind}`, retryAfterOf(account))
  }
  const observed = BigInt(account.value.sequence)
  const used = context.usedSequences.get(claim.sourceAccount) ?? 0n
  return {
    sequence: (observed > used ? observed : used) + 1n,
    ledger: Math.max(account.value.ledger, network.root.latestLedger),
    ledgerTimeMs: network.root.latestLedgerClosedAtMs,
  }
}

/** Twice what nearly everybody pays, within the operator's limit: the network charges the market price, not the bid. */
function bidOf(context: StepContext, fees: HorizonAnswer<FeeStats>): bigint {
  const wanted = fees.kind === 'answered' ? fees.value.p95FeeChargedStroops * 2n : MIN_BID_STROOPS
  const bid = wanted > MIN_BID_STROOPS ? wanted : MIN_BID_STROOPS
  return bid < context.claim.maxFeeStroops ? bid : context.claim.maxFeeStroops
}

async function prepareAndSubmit(
  context: StepContext,
  operations: readonly EmployeeOperation[],
  ground: Ground & { readonly feePerOperationStroops: bigint },
): Promise<Step> {
  const { claim, database } = context
  const maxLedger = ground.ledger + VALID_LEDGERS
  // The later of both clocks: ledger time stands still while the network does, and the worker's clock may be wrong.
  const maxTimeSeconds = Math.floor(Math.max(ground.ledgerTimeMs, context.nowMs) / 1000) + VALID_SECONDS
  const built = buildTransaction({
    networkPassphrase: claim.networkPassphrase,
    sourceAccount: claim.sourceAccount,
    sequence: ground.sequence.toString(),
    feePerOperationStroops: ground.feePerOperationStroops,
    maxLedger,
    maxTimeSeconds,
    memo: claim.memo,
    operations,
  })
  const id = await database.persistTransaction(claim.payrollRunId, claim.leaseToken, {
    hash: built.hash,
    envelopeXdr: built.unsignedXdr,
    sequence: built.sequence,
    feeBidStroops: built.feeBidStroops,
    maxLedger,
    maxTimeSeconds,
    operations,
  })
  return signAndSubmit(context, {
    id,
    hash: built.hash,
    sequence: built.sequence,
    maxLedger,
    envelopeXdr: built.unsignedXdr,
    signedEnvelopeXdr: null,
  })
}
