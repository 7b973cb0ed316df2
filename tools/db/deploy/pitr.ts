import { existsSync } from 'node:fs'
import { appendFile, chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { withConnection } from '../../lib/sql.ts'
import { changedData } from '../check/prove/compare.ts'
import { seedDatabase } from '../check/prove/seed/seed.ts'
import { readProofSettings } from '../check/settings.ts'
import { type Catalog, catalogDifferences, printDifference, readCatalog } from '../lib/catalog.ts'
import { quoteText, runScript, type Sql } from '../lib/database.ts'
import { ToolError } from '../lib/errors.ts'
import type { Project } from '../lib/project.ts'
import { type DatabaseData, readData } from '../lib/table-data.ts'

/** What a recovery brought back. */
export type PitrOutcome = {
  /** The moment that was asked for, by the clock of the server. */
  readonly target: string
  /** Rows at that moment by table, of the tables that held some. */
  readonly rows: Readonly<Record<string, number>>
  /** Tables, sequences and objects that did not come back as they were. */
  readonly differing: readonly string[]
  readonly isExact: boolean
  readonly archivedSegments: number
  readonly backupMs: number
  readonly recoveryMs: number
}

const ARCHIVED_WITHIN_MS = 60_000

/**
 * Rehearses a recovery of the project's own database on a throw-away server, with the server's own functions only: the
 * migrations run, the log is archived, the data folder is copied between pg_backup_start and pg_backup_stop; then the rows are
 * written, the schema is dropped, and a second server is recovered to the moment before.
 */
export async function drillRecovery(project: Project): Promise<PitrOutcome> {
  const stack = await loadStack()
  const folder = await mkdtemp(join(tmpdir(), 'payd-pitr-'))
  await chmod(folder, 0o711)
  const keeper = stack.startKeeper()
  keeper.removeAtEnd(folder)
  try {
    const user = await stack.databaseUser()
    const archive = join(folder, 'archive')
    await mkdir(archive, { mode: 0o700 })
    await stack.giveFolderTo(user, archive)
    const binaries = stack.embeddedPostgresBinaries()
    const content = { binaries, privileges: 'strict' as const, projectFolder: project.root }
    await stack.createProjectFolder({
      template: (await stack.openTemplate(content))?.folder,
      content,
      dataFolder: join(folder, 'live'),
      superuserPassword: 'drill',
      keeper,
    })
    const start = (name: string) =>
      stack.startPostgres({
        binaries,
        dataFolder: join(folder, name),
        port: 0,
        superuserPassword: 'drill',
        durable: true,
        keeper,
      })
    const urlOf = (port: number): string => stack.databaseUrl(port, stack.PROJECT_DATABASE, stack.SUPERUSER, 'drill')
    const history = await liveThroughHarm({ project, start, urlOf, archive, folder, user })
    const recovering = performance.now()
    await asksFor(join(folder, 'recovered'), archive, history.target, user)
    const recovered = await start('recovered')
    const recoveryMs = performance.now() - recovering
    const found = await withConnection(urlOf(recovered.port), look)
    await recovered.stop()
    const differing = differences(history.before, found)
    return {
      target: history.target,
      rows: Object.fromEntries(
        [...history.before.data.tables].flatMap(([name, { rows }]) => (rows > 0 ? [[name, rows]] : [])),
      ),
      differing,
      isExact: differing.length === 0,
      archivedSegments: (await readdir(archive)).length,
      backupMs: Math.round(history.backupMs),
      recoveryMs: Math.round(recoveryMs),
    }
  } finally {
    await keeper.close()
  }
}

type Server = { readonly port: number; stop(): Promise<void> }
type User = { readonly uid?: number; readonly gid?: number }
type Look = { readonly data: DatabaseData; readonly catalog: Catalog }

const look = async (sql: Sql): Promise<Look> => ({ data: await readData(sql), catalog: await readCatalog(sql) })

function differences(before: Look, found: Look): string[] {
  const { tables, sequences } = changedData(before.data, found.data)
  return [...tables, ...sequences, ...catalogDifferences(before.catalog, found.catalog).map(printDifference)]
}

async function liveThroughHarm(stage: {
  readonly project: Project
  readonly start: (name: string) => Promise<Server>
  readonly urlOf: (port: number) => string
  readonly archive: string
  readonly folder: string
  readonly user: User
}) {
  const first = await stage.start('live')
  await withConnection(stage.urlOf(first.port), async (sql) => {
    await sql.unsafe(`alter system set archive_mode = on`)
    await sql.unsafe(
      `alter system set archive_command = ${quoteText(`test ! -f "${stage.archive}/%f" && cp "%p" "${stage.archive}/%f"`)}`,
    )
  })
  // Archiving is switched on by a restart only.
  await first.stop()
  const live = await stage.start('live')
  try {
    return await withConnection(stage.urlOf(live.port), async (sql) => {
      const started = performance.now()
      await copyWhileRunning(sql, join(stage.folder, 'live'), join(stage.folder, 'recovered'), stage.user)
      const backupMs = performance.now() - started
      await writeRows(sql, stage.project)
      const before = await look(sql)
      const [moment] = await sql<{ at: string }[]>`select clock_timestamp()::text as at`
      await sql.unsafe('drop schema public cascade')
      await untilArchived(sql)
      return { target: moment?.at ?? '', before, backupMs }
    })
  } finally {
    await live.stop()
  }
}

// What is written after the backup comes back from the log alone: the company of seed.sql with its payrolls, or made-up rows.
async function writeRows(sql: Sql, project: Project): Promise<void> {
  const seed = join(project.root, 'supabase', 'seed.sql')
  if (!existsSync(seed)) {
    await seedDatabase(sql, readProofSettings(project))
    return
  }
  await sql.unsafe('set role postgres')
  await runScript(sql, await readFile(seed, 'utf8'))
  await sql.unsafe('reset role')
}

async function copyWhileRunning(sql: Sql, from: string, to: string, user: User): Promise<void> {
  await sql`select pg_backup_start('drill', true)`
  await copyFolder(from, to, user)
  const [stopped] = await sql<{ labelfile: string }[]>`select labelfile from pg_backup_stop(true)`
  // The label says from where to replay; with the control file alone the server would start from a later point.
  await give(user, join(to, 'backup_label'), stopped?.labelfile ?? '')
}

async function copyFolder(from: string, to: string, user: User): Promise<void> {
  await mkdir(to, { mode: 0o700 })
  await own(user, to)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)]
    if (['postmaster.pid', 'postmaster.opts'].includes(entry.name)) continue
    if (entry.name === 'pg_wal') {
      // The log comes from the archive.
      for (const path of [copy, join(copy, 'archive_status')]) {
        await mkdir(path, { mode: 0o700 })
        await own(user, path)
      }
    } else if (entry.isDirectory()) {
      await copyFolder(source, copy, user)
    } else if (entry.isFile()) {
      await copyFile(source, copy)
      await chmod(copy, 0o600)
      await own(user, copy)
    }
  }
}

/** Settings of a recovery belong into postgresql.auto.conf; recovery.signal is empty and only says that there is one. */
async function asksFor(folder: string, archive: string, target: string, user: User): Promise<void> {
  await appendFile(
    join(folder, 'postgresql.auto.conf'),
    [
      '',
      `restore_command = 'cp "${archive}/%f" "%p"'`,
      `recovery_target_time = '${target}'`,
      `recovery_target_action = 'promote'`,
      '',
    ].join('\n'),
  )
  await give(user, join(folder, 'recovery.signal'), '')
}

async function untilArchived(sql: Sql): Promise<void> {
  const [last] = await sql<{ name: string }[]>`select pg_walfile_name(pg_switch_wal()) as name`
  const until = performance.now() + ARCHIVED_WITHIN_MS
  while (performance.now() < until) {
    const [archiver] = await sql<{ name: string | null; failed: string }[]>`
      select last_archived_wal as name, failed_count::text as failed from pg_stat_archiver`
    if (archiver?.name && archiver.name >= (last?.name ?? '')) return
    await pause(25)
  }
  throw new ToolError('The write-ahead log did not reach the archive.', {
    fix: 'Look for archive_command in the log of the server; is there space left?',
  })
}

async function give(user: User, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 })
  await own(user, path)
}

async function own(user: User, path: string): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid)
}

// Like scratch.ts, this knows the local stack only as a source of servers.
async function loadStack() {
  const [binaries, user, keeper, postgres, sql, folders, templates] = await Promise.all([
    import('../../lib/binaries.ts'),
    import('../../lib/database-user.ts'),
    import('../../lib/keeper.ts'),
    import('../../lib/postgres.ts'),
    import('../../lib/sql.ts'),
    import('../../stack/project-folder.ts'),
    import('../../stack/template.ts'),
  ])
  return { ...binaries, ...user, ...keeper, ...postgres, ...folders, ...templates, databaseUrl: sql.databaseUrl }
}
