import { type AnalysedMigration, analyse, tablesOf } from '../../lib/analysis.ts'
import { applyFile } from '../../lib/apply.ts'
import { withDatabase } from '../../lib/database.ts'
import type { Finding } from '../../lib/finding.ts'
import { type Migration, readMigrations } from '../../lib/migrations.ts'
import type { Project } from '../../lib/project.ts'
import { type ScratchServer, scratchName } from '../../lib/scratch.ts'
import { seedDatabase } from '../prove/seed/seed.ts'
import { readProofSettings } from '../settings.ts'
import { fillTable } from './fill.ts'
import { LOCK_MODES, type LockProfile, profileFile, strength } from './profile.ts'
import { type Stall, startTraffic } from './traffic.ts'

/** How a migration was measured and what came out. */
export type LockMeasurement = {
  readonly profile: LockProfile
  readonly stalls: readonly Stall[]
  /** Rows in each table that the file touches and that existed before, and why there are fewer than wanted. */
  readonly filled: readonly { readonly table: string; readonly rows: number; readonly problem?: string }[]
  readonly findings: readonly Finding[]
}

export type MeasureOptions = {
  readonly server: ScratchServer
  readonly rows: number
  /** The longest time in milliseconds that readers or writers may be shut out of a table. */
  readonly budgetMs: number
}

/** Applies one migration to big tables under traffic, and notes who is shut out and for how long. */
export async function measureLocks(
  project: Project,
  wanted: Migration,
  options: MeasureOptions,
): Promise<LockMeasurement> {
  const { server } = options
  const database = scratchName('locks')
  const url = await server.createDatabase(database)
  try {
    const settings = readProofSettings(project)
    const one = await applyUntil(project, wanted, url)
    const superuserUrl = server.superuserUrlFor(database)
    const filled = await withDatabase(superuserUrl, async (sql) => {
      await seedDatabase(sql, settings)
      const existing = await sql.unsafe<{ name: string }[]>(
        `select name from unnest($1::text[]) as name where to_regclass(name) is not null`,
        [tablesOf(one.up)],
      )
      const found = []
      for (const { name } of existing) found.push({ table: name, ...(await fillTable(sql, name, options.rows)) })
      return found
    })
    const busy = [...filled]
      .sort((a, b) => b.rows - a.rows)
      .slice(0, 3)
      .map((entry) => entry.table)
    const traffic = await startTraffic(superuserUrl, busy)
    const measured = await profileFile(url, one.up).then(
      (profile) => ({ profile }),
      (error: unknown) => ({ error }),
    )
    const stalls = await traffic.stop()
    if ('error' in measured) throw measured.error
    const { profile } = measured
    return { profile, stalls, filled, findings: judge(one, profile, filled, options.budgetMs) }
  } finally {
    await server.dropDatabase(database)
  }
}

async function applyUntil(project: Project, wanted: Migration, url: string): Promise<AnalysedMigration> {
  const { migrations } = readMigrations(project)
  await withDatabase(url, async (sql) => {
    for (const migration of migrations) {
      if (migration.version >= wanted.version) break
      await applyFile(sql, migration.up, 'locks/forward-fails')
    }
  })
  return analyse(wanted)
}

const SHUTS_OUT_WRITERS = LOCK_MODES.indexOf('ShareLock')

function judge(
  one: AnalysedMigration,
  profile: LockProfile,
  filled: LockMeasurement['filled'],
  budgetMs: number,
): Finding[] {
  return profile.locks.flatMap((lock) => {
    const place = { file: one.migration.up.shown, ...lock.position }
    const rows = filled.find((entry) => entry.table === lock.table)?.rows
    const at = rows === undefined ? '' : ` with ${rows} rows`
    const findings: Finding[] = []
    if (strength(lock.mode) >= SHUTS_OUT_WRITERS && lock.heldMs > budgetMs) {
      const who = lock.mode === 'AccessExclusiveLock' ? 'nobody can read or write' : 'nobody can write'
      findings.push({
        check: 'locks/held-too-long',
        severity: 'error',
        ...place,
        what: `${lock.mode} on ${lock.table} is held for ${lock.heldMs} ms${at}; the budget is ${budgetMs} ms.`,
        why: `While it is held ${who}, and everybody who comes later queues behind.`,
        fix: 'Split it: NOT VALID and VALIDATE in two files, indexes CONCURRENTLY in a file of their own, updates by npm run db -- backfill.',
      })
    }
    if (lock.isRewritten && (rows ?? 0) > 0) {
      findings.push({
        check: 'locks/rewrite',
        severity: 'warning',
        ...place,
        what: `${lock.table} is written anew${at}.`,
        why: 'The time grows with the table, and so does the lock; the measured time is only true for this size.',
        fix: 'Add a new column, fill it by npm run db -- backfill, and switch over.',
      })
    }
    return findings
  })
}
