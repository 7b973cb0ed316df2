import { type CallOptions, organizationOf, type PaydClient, type Query } from './client.ts'
import { type RelationName, readFrom } from './command.ts'
import { type CursorValue, formatCursor, parseCursor } from './cursor.ts'
import { PaydError } from './error.ts'
import { requireOrganization } from './require-organization.ts'
import { send } from './send.ts'

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

/** What every iteration takes: `limit` is the size of the pages it reads, 200 by default. */
export type IterateOptions = Omit<PageOptions, 'after'>

const DEFAULT_PAGE_SIZE = 50
const MAX_PAGE_SIZE = 200
/** The data API may be set to answer fewer rows than asked, and then does not say so. No installation sets it lower than this. */
const LOWEST_ROW_LIMIT = 100

/** One condition of a list, such as `['eq', 'status', 'draft']`. Values that are undefined narrow nothing. */
export type Condition = readonly [
  operator: 'eq' | 'in' | 'lt' | 'lte' | 'gte' | 'is' | 'not',
  column: string,
  value: string | number | boolean | null | undefined | readonly (string | number)[],
]

/** One list of the SDK. The columns it is ordered by must tell its rows apart. */
export interface List {
  readonly relation: RelationName
  readonly columns?: string
  /** Columns with their direction: `+` ascending, `-` descending. */
  readonly order: readonly `${'+' | '-'}${string}`[]
  readonly conditions: readonly Condition[]
  /** What is listed, as it reads after "could not list". */
  readonly things: string
}

/**
 * One page by keyset, so that page 1000 costs what page 1 costs, and rows that arrive meanwhile neither repeat nor
 * hide others.
 */
export async function listPage<Item>(client: PaydClient, list: List, options: PageOptions): Promise<Page<Item>> {
  const size = pageSize(options?.limit)
  const rows = await readRows<Item>(client, list, size + 1, options ?? {})
  const items = rows.slice(0, size)
  // One row more than asked says that there is a next page. Where the API may have cut the answer, only the next page can say.
  const mayContinue = rows.length > size || rows.length >= LOWEST_ROW_LIMIT
  const last = mayContinue ? items.at(-1) : undefined
  return { items, nextCursor: last === undefined ? null : cursorAt(client, list, last) }
}

/** Every item of a list, page by page, while the caller keeps asking. A short page is not the end; only an empty one is. */
export async function* iterateList<Item>(
  client: PaydClient,
  list: List,
  options: IterateOptions,
): AsyncGenerator<Item, void, undefined> {
  const size = pageSize(options?.limit ?? MAX_PAGE_SIZE)
  let after: string | undefined
  for (;;) {
    const rows = await readRows<Item>(client, list, size, { ...options, after })
    const last = rows.at(-1)
    if (last === undefined) return
    yield* rows
    after = cursorAt(client, list, last)
  }
}

/** Every item of a list that is short by its nature. */
export async function readAll<Item>(client: PaydClient, list: List, options: CallOptions): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of iterateList<Item>(client, list, options)) items.push(item)
  return items
}

async function readRows<Item>(client: PaydClient, list: List, count: number, options: PageOptions): Promise<Item[]> {
  let query = list.conditions.reduce(narrow, readFrom(client, list.relation, list.columns))
  const { after } = options
  if (after !== undefined && after !== null) {
    query = startAfter(query, list, parseCursor(keyOf(client, list), list.order.length, list.things, after))
  }
  for (const column of list.order) query = query.order(column.slice(1), { ascending: column[0] === '+' })
  const rows = await send<Item[]>(query.limit(count), { action: `list ${list.things}`, options })
  // Somebody who belongs to no organization, or named another one, must not take that for an empty company.
  if (rows.length === 0 && !after) await requireOrganization(client, options)
  return rows
}

function narrow(query: Query, [operator, column, value]: Condition): Query {
  if (value === undefined) return query
  if (operator === 'in' || Array.isArray(value)) return query.in(column, value as readonly (string | number)[])
  if (operator === 'is') return query.is(column, null)
  if (operator === 'not') return query.not(column, 'is', null)
  return query[operator](column, value as string | number)
}

function cursorAt<Item>(client: PaydClient, list: List, item: Item): string {
  const values = list.order.map((column) => (item as Record<string, CursorValue>)[column.slice(1)] ?? '')
  return formatCursor(keyOf(client, list), values)
}

/** What a cursor belongs to: the organization, the list, its conditions and its order. */
function keyOf(client: PaydClient, { relation, order, conditions }: List): string {
  return JSON.stringify([organizationOf(client), relation, order, conditions])
}

function startAfter(query: Query, { order }: List, values: readonly CursorValue[]): Query {
  const [first = '+id'] = order
  const [value = ''] = values
  // The plain bound repeats what the alternatives say, because only the plain one lets the planner start inside the
  // index; without it the thousandth page costs 261 times as much.
  const bounded = first[0] === '+' ? query.gte(first.slice(1), value) : query.lte(first.slice(1), value)
  const alternatives = order.map((column, depth) => {
    const beyond = `${column.slice(1)}.${column[0] === '+' ? 'gt' : 'lt'}.${quoted(values[depth])}`
    const equal = order.slice(0, depth).map((earlier, index) => `${earlier.slice(1)}.eq.${quoted(values[index])}`)
    return depth === 0 ? beyond : `and(${[...equal, beyond].join(',')})`
  })
  return bounded.or(alternatives.join(','))
}

function quoted(value: CursorValue | undefined): string {
  return `"${String(value).replace(/["\\]/g, '\\$&')}"`
}

function pageSize(limit: number | undefined): number {
  const size = limit ?? DEFAULT_PAGE_SIZE
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    throw new PaydError(`A page of ${size} items cannot be listed.`, {
      kind: 'validation_failed',
      code: 'invalid_limit',
      hint: `Ask for 1 to ${MAX_PAGE_SIZE} items, and use nextCursor for more.`,
      field: 'limit',
    })
  }
  return size
}
