import { type CallOptions, type CreateOptions, idempotencyKey, type PaydClient, run } from './client.ts'
import { PAYROLL_ITEM_COLUMNS, PAYROLL_RUN_COLUMNS } from './columns.ts'
import type { Amount, PayrollItem, PayrollRun } from './database.ts'
import type { EmployeeId, PayrollItemId, PayrollRunId } from './ids.ts'
import { iteratePages, listPage, type Page, type PageOptions } from './pages.ts'

/** Which items of a run to list. */
export interface PayrollItemFilter {
  readonly status?: PayrollItem['status'] | undefined
}

/** One page of a run's items, ordered by employee. */
export async function listPayrollItems(
  client: PaydClient,
  runId: PayrollRunId,
  filter: PayrollItemFilter = {},
  options: PageOptions = {},
): Promise<Page<PayrollItem>> {
  const { status } = filter
  return await listPage<PayrollItem, 'employee_id'>(
    client,
    {
      table: 'payroll_items',
      columns: PAYROLL_ITEM_COLUMNS,
      orderBy: { column: 'employee_id', ascending: true },
      things: `the items of payroll run ${runId}`,
      narrow: (query) => {
        const ofRun = query.eq('payroll_run_id', runId)
        return status === undefined ? ofRun : ofRun.eq('status', status)
      },
    },
    options,
  )
}

/** Every item of a run, ordered by employee, read page by page while the caller keeps asking. */
export function iteratePayrollItems(
  client: PaydClient,
  runId: PayrollRunId,
  filter: PayrollItemFilter = {},
  options: Omit<PageOptions, 'after'> = {},
): AsyncGenerator<PayrollItem, void, undefined> {
  return iteratePages((after) => listPayrollItems(client, runId, filter, { limit: 200, ...options, after }))
}

/** A bonus for one employee. */
export interface NewBonus {
  readonly employee_id: EmployeeId
  /** In the asset of the run, such as `"250.00"`. */
  readonly amount: Amount
  readonly description?: string | undefined
}

/**
 * Adds a bonus to a draft. A pending run goes back to draft, because nobody approved the new content.
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
  return await run<PayrollItem>(client, {
    name: 'add_bonus',
    args: { payroll_run_id: runId, ...bonus, idempotency_key: idempotencyKey(options) },
    columns: PAYROLL_ITEM_COLUMNS,
    repeatable: true,
    action: `add a bonus to payroll run ${runId}`,
    options,
  })
}

/**
 * Removes an item from a draft and returns the run with its new totals. A pending run goes back to draft.
 *
 * Errors: `payroll_item_not_found`, `payroll_run_not_editable`.
 */
export async function removePayrollItem(
  client: PaydClient,
  id: PayrollItemId,
  options: CallOptions = {},
): Promise<PayrollRun> {
  return await run<PayrollRun>(client, {
    name: 'remove_payroll_item',
    args: { payroll_item_id: id },
    columns: PAYROLL_RUN_COLUMNS,
    // A second removal would find nothing, so a lost answer is reported and not repeated.
    repeatable: false,
    action: `remove payroll item ${id}`,
    options,
  })
}
