import { type CallOptions, type PaydClient, type Query, readFrom, send } from './client.ts'
import type { TableName } from './database.ts'
import { PaydError } from './errors.ts'

/** One page of a list. */
export interface Page<Item> {
  readonly items: Item[]
  /** Pass it as `after` for the next page; null on the last one. */
  readonly nextCursor: string | null
}

/** What every list takes. */
export interface PageOptions extends CallOptions {
  /** Items a page, 1 to 200. Default 50. */
  readonly limit?: number | undefined
  /** The `nextCursor` of the page before. */
  readonly after?: string | null | undefined
}

const DEFAULT_PAGE_SIZE = 50
const MAX_PAGE_SIZE = 200

/** One list of the SDK, ordered by `(column, id)`; ids follow the direction of the column. */
export interface List<Column extends string = string> {
  readonly table: TableName
  readonly columns: string
  readonly orderBy: { readonly column: Column; readonly ascending: boolean }
  /** What is listed, as it reads after "could not list". */
  readonly things: string
  readonly narrow?: (query: Query) => Query
}

/** Where a page ended: the values of the ordering column and of the id. */
export interface Position {
  readonly value: string | number
  readonly id: string | number
}

/**
 * One page by keyset, so that page 1000 costs what page 1 costs, and rows that arrive meanwhile neither repeat nor
 * hide others.
 */
export async function listPage<Item extends Record<Column | 'id', string | number>, Column extends string>(
  client: PaydClient,
  list: List<Column>,
  options: PageOptions,
): Promise<Page<Item>> {
  const { column, ascending } = list.orderBy
  const size = pageSize(options.limit)
  let query = readFrom(client, list.table, list.columns)
  if (list.narrow !== undefined) query = list.narrow(query)
  if (options.after !== undefined && options.after !== null) {
    query = startAfter(query, list, parseCursor(list.table, options.after))
  }
  const ordered = query.order(column, { ascending }).order('id', { ascending })
  // One row more than asked tells whether there is a next page, without counting the table.
  const rows = await send<Item[]>(ordered.limit(size + 1), { action: `list ${list.things}`, options })
  const items = rows.slice(0, size)
  const last = rows.length > size ? items.at(-1) : undefined
  const nextCursor = last === undefined ? null : formatCursor(list.table, { value: last[column], id: last.id })
  return { items, nextCursor }
}

/** Every item of a list, page by page, while the caller keeps asking. */
export async function* iteratePages<Item>(
  page: (after: string | null) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | null = null
  do {
    const { items, nextCursor }: Page<Item> = await page(cursor)
    yield* items
    cursor = nextCursor
  } while (cursor !== null)
}

function startAfter(query: Query, { orderBy }: List, { value, id }: Position): Query {
  const { column, ascending } = orderBy
  const beyond = ascending ? 'gt' : 'lt'
  // The plain bound repeats what the alternative says, because only the plain one lets the planner start inside the
  // index; without it the thousandth page costs 261 times as much.
  const bounded = ascending ? query.gte(column, value) : query.lte(column, value)
  return bounded.or(`${column}.${beyond}."${value}",and(${column}.eq."${value}",id.${beyond}."${id}")`)
}

function pageSize(limit: number | undefined): number {
  const size = limit ?? DEFAULT_PAGE_SIZE
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    throw new PaydError(`A page of ${size} items cannot be listed.`, {
      kind: 'validation_failed',
      code: 'invalid_limit',
      hint: `Ask for 1 to ${MAX_PAGE_SIZE} items, and use nextCursor for more.`,
    })
  }
  return size
}

/** An opaque cursor. It names its table, and keeps a time as text because a Date would lose the microseconds. */
export function formatCursor(table: TableName, { value, id }: Position): string {
  return btoa(JSON.stringify([table, value, id]))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

/** The position a cursor stands for. Throws `invalid_cursor` for a cursor of another list and for anything that is none. */
export function parseCursor(table: TableName, cursor: string): Position {
  try {
    const [name, value, id]: unknown[] = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
    // Both parts become a filter, so their exact shape is what keeps a forged cursor from becoming another filter.
    if (name === table && (isTimestamp(value) || isRowId(value)) && isRowId(id)) return { value, id }
  } catch {
    // Falls through: what cannot be decoded is reported like everything else that is no cursor.
  }
  throw new PaydError(`This is not a cursor of the list of ${table}.`, {
    kind: 'validation_failed',
    code: 'invalid_cursor',
    hint: 'Pass nextCursor of the page before, unchanged, to the same list.',
  })
}

function isTimestamp(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d:\d\d|Z)$/.test(value)
}

function isRowId(value: unknown): value is string | number {
  return typeof value === 'number'
    ? Number.isSafeInteger(value)
    : typeof value === 'string' && /^[\w-]{1,64}$/.test(value)
}
