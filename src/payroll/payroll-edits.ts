import type { Amount } from '../core/amount.ts'
import {
  anyText,
  checkFields,
  checkValue,
  count,
  day,
  money,
  optional,
  orNull,
  rowId,
  type Shape,
  text,
  word,
} from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient, Query } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import type { EmployeeId, PayrollItemId, PayrollRunId, UserId } from '../core/ids.ts'
import { type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import { sendAll } from '../core/send-all.ts'
import type { PayrollItem, PayrollItemEdit, PayrollRun } from '../rows.ts'

/** What every edit of a draft takes. A pending run that is edited goes back to draft, because the new content is not approved. */
export interface EditOptions extends CallOptions {
  /** Why, for the approvers. */
  readonly reason?: string | undefined
  /** The `version` of the run that was shown: an edit that somebody made meanwhile is not overwritten. */
  readonly expectedVersion?: number | undefined
}

/** What of a draft to change; what is left out stays. */
export interface PayrollRunEdits {
  readonly period_start?: string | undefined
  readonly period_end?: string | undefined
  readonly asset_code?: string | undefined
  readonly asset_issuer?: string | undefined
  readonly memo?: string | null | undefined
}

/** The rules of `PayrollRunEdits`. */
export const payrollRunEdits: Shape<PayrollRunEdits> = {
  period_start: optional(day),
  period_end: optional(day),
  asset_code: optional(text),
  asset_issuer: optional(anyText),
  memo: optional(orNull(anyText)),
}

/** Base pay for one more person. */
export interface NewBasePay {
  readonly employee_id: EmployeeId
  /** Default: what the salary gives for the period. */
  readonly amount?: Amount | undefined
}

/** The rules of `NewBasePay`. */
export const newBasePay: Shape<NewBasePay> = { employee_id: rowId, amount: optional(money) }

/** Which differences of a run to read. */
export interface PayrollRunChangesOptions extends CallOptions {
  /** Only differences of this kind. */
  readonly only?: PayrollRunChange['kind'] | undefined
  /** All differences but those of this kind. In the first run of a company everybody is `new`. */
  readonly except?: PayrollRunChange['kind'] | undefined
  /** At most so many, in the order of their kinds and people. Default: all. */
  readonly limit?: number | undefined
}

const payrollRunChangesOptions: Shape<Pick<PayrollRunChangesOptions, 'only' | 'except' | 'limit'>> = {
  only: optional(word),
  except: optional(word),
  limit: optional(count),
}

/** One difference between a run and what was paid before; which fields it has depends on `kind`. */
export interface PayrollRunChange {
  readonly kind:
    | 'new'
    | 'left'
    | 'amount'
    | 'address'
    | 'shared_address'
    | 'item_added'
    | 'item_changed'
    | 'item_removed'
    | (string & {})
  readonly employee_id: EmployeeId
  readonly first_name: string | null
  readonly last_name: string | null
  readonly old_amount: Amount | null
  readonly new_amount: Amount | null
  readonly old_address: string | null
  readonly new_address: string | null
  readonly is_first_payment_to_address: boolean | null
  readonly changed_by: UserId | null
  readonly changed_by_email: string | null
  readonly changed_at: string | null
  readonly reason: string | null
  readonly other_employee_ids: readonly EmployeeId[] | null
}

/**
 * What an approver should look at: people who are new or left, amounts and addresses that changed since each person was last paid, and
 * what was edited by hand.
 *
 * Errors: `payroll_run_not_found`.
 */
export async function changes(
  client: PaydClient,
  id: PayrollRunId,
  options: PayrollRunChangesOptions = {},
): Promise<PayrollRunChange[]> {
  const payroll_run_id = checkValue('id', id, rowId)
  // JavaScript may give null.
  const { only, except, limit } = options ?? {}
  checkFields('the options', { only, except, limit }, payrollRunChangesOptions)
  if (limit === 0) return []
  const about = { action: `read what changed in payroll run ${id}`, options }
  const order = ['kind', 'employee_id', 'changed_at', 'reason']
  const ask = (): Query => {
    const all = call(client, 'payroll_run_changes', { payroll_run_id })
    if (only !== undefined) return all.eq('kind', only)
    return except === undefined ? all : all.or(`kind.neq.${except}`)
  }
  return await sendAll<PayrollRunChange>(ask, order, about, limit)
}

/** One page of what was edited by hand in a run, newest first. */
export async function edits(
  client: PaydClient,
  id: PayrollRunId,
  options: PageOptions = {},
): Promise<Page<PayrollItemEdit>> {
  const conditions = [['eq', 'payroll_run_id', checkValue('id', id, rowId)] as const]
  const list: List = {
    relation: 'payroll_item_edits',
    order: ['-id'],
    conditions,
    things: `the edits of payroll run ${id}`,
  }
  return await listPage<PayrollItemEdit>(client, list, options)
}

/**
 * Changes the period, the asset or the memo of a draft that was looked at: pass the run as it was shown. For managers.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_editable`, `payroll_run_outdated`, `period_reversed`, `payroll_run_has_edits`.
 */
export async function update(
  client: PaydClient,
  seen: Pick<PayrollRun, 'id' | 'version'>,
  changed: PayrollRunEdits,
  options: CallOptions = {},
): Promise<PayrollRun> {
  const fields = { ...checkFields('the changes', changed, payrollRunEdits) }
  const id = checkValue('id', seen?.id, rowId) as PayrollRunId
  const args = { payroll_run_id: id, expected_version: checkValue('version', seen?.version, count), fields }
  // A second time would meet the version that the first one made.
  const about = { action: `change payroll run ${id}`, options, once: true }
  return await send<PayrollRun>(call(client, 'update_payroll_run', args).single(), about)
}

/**
 * Adds one person to a draft, with the salary for the period or another amount. For managers.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_editable`, `employee_not_found`, `employee_not_payable`, `employee_in_payroll_run`,
 * `amount_reason_missing`, `idempotency_key_reused`.
 */
export async function addBasePay(
  client: PaydClient,
  runId: PayrollRunId,
  pay: NewBasePay,
  options: EditOptions & CreateOptions = {},
): Promise<PayrollItem> {
  const fields = checkFields('the base pay', pay, newBasePay)
  const args = { payroll_run_id: checkValue('runId', runId, rowId) as PayrollRunId, ...fields, ...editOf(options) }
  const request = call(client, 'add_base_pay', { ...args, idempotency_key: idempotencyKey(options) })
  return await send<PayrollItem>(request.single(), { action: `add base pay to payroll run ${runId}`, options })
}

/**
 * Changes the amount of an item of a draft, with a reason; null lets base pay follow the salary again. For managers.
 *
 * Errors: `payroll_item_not_found`, `payroll_run_not_editable`, `payroll_run_outdated`, `amount_reason_missing`, `bonus_amount_missing`.
 */
export async function changeItem(
  client: PaydClient,
  id: PayrollItemId,
  amount: Amount | null,
  options: EditOptions = {},
): Promise<PayrollItem> {
  const args = {
    payroll_item_id: checkValue('id', id, rowId) as PayrollItemId,
    // The generated type does not know that null means the salary.
    amount: checkValue('amount', amount, orNull(money)) as Amount,
    ...editOf(options),
  }
  const about = { action: `change payroll item ${id}`, options, once: options?.expectedVersion !== undefined }
  return await send<PayrollItem>(call(client, 'change_payroll_item', args).single(), about)
}

/**
 * Leaves one person out of a draft, base pay and bonuses. For managers.
 *
 * Errors: `payroll_run_not_found`, `payroll_run_not_editable`, `payroll_run_outdated`, `employee_not_in_payroll_run`.
 */
export async function removeEmployee(
  client: PaydClient,
  runId: PayrollRunId,
  employeeId: EmployeeId,
  options: EditOptions = {},
): Promise<PayrollRun> {
  const args = {
    payroll_run_id: checkValue('runId', runId, rowId) as PayrollRunId,
    employee_id: checkValue('employeeId', employeeId, rowId) as EmployeeId,
    ...editOf(options),
  }
  const about = { action: `leave employee ${employeeId} out of payroll run ${runId}`, options, once: true }
  return await send<PayrollRun>(call(client, 'remove_employee_from_payroll_run', args).single(), about)
}

/** Brings a draft to the present salaries and addresses; amounts by hand stay. Errors: `payroll_run_not_editable`, `payroll_run_outdated`. */
export async function refresh(client: PaydClient, id: PayrollRunId, options: EditOptions = {}): Promise<PayrollRun> {
  const { expected_version } = editOf(options)
  const request = call(client, 'refresh_payroll_run', { payroll_run_id: checkValue('id', id, rowId), expected_version })
  const about = { action: `bring payroll run ${id} up to date`, options, once: expected_version !== undefined }
  return await send<PayrollRun>(request.single(), about)
}

/** Puts a draft or a pending run away; it pays nothing and can be restored. Errors: `payroll_run_not_editable`, `payroll_run_outdated`. */
export async function discard(client: PaydClient, id: PayrollRunId, options: EditOptions = {}): Promise<PayrollRun> {
  const request = call(client, 'discard_payroll_run', {
    payroll_run_id: checkValue('id', id, rowId),
    ...editOf(options),
  })
  return await send<PayrollRun>(request.single(), { action: `discard payroll run ${id}`, options, once: true })
}

/** Makes a discarded run a draft again. For managers. Errors: `payroll_run_not_found`, `payroll_run_not_discarded`. */
export async function restore(client: PaydClient, id: PayrollRunId, options: CallOptions = {}): Promise<PayrollRun> {
  const request = call(client, 'restore_payroll_run', { payroll_run_id: checkValue('id', id, rowId) })
  return await send<PayrollRun>(request.single(), { action: `restore payroll run ${id}`, options, once: true })
}

function editOf(options: EditOptions): { reason: string | undefined; expected_version: number | undefined } {
  return {
    reason: checkValue('reason', options?.reason, optional(anyText)),
    expected_version: checkValue('expectedVersion', options?.expectedVersion, optional(count)),
  }
}
