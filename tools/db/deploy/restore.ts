import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { applyFile } from '../lib/apply.ts'
import { catalogDigest, readCatalog } from '../lib/catalog.ts'
import { connect, quoteName, quoteText, runScript, type Sql, withDatabase } from '../lib/database.ts'
import { errorText } from '../lib/errors.ts'
import { isPlatformSchema } from '../lib/platform.ts'
import type { ScratchServer } from '../lib/scratch.ts'
import { type BackedUpTable, fileHash, type Manifest } from './backup-folder.ts'
import { columnList, DIALECT, dataTables, sequencePositions, tableFingerprint } from './data-query.ts'
import { prepareState } from './state.ts'

/** What a drill found; no problem means that every row is back. */
export type RestoreOutcome = {
  readonly rows: number
  readonly tables: number
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
  if (damaged.length > 0) return { rows: 0, tables: 0, problems: damaged, notes: [] }
  await server.createDatabase(database)
  await withDatabase(server.urlFor(database), async (sql) => {
    await prepareState(sql)
    for (const migration of manifest.migrations) await replay(sql, migration)
  })
  const admin = connect(server.superuserUrlFor(database))
  try {
    const notes = await copyIn(admin, folder, manifest)
    const problems = [...(await compareRows(admin, manifest)), ...(await compareSequences(admin, manifest))]
    const digest = catalogDigest(await readCatalog(server.urlFor(database)))
    if (digest !== manifest.digest) {
      problems.push(
        `the catalogue is ${digest.slice(0, 12)}, and was ${manifest.digest.slice(0, 12)}: the database had drifted from its migrations`,
      )
    }
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
    return { rows, tables: manifest.tables.length, problems, notes }
  } finally {
    await admin.end({ timeout: 5 })
  }
}

async function replay(sql: Sql, migration: Manifest['migrations'][number]): Promise<void> {
  const shown = `history of ${migration.version}`
  await applyFile(sql, { path: shown, shown, text: migration.statements.join(';\n') }, 'restore')
}

async function copyIn(sql: Sql, folder: string, manifest: Manifest): Promise<string[]> {
  const here = new Map((await dataTables(sql)).map((table) => [table.name, table.columns]))
  const notes: string[] = []
  // Triggers and foreign keys already did their work when the rows were written the first time.
  await runScript(sql, `${DIALECT} set session_replication_role = replica;`)
  if (here.size > 0) {
    await sql.unsafe(`truncate ${[...here.keys()].map((name) => quoteName(name)).join(', ')} cascade`)
  }
  for (const table of manifest.tables) {
    const columns = here.get(table.name)
    if (!columns) {
      if (table.rows > 0) notes.push(`${table.name}: ${table.rows} rows belong to a table that only the platform has`)
      continue
    }
    const missing = table.columns.filter((column) => !columns.includes(column))
    if (missing.length > 0) {
      notes.push(
        `${table.name}: the platform's columns ${missing.join(', ')} are not here, so its rows are not restored`,
      )
      continue
    }
    const writable = await sql
      .unsafe(`copy ${quoteName(table.name)} (${columnList(table.columns)}) from stdin`)
      .writable()
    await pipeline(createReadStream(join(folder, table.file)), createGunzip(), writable)
  }
  for (const [name, position] of Object.entries(manifest.sequences)) {
    if (position === 'unused') continue
    const [found] = await sql<{ exists: boolean }[]>`select to_regclass(${quoteName(name)}) is not null as exists`
    if (found?.exists) await sql.unsafe(`select setval(${quoteText(quoteName(name))}, ${position})`)
  }
  return notes
}

async function compareRows(sql: Sql, manifest: Manifest): Promise<string[]> {
  const problems: string[] = []
  const here = new Map((await dataTables(sql)).map((table) => [table.name, table.columns]))
  for (const table of manifest.tables) {
    const columns = here.get(table.name)
    const isComparable = table.columns.every((column) => columns?.includes(column))
    if (!isComparable) {
      if (!isPlatformSchema(schemaOf(table))) problems.push(`${table.name} could not be restored`)
      continue
    }
    const { rows, hash } = await tableFingerprint(sql, table)
    if (rows !== table.rows) problems.push(`${table.name} has ${rows} rows, and had ${table.rows}`)
    else if (hash !== table.hash) problems.push(`${table.name} has ${rows} rows, and not all of them are the same`)
  }
  return problems
}

async function compareSequences(sql: Sql, manifest: Manifest): Promise<string[]> {
  const now = await sequencePositions(sql)
  return Object.entries(manifest.sequences).flatMap(([name, position]) =>
    now[name] === position || isPlatformSchema(name.split('.')[0] ?? '')
      ? []
      : [`sequence ${name} is at ${now[name]}, and was at ${position}`],
  )
}

const schemaOf = (table: BackedUpTable): string => table.name.slice(0, table.name.indexOf('.'))
