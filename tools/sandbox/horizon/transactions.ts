import type { xdr } from '@stellar/stellar-sdk/base'
import type { AccountHistory, TransactionRecord } from '../core/history.ts'
import { feeMetaXdr, metaXdr } from '../core/meta.ts'
import { invalidField, notFound } from '../http/problem.ts'
import { link, pagedLink, type Site } from './links.ts'
import { type HorizonRequest, historyPage, pageBody, pageQuery } from './page.ts'
import { isoSeconds } from './time.ts'
import type { View } from './view.ts'

/** GET /transactions/{hash}, by outer or inner hash; the record echoes the hash that was asked for. */
export function getTransaction(request: HorizonRequest, view: View, hash: string): Record<string, unknown> {
  return transactionJson(findTransaction(view, hash), request, hash)
}

/** A page of transactions: of the whole network, or of one list of it. */
export function listTransactions(
  request: HorizonRequest,
  view: View,
  list: readonly TransactionRecord[] = view.history.transactions,
): Record<string, unknown> {
  const page = pageQuery(request)
  const failedToo = includesFailed(request.query)
  const records = historyPage(list, page, view, ({ successful }) => failedToo || successful)
  return pageBody(
    request,
    page,
    records.map((record) => transactionJson(record, request, record.envelope.hash)),
  )
}

/** The transaction with this hash in the view. Throws 400 for a malformed hash and 404 for an unknown one. */
export function findTransaction(view: View, hash: string): TransactionRecord {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw invalidField('tx_id', 'invalid hash format')
  const record = view.history.byHash.get(hash)
  if (!record || record.ledger > view.ledger || record.ledger < view.elder) throw notFound()
  return record
}

/** The history of an account. Throws 404 when the view has none (not yet, or reaped), even though the account may exist. */
export function accountHistoryOf(view: View, id: string): AccountHistory {
  const history = view.history.ofAccount.get(id)
  const newest = history?.transactions.findLast(({ ledger }) => ledger <= view.ledger)
  if (!history || !newest || newest.ledger < view.elder) throw notFound()
  return history
}

/** Whether failed transactions are asked for too. Throws 400 for anything but true and false. */
export function includesFailed(query: URLSearchParams): boolean {
  const text = query.get('include_failed') ?? ''
  if (text !== '' && text !== 'true' && text !== 'false') {
    throw invalidField('include_failed', 'Filter should be true or false')
  }
  return text === 'true'
}

/** A transaction as Horizon writes it. */
export function transactionJson(
  record: TransactionRecord,
  { base, keepsMeta }: Site,
  hash: string,
): Record<string, unknown> & { paging_token: string } {
  const { envelope } = record
  const self = `/transactions/${hash}`
  const token = record.id.toString()
  const byInner = envelope.feeBump && hash === envelope.innerHash
  const signatures = signatureTexts(envelope.signatures)
  const innerSignatures = signatureTexts(envelope.innerSignatures)
  return {
    ...memoFields(envelope.memo),
    _links: {
      self: link(base, self),
      account: link(base, `/accounts/${envelope.source.id}`),
      ledger: link(base, `/ledgers/${record.ledger}`),
      operations: pagedLink(base, `${self}/operations`),
      effects: pagedLink(base, `${self}/effects`),
      precedes: link(base, `/transactions?order=asc&cursor=${token}`),
      succeeds: link(base, `/transactions?order=desc&cursor=${token}`),
      transaction: link(base, self),
    },
    id: hash,
    paging_token: token,
    successful: record.successful,
    hash,
    ledger: record.ledger,
    created_at: isoSeconds(record.closedAt),
    source_account: envelope.source.id,
    ...(envelope.source.muxed && {
      account_muxed: envelope.source.muxed.address,
      account_muxed_id: envelope.source.muxed.id,
    }),
    source_account_sequence: envelope.seq.toString(),
    fee_account: envelope.feeSource.id,
    ...(envelope.feeSource.muxed && {
      fee_account_muxed: envelope.feeSource.muxed.address,
      fee_account_muxed_id: envelope.feeSource.muxed.id,
    }),
    fee_charged: record.feeCharged.toString(),
    max_fee: envelope.feeBid.toString(),
    operation_count: envelope.operations.length,
    envelope_xdr: envelope.raw,
    result_xdr: record.resultXdr,
    result_meta_xdr: keepsMeta ? metaXdr(record.changes, record.ledger) : '',
    fee_meta_xdr: feeMetaXdr(record.changes, record.ledger),
    signatures: byInner ? innerSignatures : signatures,
    ...preconditionFields(record),
    ...(envelope.feeBump && {
      fee_bump_transaction: { hash: envelope.hash, signatures },
      inner_transaction: {
        hash: envelope.innerHash,
        signatures: innerSignatures,
        max_fee: envelope.innerFeeBid.toString(),
      },
    }),
  }
}

function signatureTexts(signatures: readonly xdr.DecoratedSignatureWire[]): string[] {
  return signatures.map(({ signature }) => Buffer.from(signature).toString('base64'))
}

function memoFields(memo: xdr.MemoWire): Record<string, string> {
  switch (memo.type) {
    case 0:
      return { memo_type: 'none' }
    case 1: {
      const memo_bytes = Buffer.from(memo.text.bytes).toString('base64')
      return { memo: memo.text.toString(), memo_bytes, memo_type: 'text' }
    }
    case 2:
      return { memo: memo.id.toString(), memo_type: 'id' }
    case 3:
      return { memo: Buffer.from(memo.hash).toString('base64'), memo_type: 'hash' }
    case 4:
      return { memo: Buffer.from(memo.retHash).toString('base64'), memo_type: 'return' }
  }
}

function preconditionFields({ envelope }: TransactionRecord): Record<string, unknown> {
  const { timeBounds, ledgerBounds, minSeqNum, minSeqAge, minSeqLedgerGap } = envelope.preconditions
  const fields = {
    ...(timeBounds && {
      timebounds: {
        min_time: timeBounds.minTime.toString(),
        ...(timeBounds.maxTime !== 0n && { max_time: timeBounds.maxTime.toString() }),
      },
    }),
    ...(ledgerBounds && {
      ledgerbounds: { min_ledger: ledgerBounds.minLedger, max_ledger: ledgerBounds.maxLedger },
    }),
    ...(minSeqNum !== null && { min_account_sequence: minSeqNum.toString() }),
    ...(minSeqAge !== 0n && { min_account_sequence_age: minSeqAge.toString() }),
    ...(minSeqLedgerGap !== 0 && { min_account_sequence_ledger_gap: minSeqLedgerGap }),
  }
  return Object.keys(fields).length > 0 ? { preconditions: fields } : {}
}
