import type { Horizon, HorizonAnswer } from '../_shared/stellar/horizon.ts'
import type { HistoryRecord } from '../_shared/stellar/horizon-records.ts'
import { DatabaseError } from '../_shared/worker/database-error.ts'
import { failureFields } from '../_shared/worker/failure.ts'
import { readAccountTransaction } from './account-transaction.ts'
import type { HistoryClaim, HistoryPage, HistoryTransaction } from './database.ts'
import { effectMovements } from './effect-movements.ts'
import { effectsOf } from './effects.ts'
import { mapKept } from './leases.ts'
import { listBalances } from './sponsored-balances.ts'
import type { SyncPorts, SyncTurn } from './turn.ts'

/** How many walks were claimed, what was recorded on them, and how they ended. */
export type HistoryCounts = {
  readonly claimed: number
  readonly pages: number
  readonly recorded: number
  readonly repeated: number
  readonly failed: number
}

/** The most that one page is decoded of: the processor time of a turn is limited by the platform. */
const OPERATIONS_PER_PAGE = 2_000
const RECORDS_PER_PAGE = 200

/**
 * Walks the history of the organizations' accounts from where each was left, page by page. The database takes the rows of a page
 * and the new place together, so that a walk can end anywhere and goes on without a hole and without a row twice.
 */
export async function syncHistories(ports: SyncPorts, turn: SyncTurn): Promise<HistoryCounts> {
  const { limits } = turn
  let counts: HistoryCounts = { claimed: 0, pages: 0, recorded: 0, repeated: 0, failed: 0 }
  const budget = { operations: limits.operationsPerTurn }
  while (turn.mayClaim() && budget.operations > 0) {
    const claims = await ports.database.claimHistoryWalks({
      batch_size: limits.historyBatchSize,
      lease_seconds: limits.leaseSeconds,
    })
    if (claims.length === 0) break
    const walked = await mapKept(ports, turn, claims, (claim) => walk(ports, turn, claim, budget))
    for (const one of walked) {
      counts = {
        claimed: counts.claimed + 1,
        pages: counts.pages + one.pages,
        recorded: counts.recorded + one.recorded,
        repeated: counts.repeated + one.repeated,
        failed: counts.failed + (one.isFailed ? 1 : 0),
      }
    }
  }
  return counts
}

type Walked = {
  readonly pages: number
  readonly recorded: number
  readonly repeated: number
  readonly isFailed: boolean
}

/** Follows one claimed walk until it is at its end, the provider cannot go on, or the turn is over. */
async function walk(
  ports: SyncPorts,
  turn: SyncTurn,
  claim: HistoryClaim,
  budget: { operations: number },
): Promise<Walked> {
  const startedAtMs = ports.clock.now()
  const done = { pages: 0, recorded: 0, repeated: 0, isFailed: false }
  let outcome = 'failed'
  let details: Readonly<Record<string, string | number>> = {}
  try {
    const horizon = turn.openHorizon(claim.horizon_url)
    const network = await turn.networkOf(claim.horizon_url, claim.network_passphrase)
    if (network.kind !== 'same') {
      outcome = `network_${network.kind}`
      await ports.database.applyAccountHistory({ page: pageOf(claim, claim.cursor, { problem: outcome }) })
      return done
    }
    const { history_latest_ledger, history_elder_ledger, history_latest_ledger_closed_at } = network.root
    const range = {
      latest_ledger: history_latest_ledger,
      elder_ledger: history_elder_ledger ?? 1,
      latest_closed_at: history_latest_ledger_closed_at,
    }
    let cursor = claim.cursor
    let limit = RECORDS_PER_PAGE
    for (outcome = 'more'; outcome === 'more'; ) {
      const answer = await horizon.history(claim.account_id, cursor, limit)
      if (answer.kind === 'silent' && answer.reason === 'too_large' && limit > 1) {
        limit = Math.ceil(limit / 4)
        continue
      }
      const read = await readPage(horizon, claim, cursor, answer)
      budget.operations -= read.operations
      const mayGoOn = turn.mayClaim() && budget.operations > 0
      outcome = read.outcome === 'more' && !mayGoOn ? 'paused' : read.outcome
      const sponsored = outcome === 'end' && claim.lists_balances ? await listBalances(horizon, claim.account_id) : null
      const page = pageOf(claim, cursor, { ...range, ...read, outcome, sponsored })
      const applied = await ports.database.applyAccountHistory({ page })
      done.pages++
      done.recorded += applied.recorded
      done.repeated += applied.repeated
      cursor = read.next_cursor
    }
    return done
  } catch (error) {
    // The lease ends by itself, and the worker that takes it next goes on from the place that the database knows.
    details = failureFields(error)
    if (error instanceof DatabaseError && error.code === 'database_unreachable') throw error
    return { ...done, isFailed: true }
  } finally {
    const { pages, recorded } = done
    ports.log({
      event: 'sync.history',
      outcome,
      walkId: claim.walk_id,
      pages,
      recorded,
      durationMs: ports.clock.now() - startedAtMs,
      ...details,
    })
  }
}

type PageRead = {
  readonly outcome: string
  readonly next_cursor: string
  readonly transactions: readonly HistoryTransaction[]
  /** The place of a record that cannot be read, when it is the next one. */
  readonly unreadable_toid: string | null
  readonly operations: number
}

function pageOf(claim: HistoryClaim, cursor: string, read: Partial<HistoryPage> & { problem?: string }): HistoryPage {
  const { account_id, walk_id, lease_token } = claim
  return {
    account_id,
    walk_id,
    lease_token,
    cursor,
    next_cursor: read.next_cursor ?? cursor,
    outcome: read.outcome ?? read.problem ?? 'no_answer',
    latest_ledger: read.latest_ledger ?? null,
    elder_ledger: read.elder_ledger ?? null,
    latest_closed_at: read.latest_closed_at ?? null,
    unreadable_toid: read.unreadable_toid ?? null,
    sponsored: read.sponsored ?? null,
    transactions: read.transactions ?? [],
  }
}

/** What an answer brings: the records that follow the cursor, up to the first one that cannot be read. */
async function readPage(
  horizon: Horizon,
  claim: HistoryClaim,
  cursor: string,
  answer: HorizonAnswer<readonly HistoryRecord[]>,
): Promise<PageRead> {
  const nothing = { next_cursor: cursor, transactions: [], unreadable_toid: null, operations: 0 }
  if (answer.kind !== 'answered') return { ...nothing, outcome: problemOf(answer) }
  // An empty page alone is an end: a short one may be a part of what was asked for.
  if (answer.value.length === 0) return { ...nothing, outcome: 'end' }

  const records = inOrder(answer.value, cursor)
  if (records === null) return { ...nothing, outcome: 'unreadable' }
  if (records.length === 0) return { ...nothing, outcome: 'page_repeats' }

  const transactions: HistoryTransaction[] = []
  let operations = 0
  for (const record of records) {
    if (operations >= OPERATIONS_PER_PAGE) break
    const transaction = 'unreadable' in record ? null : await readRecord(horizon, claim, record)
    if (transaction === null) {
      if (transactions.length > 0) break
      return { ...nothing, outcome: 'unreadable', unreadable_toid: record.paging_token }
    }
    if (transaction === 'no_effects') {
      if (transactions.length > 0) break
      return { ...nothing, outcome: 'no_answer' }
    }
    transactions.push(transaction)
    operations += transaction.operation_count
  }
  const next_cursor = transactions.at(-1)?.toid ?? cursor
  return { outcome: 'more', next_cursor, transactions, unreadable_toid: null, operations }
}

/** The records after the cursor, each place once, oldest first; null when the place of one of them cannot be read. */
function inOrder(records: readonly HistoryRecord[], cursor: string): readonly HistoryRecord[] | null {
  const placed = new Map<string, HistoryRecord>()
  for (const record of records) {
    if (record.paging_token === null) return null
    // A place that is told of twice is the same place; a record that can be read is preferred.
    if (!placed.has(record.paging_token) || !('unreadable' in record)) placed.set(record.paging_token, record)
  }
  const after = [...placed].filter(([token]) => BigInt(token) > BigInt(cursor))
  return after.sort(([left], [right]) => (BigInt(left) < BigInt(right) ? -1 : 1)).map(([, record]) => record)
}

async function readRecord(
  horizon: Horizon,
  claim: HistoryClaim,
  record: Exclude<HistoryRecord, { unreadable: true }>,
): Promise<HistoryTransaction | 'no_effects' | null> {
  const read = await readAccountTransaction(record, claim.account_id, claim.network_passphrase)
  if (read === null) return null
  const { needs_effects, ...transaction } = read
  if (needs_effects.length === 0) return transaction
  const effects = await effectsOf(horizon, read.tx_hash)
  if (effects === 'no_answer') return 'no_effects'
  if (effects === 'endless') return null
  const operations = new Map(needs_effects.map(({ operation_index, ...wanted }) => [operation_index, wanted]))
  const movements = effectMovements(effects, { account: claim.account_id, operations })
  return movements === null ? null : { ...transaction, movements: [...transaction.movements, ...movements] }
}

function problemOf(answer: Exclude<HorizonAnswer<unknown>, { kind: 'answered' }>): string {
  switch (answer.kind) {
    case 'not_found':
      // An account without history, or one whose history the provider no longer keeps: the database compares with its oldest ledger.
      return 'end'
    case 'refused':
      return answer.status === 429 ? 'sent_away' : 'no_answer'
    case 'silent':
      return answer.reason === 'no_answer' ? 'no_answer' : 'unreadable'
    default:
      return answer satisfies never
  }
}
