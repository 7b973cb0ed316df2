import { createHash } from 'node:crypto'
import { xdr } from '@stellar/stellar-sdk/base'
import { BASE_RESERVE } from './balances.ts'
import type { LedgerRecord, Parent, TransactionRecord } from './history.ts'
import { toid } from './history.ts'
import type { Store } from './state.ts'
import { BASE_FEE } from './validate.ts'

/** The protocol whose rules the sandbox follows. */
export const PROTOCOL_VERSION = 27

/** What a ledger changed. */
type Changes = Pick<Store, 'changedKeys' | 'get'>

const ZERO = Buffer.alloc(32)

/** The record of a ledger, with a genuine header whose hash commits to its transactions, results and state. */
export function sealLedger(input: {
  readonly ledger: number
  readonly closedAt: number
  readonly parent: Parent
  readonly transactions: readonly TransactionRecord[]
  readonly feePool: bigint
  readonly totalCoins: bigint
  readonly maxOperations: number
  readonly store: Changes
}): { readonly record: LedgerRecord; readonly stateHash: string } {
  const { ledger, closedAt, parent, transactions, feePool, totalCoins } = input
  const stateHash = nextStateHash(parent.stateHash, input.store)
  const header: xdr.LedgerHeaderWire = {
    ledgerVersion: PROTOCOL_VERSION,
    previousLedgerHash: Buffer.from(parent.hash, 'hex'),
    scpValue: {
      txSetHash: hashTexts([parent.hash, ...transactions.map(({ envelope }) => envelope.hash)]),
      closeTime: BigInt(closedAt),
      upgrades: [],
      ext: { v: 0 },
    },
    txSetResultHash: hashTexts(transactions.map(({ resultXdr }) => resultXdr)),
    bucketListHash: Buffer.from(stateHash, 'hex'),
    ledgerSeq: ledger,
    totalCoins,
    feePool,
    inflationSeq: 0,
    idPool: 0n,
    baseFee: Number(BASE_FEE),
    baseReserve: Number(BASE_RESERVE),
    maxTxSetSize: input.maxOperations,
    skipList: [ZERO, ZERO, ZERO, ZERO],
    ext: { v: 0 },
  }
  const bytes = xdr.LedgerHeader.schema.encode(header)
  const hash = createHash('sha256').update(bytes).digest('hex')
  const headerXdr = Buffer.from(bytes).toString('base64')
  const record: LedgerRecord = {
    id: toid(ledger),
    ledger,
    hash,
    previousHash: parent.hash,
    closedAt,
    headerXdr,
    feePool,
    totalCoins,
    transactions,
  }
  return { record, stateHash }
}

/** A stand-in for core's bucket list: a chain over every changed entry, so that equal hashes mean equal states. */
function nextStateHash(previous: string, store: Changes): string {
  const hash = createHash('sha256').update(previous)
  for (const key of store.changedKeys()) {
    hash.update(key)
    hash.update(JSON.stringify(store.get(key) ?? null, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)))
  }
  return hash.digest('hex')
}

function hashTexts(texts: readonly string[]): Buffer {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\n')
  return hash.digest()
}
