import { type ImportReport, type PayrollRun, parseAmount } from '../../src/index.ts'
import type { TeamMember } from './team.ts'

/** Someone who was not paid, and why. */
export interface Unpaid {
  readonly email: string
  /** Line in the file. */
  readonly line: number
  readonly code: string
  readonly reason: string
}

/** How a run ended. */
export interface RunOutcome {
  readonly run: PayrollRun
  readonly paidEmployees: number
  /** Stroops. */
  readonly paidAmount: bigint
  readonly unpaid: readonly Unpaid[]
  /** Transactions that paid, and transactions that failed as a whole and were built anew without the cause. */
  readonly transactions: { readonly applied: number; readonly failed: number }
  /** Ledgers that hold them. */
  readonly ledgers: readonly number[]
}

/** What the rows of PayD say about a run that has ended. */
export async function readOutcome({ payd }: TeamMember, run: PayrollRun, report: ImportReport): Promise<RunOutcome> {
  const rowOf = new Map(report.rows.map((row) => [row.employee_id, row]))
  const paid = new Set<number>()
  const unpaid: Unpaid[] = []
  let paidAmount = 0n
  for await (const item of payd.payrollRuns.iterateItems(run.id)) {
    if (item.status === 'completed') {
      paid.add(item.employee_id)
      paidAmount += parseAmount(item.amount)
      continue
    }
    const row = rowOf.get(item.employee_id)
    unpaid.push({
      email: row?.email ?? `employee ${item.employee_id}`,
      line: row?.line ?? 0,
      code: item.failure_code ?? run.failure_code ?? 'not_paid',
      reason: item.failure_reason ?? run.failure_reason ?? `The payroll run is ${run.status}.`,
    })
  }
  const ledgers: number[] = []
  const transactions = { applied: 0, failed: 0 }
  for await (const { submission_state, ledger } of payd.transactions.iterate({ payroll_run_id: run.id })) {
    if (submission_state === 'applied') transactions.applied += 1
    else transactions.failed += 1
    if (ledger !== null) ledgers.push(ledger)
  }
  return { run, paidEmployees: paid.size, paidAmount, unpaid, transactions, ledgers }
}
