import type { OperationRecord } from '../core/history.ts'
import { operationTypeName } from '../core/operation-types.ts'
import { invalidField, notFound } from '../http/problem.ts'
import { link, type Site } from './links.ts'
import { operationDetails } from './operation-details.ts'
import { type HorizonRequest, historyPage, pageBody, pageQuery } from './page.ts'
import { partyFields } from './party-fields.ts'
import { isoSeconds } from './time.ts'
import { includesFailed, transactionJson } from './transactions.ts'
import type { View } from './view.ts'

/** Which operations of a list are wanted. */
export type OperationFilter = { readonly onlyPayments?: boolean; readonly failedToo?: boolean }

// create_account, payments, path payments and account_merge: what Horizon calls a payment. Claimable balances and clawbacks are none.
const PAYMENT_TYPES: ReadonlySet<number> = new Set([0, 1, 2, 8, 13])

/** A page of operations of a list; `join=transactions` embeds each one's transaction. */
export function listOperations(
  request: HorizonRequest,
  view: View,
  list: readonly OperationRecord[],
  filter: OperationFilter = {},
): Record<string, unknown> {
  const page = pageQuery(request)
  const failedToo = includesFailed(request.query) || filter.failedToo === true
  const join = joinsTransactions(request.query)
  const keep = ({ successful, body }: OperationRecord): boolean =>
    (failedToo || successful) && (!filter.onlyPayments || PAYMENT_TYPES.has(body.type))
  const records = historyPage(list, page, view, keep)
  return pageBody(
    request,
    page,
    records.map((record) => operationJson(record, request, join)),
  )
}

/** GET /operations/{id}. */
export function getOperation(request: HorizonRequest, view: View, text: string): Record<string, unknown> {
  const record = findOperation(view, text)
  return operationJson(record, request, joinsTransactions(request.query))
}

/** The operation with this TOID in the view. Throws 400 for a malformed id and 404 for an unknown one. */
export function findOperation(view: View, text: string): OperationRecord {
  if (!/^\d{1,19}$/.test(text)) throw invalidField('id', 'Operation ID must be an integer higher than 0')
  const id = BigInt(text)
  const ledger = Number(id >> 32n)
  const transaction = view.history.ledgers.get(ledger)?.transactions[Number((id >> 12n) & 0xfffffn) - 1]
  const record = transaction?.operations[Number(id & 0xfffn) - 1]
  if (!record || ledger > view.ledger || ledger < view.elder) throw notFound()
  return record
}

/** An operation as Horizon writes it. */
export function operationJson(
  record: OperationRecord,
  site: Site,
  join: boolean,
): Record<string, unknown> & { paging_token: string } {
  const { base } = site
  const id = record.id.toString()
  const transaction = record.transaction()
  const { hash } = transaction.envelope
  const self = `/operations/${id}`
  return {
    _links: {
      self: link(base, self),
      transaction: link(base, `/transactions/${hash}`),
      effects: link(base, `${self}/effects`),
      succeeds: link(base, `/effects?order=desc&cursor=${id}`),
      precedes: link(base, `/effects?order=asc&cursor=${id}`),
    },
    id,
    paging_token: id,
    transaction_successful: record.successful,
    ...partyFields('source_account', record.source),
    type: operationTypeName(record.body.type),
    type_i: record.body.type,
    created_at: isoSeconds(record.closedAt),
    transaction_hash: hash,
    ...(join && { transaction: transactionJson(transaction, site, hash) }),
    ...operationDetails(record),
  }
}

function joinsTransactions(query: URLSearchParams): boolean {
  const join = query.get('join') ?? ''
  if (join !== '' && join !== 'transactions') throw invalidField('join', 'Accepted values: transactions')
  return join === 'transactions'
}
