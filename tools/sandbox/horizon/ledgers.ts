import { formatStroops } from '../core/amounts.ts'
import { BASE_RESERVE } from '../core/balances.ts'
import { type LedgerRecord, toid } from '../core/history.ts'
import { PROTOCOL_VERSION } from '../core/ledger.ts'
import { BASE_FEE } from '../core/validate.ts'
import { beforeHistory, invalidField, notFound } from '../http/problem.ts'
import { link, pagedLink } from './links.ts'
import { type HorizonRequest, historyPage, pageBody, pageQuery } from './page.ts'
import { isoSeconds } from './time.ts'
import type { View } from './view.ts'

/** GET /ledgers. */
export function listLedgers(request: HorizonRequest, view: View, maxOperations: number): Record<string, unknown> {
  const page = pageQuery(request)
  const { ledgers } = view.chain.history
  // Found by number, because only the records that are shown are worth making.
  const numbers = { length: ledgers.count(), at: (index: number) => ({ id: toid(index + 1), sequence: index + 1 }) }
  const records = historyPage(numbers, page, view).flatMap(({ sequence }) => ledgers.get(sequence) ?? [])
  return pageBody(
    request,
    page,
    records.map((record) => ledgerJson(record, request.base, maxOperations)),
  )
}

/** GET /ledgers/{sequence}. */
export function getLedger(
  request: HorizonRequest,
  view: View,
  text: string,
  maxOperations: number,
): Record<string, unknown> {
  return ledgerJson(findLedger(view, text), request.base, maxOperations)
}

/** The ledger with this sequence in the view. Throws 400, 404, or 410 when it is older than the kept history. */
export function findLedger(view: View, text: string): LedgerRecord {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw invalidField('ledger_id', 'Ledger ID must be an integer higher than 0')
  const sequence = Number(text)
  if (sequence < view.elder) throw beforeHistory()
  const record = sequence <= view.ledger ? view.history.ledgers.get(sequence) : undefined
  if (!record) throw notFound()
  return record
}

function ledgerJson(
  record: LedgerRecord,
  base: string,
  maxOperations: number,
): Record<string, unknown> & { paging_token: string } {
  const self = `/ledgers/${record.ledger}`
  const successful = record.transactions.filter((transaction) => transaction.successful)
  const countOperations = (list: LedgerRecord['transactions']): number =>
    list.reduce((sum, { operations }) => sum + operations.length, 0)
  return {
    _links: {
      self: link(base, self),
      transactions: pagedLink(base, `${self}/transactions`),
      operations: pagedLink(base, `${self}/operations`),
      payments: pagedLink(base, `${self}/payments`),
      effects: pagedLink(base, `${self}/effects`),
    },
    id: record.hash,
    paging_token: record.id.toString(),
    hash: record.hash,
    ...(record.ledger > 1 && { prev_hash: record.previousHash }),
    sequence: record.ledger,
    successful_transaction_count: successful.length,
    failed_transaction_count: record.transactions.length - successful.length,
    operation_count: countOperations(successful),
    tx_set_operation_count: countOperations(record.transactions),
    closed_at: isoSeconds(record.closedAt),
    total_coins: formatStroops(record.totalCoins),
    fee_pool: formatStroops(record.feePool),
    base_fee_in_stroops: Number(BASE_FEE),
    base_reserve_in_stroops: Number(BASE_RESERVE),
    max_tx_set_size: maxOperations,
    protocol_version: PROTOCOL_VERSION,
    header_xdr: record.headerXdr,
  }
}
