import type { AnalysedFile } from '../../lib/analysis.ts'
import { applyUnit } from '../../lib/apply.ts'
import { connect, type Sql } from '../../lib/database.ts'
import { notPlatformSchema } from '../../lib/platform.ts'
import type { Position } from '../../lib/positions.ts'
import type { Statement } from '../../lib/sql.ts'
import { type ExecutionUnit, executionUnits } from '../../lib/units.ts'

/** Table locks from the weakest to the strongest. */
export const LOCK_MODES = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const
export type LockMode = (typeof LOCK_MODES)[number]

/** The strongest lock on a table that existed before, and how long it was held. */
export type TableLock = {
  readonly table: string
  readonly mode: LockMode
  readonly heldMs: number
  /** Whether the table was written anew. */
  readonly isRewritten: boolean
  /** The statement that took it. */
  readonly position: Position
}

/** What applying a file did to everybody else. */
export type LockProfile = {
  readonly locks: readonly TableLock[]
  readonly walBytes: number
  readonly durationMs: number
}

type Relation = { readonly oid: string; readonly table: string; readonly file: string }
type Held = { mode: LockMode; since: number; until: number; position: Position }

/**
 * Applies a file statement by statement and notes which locks each takes. A transaction keeps its locks to the end, so its
 * own session can read the exact set; statements that run alone are watched by a second session every 3 ms.
 */
export async function profileFile(url: string, file: AnalysedFile): Promise<LockProfile> {
  const sql = connect(url)
  const watcher = connect(url)
  try {
    const before = await relations(sql)
    const held = new Map<string, Held>()
    const [{ lsn } = { lsn: '0/0' }] = await sql<{ lsn: string }[]>`select pg_current_wal_insert_lsn()::text as lsn`
    const started = performance.now()
    for (const unit of executionUnits(file.sql?.statements ?? [])) {
      if (unit.isTransactional) await runTransaction(sql, file, unit, held)
      else await runAlone(sql, watcher, file, unit, held)
    }
    const durationMs = performance.now() - started
    const [{ bytes } = { bytes: 0 }] = await sql<{ bytes: number }[]>`
      select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ${lsn}::pg_lsn)::float8 as bytes`
    const after = new Map((await relations(sql)).map((relation) => [relation.oid, relation.file]))
    const locks = before.flatMap(({ oid, table, file: node }): TableLock[] => {
      const lock = held.get(oid)
      if (!lock) return []
      const heldMs = Math.round(lock.until - lock.since)
      return [
        {
          table,
          mode: lock.mode,
          heldMs,
          isRewritten: after.has(oid) && after.get(oid) !== node,
          position: lock.position,
        },
      ]
    })
    return { locks, walBytes: bytes, durationMs: Math.round(durationMs) }
  } finally {
    await Promise.all([sql.end({ timeout: 5 }), watcher.end({ timeout: 5 })])
  }
}

async function relations(sql: Sql): Promise<Relation[]> {
  return sql.unsafe<Relation[]>(`
    select c.oid::text as oid, n.nspname || '.' || c.relname as table, c.relfilenode::text as file
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and (${notPlatformSchema('n.nspname')} or n.nspname in ('auth', 'storage')) order by 2`)
}

async function runTransaction(
  sql: Sql,
  file: AnalysedFile,
  unit: ExecutionUnit,
  held: Map<string, Held>,
): Promise<void> {
  const [{ pid } = { pid: 0 }] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  await sql.unsafe('begin')
  try {
    let watching = 0
    const taken = new Map<string, Held>()
    for (const statement of unit.statements) {
      const since = performance.now() - watching
      await applyUnit(sql, file.file, { statements: [statement], isTransactional: true }, 'locks/forward-fails')
      const looked = performance.now()
      await note(sql, pid, statement, since, taken)
      // The time spent on looking is not time that a deployment would hold the lock.
      watching += performance.now() - looked
    }
    await sql.unsafe('commit')
    const end = performance.now() - watching
    for (const [oid, lock] of taken) keepStronger(held, oid, { ...lock, until: end })
  } catch (error) {
    await sql.unsafe('rollback').catch(() => undefined)
    throw error
  }
}

async function runAlone(
  sql: Sql,
  watcher: Sql,
  file: AnalysedFile,
  unit: ExecutionUnit,
  held: Map<string, Held>,
): Promise<void> {
  const [{ pid } = { pid: 0 }] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const [statement] = unit.statements
  if (!statement) return
  let isRunning = true
  const seen = new Map<string, Held>()
  const watch = (async () => {
    while (isRunning) {
      await note(watcher, pid, statement, performance.now(), seen)
      for (const lock of seen.values()) lock.until = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  })()
  try {
    await applyUnit(sql, file.file, unit, 'locks/forward-fails')
  } finally {
    isRunning = false
    await watch
  }
  for (const [oid, lock] of seen) keepStronger(held, oid, lock)
}

// A lock counts from the moment its statement began, because the statement may have waited for it and then held it throughout.
async function note(
  sql: Sql,
  pid: number,
  statement: Statement,
  since: number,
  taken: Map<string, Held>,
): Promise<void> {
  const rows = await sql<{ oid: string; mode: LockMode }[]>`
    select relation::text as oid, mode from pg_locks where pid = ${pid} and locktype = 'relation' and granted`
  for (const { oid, mode } of rows) {
    const known = taken.get(oid)
    if (known && strength(known.mode) >= strength(mode)) continue
    taken.set(oid, { mode, since, until: since, position: statement.position })
  }
}

function keepStronger(held: Map<string, Held>, oid: string, lock: Held): void {
  const known = held.get(oid)
  if (!known || strength(lock.mode) > strength(known.mode)) held.set(oid, lock)
}

/** Where a lock stands in LOCK_MODES. */
export const strength = (mode: LockMode): number => LOCK_MODES.indexOf(mode)
