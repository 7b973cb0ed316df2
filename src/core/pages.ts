import { checkValue, type Rule } from './check.ts'
import { type CallOptions, organizationOf, type PaydClient, type Query } from './client.ts'
import { type RelationName, readFrom } from './command.ts'
import { type CursorValue, formatCursor, parseCursor } from './cursor.ts'
import { recovery } from './failure.ts'
import { isRowId } from './ids.ts'
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
type Condition = readonly [
  operator: 'eq' | 'in' | 'lt' | 'lte' | 'gte' | 'is',
  column: string,
  value: string | number | boolean | null | undefined | readonly (string | number)[],
]

type Direction = `${'+' | '-'}${string}`

/** One list of the SDK. The columns it is ordered by must tell its rows apart. */
export interface List {
  readonly relation: RelationName
  readonly columns?: string
  /** Columns with their direction: `+` ascending, `-` descending. */
  readonly order: readonly [Direction, ...Direction[]]
  readonly conditions: readonly Condition[]
  /** What is listed, as it reads after "could not list". */
  readonly things: string
}

/**
 * One page by keyset, so that page 1000 costs what page 1 costs, and rows that arrive meanwhile neither repeat nor
 * hide others.
 */
export async function listPage<Item>(client: PaydClient, list: List, options: PageOptions): Promise<Page<Item>> {
  const size = checkValue('limit', options?.limit ?? DEFAULT_PAGE_SIZE, pageLimit)
  const rows = await readRows<Item>(client, list, size + 1, options)
  const items = rows.slice(0, size)
  // One row more than asked says that there is a next page. Where the API may have cut the answer, only the next page can say.
  const mayContinue = rows.length > size || rows.length >= LOWEST_ROW_LIMIT
  return { items, nextCursor: mayContinue ? cursorAt(client, list, items.at(-1)) : null }
}

/** Every item of a list, page by page, while the caller keeps asking. A short page is not the end; only an empty one is. */
export async function* iterateList<Item>(
  client: PaydClient,
  list: List,
  options: IterateOptions,
): AsyncGenerator<Item, void, undefined> {
  const size = checkValue('limit', options?.limit ?? MAX_PAGE_SIZE, pageLimit)
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
  const after = options?.after
  if (after) {
    query = startAfter(query, list, parseCursor(keyOf(client, list), list.order.length, after))
  }
  for (const column of list.order) query = query.order(nameOf(column), { ascending: isAscending(column) })
  const rows = await send<Item[]>(query.limit(count), { action: `list ${list.things}`, options })
  // Somebody who belongs to no organization, or named another one, must not take that for an empty company.
  if (rows.length === 0 && !after) await refuseForeign(client, options)
  return rows
}

/** Throws where an answer is empty because the caller belongs to no organization, or not to the one that was named. */
export async function refuseForeign(client: PaydClient, options: CallOptions): Promise<void> {
  const { requireOrganization } = await recovery('continue')
  await requireOrganization(client, options, send)
}

function narrow(query: Query, [operator, column, value]: Condition): Query {
  if (value === undefined) return query
  return query[Array.isArray(value) ? 'in' : operator](column, value as never)
}

function cursorAt<Item>(client: PaydClient, list: List, item: Item | undefined): string {
  const values = list.order.map((column) => (item as Record<string, CursorValue>)[nameOf(column)] ?? '')
  return formatCursor(keyOf(client, list), values)
}

/** What a cursor belongs to: the organization, the list, its conditions and its order. */
function keyOf(client: PaydClient, { relation, order, conditions }: List): string {
  return JSON.stringify([organizationOf(client), relation, order, conditions])
}

function startAfter(query: Query, { order }: List, values: readonly CursorValue[]): Query {
  // From the last column to the first: what lies beyond a value, or has the same one and lies beyond in the columns after it.
  const beyond = order.reduceRight((deeper, column, depth) => {
    const value = quoted(values[depth])
    const further = `${nameOf(column)}.${isAscending(column) ? 'gt' : 'lt'}.${value}`
    return deeper ? `${further},and(${nameOf(column)}.eq.${value},or(${deeper}))` : further
  }, '')
  // The plain bound repeats what the alternatives say, because only the plain one lets the planner start inside the
  // index; without it the thousandth page costs 261 times as much.
  const [first] = order
  const [value] = values as readonly [CursorValue]
  return query[isAscending(first) ? 'gte' : 'lte'](nameOf(first), value).or(beyond)
}

function nameOf(column: string): string {
  return column.slice(1)
}

function isAscending(column: string): boolean {
  return column[0] === '+'
}

function quoted(value: CursorValue | undefined): string {
  return `"${String(value).replace(/["\\]/g, '\\$&')}"`
}

const pageLimit: Rule<number> = {
  code: 'invalid_limit',
  says: `from 1 to ${MAX_PAGE_SIZE}`,
  accepts: (value) => isRowId(value) && value <= MAX_PAGE_SIZE,
}
