import type { EmptyRun, LedgerRecord, Ledgers, Parent } from './history.ts'
import { sealLedger } from './ledger.ts'

/** How many empty ledgers make a run: so many are made again when one of them is asked for. */
export const RUN_LENGTH = 256

/** A run shorter than this costs more than its records. */
export const LEAST_RUN = 16

/** Enough for a lagging server and a reader of pages at the same time. */
const OPEN_RUNS = 4

const NOTHING_CHANGED = { changedKeys: () => [], get: () => undefined }

/** An empty list of ledgers. An idle network closes a ledger every second, so memory must not grow with empty ones. */
export function createLedgers(limits: { readonly totalCoins: bigint; readonly maxOperations: number }): Ledgers {
  const records = new Map<number, LedgerRecord>()
  const runs: EmptyRun[] = []
  const open = new Map<EmptyRun, readonly LedgerRecord[]>()
  let tail: LedgerRecord[] = []
  let tailParent: Parent = { hash: '', stateHash: '' }
  let count = 0
  let newest: LedgerRecord | undefined

  const opened = (run: EmptyRun): readonly LedgerRecord[] => {
    const found = open.get(run) ?? recordsOf(run, limits)
    open.delete(run)
    open.set(run, found)
    for (const oldest of open.keys()) if (open.size > OPEN_RUNS) open.delete(oldest)
    return found
  }
  const get = (sequence: number): LedgerRecord | undefined => {
    const record = records.get(sequence)
    if (record) return record
    const run = runOf(runs, sequence)
    return run && opened(run)[sequence - run.first]
  }
  const closedAt = (sequence: number): number | undefined => {
    const record = records.get(sequence)
    if (record) return record.closedAt
    const run = runOf(runs, sequence)
    return run?.waits.subarray(0, sequence - run.first + 1).reduce((sum, wait) => sum + wait, run.parentClosedAt)
  }
  const packTail = (): void => {
    const [first] = tail
    const last = tail.at(-1)
    if (first && last && tail.length >= LEAST_RUN) {
      const parentClosedAt = closedAt(first.ledger - 1) ?? 0
      const times = tail.map((record) => record.closedAt)
      const waits = Uint32Array.from(times, (time, index) => time - (times[index - 1] ?? parentClosedAt))
      runs.push({
        first: first.ledger,
        parent: tailParent,
        parentClosedAt,
        feePool: last.feePool,
        waits,
        hash: last.hash,
      })
      for (const { ledger } of tail) records.delete(ledger)
    }
    tail = []
  }

  return {
    count: () => count,
    get,
    closedAt,
    newest() {
      newest ??= get(count)
      if (!newest) throw new Error('The sandbox has no genesis ledger.')
      return newest
    },
    push(record, parent) {
      if (record.transactions.length > 0 || record.ledger === 1) packTail()
      else {
        if (tail.length === 0) tailParent = parent
        tail.push(record)
      }
      records.set(record.ledger, record)
      count = record.ledger
      newest = record
      if (tail.length >= RUN_LENGTH) packTail()
    },
    pushRun(run) {
      packTail()
      runs.push(run)
      count = run.first + run.waits.length - 1
      newest = undefined
    },
  }
}

/** Makes the ledgers of a run again. Throws when they do not end with the hash that was recorded. */
function recordsOf(
  run: EmptyRun,
  limits: { readonly totalCoins: bigint; readonly maxOperations: number },
): readonly LedgerRecord[] {
  const made: LedgerRecord[] = []
  let { parent, parentClosedAt: closedAt } = run
  for (const wait of run.waits) {
    closedAt += wait
    const sealed = sealLedger({
      ledger: run.first + made.length,
      closedAt,
      parent,
      transactions: [],
      feePool: run.feePool,
      store: NOTHING_CHANGED,
      ...limits,
    })
    parent = { hash: sealed.record.hash, stateHash: sealed.stateHash }
    made.push(sealed.record)
  }
  if (parent.hash === run.hash) return made
  const last = run.first + run.waits.length - 1
  throw new Error(
    `The ledgers ${run.first} to ${last} do not give the hash recorded in the data file, which was changed.`,
  )
}

function runOf(runs: readonly EmptyRun[], sequence: number): EmptyRun | undefined {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const run = runs[middle]
    if (run && run.first <= sequence) low = middle + 1
    else high = middle
  }
  const run = runs[low - 1]
  return run && sequence < run.first + run.waits.length ? run : undefined
}
