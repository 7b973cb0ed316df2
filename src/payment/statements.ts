import { checkFields, instant, optional, rowId, type Shape, text } from '../core/check.ts'
import type { PaydClient } from '../core/client.ts'
import type { EmployeeId, PayrollRunId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import type { StatementLine } from '../rows.ts'

/** Which payments to list. */
export interface StatementFilter {
  readonly employee_id?: EmployeeId | undefined
  readonly payroll_run_id?: PayrollRunId | undefined
  readonly asset_code?: string | undefined
  /** Paid at this instant or later. */
  readonly from?: string | undefined
  /** Paid before this instant. */
  readonly before?: string | undefined
}

/** The rules of `StatementFilter`. */
export const statementFilter: Shape<StatementFilter> = {
  employee_id: optional(rowId),
  payroll_run_id: optional(rowId),
  asset_code: optional(text),
  from: optional(instant),
  before: optional(instant),
}

/** One page of the payments that are in the ledger, newest first: what an auditor compares with the ledger. */
export async function list(
  client: PaydClient,
  filter: StatementFilter = {},
  options: PageOptions = {},
): Promise<Page<StatementLine>> {
  return await listPage<StatementLine>(client, statementLines(filter), options)
}

/** Every payment that matches, newest first, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: StatementFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<StatementLine, void, undefined> {
  return iterateList<StatementLine>(client, statementLines(filter), options)
}

function statementLines(filter: StatementFilter): List {
  const { employee_id, payroll_run_id, asset_code, from, before } = checkFields('the filter', filter, statementFilter)
  return {
    relation: 'organization_statements',
    order: ['-closed_at', '+tx_hash', '+operation_index'],
    things: 'payments',
    conditions: [
      ['eq', 'employee_id', employee_id],
      ['eq', 'payroll_run_id', payroll_run_id],
      ['eq', 'asset_code', asset_code],
      ['gte', 'closed_at', from],
      ['lt', 'closed_at', before],
    ],
  }
}
