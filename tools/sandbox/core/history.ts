import type { xdr } from '@stellar/stellar-sdk/base'
import type { Party } from './addresses.ts'
import type { EmittedEffect } from './apply.ts'
import { balanceIdOf } from './balance-ids.ts'
import type { Envelope } from './envelope.ts'
import type { TransactionChanges } from './meta.ts'
import { balanceHash } from './operations/create-claimable-balance.ts'
import { participantsOf } from './participants.ts'
import { operationCodeName } from './results.ts'
import type { AccountId } from './types.ts'
import { sourceOf } from './validate.ts'

/** A transaction in a closed ledger. Ids are TOIDs: ledger << 32 | order << 12 | operation. */
export type TransactionRecord = {
  readonly id: bigint
  readonly ledger: number
  readonly order: number
  readonly closedAt: number
  readonly envelope: Envelope
  readonly result: xdr.TransactionResultWire
  readonly resultXdr: string
  readonly successful: boolean
  readonly feeCharged: bigint
  readonly changes: TransactionChanges
  readonly operations: readonly OperationRecord[]
}

/** An operation of a transaction in a closed ledger. */
export type OperationRecord = {
  readonly id: bigint
  readonly ledger: number
  readonly closedAt: number
  readonly transaction: () => TransactionRecord
  readonly index: number
  readonly body: xdr.OperationBodyWire
  readonly source: Party
  readonly successful: boolean
  readonly resultCode: string
  /** The id of the claimable balance it created, claimed or clawed back. */
  readonly balanceId: string | null
}

/** An effect; `order` counts from 1 within its operation. */
export type EffectRecord = Omit<EmittedEffect, 'index'> & {
  readonly id: bigint
  readonly order: number
  readonly ledger: number
  readonly closedAt: number
}

/** A closed ledger. Times are epoch seconds. */
export type LedgerRecord = {
  readonly id: bigint
  readonly ledger: number
  readonly hash: string
  readonly previousHash: string
  readonly closedAt: number
  readonly headerXdr: string
  readonly feePool: bigint
  readonly totalCoins: bigint
  readonly transactions: readonly TransactionRecord[]
}

/** The closed ledgers by their sequence numbers, from 1 on without a gap. */
export type Ledgers = {
  count(): number
  get(sequence: number): LedgerRecord | undefined
  closedAt(sequence: number): number | undefined
  newest(): LedgerRecord
  /** Takes the next ledger and what it builds on. */
  push(record: LedgerRecord, parent: Parent): void
  /** Takes the next ledgers, of which only the last hash is known. */
  pushRun(run: EmptyRun): void
}

/** What a new ledger builds on. */
export type Parent = { readonly hash: string; readonly stateHash: string }

/** Empty ledgers in a row of which only what they are made of is kept; a record of one is made when somebody asks. */
export type EmptyRun = {
  readonly first: number
  /** What the first one builds on. */
  readonly parent: Parent
  readonly parentClosedAt: number
  readonly feePool: bigint
  /** Seconds from each ledger to the one before. */
  readonly waits: Uint32Array
  /** The hash of the last one. */
  readonly hash: string
}

/** Everything that happened, in order, with the lists Horizon serves. */
export type History = {
  readonly ledgers: Ledgers
  readonly transactions: TransactionRecord[]
  readonly operations: OperationRecord[]
  readonly effects: EffectRecord[]
  readonly byHash: Map<string, TransactionRecord>
  readonly ofAccount: Map<AccountId, AccountHistory>
  readonly ofBalance: Map<string, { transactions: TransactionRecord[]; operations: OperationRecord[] }>
}

/** The history of one account. */
export type AccountHistory = {
  readonly transactions: TransactionRecord[]
  readonly operations: OperationRecord[]
  readonly effects: EffectRecord[]
}

/** A history without any ledger. */
export function createHistory(ledgers: Ledgers): History {
  return {
    ledgers,
    transactions: [],
    operations: [],
    effects: [],
    byHash: new Map(),
    ofAccount: new Map(),
    ofBalance: new Map(),
  }
}

/** The TOID of a ledger, transaction or operation; orders count from 1, 0 leaves the part out. */
export function toid(ledger: number, transaction = 0, operation = 0): bigint {
  return (BigInt(ledger) << 32n) | (BigInt(transaction) << 12n) | BigInt(operation)
}

/** The history entry of an applied transaction. */
export function transactionRecord(input: {
  readonly envelope: Envelope
  readonly ledger: number
  readonly order: number
  readonly closedAt: number
  readonly result: xdr.TransactionResultWire
  readonly resultXdr: string
  readonly successful: boolean
  readonly feeCharged: bigint
  readonly changes: TransactionChanges
  readonly results: readonly xdr.OperationResultWire[]
}): TransactionRecord {
  const { envelope, ledger, order, closedAt, results, ...rest } = input
  const operations = envelope.operations.map((operation, index): OperationRecord => {
    const result = results[index]
    return {
      id: toid(ledger, order, index + 1),
      ledger,
      closedAt,
      transaction: () => record,
      index,
      body: operation.body,
      source: sourceOf(envelope, operation),
      successful: rest.successful,
      resultCode: result ? operationCodeName(result) : 'op_not_executed',
      balanceId: balanceIdFor(operation.body, envelope, index),
    }
  })
  const record: TransactionRecord = { id: toid(ledger, order), ledger, order, closedAt, envelope, operations, ...rest }
  return record
}

/** Appends a transaction and its effects to every list it belongs to. */
export function appendTransaction(
  history: History,
  record: TransactionRecord,
  effects: readonly EmittedEffect[],
  touched: readonly AccountId[],
): void {
  history.transactions.push(record)
  history.byHash.set(record.envelope.hash, record)
  history.byHash.set(record.envelope.innerHash, record)
  const participants = new Set([record.envelope.source.id, record.envelope.feeSource.id, ...touched])
  for (const operation of record.operations) {
    history.operations.push(operation)
    for (const account of participantsOf(operation)) {
      participants.add(account)
      accountHistory(history, account).operations.push(operation)
    }
    if (operation.balanceId && record.successful) appendToBalance(history, operation.balanceId, operation, record)
  }
  for (const account of participants) accountHistory(history, account).transactions.push(record)
  appendEffects(history, record, effects)
}

function appendEffects(history: History, record: TransactionRecord, effects: readonly EmittedEffect[]): void {
  const counts = new Map<number, number>()
  for (const { index, ...effect } of effects) {
    const order = (counts.get(index) ?? 0) + 1
    counts.set(index, order)
    const id = toid(record.ledger, record.order, index + 1)
    const stored: EffectRecord = { ...effect, id, order, ledger: record.ledger, closedAt: record.closedAt }
    history.effects.push(stored)
    accountHistory(history, effect.account).effects.push(stored)
  }
}

function appendToBalance(
  history: History,
  id: string,
  operation: OperationRecord,
  transaction: TransactionRecord,
): void {
  const found = history.ofBalance.get(id) ?? { transactions: [], operations: [] }
  history.ofBalance.set(id, found)
  found.operations.push(operation)
  if (found.transactions.at(-1) !== transaction) found.transactions.push(transaction)
}

function accountHistory(history: History, account: AccountId): AccountHistory {
  const found = history.ofAccount.get(account)
  if (found) return found
  const made: AccountHistory = { transactions: [], operations: [], effects: [] }
  history.ofAccount.set(account, made)
  return made
}

function balanceIdFor(body: xdr.OperationBodyWire, envelope: Envelope, index: number): string | null {
  if (body.type === 14) return `00000000${balanceHash(envelope.source.id, envelope.seq, index).toString('hex')}`
  if (body.type === 15) return balanceIdOf(body.claimClaimableBalanceOp.balanceId)
  if (body.type === 20) return balanceIdOf(body.clawbackClaimableBalanceOp.balanceId)
  return null
}
