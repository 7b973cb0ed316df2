import { isPaydError, type PaydError, type PayrollRun } from '../../src/index.ts'
import type { Team, TeamMember } from './team.ts'

/** A calendar month. */
export interface Month {
  readonly period_start: string
  readonly period_end: string
  /** As people write it: `November 2026`. */
  readonly name: string
}

/** How often to look whether a run has ended, in ms: often, because the demo shows how fast it is. */
const LOOK_EVERY_MS = 100

/** Longest time for a run to end, in ms. Ten thousand people in one asset take a hundred ledgers. */
const RUN_DEADLINE_MS = 15 * 60_000

/** The month after the last one that has a payroll; the month of `now` when there is none. */
export async function nextUnpaidMonth(manager: TeamMember, now: Date): Promise<Month> {
  const { items } = await manager.payd.payrollRuns.list({}, { limit: 200 })
  const last = items
    .map((run) => run.period_end)
    .sort()
    .at(-1)
  const [year = now.getUTCFullYear(), month = now.getUTCMonth()] = last?.split('-').map(Number) ?? []
  return monthAt(year, month)
}

/** The month with this number, from 0; 12 is January of the next year. */
function monthAt(year: number, month: number): Month {
  const day = (date: Date): string => date.toISOString().slice(0, 10)
  const first = new Date(Date.UTC(year, month, 1))
  const name = first.toLocaleDateString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return { period_start: day(first), period_end: day(new Date(Date.UTC(year, month + 1, 0))), name }
}

/** A draft run for each asset; the issuer of XLM is empty. */
export async function createRuns(
  manager: TeamMember,
  month: Month,
  assets: readonly Pick<PayrollRun, 'asset_code' | 'asset_issuer'>[],
): Promise<PayrollRun[]> {
  const { period_start, period_end, name } = month
  const memo = `Salary ${name}`
  return await Promise.all(
    assets.map(({ asset_code, asset_issuer }) =>
      manager.payd.payrollRuns.create({ period_start, period_end, asset_code, asset_issuer, memo }),
    ),
  )
}

/**
 * Submits the runs as the manager, shows that the manager cannot approve them, and approves them as the admin. Returns the
 * refusal. Throws when the manager was let through.
 */
export async function approveByTwo({ admin, manager }: Team, runs: readonly PayrollRun[]): Promise<PaydError> {
  await Promise.all(runs.map((run) => manager.payd.payrollRuns.submit(run)))
  const seen = await Promise.all(runs.map((run) => admin.payd.payrollRuns.get(run.id)))
  const refusals = await Promise.all(seen.map((run) => refusalOf(manager, run)))
  await Promise.all(seen.map((run) => admin.payd.payrollRuns.approve(run)))
  const [refusal] = refusals
  if (refusal === undefined) throw new Error('There is no run to approve.')
  return refusal
}

async function refusalOf(submitter: TeamMember, run: PayrollRun): Promise<PaydError> {
  try {
    await submitter.payd.payrollRuns.approve(run)
  } catch (error) {
    if (isPaydError(error) && error.code === 'approver_is_submitter') return error
    throw error
  }
  throw new Error(`${submitter.email} submitted payroll run ${run.id} and was allowed to approve it.`)
}

/** Pays the runs and returns them once they have ended, completed or failed. */
export async function payRuns(manager: TeamMember, runs: readonly PayrollRun[]): Promise<PayrollRun[]> {
  await Promise.all(runs.map((run) => manager.payd.payrollRuns.disburse(run.id)))
  return await untilFinished(manager, runs)
}

/** The runs that are being paid at this moment. */
export async function runsInProgress(manager: TeamMember): Promise<readonly PayrollRun[]> {
  const { items } = await manager.payd.payrollRuns.list({ status: 'processing' })
  return items
}

/** The runs once they have ended. */
export async function untilFinished(manager: TeamMember, runs: readonly PayrollRun[]): Promise<PayrollRun[]> {
  return await Promise.all(
    runs.map((run) =>
      manager.payd.payrollRuns.waitUntilFinished(run.id, {
        intervalMs: LOOK_EVERY_MS,
        signal: AbortSignal.timeout(RUN_DEADLINE_MS),
      }),
    ),
  )
}
