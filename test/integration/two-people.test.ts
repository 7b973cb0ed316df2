import { afterAll, beforeAll, expect, test } from 'vitest'
import { attempt, type PayrollRun } from '../../src/index.ts'
import { aMember } from '../sdk/project.ts'
import { differences, disburseAll, finished, type ReadyPayroll, readyPayroll } from './payroll.ts'

let payroll: ReadyPayroll

beforeAll(async () => {
  payroll = await readyPayroll(12, 'two people')
})

afterAll(() => payroll?.stop())

test('a second submit, approve and disburse at the same moment change nothing: one winner, nothing doubled', async () => {
  const { team, sql } = payroll
  const { admin, manager } = team
  const approver = await aMember(payroll.stack, admin, 'manager')
  for (let round = 0; round < 25; round++) {
    const run = await manager.payd.payrollRuns.create(nextMonth(round))
    const submitted = await Promise.all([
      attempt(manager.payd.payrollRuns.submit(run)),
      attempt(admin.payd.payrollRuns.submit(run)),
    ])
    const winners = submitted.filter((result) => result.error === null)
    expect(winners).toHaveLength(1)
    expect(submitted.find((result) => result.error !== null)?.error?.code).toBe('payroll_run_not_draft')

    const seen = winners[0]?.data
    if (seen == null) throw new Error('The run was not submitted.')
    const approved = await Promise.all([1, 2, 3].map(() => approver.payd.payrollRuns.approve(seen)))
    expect(new Set(approved.map((one: PayrollRun) => one.approved_at)).size).toBe(1)
    const [approvals] =
      await sql`select count(*)::int as count from public.payroll_run_approvals where payroll_run_id = ${run.id}`
    expect(approvals?.count).toBe(1)
    const [items] = await sql`
      select count(*)::int as items, count(distinct employee_id)::int as employees from public.payroll_items where payroll_run_id = ${run.id}`
    expect(items?.items).toBe(items?.employees)
    const [approvedEvents] =
      await sql`select count(*)::int as count from public.events where type = 'payroll.approved' and resource_id = ${String(run.id)}`
    expect(approvedEvents?.count).toBe(1)
  }
})

test('two clicks on disburse pay once', async () => {
  await Promise.all([disburseAll(payroll), disburseAll(payroll)])
  await finished(payroll)
  expect(await differences(payroll)).toEqual([])
})

/** A month of its own for each round, because base pay is due once for the same days. */
function nextMonth(round: number): { readonly period_start: string; readonly period_end: string } {
  const day = (month: number, date: number): string => new Date(Date.UTC(2026, month, date)).toISOString().slice(0, 10)
  return { period_start: day(12 + round, 1), period_end: day(13 + round, 0) }
}
