import { checkFields, oneOf, optional, rowId, type Shape, someOf } from '../core/check.ts'
import type { PaydClient } from '../core/client.ts'
import type { EmployeeId, PayrollRunId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { PAYROLL_ITEMS_STATUS, type PayrollItemStatus, type Payslip } from '../rows.ts'

/** Which payslips to list. Name a run or an employee: all payslips of a large company take long. */
export interface PayslipFilter {
  readonly payroll_run_id?: PayrollRunId | undefined
  readonly employee_id?: EmployeeId | undefined
  readonly status?: PayrollItemStatus | readonly PayrollItemStatus[] | undefined
}

/** The rules of `PayslipFilter`. */
export const payslipFilter: Shape<PayslipFilter> = {
  payroll_run_id: optional(rowId),
  employee_id: optional(rowId),
  status: someOf(oneOf(PAYROLL_ITEMS_STATUS)),
}

/** One page of payslips, the newest run first: what each person gets in each run, base and bonus in one sum. */
export async function list(
  client: PaydClient,
  filter: PayslipFilter = {},
  options: PageOptions = {},
): Promise<Page<Payslip>> {
  return await listPage<Payslip>(client, payslips(filter), options)
}

/** Every payslip that matches, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: PayslipFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<Payslip, void, undefined> {
  return iterateList<Payslip>(client, payslips(filter), options)
}

function payslips(filter: PayslipFilter): List {
  const { payroll_run_id, employee_id, status } = checkFields('the filter', filter, payslipFilter)
  return {
    relation: 'payslips',
    order: ['-payroll_run_id', '+employee_id'],
    things: 'payslips',
    conditions: [
      ['eq', 'payroll_run_id', payroll_run_id],
      ['eq', 'employee_id', employee_id],
      ['eq', 'status', status],
    ],
  }
}
