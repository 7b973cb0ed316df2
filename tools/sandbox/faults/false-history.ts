import type { Chain } from '../core/chain.ts'
import type { AccountHistory, History, OperationRecord, TransactionRecord } from '../core/history.ts'
import { participantsOf } from '../core/participants.ts'
import { failedRecord, holderRecord } from './false-records.ts'
import { type Strike, strikesOf } from './registry.ts'

/** History as a server shows it. Ledgers are never false: their headers would give a lie away. */
export type ShownHistory = Omit<History, 'byHash' | 'ofAccount'> & {
  readonly byHash: { get(hash: string): TransactionRecord | undefined }
  readonly ofAccount: { get(account: string): AccountHistory | undefined }
}

/** The history with the lies that strike a request; the history itself when there are none. */
export function shownHistory(chain: Chain, strikes: readonly Strike[]): ShownHistory {
  const { history } = chain
  for (const { harm, random, told } of strikesOf(strikes, 'holder')) {
    if (told.length === 0) told.push(holderRecord(chain, harm, random))
  }
  const hidden = new Set(strikesOf(strikes, 'hide').map(({ harm }) => harm.hash))
  const failed = new Set(strikesOf(strikes, 'pretend-failed').map(({ harm }) => harm.hash))
  const extra = strikes.flatMap(({ told }) => told)
  if (hidden.size + failed.size + extra.length === 0) return history
  const isNamed = ({ envelope }: TransactionRecord, hashes: ReadonlySet<string>): boolean =>
    hashes.has(envelope.hash) || hashes.has(envelope.innerHash)
  const changed = new Map<TransactionRecord, TransactionRecord>()
  const show = (record: TransactionRecord): TransactionRecord[] => {
    if (isNamed(record, hidden)) return []
    if (!isNamed(record, failed)) return [record]
    const lie = changed.get(record) ?? failedRecord(record)
    changed.set(record, lie)
    return [lie]
  }
  const showOperation = (operation: OperationRecord): OperationRecord[] =>
    show(operation.transaction()).flatMap(({ operations }) => operations[operation.index] ?? [])
  const isTrue = ({ id }: { readonly id: bigint }): boolean => !lies.has(id >> 12n)
  const lies = new Set<bigint>()
  for (const hash of [...hidden, ...failed]) {
    const record = history.byHash.get(hash)
    if (record) lies.add(record.id >> 12n)
  }
  return {
    ledgers: history.ledgers,
    ofBalance: history.ofBalance,
    transactions: inOrder([...history.transactions.flatMap(show), ...extra]),
    operations: inOrder([
      ...history.operations.flatMap(showOperation),
      ...extra.flatMap(({ operations }) => operations),
    ]),
    effects: history.effects.filter(isTrue),
    byHash: {
      get: (hash) =>
        extra.find((record) => isNamed(record, new Set([hash]))) ??
        [history.byHash.get(hash)].flatMap((record) => (record ? show(record) : []))[0],
    },
    ofAccount: {
      get(account) {
        const own = history.ofAccount.get(account)
        const told = extra.filter((record) => concerns(record, account))
        if (!own && told.length === 0) return undefined
        return {
          transactions: inOrder([...(own?.transactions ?? []).flatMap(show), ...told]),
          operations: inOrder([
            ...(own?.operations ?? []).flatMap(showOperation),
            ...told.flatMap(({ operations }) => operations.filter((one) => participantsOf(one).has(account))),
          ]),
          effects: (own?.effects ?? []).filter(isTrue),
        }
      },
    },
  }
}

function concerns({ envelope, operations }: TransactionRecord, account: string): boolean {
  if (envelope.source.id === account || envelope.feeSource.id === account) return true
  return operations.some((operation) => participantsOf(operation).has(account))
}

function inOrder<T extends { readonly id: bigint }>(records: T[]): T[] {
  return records.sort((left, right) => (left.id < right.id ? -1 : 1))
}
