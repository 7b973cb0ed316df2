import type { PaydClient } from './client.ts'
import { EMPLOYEE_COLUMNS } from './columns.ts'
import type { Employee } from './database.ts'
import { iteratePages, listPage, type Page, type PageOptions } from './pages.ts'

/** Which employees to list. */
export interface EmployeeFilter {
  readonly status?: string | undefined
  readonly department?: string | undefined
}

/**
 * One page of the organization's employees, newest first, without those who were removed.
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
 * Errors: `invalid_limit`, `invalid_cursor`.
 */
export async function listEmployees(
  client: PaydClient,
  filter: EmployeeFilter = {},
  options: PageOptions = {},
): Promise<Page<Employee>> {
  const { status, department } = filter
  return await listPage<Employee, 'created_at'>(
    client,
    {
      table: 'employees',
      columns: EMPLOYEE_COLUMNS,
      orderBy: { column: 'created_at', ascending: false },
      things: 'employees',
      narrow: (query) => {
        let narrowed = query.is('deleted_at', null)
        if (status !== undefined) narrowed = narrowed.eq('status', status)
        if (department !== undefined) narrowed = narrowed.eq('department', department)
        return narrowed
      },
    },
    options,
  )
}

/** Every employee that matches, newest first, read page by page while the caller keeps asking. */
export function iterateEmployees(
  client: PaydClient,
  filter: EmployeeFilter = {},
  options: Omit<PageOptions, 'after'> = {},
): AsyncGenerator<Employee, void, undefined> {
  return iteratePages((after) => listEmployees(client, filter, { limit: 200, ...options, after }))
}
