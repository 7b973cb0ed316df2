import type { PaydClient } from './client.ts'
import { TRANSACTION_COLUMNS, TRANSACTION_OPERATION_COLUMNS } from './columns.ts'
import type { Transaction, TransactionOperation } from './database.ts'
import type { PayrollRunId } from './ids.ts'
import { iteratePages, listPage, type Page, type PageOptions } from './pages.ts'

/** A Stellar transaction with its payments in the order they have inside it. */
export type TransactionWithOperations = Transaction & { readonly operations: TransactionOperation[] }

/** Which transactions to list. */
export interface TransactionFilter {
  readonly payroll_run_id?: PayrollRunId | undefined
  readonly status?: Transaction['status'] | undefined
}

/** One page of the organization's Stellar transactions with their operations, newest first. */
export async function listTransactions(
  client: PaydClient,
  filter: TransactionFilter = {},
  options: PageOptions = {},
): Promise<Page<TransactionWithOperations>> {
  const { items, nextCursor } = await listPage<TransactionWithOperations, 'created_at'>(
    client,
    {
      table: 'transactions',
      columns: `${TRANSACTION_COLUMNS},operations:transaction_operations(${TRANSACTION_OPERATION_COLUMNS})`,
      orderBy: { column: 'created_at', ascending: false },
      things: 'transactions',
      narrow: (query) => {
        let narrowed = query
        if (filter.payroll_run_id !== undefined) narrowed = narrowed.eq('payroll_run_id', filter.payroll_run_id)
        if (filter.status !== undefined) narrowed = narrowed.eq('status', filter.status)
        return narrowed
      },
    },
    options,
  )
  const inOrder = (a: TransactionOperation, b: TransactionOperation): number => a.operation_index - b.operation_index
  return { items: items.map((item) => ({ ...item, operations: item.operations.toSorted(inOrder) })), nextCursor }
}

/** Every transaction that matches, newest first, read page by page while the caller keeps asking. */
export function iterateTransactions(
  client: PaydClient,
  filter: TransactionFilter = {},
  options: Omit<PageOptions, 'after'> = {},
): AsyncGenerator<TransactionWithOperations, void, undefined> {
  return iteratePages((after) => listTransactions(client, filter, { ...options, after }))
}
