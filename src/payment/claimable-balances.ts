import { checkFields, checkValue, oneOf, optional, rowId, type Shape, someOf } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call } from '../core/command.ts'
import type { ClaimableBalanceId, EmployeeId, PayrollRunId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
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

/**
 * Takes back what an employee did not claim, once its `reclaimable_at` has come: the worker claims it for the treasury account that
 * paid it. It becomes a refund among the transactions, `status` becomes `reclaimed`, and the item of the run says so. The
 * employee is paid again only with a new item in an approved run. Asking twice is one wish, so a retry is safe.
 *
 * Errors: `role_too_low`, `claimable_balance_not_found`, `claimable_balance_ended`, `claimable_balance_not_reclaimable`,
 * `claimable_balance_reclaimable_later`.
 */
export async function reclaim(
  client: PaydClient,
  id: ClaimableBalanceId,
  options: CallOptions = {},
): Promise<ClaimableBalance> {
  const request = call(client, 'reclaim_claimable_balance', { claimable_balance_id: checkValue('id', id, rowId) })
  return await send<ClaimableBalance>(request.single(), { action: `take claimable balance ${id} back`, options })
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
