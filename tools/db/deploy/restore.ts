import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { applyFile } from '../lib/apply.ts'
import { digestAt } from '../lib/catalog.ts'
import { connect, quoteName, quoteText, runScript, type Sql, withDatabase } from '../lib/database.ts'
import { errorText } from '../lib/errors.ts'
import { isPlatformSchema } from '../lib/platform.ts'
import { recordedScope } from '../lib/scope.ts'
import type { ScratchServer } from '../lib/scratch.ts'
import { type BackedUpTable, fileHash, type Manifest } from './backup-folder.ts'
import { columnList, DIALECT, dataTables, sequencePositions, tableFingerprint } from './data-query.ts'
import { prepareState } from './state.ts'

/** What a drill found; no problem means that every row is back. */
export type RestoreOutcome = {
  /** Rows that are back and equal. */
  readonly rows: number
  readonly tables: number
  /** Rows of platform tables that are back without columns that only another platform has. */
  readonly partialRows: number
  /** Rows of platform tables that could not be restored here. */
  readonly missingRows: number
  readonly problems: readonly string[]
  /** What was left to the platform, such as columns of auth tables that only the hosted service has. */
  readonly notes: readonly string[]
}

/** Files of a backup that are not what was written. */
export async function damagedFiles(folder: string, manifest: Manifest): Promise<string[]> {
  const files = [...manifest.tables, ...(manifest.dump ? [manifest.dump] : [])]
  const checked = await Promise.all(
    files.map(async ({ file, sha256 }) => {
      const found = await fileHash(join(folder, file)).catch((error: unknown) => errorText(error))
      return found === sha256 ? [] : [`${file} is not the file that was written`]
    }),
  )
  return checked.flat()
}

/**
 * Restores a backup into a new database of a server: the recorded statements of every migration, then the rows with
 * triggers switched off, then the sequences; and compares rows, sequences and catalogue with the manifest.
 */
export async function restoreInto(
  server: ScratchServer,
  database: string,
  folder: string,
  manifest: Manifest,
): Promise<RestoreOutcome> {
  const damaged = await damagedFiles(folder, manifest)
  if (damaged.length > 0) return failedRestore(damaged)
  await server.createDatabase(database)
  await withDatabase(server.urlFor(database), async (sql) => {
    await prepareState(sql)
    for (const migration of manifest.migrations) await replay(sql, migration)
  })
  const admin = connect(server.superuserUrlFor(database))
  try {
    const copied = await withoutTriggers(admin, () => copyIn(admin, folder, manifest))
    const problems = [...(await compareRows(admin, manifest)), ...(await compareSequences(admin, manifest))]
    const digest = await digestAt(server.urlFor(database), recordedScope(manifest.migrations))
    if (digest !== manifest.digest) {
      problems.push(
        `the catalogue is ${digest.slice(0, 12)}, and was ${manifest.digest.slice(0, 12)}: the database had drifted from its migrations`,
      )
    }
    const rowsOf = (tables: readonly BackedUpTable[]): number => tables.reduce((sum, table) => sum + table.rows, 0)
    return {
      rows: rowsOf(copied.whole),
      tables: copied.whole.length,
      partialRows: rowsOf(copied.partial),
      missingRows: rowsOf(copied.missing),
      problems,
      notes: copied.notes,
    }
  } finally {
    await admin.end({ timeout: 5 })
  }
}

/** What a restore answers that brought nothing back. */
export const failedRestore = (problems: readonly string[]): RestoreOutcome => ({
  rows: 0,
  tables: 0,
  partialRows: 0,
  missingRows: 0,
  problems,
  notes: [],
})

async function replay(sql: Sql, migration: Manifest['migrations'][number]): Promise<void> {
  const shown = `history of ${migration.version}`
  await applyFile(sql, { path: shown, shown, text: migration.statements.join(';\n') }, 'restore')
}

// Triggers and foreign keys already did their work when the rows were written the first time. A trigger that fires always,
// such as the one that keeps a trail append-only, is switched off by name and comes back as it was.
async function withoutTriggers<Result>(sql: Sql, work: () => Promise<Result>): Promise<Result> {
  const always = await sql<{ table: string; name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as table, quote_ident(tgname) as name
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where tgenabled = 'A' and not tgisinternal and tgparentid = 0`
  const each = (words: string): string =>
    always.map(({ table, name }) => `alter table ${table} ${words} trigger ${name};`).join('\n')
  await runScript(sql, each('disable'))
  try {
    return await work()
  } finally {
    await runScript(sql, each('enable always'))
  }
}

type Copied = {
  readonly whole: BackedUpTable[]
  readonly partial: BackedUpTable[]
  readonly missing: BackedUpTable[]
  readonly notes: string[]
}

async function copyIn(sql: Sql, folder: string, manifest: Manifest): Promise<Copied> {
  const here = new Map((await dataTables(sql)).map((table) => [table.name, table.columns]))
  const copied: Copied = { whole: [], partial: [], missing: [], notes: [] }
  await runScript(sql, `${DIALECT} set session_replication_role = replica;`)
  if (here.size > 0) {
    await sql.unsafe(`truncate ${[...here.keys()].map((name) => quoteName(name)).join(', ')} cascade`)
  }
  for (const table of manifest.tables) {
    const columns = here.get(table.name)
    if (!columns) {
      copied.missing.push(table)
      copied.notes.push(`${table.name}: its ${table.rows} rows are kept, and no recorded migration creates the table`)
      continue
    }
    const absent = table.columns.filter((column) => !columns.includes(column))
    if (absent.length === 0) {
      await copyTable(sql, join(folder, table.file), quoteName(table.name), table.columns)
      copied.whole.push(table)
      continue
    }
    const why = `${table.name}: ${table.rows} rows, and the columns ${absent.join(', ')} are not here`
    const refusal = await copyShared(sql, folder, table, columns)
    copied[refusal === undefined ? 'partial' : 'missing'].push(table)
    copied.notes.push(refusal === undefined ? `${why}; the others are back` : `${why}; not restored: ${refusal}`)
  }
  for (const [name, position] of Object.entries(manifest.sequences)) {
    if (position === 'unused') continue
    const [found] = await sql<{ exists: boolean }[]>`select to_regclass(${quoteName(name)}) is not null as exists`
    if (found?.exists) await sql.unsafe(`select setval(${quoteText(quoteName(name))}, ${position})`)
  }
  return copied
}

async function copyTable(sql: Sql, path: string, into: string, columns: readonly string[]): Promise<void> {
  const writable = await sql.unsafe(`copy ${into} (${columnList(columns)}) from stdin`).writable()
  await pipeline(createReadStream(path), createGunzip(), writable)
}

/** Restores the columns that a table has in the backup and here; returns why it could not. */
async function copyShared(
  sql: Sql,
  folder: string,
  table: BackedUpTable,
  here: readonly string[],
): Promise<string | undefined> {
  const shared = table.columns.filter((column) => here.includes(column))
  const types = await sql<{ name: string; type: string }[]>`
    select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = to_regclass(${quoteName(table.name)}) and attname in ${sql(shared)}`
  const read = types.map(({ name, type }) => `${quoteName(name)}::${type}`).join(', ')
  const target = `${quoteName(table.name)} (${columnList(types.map(({ name }) => name))})`
  await runScript(sql, `create temporary table payd_shared (${table.columns.map((one) => `${quoteName(one)} text`)})`)
  try {
    await copyTable(sql, join(folder, table.file), 'pg_temp.payd_shared', table.columns)
    await runScript(sql, `insert into ${target} overriding system value select ${read} from pg_temp.payd_shared`)
    return undefined
  } catch (error) {
    return errorText(error)
  } finally {
    await runScript(sql, 'drop table pg_temp.payd_shared')
  }
}

async function compareRows(sql: Sql, manifest: Manifest): Promise<string[]> {
  const problems: string[] = []
  const here = new Map((await dataTables(sql)).map((table) => [table.name, table]))
  for (const table of manifest.tables) {
    const found = here.get(table.name)
    const isComparable = table.columns.every((column) => found?.columns.includes(column))
    if (!isComparable) {
      if (mustBeHere(manifest, table.name)) problems.push(`${table.name} could not be restored`)
      continue
    }
    const { rows, hash } = await tableFingerprint(sql, { ...table, isPartitioned: found?.isPartitioned === true })
    if (rows !== table.rows) problems.push(`${table.name} has ${rows} rows, and had ${table.rows}`)
    else if (hash !== table.hash) problems.push(`${table.name} has ${rows} rows, and not all of them are the same`)
  }
  return problems
}

async function compareSequences(sql: Sql, manifest: Manifest): Promise<string[]> {
  const now = await sequencePositions(sql)
  return Object.entries(manifest.sequences).flatMap(([name, position]) =>
    now[name] === position || !mustBeHere(manifest, name)
      ? []
      : [`sequence ${name} is at ${now[name]}, and was at ${position}`],
  )
}

// What a table of the platform holds is the platform's business. A table that no recorded migration creates was made by
// hand: its rows are in the backup, and how to build it was not recorded. Without recorded statements nothing is known.
function mustBeHere(manifest: Manifest, name: string): boolean {
  const [schema = '', table = ''] = name.split('.')
  if (isPlatformSchema(schema)) return false
  const isAllRecorded = manifest.migrations.every(({ statements }) => statements.length > 0)
  return !isAllRecorded || recordedScope(manifest.migrations).owns(schema, table, false)
}
