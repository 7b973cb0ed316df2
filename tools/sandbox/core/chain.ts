import { applyTransaction, chargeFee } from './apply.ts'
import { accountOf } from './balances.ts'
import { TX } from './codes.ts'
import { type Envelope, networkIdOf, parseEnvelope } from './envelope.ts'
import { FRIENDBOT_BATCH, fundingEnvelope, type Root, rootOf } from './friendbot.ts'
import {
  appendTransaction,
  createHistory,
  type History,
  type LedgerRecord,
  type Parent,
  type TransactionRecord,
  transactionRecord,
} from './history.ts'
import { sealLedger } from './ledger.ts'
import { createLedgers } from './ledgers.ts'
import { newAccount } from './operations/create-account.ts'
import { encodeResult, resultWire } from './results.ts'
import { createStore, type Store } from './state.ts'
import { type AccountId, keyOf } from './types.ts'

/** Everything a ledger is made of: the same contents on the same ledger give the same hash. */
export type LedgerContents = {
  readonly closedAt: number
  readonly envelopes: readonly Envelope[]
  /** Addresses friendbot funds in this ledger, in order and each once. */
  readonly funded: readonly AccountId[]
  /** Stroops per operation that everyone in the ledger pays at most. */
  readonly baseFee: bigint
}

/** The chain itself: a pure state machine from ledger contents to ledgers, without clock, mempool or server. */
export type Chain = {
  readonly networkId: Uint8Array
  readonly root: Root
  readonly store: Store
  readonly history: History
  readonly feePool: () => bigint
  readonly latest: () => LedgerRecord
  /** Applies the contents as the next ledger. */
  readonly close: (contents: LedgerContents) => LedgerRecord
  /** Takes empty ledgers as the next ones on the word of their last hash; they are proven when one of them is asked for. */
  readonly closeRun: (run: SealedRun) => void
  /** What the next ledger will build on. */
  readonly tip: () => Parent
  readonly parse: (base64: string) => Envelope | null
}

/** Empty ledgers, as the seconds from each to the one before, and what the ledger after them builds on. */
export type SealedRun = { readonly waits: readonly number[]; readonly tip: Parent }

/** All coins there will ever be: 100 billion XLM in stroops. */
export const TOTAL_COINS = 1_000_000_000_000_000_000n

/** A new chain at ledger 1. `epoch` counts resets, so that ledgers after a reset have other hashes. */
export function createChain(options: {
  readonly passphrase: string
  readonly epoch: number
  readonly genesisAt: number
  readonly maxOperations: number
}): Chain {
  const networkId = networkIdOf(options.passphrase)
  const root = rootOf(networkId)
  const store = createStore()
  const history = createHistory(createLedgers({ totalCoins: TOTAL_COINS, maxOperations: options.maxOperations }))
  const stateHash = networkIdOf(`${options.passphrase} ${options.epoch}`).toString('hex')
  const parent = { hash: Buffer.alloc(32).toString('hex'), stateHash }
  const links: Links = { networkId, root, store, history, maxOperations: options.maxOperations, feePool: 0n, parent }

  store.set(keyOf.account(root.id), newAccount(root.id, TOTAL_COINS, 0n))
  sealNext(links, 1, options.genesisAt, [])

  return {
    networkId,
    root,
    store,
    history,
    latest: history.ledgers.newest,
    feePool: () => links.feePool,
    parse: (base64) => parseEnvelope(base64, networkId),
    close: (contents) => closeNext(links, history.ledgers.count() + 1, contents),
    closeRun: (run) => closeRun(links, run),
    tip: () => links.parent,
  }
}

/** What one ledger hands on to the next. */
type Links = {
  readonly networkId: Uint8Array
  readonly root: Root
  readonly store: Store
  readonly history: History
  readonly maxOperations: number
  feePool: bigint
  parent: Parent
}

function closeNext(links: Links, ledger: number, contents: LedgerContents): LedgerRecord {
  const { store, root, networkId } = links
  store.begin(ledger)
  const records: TransactionRecord[] = []
  const charge = (envelope: Envelope): Charged => {
    const charged = chargeFee(store, envelope, contents.baseFee)
    links.feePool += charged.fee
    return charged
  }

  // Core takes every fee of the ledger before it applies the first transaction.
  const ordered = inApplyOrder(contents.envelopes, links.parent.hash)
  const charged = ordered.map((envelope) => ({ envelope, paid: charge(envelope) }))
  for (const { envelope, paid } of charged) {
    records.push(applyNext(links, ledger, contents, records.length, envelope, paid))
  }
  for (const destinations of fundingBatches(store, contents.funded)) {
    const seq = (accountOf(store, root.id)?.seq ?? 0n) + 1n
    const envelope = fundingEnvelope(root, seq, destinations, networkId)
    records.push(applyNext(links, ledger, contents, records.length, envelope, charge(envelope)))
  }
  return sealNext(links, ledger, contents.closedAt, records)
}

function closeRun(links: Links, { waits, tip }: SealedRun): void {
  const { store, history, feePool, parent } = links
  const before = history.ledgers.count()
  for (let ledger = before + 1; ledger <= before + waits.length; ledger += 1) store.begin(ledger)
  history.ledgers.pushRun({
    first: before + 1,
    parent,
    parentClosedAt: history.ledgers.closedAt(before) ?? 0,
    feePool,
    waits: Uint32Array.from(waits),
    hash: tip.hash,
  })
  links.parent = tip
}

type Charged = ReturnType<typeof chargeFee>

function applyNext(
  { store, history, networkId }: Links,
  ledger: number,
  { closedAt }: LedgerContents,
  place: number,
  envelope: Envelope,
  { fee: feeCharged, changes: feeChanges }: Charged,
): TransactionRecord {
  const { outcome, effects, touched, changes } = applyTransaction(store, envelope, {
    ledgerSeq: ledger,
    headerSeq: ledger,
    closeTime: BigInt(closedAt),
    upperOffset: 0n,
    networkId,
    applying: true,
  })
  const result = resultWire(envelope, outcome, feeCharged)
  const record = transactionRecord({
    envelope,
    ledger,
    order: place + 1,
    closedAt,
    result,
    resultXdr: encodeResult(result),
    successful: outcome.code === TX.success,
    feeCharged,
    changes: { ...changes, fee: feeChanges },
    results: outcome.operations,
  })
  appendTransaction(history, record, effects, touched)
  return record
}

function sealNext(
  links: Links,
  ledger: number,
  closedAt: number,
  transactions: readonly TransactionRecord[],
): LedgerRecord {
  const { parent, feePool, maxOperations, store } = links
  const totals = { feePool, totalCoins: TOTAL_COINS, maxOperations }
  const { record, stateHash } = sealLedger({ ledger, closedAt, parent, transactions, store, ...totals })
  links.parent = { hash: record.hash, stateHash }
  links.history.ledgers.push(record, parent)
  return record
}

/** Transactions apply in an order that their senders cannot choose: sorted by hash, mixed with the hash of the ledger before. */
function inApplyOrder(envelopes: readonly Envelope[], parentHash: string): Envelope[] {
  const mask = Buffer.from(parentHash, 'hex')
  const place = ({ hash }: Envelope): Buffer =>
    Buffer.from(hash, 'hex').map((byte, index) => byte ^ (mask[index] ?? 0)) as Buffer
  const placed = envelopes.map((envelope) => ({ envelope, place: place(envelope) }))
  return placed.sort((left, right) => Buffer.compare(left.place, right.place)).map(({ envelope }) => envelope)
}

/** Batches of addresses to fund, without those that exist by now: one of them would fail its whole transaction. */
function fundingBatches(store: Store, funded: readonly AccountId[]): AccountId[][] {
  const wanted = funded.filter((id) => !accountOf(store, id))
  const batches: AccountId[][] = []
  for (let at = 0; at < wanted.length; at += FRIENDBOT_BATCH) batches.push(wanted.slice(at, at + FRIENDBOT_BATCH))
  return batches
}
