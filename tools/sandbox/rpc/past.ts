import { xdr } from '@stellar/stellar-sdk/base'
import { type LedgerRecord, type TransactionRecord, toid } from '../core/history.ts'
import { changesWire, metaWire, metaXdr } from '../core/meta.ts'
import type { View } from '../horizon/view.ts'
import { RpcError } from './error.ts'
import { contractEventsXdr } from './events.ts'
import { pagingOf } from './range.ts'

type Params = Readonly<Record<string, unknown>>

const LIMITS = { default: 50, most: 200 }

/** getTransactions: what was applied from a ledger or a cursor on, failed ones too. */
export function getTransactions(params: Params, view: View): Record<string, unknown> {
  const { startLedger, cursor, limit } = pagingOf(params, view, LIMITS)
  const after = cursor === null ? toid(startLedger ?? view.elder) - 1n : parseCursor(cursor)
  const kept = view.history.transactions.filter(
    ({ id, ledger }) => id > after && ledger >= view.elder && ledger <= view.ledger,
  )
  const page = kept.slice(0, limit)
  return {
    transactions: page.map((record) => ({
      status: record.successful ? 'SUCCESS' : 'FAILED',
      txHash: record.envelope.hash,
      ...transactionFields(record),
      createdAt: record.closedAt,
    })),
    ...rangeFields(view),
    cursor: (page.at(-1)?.id ?? toid(view.ledger, 0xfffff, 0xfff)).toString(),
  }
}

/** getLedgers: headers and what happened in them, from a ledger or a cursor on. */
export function getLedgers(params: Params, view: View): Record<string, unknown> {
  const { startLedger, cursor, limit } = pagingOf(params, view, LIMITS)
  const start = cursor === null ? (startLedger ?? view.elder) : Number(parseCursor(cursor)) + 1
  const ledgers: LedgerRecord[] = []
  for (let sequence = Math.max(start, view.elder); sequence <= view.ledger && ledgers.length < limit; sequence += 1) {
    const record = view.history.ledgers.get(sequence)
    if (record) ledgers.push(record)
  }
  return {
    ledgers: ledgers.map((record) => ({
      hash: record.hash,
      sequence: record.ledger,
      ledgerCloseTime: String(record.closedAt),
      headerXdr: base64(xdr.LedgerHeaderHistoryEntry.schema.encode(headerEntry(record))),
      metadataXdr: closeMetaXdr(record),
    })),
    ...rangeFields(view),
    cursor: String(ledgers.at(-1)?.ledger ?? start - 1),
  }
}

/** What getTransaction and getTransactions tell of a transaction. */
export function transactionFields(record: TransactionRecord): Record<string, unknown> {
  return {
    applicationOrder: record.order,
    feeBump: record.envelope.feeBump,
    envelopeXdr: record.envelope.raw,
    resultXdr: record.resultXdr,
    resultMetaXdr: metaXdr(record.changes, record.ledger),
    ledger: record.ledger,
    createdAt: String(record.closedAt),
    events: { transactionEventsXdr: [], contractEventsXdr: contractEventsXdr(record) },
  }
}

/** Base64 of the LedgerCloseMeta of a ledger: its header, its transactions, their results and what they changed. */
export function closeMetaXdr(record: LedgerRecord): string {
  const wire: xdr.LedgerCloseMetaWire = {
    v: 0,
    v0: {
      ledgerHeader: headerEntry(record),
      txSet: {
        previousLedgerHash: Buffer.from(record.previousHash, 'hex'),
        txs: record.transactions.map(({ envelope }) =>
          xdr.TransactionEnvelope.fromXdr(envelope.raw, 'base64').toXdrObject(),
        ),
      },
      txProcessing: record.transactions.map(({ envelope, result, changes, ledger }) => ({
        result: { transactionHash: Buffer.from(envelope.hash, 'hex'), result },
        feeProcessing: changesWire(changes.fee, ledger),
        txApplyProcessing: metaWire(changes, ledger),
      })),
      upgradesProcessing: [],
      scpInfo: [],
    },
  }
  return base64(xdr.LedgerCloseMeta.schema.encode(wire))
}

function headerEntry({ hash, headerXdr }: LedgerRecord): xdr.LedgerHeaderHistoryEntryWire {
  const header = xdr.LedgerHeader.fromXdr(headerXdr, 'base64').toXdrObject()
  return { hash: Buffer.from(hash, 'hex'), header, ext: { v: 0 } }
}

function rangeFields({ ledger, elder, latest, history }: View): Record<string, unknown> {
  return {
    latestLedger: ledger,
    latestLedgerCloseTimestamp: latest.closedAt,
    oldestLedger: elder,
    oldestLedgerCloseTimestamp: history.ledgers.closedAt(elder) ?? latest.closedAt,
  }
}

function parseCursor(text: string): bigint {
  if (/^\d{1,19}$/.test(text)) return BigInt(text)
  throw new RpcError(-32602, `invalid cursor ${text}`)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
