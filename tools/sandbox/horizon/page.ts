import { beforeHistory, invalidField } from '../http/problem.ts'
import type { Site } from './links.ts'
import type { View } from './view.ts'

/** What every list takes: where to start, which way, how many. */
export type PageQuery = { readonly cursor: string; readonly order: 'asc' | 'desc'; readonly limit: number }

/** A request for Horizon data. */
export type HorizonRequest = Site & {
  readonly path: string
  readonly query: URLSearchParams
}

const INT64_MAX = 9223372036854775807n
const MAX_LIMIT = 200

/** The page parameters of a request. Throws 400 with the name of a wrong one. */
export function pageQuery({ query }: HorizonRequest): PageQuery {
  const order = query.get('order') ?? ''
  if (order !== '' && order !== 'asc' && order !== 'desc') throw invalidField('order', 'order: invalid value')
  return { cursor: query.get('cursor') ?? '', order: order === 'desc' ? 'desc' : 'asc', limit: limitOf(query) }
}

/** An ascending list of records; an array is one. */
type HistoryList<T> = { readonly length: number; at(index: number): T | undefined }

/** Records of an ascending list after the cursor, in page order, of the ledgers the view shows. */
export function historyPage<T extends { readonly id: bigint }>(
  list: HistoryList<T>,
  page: PageQuery,
  view: View,
  keep: (record: T) => boolean = () => true,
): T[] {
  const { ascending, after } = historyBounds(page, view)
  const last = lowerBound(list, (BigInt(view.ledger) + 1n) << 32n)
  const first = lowerBound(list, BigInt(view.elder) << 32n)
  const found: T[] = []
  const step = ascending ? 1 : -1
  let at = ascending ? Math.max(first, lowerBound(list, after + 1n)) : Math.min(last, lowerBound(list, after)) - 1
  for (; at >= first && at < last && found.length < page.limit; at += step) {
    const record = list.at(at)
    if (record && keep(record)) found.push(record)
  }
  return found
}

/** Sorted state entries after the cursor: their tokens are compared as texts. */
export function statePage<T>(entries: readonly T[], page: PageQuery, tokenOf: (entry: T) => string): T[] {
  const precedes = (left: string, right: string): boolean => (page.order === 'asc' ? left < right : left > right)
  // Only the best `limit` are kept in order: sorting all holders of an asset for every page would cost far more.
  const best: { readonly entry: T; readonly token: string }[] = []
  for (const entry of entries) {
    const token = tokenOf(entry)
    if (page.cursor !== '' && !precedes(page.cursor, token)) continue
    const worst = best.at(-1)
    if (best.length === page.limit && worst && !precedes(token, worst.token)) continue
    const at = best.findIndex((other) => precedes(token, other.token))
    best.splice(at === -1 ? best.length : at, 0, { entry, token })
    if (best.length > page.limit) best.pop()
  }
  return best.map(({ entry }) => entry)
}

/** A page of records with its links. An empty page links to the same cursor again. */
export function pageBody(
  request: HorizonRequest,
  page: PageQuery,
  records: readonly { readonly paging_token: string }[],
): Record<string, unknown> {
  const link = (cursor: string, order: string): { href: string } => {
    const query = new URLSearchParams(request.query)
    query.set('cursor', cursor)
    query.set('limit', String(page.limit))
    query.set('order', order)
    return { href: `${request.base}${request.path}?${query}` }
  }
  const opposite = page.order === 'asc' ? 'desc' : 'asc'
  return {
    _links: {
      self: link(page.cursor, page.order),
      next: link(records.at(-1)?.paging_token ?? page.cursor, page.order),
      prev: link(records[0]?.paging_token ?? page.cursor, opposite),
    },
    _embedded: { records },
  }
}

/** A numeric cursor, or null when it is not one. `now` means after the newest ledger of the view. */
export function parseCursor(text: string, view: View): bigint | null {
  if (text === 'now') return ((BigInt(view.ledger) + 1n) << 32n) - 1n
  if (!/^\d{1,19}$/.test(text)) return null
  const cursor = BigInt(text)
  return cursor > INT64_MAX ? null : cursor
}

function historyBounds(page: PageQuery, view: View): { readonly ascending: boolean; readonly after: bigint } {
  const ascending = page.order === 'asc'
  if (page.cursor === '') return { ascending, after: ascending ? -1n : INT64_MAX }
  const after = parseCursor(page.cursor, view)
  if (after === null) throw invalidField('cursor', 'cursor: invalid value')
  // An old ascending cursor silently clamps to the oldest ledger; only the descending order says that it is gone.
  if (!ascending && after < BigInt(view.elder) << 32n && view.elder > 1) throw beforeHistory()
  return { ascending, after }
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? ''
  if (text === '') return 10
  if (!/^-?\d{1,18}$/.test(text)) throw invalidField('limit', 'unparseable value')
  const limit = Number(text)
  if (limit <= 0) throw invalidField('limit', 'invalid limit: non-positive value provided')
  if (limit > MAX_LIMIT) {
    throw invalidField('limit', `invalid limit: value provided that is over limit max of ${MAX_LIMIT}`)
  }
  return limit
}

/** The first position in an ascending list whose id is at least `id`. */
function lowerBound<T extends { readonly id: bigint }>(list: HistoryList<T>, id: bigint): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const record = list.at(middle)
    if (record && record.id < id) low = middle + 1
    else high = middle
  }
  return low
}
