import {
  checkFields,
  checkValue,
  count,
  flag,
  oneOf,
  optional,
  rowId,
  type Shape,
  someOf,
  text,
} from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call, readFrom, without } from '../core/command.ts'
import type { EmployeeId, PayrollRunId, TransactionId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import {
  TRANSACTIONS_STATUS,
  TRANSACTIONS_SUBMISSION_STATE,
  type Transaction,
  type TransactionAuditLog,
  type TransactionOperation,
  type TransactionStatus,
  type TransactionSubmissionState,
} from '../rows.ts'

/** A Stellar transaction with its payments in the order they have inside it. */
export interface TransactionWithOperations extends Transaction {
  readonly operations: readonly TransactionOperation[]
}

/** Which transactions to list. */
export interface TransactionFilter {
  readonly payroll_run_id?: PayrollRunId | undefined
  readonly status?: TransactionStatus | readonly TransactionStatus[] | undefined
  readonly submission_state?: TransactionSubmissionState | readonly TransactionSubmissionState[] | undefined
}

/** The rules of `TransactionFilter`. */
export const transactionFilter: Shape<TransactionFilter> = {
  payroll_run_id: optional(rowId),
  status: someOf(oneOf(TRANSACTIONS_STATUS)),
  submission_state: someOf(oneOf(TRANSACTIONS_SUBMISSION_STATE)),
}

const HIDDEN = ['search_vector', 'signed_envelope_xdr', 'last_http_status']
const WITH_OPERATIONS = '*,operations:transaction_operations(*)'

/** One page of the organization's Stellar transactions with their operations, newest first. */
export async function list(
  client: PaydClient,
  filter: TransactionFilter = {},
  options: PageOptions = {},
): Promise<Page<TransactionWithOperations>> {
  const page = await listPage<TransactionWithOperations>(client, transactions(filter), options)
  return { ...page, items: page.items.map(inOrder) }
}

/** Every transaction that matches, newest first, read page by page while the caller keeps asking. */
export async function* iterate(
  client: PaydClient,
  filter: TransactionFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<TransactionWithOperations, void, undefined> {
  // A transaction has up to 100 operations, so its pages are smaller.
  const pages = iterateList<TransactionWithOperations>(client, transactions(filter), { limit: 50, ...options })
  for await (const transaction of pages) yield inOrder(transaction)
}

function transactions(filter: TransactionFilter): List {
  const { payroll_run_id, status, submission_state } = checkFields('the filter', filter, transactionFilter)
  return {
    relation: 'transactions',
    columns: WITH_OPERATIONS,
    order: ['-created_at', '-id'],
    things: 'transactions',
    conditions: [
      ['eq', 'payroll_run_id', payroll_run_id],
      ['eq', 'status', status],
      ['eq', 'submission_state', submission_state],
    ],
  }
}

function inOrder(transaction: TransactionWithOperations): TransactionWithOperations {
  const operations = [...transaction.operations].sort((a, b) => a.operation_index - b.operation_index)
  return { ...without(transaction, ...HIDDEN), operations }
}

/** One transaction with its operations. Throws `not_found` for one of another organization as for one that never existed. */
export async function get(
  client: PaydClient,
  id: TransactionId,
  options: CallOptions = {},
): Promise<TransactionWithOperations> {
  const request = readFrom(client, 'transactions', WITH_OPERATIONS).eq('id', checkValue('id', id, rowId))
  return inOrder(await send<TransactionWithOperations>(request.single(), { action: `read transaction ${id}`, options }))
}

/** Which payments inside transactions to list. */
export interface TransactionOperationFilter {
  readonly transaction_id?: TransactionId | undefined
  readonly payroll_run_id?: PayrollRunId | undefined
  readonly employee_id?: EmployeeId | undefined
  /** Only those that may still pay or have paid, or only those that did not. */
  readonly is_live?: boolean | undefined
}

/** The rules of `TransactionOperationFilter`. */
export const transactionOperationFilter: Shape<TransactionOperationFilter> = {
  transaction_id: optional(rowId),
  payroll_run_id: optional(rowId),
  employee_id: optional(rowId),
  is_live: optional(flag),
}

/** One page of the payments inside transactions, newest first: what was, or is to be, paid to whom. */
export async function operations(
  client: PaydClient,
  filter: TransactionOperationFilter = {},
  options: PageOptions = {},
): Promise<Page<TransactionOperation>> {
  const { transaction_id, payroll_run_id, employee_id, is_live } = checkFields(
    'the filter',
    filter,
    transactionOperationFilter,
  )
  const list: List = {
    relation: 'transaction_operations',
    order: ['-id'],
    things: 'payments inside transactions',
    conditions: [
      ['eq', 'transaction_id', transaction_id],
      ['eq', 'payroll_run_id', payroll_run_id],
      ['eq', 'employee_id', employee_id],
      ['eq', 'is_live', is_live],
    ],
  }
  return await listPage<TransactionOperation>(client, list, options)
}

/** How to search transactions. */
export interface TransactionSearchOptions extends CallOptions {
  /** At most so many, 1 to 200. Default 20. */
  readonly limit?: number | undefined
}

/**
 * The newest transactions whose hash, account, asset or memo has all of the words, each from its beginning.
 *
 * Errors: `search_too_short`, `no_organization`.
 */
export async function search(
  client: PaydClient,
  words: string,
  options: TransactionSearchOptions = {},
): Promise<Transaction[]> {
  const args = {
    words: checkValue('words', words, text),
    max_rows: checkValue('limit', options?.limit, optional(count)),
  }
  const found = await send<Transaction[]>(call(client, 'search_transactions', args), {
    action: 'search transactions',
    options,
  })
  return found.map((transaction) => without(transaction, ...HIDDEN))
}

/** One page of what happened to a transaction, newest first. */
export async function trail(
  client: PaydClient,
  id: TransactionId,
  options: PageOptions = {},
): Promise<Page<TransactionAuditLog>> {
  const list: List = {
    relation: 'transaction_audit_logs',
    order: ['-created_at', '-id'],
    conditions: [['eq', 'transaction_id', checkValue('id', id, rowId)]],
    things: `the trail of transaction ${id}`,
  }
  return await listPage<TransactionAuditLog>(client, list, options)
}

/** What people can say became of a held transaction: that it was never applied, or that the worker looks again. */
export const TRANSACTION_RESOLUTIONS = ['never_applied', 'resumed'] as const
/** One of `TRANSACTION_RESOLUTIONS`. */
export type TransactionResolution = (typeof TRANSACTION_RESOLUTIONS)[number]

/**
 * Says what became of a held transaction and how that is known; it takes effect when a second person confirms it. Another
 * proposal takes the place of the first. For managers.
 *
 * Errors: `role_too_low`, `transaction_not_found`, `transaction_not_held`.
 */
export async function proposeResolution(
  client: PaydClient,
  id: TransactionId,
  resolution: TransactionResolution,
  evidence: string,
  options: CallOptions = {},
): Promise<Transaction> {
  const args = {
    transaction_id: checkValue<number>('id', id, rowId),
    resolution: checkValue('resolution', resolution, oneOf(TRANSACTION_RESOLUTIONS)),
    evidence: checkValue('evidence', evidence, text),
  }
  const about = { action: `propose the end of transaction ${id}`, options }
  const held = await send<Transaction>(call(client, 'propose_resolution', args).single(), about)
  return without(held, ...HIDDEN)
}

/**
 * Ends or resumes a held transaction as another person proposed. A run whose transaction was never applied fails and can be
 * retried; while a ledger could still take the transaction, it is refused. For managers.
 *
 * Errors: `role_too_low`, `transaction_not_found`, `transaction_not_held`, `resolution_not_found`,
 * `resolution_needs_another_person`, `transaction_may_be_included`.
 */
export async function confirmResolution(
  client: PaydClient,
  id: TransactionId,
  resolution: TransactionResolution,
  options: CallOptions = {},
): Promise<Transaction> {
  const args = {
    transaction_id: checkValue<number>('id', id, rowId),
    resolution: checkValue('resolution', resolution, oneOf(TRANSACTION_RESOLUTIONS)),
  }
  // A second time would meet a transaction that is held no more.
  const about = { action: `confirm the end of transaction ${id}`, options, once: true }
  const resolved = await send<Transaction>(call(client, 'confirm_resolution', args).single(), about)
  return without(resolved, ...HIDDEN)
}
