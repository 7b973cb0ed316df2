import { StrKey, xdr } from '@stellar/stellar-sdk/base'
import { type TransactionRecord, toid } from '../core/history.ts'
import { isoSeconds } from '../horizon/time.ts'
import type { View } from '../horizon/view.ts'
import { RpcError } from './error.ts'
import { isRecord, pagingOf, requireInRange } from './range.ts'

type Params = Readonly<Record<string, unknown>>

/** The most ledgers that one call looks through. */
const SCAN_LEDGERS = 10_000
const LIMITS = { default: 100, most: 10_000 }
const MOST_FILTERS = 5

/**
 * getEvents: the events of contracts in at most 10,000 ledgers. A page with room left has a cursor at the end of what was looked
 * through, so a reader goes on from there although it got nothing.
 */
export function getEvents(params: Params, view: View): Record<string, unknown> {
  const filters = filtersOf(params.filters)
  const paging = pagingOf(params, view, LIMITS)
  const after = paging.cursor === null ? null : parseCursor(paging.cursor)
  const start = after === null ? (paging.startLedger ?? view.elder) : Number(after.operation >> 32n)
  requireInRange(start, view)
  const end = endOf(params, paging.cursor, start, view)
  const found: Found[] = []
  for (const event of eventsFrom(view, start, end)) {
    if (after !== null && !isAfter(event, after)) continue
    if (!filters.some((filter) => matches(filter, event))) continue
    found.push(event)
    if (found.length === paging.limit) break
  }
  const last = found.at(-1)
  return {
    events: found.map(eventJson),
    latestLedger: view.ledger,
    oldestLedger: view.elder,
    latestLedgerCloseTime: String(view.latest.closedAt),
    oldestLedgerCloseTime: String(view.history.ledgers.closedAt(view.elder) ?? 0),
    cursor: last && found.length === paging.limit ? idOf(last) : `${lastPlace(end - 1)}-4294967295`,
  }
}

/** Base64 of the events of each operation, as getTransaction returns them. */
export function contractEventsXdr({ changes }: TransactionRecord): string[][] {
  return changes.events.map((list) => list.map((event) => base64(xdr.ContractEvent.schema.encode(event))))
}

type Found = {
  readonly record: TransactionRecord
  readonly operation: number
  readonly place: number
  readonly event: xdr.ContractEventWire
}

function* eventsFrom(view: View, start: number, end: number): Generator<Found> {
  const { transactions } = view.history
  let low = 0
  let high = transactions.length
  const first = toid(start)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((transactions[middle]?.id ?? first) < first) low = middle + 1
    else high = middle
  }
  for (let at = low; at < transactions.length; at += 1) {
    const record = transactions[at]
    if (!record || record.ledger >= end) return
    for (const [operation, list] of record.changes.events.entries()) {
      for (const [place, event] of list.entries()) yield { record, operation, place, event }
    }
  }
}

/** The first ledger that is not looked through. */
function endOf({ endLedger }: Params, cursor: string | null, start: number, view: View): number {
  if (endLedger !== undefined && endLedger !== 0) {
    if (cursor !== null) throw new RpcError(-32602, 'ledger ranges and cursor cannot both be set')
    if (typeof endLedger !== 'number' || !Number.isInteger(endLedger) || endLedger <= start) {
      throw new RpcError(-32602, 'endLedger must be greater than startLedger')
    }
  }
  const wanted = typeof endLedger === 'number' && endLedger > 0 ? endLedger : Number.POSITIVE_INFINITY
  return Math.min(wanted, start + SCAN_LEDGERS, view.ledger + 1)
}

type Filter = {
  readonly types: ReadonlySet<string>
  readonly contracts: ReadonlySet<string>
  readonly topics: readonly (readonly string[])[]
}

const EVERYTHING: Filter = { types: new Set(['contract', 'system']), contracts: new Set(), topics: [] }

function filtersOf(value: unknown): readonly Filter[] {
  if (value === undefined || value === null) return [EVERYTHING]
  if (!Array.isArray(value)) throw new RpcError(-32602, 'filters must be an array')
  if (value.length > MOST_FILTERS) throw new RpcError(-32602, 'maximum 5 filters per request')
  return value.length === 0 ? [EVERYTHING] : value.map(filterOf)
}

function filterOf(value: unknown, index: number): Filter {
  const fail = (reason: string): RpcError => new RpcError(-32602, `filter ${index + 1} invalid: ${reason}`)
  if (!isRecord(value)) throw fail('it must be an object')
  const { type = '', contractIds = [], topics = [] } = value
  const types = String(type)
    .split(',')
    .filter((name) => name !== '')
  if (types.some((name) => name !== 'contract' && name !== 'system')) throw fail('filter type invalid')
  if (!Array.isArray(contractIds) || contractIds.length > 5) throw fail('maximum 5 contract IDs per filter')
  const contracts = contractIds.map((id: unknown) => {
    if (typeof id === 'string' && StrKey.isValidContract(id)) return id
    throw fail(`contract ID ${String(id)} invalid`)
  })
  if (!Array.isArray(topics) || topics.length > 5) throw fail('maximum 5 topics per filter')
  return {
    types: types.length === 0 ? EVERYTHING.types : new Set(types),
    contracts: new Set(contracts),
    topics: topics.map((topic: unknown) => {
      if (isTexts(topic) && topic.length >= 1 && topic.length <= 5) return topic
      throw fail('topic must have at least one and at most four segments')
    }),
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function matches({ types, contracts, topics }: Filter, { event }: Found): boolean {
  if (!types.has(typeOf(event)) || (contracts.size > 0 && !contracts.has(contractOf(event)))) return false
  const given = topicsOf(event)
  return topics.length === 0 || topics.some((topic) => matchesTopic(topic, given))
}

function matchesTopic(wanted: readonly string[], given: readonly string[]): boolean {
  const isOpen = wanted.at(-1) === '**'
  const fixed = isOpen ? wanted.slice(0, -1) : wanted
  if (isOpen ? given.length < fixed.length : given.length !== fixed.length) return false
  return fixed.every((segment, at) => segment === '*' || segment === given[at])
}

function eventJson(found: Found): Record<string, unknown> {
  const { record, operation, event } = found
  return {
    type: typeOf(event),
    ledger: record.ledger,
    ledgerClosedAt: isoSeconds(record.closedAt),
    contractId: contractOf(event),
    id: idOf(found),
    operationIndex: operation,
    transactionIndex: record.order,
    txHash: record.envelope.hash,
    inSuccessfulContractCall: true,
    topic: topicsOf(event),
    value: base64(xdr.ScVal.schema.encode(event.body.v0.data)),
  }
}

function idOf({ record, operation, place }: Found): string {
  const id = toid(record.ledger, record.order, operation)
  return `${id.toString().padStart(19, '0')}-${String(place).padStart(10, '0')}`
}

function lastPlace(ledger: number): string {
  return toid(ledger, 0xfffff, 0xfff).toString().padStart(19, '0')
}

type Cursor = { readonly operation: bigint; readonly place: bigint }

function parseCursor(text: string): Cursor {
  const [, operation, place] = /^(\d{1,19})-(\d{1,10})$/.exec(text) ?? []
  if (operation === undefined || place === undefined) throw new RpcError(-32602, `invalid event id ${text}`)
  return { operation: BigInt(operation), place: BigInt(place) }
}

function isAfter({ record, operation, place }: Found, cursor: Cursor): boolean {
  const id = toid(record.ledger, record.order, operation)
  return id > cursor.operation || (id === cursor.operation && BigInt(place) > cursor.place)
}

function typeOf({ type }: xdr.ContractEventWire): string {
  return type === 0 ? 'system' : type === 1 ? 'contract' : 'diagnostic'
}

function contractOf({ contractId }: xdr.ContractEventWire): string {
  return contractId === null ? '' : StrKey.encodeContract(contractId)
}

function topicsOf({ body }: xdr.ContractEventWire): string[] {
  return body.v0.topics.map((topic) => base64(xdr.ScVal.schema.encode(topic)))
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
