import { DatabaseError } from '../_shared/worker/database-error.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import type { Clock, Fetch, Log, Random } from '../_shared/worker/ports.ts'
import { horizonOpener } from '../_shared/worker/provider.ts'
import type { ProviderBudget } from '../_shared/worker/provider-budget.ts'
import type { DisburseDatabase, DisbursementClaim } from './database.ts'
import { keepLease, release } from './lease.ts'
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
}

export const DISBURSE_LIMITS: DisburseLimits = {
  budgetMs: 75_000,
  deadlineMs: 110_000,
  maxSteps: 50,
  leaseSeconds: 20,
}

/** How many accounts were claimed, and how many steps ended in which way. */
export type DisburseCounts = { readonly claimed: number } & Readonly<Record<StepOutcome, number>>

const RECHECK_FAILED_SECONDS = 30
const RECHECK_CONTRADICTION_SECONDS = 60

/** The database refuses to believe an answer of a provider that contradicts an earlier one. */
const CONTRADICTIONS: ReadonlySet<string> = new Set(['ledger_contradicts', 'outcome_conflicts'])
const MAX_JITTER_SECONDS = 3

/**
 * Pays what is due: claims one source account after the other and takes one step on each, until no work is due or the budget is
 * used. Safe to run at the same time as itself, and to be killed at any point: what was begun is continued from the database.
 * Throws {@link DatabaseError} when the database cannot be reached.
 */
export async function disburse(
  ports: DisbursePorts,
  limits: DisburseLimits = DISBURSE_LIMITS,
): Promise<DisburseCounts> {
  const startedAtMs = ports.clock.now()
  const openHorizon = horizonOpener(ports, { untilMs: startedAtMs + limits.deadlineMs, isUrgent: true })
  const counts = new Map<StepOutcome, number>()
  let claimed = 0

  while (claimed < limits.maxSteps && ports.clock.now() - startedAtMs < limits.budgetMs) {
    const claim = await ports.database.claimDisbursement({ lease_seconds: limits.leaseSeconds })
    if (claim === null) break
    claimed++
    const { outcome } = await runStep(ports, claim, limits.leaseSeconds, (nowMs) => ({
      database: ports.database,
      keyring: ports.keyring,
      horizon: openHorizon(claim.horizon_url),
      secondHorizon: claim.second_horizon_url === null ? null : openHorizon(claim.second_horizon_url),
      claim,
      nowMs,
      jitterSeconds: () => Math.floor(ports.random() * (MAX_JITTER_SECONDS + 1)),
    }))
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  const outcomes = Object.fromEntries(STEP_OUTCOMES.map((outcome) => [outcome, counts.get(outcome) ?? 0]))
  return { claimed, ...(outcomes as Record<StepOutcome, number>) }
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
    taken = await (claim.transaction === null
      ? startTransaction(context)
      : continueTransaction(context, claim.transaction))
  } catch (error) {
    failure = failureFields(error)
    if (error instanceof DatabaseError && error.code === 'lease_lost') taken = step('lease_lost')
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
