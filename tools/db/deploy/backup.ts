import { createHash } from 'node:crypto'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { createGzip } from 'node:zlib'
import { catalogDigest, digestAt, readCatalog } from '../lib/catalog.ts'
import { connect, type Sql, seeingEveryRow, withDatabase } from '../lib/database.ts'
import type { Target } from '../lib/environments.ts'
import { ToolError } from '../lib/errors.ts'
import { readHistory } from '../lib/history.ts'
import { recordedScope } from '../lib/scope.ts'
import type { BackedUpTable, Manifest } from './backup-folder.ts'
import { copyToFile } from './copy-stream.ts'
import { type DataTable, DIALECT, dataTables, selectRows, sequencePositions, tableFingerprint } from './data-query.ts'
import { dumpBeside } from './pg-dump.ts'

/** What a backup is called and when it is made. */
export type BackupRequest = {
  readonly target: Target
  readonly folder: string
  readonly label: string
  readonly description: string
  readonly now: Date
  readonly variables: Readonly<Record<string, string | undefined>>
}

/**
 * Writes every table as compressed COPY data, the history with its statements, sequences and fingerprints, all of one
 * moment, into a folder. It speaks the protocol only, so it works with every server whatever tools are installed; where a
 * fitting pg_dump is, its dump lies beside. The folder appears whole or not at all.
 */
export async function makeBackup(request: BackupRequest): Promise<Manifest> {
  const unfinished = `${request.folder}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  try {
    const before = await withDatabase(request.target.url, readCatalog)
    const content = await copyOut(request.target.url, unfinished)
    const scope = recordedScope(content.migrations)
    const digest = catalogDigest(before, scope)
    if ((await digestAt(request.target.url, scope)) !== digest) {
      throw new ToolError('The schema was changed while the backup was made.', { fix: 'Make the backup again.' })
    }
    const dump = await dumpBeside(request.target.url, unfinished, content.server, request.variables)
    const { label, description, now, target } = request
    const manifest: Manifest = {
      label,
      environment: target.name,
      description,
      at: now.toISOString(),
      digest,
      dump,
      ...content,
    }
    // People read and keep the schema as one file; a restore runs the recorded statements of the manifest.
    const schema = content.migrations.map(
      ({ version, name, statements }) => `-- ${version} ${name ?? ''}\n${statements.join(';\n')};\n`,
    )
    await writeFile(join(unfinished, 'schema.sql'), schema.join('\n'), { mode: 0o600 })
    await writeFile(join(unfinished, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 })
    await rename(unfinished, request.folder)
    return manifest
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
}

type Content = Pick<Manifest, 'server' | 'wal' | 'tables' | 'sequences' | 'migrations'>

async function copyOut(url: string, folder: string): Promise<Content> {
  const sql = connect(url, { applicationName: 'payd-db backup' })
  try {
    return await seeingEveryRow(sql, () => copyAll(sql, folder))
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function copyAll(sql: Sql, folder: string): Promise<Content> {
  await sql.unsafe(DIALECT).simple()
  await sql.unsafe('begin isolation level repeatable read read only')
  const [server] = await sql<{ version: string; wal: string }[]>`
      select current_setting('server_version') as version, pg_current_wal_lsn()::text as wal`
  const tables: BackedUpTable[] = []
  for (const table of await dataTables(sql)) tables.push(await copyTable(sql, table, folder))
  const migrations = (await readHistory(sql)).map((row) => ({
    version: row.version,
    name: row.name ?? null,
    statements: [...row.statements],
  }))
  return {
    server: server?.version ?? '',
    wal: server?.wal ?? '',
    tables,
    sequences: await sequencePositions(sql),
    migrations,
  }
}

async function copyTable(sql: Sql, table: DataTable, folder: string): Promise<BackedUpTable> {
  const file = `${encodeURIComponent(table.name)}.copy.gz`
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await copyToFile(sql, `copy (${selectRows(table)}) to stdout`, join(folder, file), [createGzip(), hashing])
  const { size } = await stat(join(folder, file))
  return {
    name: table.name,
    file,
    columns: [...table.columns],
    ...(await tableFingerprint(sql, table)),
    bytes: size,
    sha256: hash.digest('hex'),
  }
}
