import { checkFields, oneOf, optional, rowId, type Shape, someOf } from '../core/check.ts'
import type { PaydClient } from '../core/client.ts'
import type { EmployeeId, PayrollRunId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { CLAIMABLE_BALANCES_STATUS, type ClaimableBalance, type ClaimableBalanceStatus } from '../rows.ts'

/** Which payments that wait to be claimed to list. */
export interface ClaimableBalanceFilter {
  readonly status?: ClaimableBalanceStatus | readonly ClaimableBalanceStatus[] | undefined
  readonly employee_id?: EmployeeId | undefined
  readonly payroll_run_id?: PayrollRunId | undefined
}

/** The rules of `ClaimableBalanceFilter`. */
export const claimableBalanceFilter: Shape<ClaimableBalanceFilter> = {
  status: someOf(oneOf(CLAIMABLE_BALANCES_STATUS)),
  employee_id: optional(rowId),
  payroll_run_id: optional(rowId),
}

/** One page of the payments that wait, or waited, until their claimant takes them, newest first. */
export async function list(
  client: PaydClient,
  filter: ClaimableBalanceFilter = {},
  options: PageOptions = {},
): Promise<Page<ClaimableBalance>> {
  return await listPage<ClaimableBalance>(client, claimableBalances(filter), options)
}

/** Every claimable balance that matches, newest first, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: ClaimableBalanceFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<ClaimableBalance, void, undefined> {
  return iterateList<ClaimableBalance>(client, claimableBalances(filter), options)
}

function claimableBalances(filter: ClaimableBalanceFilter): List {
  const { status, employee_id, payroll_run_id } = checkFields('the filter', filter, claimableBalanceFilter)
  return {
    relation: 'claimable_balances',
    order: ['-created_at', '-id'],
    things: 'claimable balances',
    conditions: [
      ['eq', 'status', status],
      ['eq', 'employee_id', employee_id],
      ['eq', 'payroll_run_id', payroll_run_id],
    ],
  }
}
