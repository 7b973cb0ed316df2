import type { Amount } from '../core/amount.ts'
import { anyText, checkFields, checkValue, money, oneOf, optional, rowId, type Shape, someOf } from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import type { EmployeeId, PayrollItemId, PayrollRunId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import {
  PAYROLL_ITEMS_STATUS,
  type PayrollItem,
  type PayrollItemDetail,
  type PayrollItemStatus,
  type PayrollRun,
} from '../rows.ts'

/** Which items of a run to list. */
export interface PayrollItemFilter {
  readonly status?: PayrollItemStatus | readonly PayrollItemStatus[] | undefined
  readonly employee_id?: EmployeeId | undefined
}

/** The rules of `PayrollItemFilter`. */
export const payrollItemFilter: Shape<PayrollItemFilter> = {
  status: someOf(oneOf(PAYROLL_ITEMS_STATUS)),
  employee_id: optional(rowId),
}

/** One page of a run's items, ordered by employee. */
export async function items(
  client: PaydClient,
  runId: PayrollRunId,
  filter: PayrollItemFilter = {},
  options: PageOptions = {},
): Promise<Page<PayrollItem>> {
  return await listPage<PayrollItem>(client, itemsOf(runId, filter), options)
}

/** Every item of a run, ordered by employee, read page by page while the caller keeps asking. */
export function iterateItems(
  client: PaydClient,
  runId: PayrollRunId,
  filter: PayrollItemFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<PayrollItem, void, undefined> {
  return iterateList<PayrollItem>(client, itemsOf(runId, filter), options)
}

/** One page of a run's items with the names of their employees, ordered by employee. */
export async function itemDetails(
  client: PaydClient,
  runId: PayrollRunId,
  filter: PayrollItemFilter = {},
  options: PageOptions = {},
): Promise<Page<PayrollItemDetail>> {
  const list: List = { ...itemsOf(runId, filter), relation: 'payroll_item_details' }
  return await listPage<PayrollItemDetail>(client, list, options)
}

function itemsOf(runId: PayrollRunId, filter: PayrollItemFilter): List {
  const payroll_run_id = checkValue<number>('runId', runId, rowId)
  const { status, employee_id } = checkFields('the filter', filter, payrollItemFilter)
  return {
    relation: 'payroll_items',
    order: ['+employee_id', '+id'],
    things: `the items of payroll run ${runId}`,
    conditions: [
      ['eq', 'payroll_run_id', payroll_run_id],
      ['eq', 'status', status],
      ['eq', 'employee_id', employee_id],
    ],
  }
}

/** A bonus for one employee. */
export interface NewBonus {
  readonly employee_id: EmployeeId
  /** In the asset of the run, such as `"250.00"`. */
  readonly amount: Amount
  readonly description?: string | undefined
}

/** The rules of `NewBonus`. */
export const newBonus: Shape<NewBonus> = { employee_id: rowId, amount: money, description: optional(anyText) }

/**
 * Adds a bonus to a draft. A pending run goes back to draft, because the new content is not approved.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { addBonus, parseEmployeeId, parsePayrollRunId } from 'payd'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * export const thanks = () =>
 *   addBonus(supabase, parsePayrollRunId('7'), { employee_id: parseEmployeeId('12'), amount: '250.00', description: 'Thanks' })
 * ```
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_editable`, `employee_not_found`, `employee_not_payable`, `invalid_amount`,
 * `too_many_decimals`, `amount_not_positive`, `amount_too_large`, `idempotency_key_reused`.
 */
export async function addBonus(
  client: PaydClient,
  runId: PayrollRunId,
  bonus: NewBonus,
  options: CreateOptions = {},
): Promise<PayrollItem> {
  const fields = checkFields('the bonus', bonus, newBonus)
  const args = { payroll_run_id: checkValue('runId', runId, rowId) as PayrollRunId, ...fields }
  const request = call(client, 'add_bonus', { ...args, idempotency_key: idempotencyKey(options) })
  return await send<PayrollItem>(request.single(), { action: `add a bonus to payroll run ${runId}`, options })
}

/**
 * Removes an item from a draft and returns the run with its new totals. A pending run goes back to draft.
 *
 * Errors: `payroll_item_not_found`, `payroll_run_not_editable`.
 */
export async function removeItem(
  client: PaydClient,
  id: PayrollItemId,
  options: CallOptions = {},
): Promise<PayrollRun> {
  const request = call(client, 'remove_payroll_item', { payroll_item_id: checkValue('id', id, rowId) })
  // A second removal would find nothing, so a lost answer is reported and not repeated.
  return await send<PayrollRun>(request.single(), { action: `remove payroll item ${id}`, options, once: true })
}
