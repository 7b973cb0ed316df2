import type { Amount } from '../core/amount.ts'
import {
  anyText,
  checkFields,
  checkValue,
  count,
  email,
  money,
  oneOf,
  optional,
  orNull,
  rowId,
  type Shape,
  someOf,
  text,
} from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey, readFrom, without } from '../core/command.ts'
import type { EmployeeId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import { EMPLOYEES_STATUS, type Employee, type EmployeeStatus } from '../rows.ts'

/** Which employees to list, and in which order. */
export interface EmployeeFilter {
  /** These employees, at most 100; those who were removed are among them. */
  readonly id?: EmployeeId | readonly EmployeeId[] | undefined
  readonly status?: EmployeeStatus | readonly EmployeeStatus[] | undefined
  readonly department?: string | readonly string[] | undefined
  /** Newest first, or by last and first name. Default `newest`. */
  readonly order?: 'newest' | 'name' | undefined
}

/** The rules of `EmployeeFilter`. */
export const employeeFilter: Shape<EmployeeFilter> = {
  id: someOf(rowId),
  status: someOf(oneOf(EMPLOYEES_STATUS)),
  department: someOf(text),
  order: optional(oneOf(['newest', 'name'])),
}

/** The columns of an employee; the search vector is for the database. */
const COLUMNS =
  'id,organization_id,auth_user_id,first_name,last_name,email,wallet_address,wallet_address_set_at,memo_type,memo,status,position,' +
  'department,salary,asset_code,asset_issuer,version,created_at,updated_at,deleted_at'

/** What an employee is created with. */
export interface NewEmployee {
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  readonly position?: string | null | undefined
  readonly department?: string | null | undefined
  /** Default `active`. */
  readonly status?: EmployeeStatus | undefined
  /** Base pay per period. */
  readonly salary?: Amount | null | undefined
  /** Default `XLM`. */
  readonly asset_code?: string | undefined
  /** The issuer's address; empty for XLM. */
  readonly asset_issuer?: string | undefined
  /** Where the employee is paid: a Stellar address, `G…`. */
  readonly wallet_address?: string | null | undefined
  /** What the receiver, often an exchange, asks to stand on a payment: a text of at most 28 bytes, or a number of 64 bits. */
  readonly memo?: string | null | undefined
  /** Default `text`; a memo of digits only could be either and needs it. */
  readonly memo_type?: 'text' | 'id' | undefined
}

/** The rules of `NewEmployee`. */
export const newEmployee: Shape<NewEmployee> = {
  first_name: text,
  last_name: text,
  email,
  position: optional(orNull(anyText)),
  department: optional(orNull(anyText)),
  status: optional(oneOf(EMPLOYEES_STATUS)),
  salary: optional(orNull(money)),
  asset_code: optional(text),
  asset_issuer: optional(anyText),
  wallet_address: optional(orNull(anyText)),
  memo: optional(orNull(anyText)),
  memo_type: optional(oneOf(['text', 'id'])),
}

/** What to change of an employee; what is left out stays, and null takes away what an employee can be without. */
export type EmployeeChanges = Partial<NewEmployee>

/** The rules of `EmployeeChanges`. */
export const employeeChanges: Shape<EmployeeChanges> = {
  ...newEmployee,
  first_name: optional(text),
  last_name: optional(text),
  email: optional(email),
}

/**
 * One page of the organization's employees, newest first or by name. Those who were removed are listed only where the filter names them.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { listEmployees } from 'payd'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * export async function firstTwoPages() {
 *   const first = await listEmployees(supabase, { status: 'active' }, { limit: 20 })
 *   const second = await listEmployees(supabase, { status: 'active' }, { limit: 20, after: first.nextCursor })
 *   return [...first.items, ...second.items]
 * }
 * ```
 *
 * Errors: `invalid_choice`, `invalid_limit`, `invalid_cursor`, `no_organization`, `not_your_organization`.
 */
export async function list(
  client: PaydClient,
  filter: EmployeeFilter = {},
  options: PageOptions = {},
): Promise<Page<Employee>> {
  return await listPage<Employee>(client, employees(filter), options)
}

/** Every employee that matches, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: EmployeeFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<Employee, void, undefined> {
  return iterateList<Employee>(client, employees(filter), options)
}

function employees(filter: EmployeeFilter): List {
  const { id, status, department, order } = checkFields('the filter', filter, employeeFilter)
  return {
    relation: 'employees',
    columns: COLUMNS,
    order: order === 'name' ? ['+last_name', '+first_name', '+id'] : ['-created_at', '-id'],
    things: 'employees',
    conditions: [
      ['is', 'deleted_at', id === undefined ? null : undefined],
      ['eq', 'id', id],
      ['eq', 'status', status],
      ['eq', 'department', department],
    ],
  }
}

/** One employee, also one who was removed. Throws `not_found` for one of another organization as for one that never existed. */
export async function get(client: PaydClient, id: EmployeeId, options: CallOptions = {}): Promise<Employee> {
  const request = readFrom(client, 'employees', COLUMNS).eq('id', checkValue('id', id, rowId))
  return await send<Employee>(request.single(), { action: `read employee ${id}`, options })
}

/** How to search. */
export interface SearchOptions extends CallOptions {
  /** At most so many, 1 to 200. Default 20. */
  readonly limit?: number | undefined
}

/**
 * The newest employees whose name, e-mail, position or department has all of the words, each from its beginning.
 *
 * Errors: `search_too_short`, `no_organization`.
 */
export async function search(client: PaydClient, words: string, options: SearchOptions = {}): Promise<Employee[]> {
  const args = {
    words: checkValue('words', words, text),
    max_rows: checkValue('limit', options?.limit, optional(count)),
  }
  const found = await send<Employee[]>(call(client, 'search_employees', args), { action: 'search employees', options })
  return found.map((employee) => without(employee, 'search_vector'))
}

/**
 * Adds an employee, by the same rules as an import. For managers.
 *
 * Errors: `role_too_low`, `email_taken`, `invalid_email`, `invalid_amount`, `too_many_decimals`, `invalid_asset_code`, `invalid_asset_issuer`,
 * `invalid_wallet_address`, `secret_key_refused`, `text_too_long`, `idempotency_key_reused`.
 */
export async function create(
  client: PaydClient,
  employee: NewEmployee,
  options: CreateOptions = {},
): Promise<Employee> {
  const fields = { ...checkFields('the employee', employee, newEmployee) }
  const request = call(client, 'create_employee', { fields, idempotency_key: idempotencyKey(options) })
  return without(await send<Employee>(request.single(), { action: 'add the employee', options }), 'search_vector')
}

/**
 * Changes an employee that was looked at: pass the employee as it was shown, so that a change somebody made meanwhile is not
 * overwritten. A new payout address waits as the organization has chosen. For managers.
 *
 * Errors: `role_too_low`, `employee_not_found`, `version_outdated`, and those of `createEmployee`.
 */
export async function update(
  client: PaydClient,
  seen: Pick<Employee, 'id' | 'version'>,
  changes: EmployeeChanges,
  options: CallOptions = {},
): Promise<Employee> {
  const fields = { ...checkFields('the changes', changes, employeeChanges) }
  const id = checkValue('id', seen?.id, rowId) as EmployeeId
  const args = { employee_id: id, expected_version: checkValue('version', seen?.version, count), fields }
  const employee = await send<Employee>(call(client, 'update_employee', args).single(), {
    // A second time would meet the version that the first one made.
    ...{ action: `change employee ${id}`, options, once: true },
  })
  return without(employee, 'search_vector')
}

/**
 * Removes an employee, who is kept for the books and can be hired again under the same e-mail. For managers.
 *
 * Errors: `role_too_low`, `employee_not_found`, `employee_has_unpaid_items`.
 */
export async function remove(client: PaydClient, id: EmployeeId, options: CallOptions = {}): Promise<Employee> {
  const request = call(client, 'remove_employee', { employee_id: checkValue('id', id, rowId) })
  const employee = await send<Employee>(request.single(), { action: `remove employee ${id}`, options, once: true })
  return without(employee, 'search_vector')
}
