import { DatabaseError } from '../_shared/worker/database-error.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import type { Clock, Fetch, Log, Random } from '../_shared/worker/ports.ts'
import { horizonOpener, rpcOpener } from '../_shared/worker/provider.ts'
import type { ProviderBudget } from '../_shared/worker/provider-budget.ts'
import { startThroughChannel } from './channel.ts'
import { confirmChannels } from './confirm-channels.ts'
import type { DisburseDatabase, DisbursementClaim } from './database.ts'
import { inTurn } from './in-turn.ts'
import { keepLease, release } from './lease.ts'
import { answerPreflights } from './preflight.ts'
import { startTransaction } from './prepare.ts'
import type { Keyring } from './sign.ts'
import { STEP_OUTCOMES, type Step, type StepContext, type StepOutcome, step } from './step.ts'
import { continueTransaction } from './submit.ts'

export type DisbursePorts = {
  readonly clock: Clock
  readonly fetch: Fetch
  readonly random: Random
  readonly log: Log
  readonly database: DisburseDatabase
  readonly keyring: Keyring
  /** The requests that the providers allow; absent where their number is not limited. */
  readonly budget?: ProviderBudget
}

export type DisburseLimits = {
  /** After this time no further account is claimed. */
  readonly budgetMs: number
  /** After this time no provider is waited for. Together with the database calls it must stay below the platform's 150 s. */
  readonly deadlineMs: number
  /** Steps of one invocation; each is at most one transaction. */
  readonly maxSteps: number
  readonly leaseSeconds: number
  /** Source accounts and channel accounts that are worked on at the same time: as many as a treasury may have channels. */
  readonly lanes: number
}

export const DISBURSE_LIMITS: DisburseLimits = {
  budgetMs: 75_000,
  deadlineMs: 110_000,
  maxSteps: 100,
  leaseSeconds: 20,
  lanes: 20,
}

/** How many accounts were claimed, how many steps ended in which way, and how many pre-flight reports were finished. */
export type DisburseCounts = { readonly claimed: number; readonly reports: number } & Readonly<
  Record<StepOutcome, number>
>

const RECHECK_FAILED_SECONDS = 30
const RECHECK_CONTRADICTION_SECONDS = 60

/** The database refuses to believe an answer of a provider that contradicts an earlier one. */
const CONTRADICTIONS: ReadonlySet<string> = new Set([
  'ledger_contradicts',
  'outcome_conflicts',
  'source_account_held',
  'balance_unexplained',
])
/** Another account of the treasury was faster, or has something on its way; the database says what is left. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  'accounts_being_read',
  'operations_differ_from_plan',
  'payments_not_counted',
  'payroll_run_has_live_transaction',
  'channel_account_removed',
])
const RECHECK_OVERTAKEN_SECONDS = 1
const MAX_JITTER_SECONDS = 3

/**
 * Pays what is due: claims source accounts, several at the same time, and takes one step after the other on each, until no work is
 * due or the budget is used. Reads the ledger for pre-flight reports meanwhile. Safe to run at the same time as itself, and to be killed at any point: what was begun is continued from the database.
 * Throws {@link DatabaseError} when the database cannot be reached.
 */
export async function disburse(
  ports: DisbursePorts,
  limits: DisburseLimits = DISBURSE_LIMITS,
): Promise<DisburseCounts> {
  const startedAtMs = ports.clock.now()
  const untilMs = startedAtMs + limits.deadlineMs
  const openHorizon = horizonOpener(ports, { untilMs, isUrgent: true })
  const openReader = horizonOpener(ports, { untilMs })
  const openRpc = rpcOpener(ports, { untilMs })
  const turns = inTurn()
  const mayGoOn = () => ports.clock.now() - startedAtMs < limits.budgetMs
  const counts = new Map<StepOutcome, number>()
  let started = 0
  let claimed = 0
  const lanes: Promise<PromiseSettledResult<void>[]>[] = []

  const lane = async () => {
    while (started < limits.maxSteps && mayGoOn()) {
      started++
      const claim = await ports.database.claimDisbursement({ lease_seconds: limits.leaseSeconds })
      if (claim === null) {
        started--
        return
      }
      claimed++
      // Where one account has work, another may: an idle invocation asks once.
      if (lanes.length < limits.lanes) lanes.push(Promise.allSettled([lane()]))
      const { outcome } = await runStep(ports, claim, limits.leaseSeconds, (nowMs) => ({
        database: ports.database,
        keyring: ports.keyring,
        horizon: openHorizon(claim.horizon_url),
        secondHorizon: claim.second_horizon_url === null ? null : openHorizon(claim.second_horizon_url),
        openReader,
        openRpc,
        claim,
        nowMs,
        inTurn: turns,
        jitterSeconds: () => Math.floor(ports.random() * (MAX_JITTER_SECONDS + 1)),
      }))
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    }
  }

  const { database, keyring, log } = ports
  await confirmChannels({ database, keyring, log })
  lanes.push(Promise.allSettled([lane()]))
  const reporting = Promise.allSettled([
    answerPreflights({ log, database, keyring, openHorizon: openReader, openRpc, mayGoOn }),
  ])
  // Nothing goes on behind the answer: every lane ends, also when another could not reach the database. A lane that is at work
  // may still add others.
  const ends: PromiseSettledResult<unknown>[] = []
  for (let index = 0; index < lanes.length; index++) ends.push(...((await lanes[index]) ?? []))
  const [report] = await reporting
  const failure = [...ends, report].find((end) => end.status === 'rejected')
  if (failure?.status === 'rejected') throw failure.reason
  const reports = report.status === 'fulfilled' ? report.value : 0
  const outcomes = Object.fromEntries(STEP_OUTCOMES.map((outcome) => [outcome, counts.get(outcome) ?? 0]))
  return { claimed, reports, ...(outcomes as Record<StepOutcome, number>) }
}

async function runStep(
  ports: DisbursePorts,
  claim: DisbursementClaim,
  leaseSeconds: number,
  contextAt: (nowMs: number) => StepContext,
): Promise<Step> {
  const startedAtMs = ports.clock.now()
  let taken = step('failed', { nextCheckSeconds: RECHECK_FAILED_SECONDS })
  let failure: Readonly<Record<string, string | number>> = {}
  const lease = keepLease(ports, claim, leaseSeconds)
  try {
    const context = contextAt(startedAtMs)
    taken = await takeStep(context)
  } catch (error) {
    failure = failureFields(error)
    if (error instanceof DatabaseError && error.code === 'lease_lost') taken = step('lease_lost')
    if (error instanceof DatabaseError && OVERTAKEN.has(error.code)) {
      taken = step('waiting', { code: error.code, nextCheckSeconds: RECHECK_OVERTAKEN_SECONDS })
    }
    if (error instanceof DatabaseError && error.code === 'payroll_run_stopped') {
      taken = step('waiting', { code: error.code, nextCheckSeconds: RECHECK_FAILED_SECONDS })
    }
    if (error instanceof DatabaseError && CONTRADICTIONS.has(error.code)) {
      taken = step('ledger_contradicts', { code: error.code, nextCheckSeconds: RECHECK_CONTRADICTION_SECONDS })
      if (claim.transaction !== null) await holdQuietly(ports, claim, claim.transaction.id, error.code)
    }
    if (error instanceof DatabaseError && error.code === 'database_unreachable') throw error
  } finally {
    lease.end()
    ports.log({
      event: 'disburse.step',
      outcome: taken.outcome,
      payrollRunId: claim.payroll_run_id,
      transactionId: claim.transaction?.id ?? null,
      attempt: claim.transaction?.attempts ?? 0,
      code: taken.code,
      durationMs: ports.clock.now() - startedAtMs,
      ...failure,
    })
    await release(ports, claim, taken)
  }
  return taken
}

function takeStep(context: StepContext): Promise<Step> {
  const { transaction, channel_account } = context.claim
  if (transaction !== null) return continueTransaction(context, transaction)
  return channel_account === null ? startTransaction(context) : startThroughChannel(context, channel_account)
}

/** Holds a transaction about which a provider contradicts itself; what fails here is tried again at the next look. */
async function holdQuietly(ports: DisbursePorts, claim: DisbursementClaim, id: number, reason: string): Promise<void> {
  try {
    await ports.database.holdTransaction({ transaction_id: id, lease_token: claim.lease_token, reason })
  } catch (error) {
    ports.log({
      event: 'disburse.hold',
      outcome: 'failed',
      payrollRunId: claim.payroll_run_id,
      ...failureFields(error),
    })
  }
}
