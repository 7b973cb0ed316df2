import { astHash } from '../lib/ast-hash.ts'
import { defineCommand } from '../lib/command.ts'
import { usageError } from '../lib/errors.ts'
import { printFindings } from '../lib/finding.ts'
import { readLockFile, writeLockFile } from '../lib/lock-file.ts'
import { findMigration, type Migration, readMigrations } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'
import { openScratchServer } from '../lib/scratch.ts'
import { type LockMeasurement, measureLocks } from './locks/measure.ts'

type Options = {
  readonly rows: string
  readonly budget: string
  readonly server?: string
  readonly blank?: string
  readonly lock: boolean
}

/** `npm run db -- locks` */
export const command = defineCommand<Options>({
  name: 'locks',
  teach: `Fills the tables that the migration touches with rows, lets others read and write them, applies the migration, and
measures: the strongest lock on every table and how long it was held, whether a table was written anew, the write-ahead
log, and the longest wait of a reader and a writer. A lock that shuts readers or writers out for longer than the budget
fails. The result goes into supabase/migrations.lock.json.

  npm run db -- locks add_payroll_items_memo --rows 1e6 --budget 500`,
  configure: (command) =>
    void command
      .argument('<migration>', 'version or name')
      .option('--rows <number>', 'rows in every table that the migration touches', '100000')
      .option('--budget <milliseconds>', 'the longest time that readers or writers may be shut out', '500')
      .option('--server <connection string>', 'use this server instead of starting one')
      .option('--blank <database>', 'with --server: the database there to clone, which looks like a new project')
      .option('--no-lock', 'leave supabase/migrations.lock.json as it is'),
  run: async ({ project, arguments: [wanted = ''], options }) => {
    const migration = findMigration(readMigrations(project).migrations, wanted)
    const rows = atLeast(options.rows, 1, 'rows')
    const budgetMs = atLeast(options.budget, 0, 'budget')
    const server = await openScratchServer(options)
    try {
      const measured = await measureLocks(project, migration, { server, rows, budgetMs })
      if (options.lock) remember(project, migration, measured)
      const isWithin = !measured.findings.some((finding) => finding.severity === 'error')
      return { ok: isWithin, text: print(measured), data: { version: migration.version, rows, budgetMs, ...measured } }
    } finally {
      await server.stop()
    }
  },
})

// Only what was proven has an entry, and only for the proven text.
function remember(project: Project, migration: Migration, { profile, filled }: LockMeasurement): void {
  const lock = readLockFile(project)
  const entry = lock[migration.key]
  if (!entry || entry.up !== astHash(migration.up.text)) return
  const locks = profile.locks.map(({ table, mode, heldMs }) => ({
    table,
    mode,
    heldMs,
    rows: filled.find((other) => other.table === table)?.rows ?? 0,
  }))
  writeLockFile(project, { ...lock, [migration.key]: { ...entry, locks } })
}

function print({ profile, stalls, filled, findings }: LockMeasurement): string {
  const locks = profile.locks.map((lock) => {
    const stall = stalls.find((other) => other.table === lock.table)
    const waits = stall ? `; longest read ${stall.readMs} ms, longest write ${stall.writeMs} ms` : ''
    const rows = filled.find((other) => other.table === lock.table)?.rows
    return `${lock.table}${rows === undefined ? '' : ` (${rows} rows)`}: ${lock.mode} for ${lock.heldMs} ms${lock.isRewritten ? ', rewritten' : ''}${waits}`
  })
  const gaps = filled.flatMap(({ table, problem }) =>
    problem ? [`note: ${table} could not be filled: ${problem}`] : [],
  )
  const wal = `${(profile.walBytes / 1024 / 1024).toFixed(1)} MB of write-ahead log, ${profile.durationMs} ms in all`
  return [
    ...(locks.length > 0 ? locks : ['No table that existed before is locked.']),
    ...gaps,
    wal,
    ...printFindings(findings, true),
  ].join('\n')
}

function atLeast(text: string, least: number, name: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < least)
    throw usageError(
      `"${text}" is not a number of ${name}.`,
      `Give a whole number of at least ${least}, such as 100000 or 1e6.`,
    )
  return number
}
