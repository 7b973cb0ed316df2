import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { applyFile } from '../../../tools/db/lib/apply.ts'
import { astHash } from '../../../tools/db/lib/ast-hash.ts'
import { catalogDigest, readCatalog } from '../../../tools/db/lib/catalog.ts'
import type { CommandContext, CommandModule } from '../../../tools/db/lib/command.ts'
import { connect, type Sql } from '../../../tools/db/lib/database.ts'
import { type LockEntry, type LockFile, writeLockFile } from '../../../tools/db/lib/lock-file.ts'
import { type Migration, readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject, type Project } from '../../../tools/db/lib/project.ts'
import { scopeOf } from '../../../tools/db/lib/scope.ts'
import type { SharedServer } from '../shared-server.ts'

/** The texts of one small migration. */
export type Pair = { readonly id: string; readonly up: string; readonly down: string; readonly test?: string }

const header = (title: string, tables: string, changeClass: string, author = 'ada'): string =>
  `-- migration: ${title}
-- Notes are what these tests migrate.
-- author: ${author} | date: 2026-01-01
-- tables: ${tables} | depends: none
-- class: ${changeClass} | breaking: no
-- transaction: yes
`

export const NOTES: Pair = {
  id: '20260101000000_notes',
  up: `${header('notes', 'public.notes', 'add-table')}
create table public.notes (
  id bigint generated always as identity primary key,
  body text not null
);
alter table public.notes enable row level security;
grant select on public.notes to authenticated;
`,
  down: `-- rollback-of: 20260101000000_notes
-- rollback: lossy table public.notes
drop table public.notes;
`,
  test: `begin;
select plan(1);
select has_table('public', 'notes', 'there are notes');
select * from finish();
rollback;
`,
}

export const MEMO: Pair = {
  id: '20260102000000_memo',
  up: `${header('memo', 'public.notes', 'add-column')}
alter table public.notes add column memo text;
`,
  down: `-- rollback-of: 20260102000000_memo
-- rollback: lossy column public.notes.memo
alter table public.notes drop column memo;
`,
  test: `begin;
select plan(1);
select has_column('public', 'notes', 'memo', 'a note has a memo');
select * from finish();
rollback;
`,
}

export const BODY_INDEX: Pair = {
  id: '20260103000000_body_index',
  up: `${header('body index', 'public.notes', 'add-index')}
create index notes_body_idx on public.notes (body);
`,
  down: `-- rollback-of: 20260103000000_body_index
-- rollback: lossless
drop index public.notes_body_idx;
`,
}

/** A project in a temporary folder with three environments; `variables` must name their databases. */
export function createProject(pairs: readonly Pair[]): Project {
  const root = mkdtempSync(join(tmpdir(), 'payd-deploy-'))
  for (const folder of ['migrations', 'rollbacks', 'tests/migrations']) {
    mkdirSync(join(root, 'supabase', folder), { recursive: true })
  }
  const project = openProject(root)
  writeFileSync(
    project.environmentsFile,
    JSON.stringify({
      local: { url: '$LOCAL_URL' },
      staging: { url: '$STAGING_URL', after: 'local' },
      production: { url: '$PRODUCTION_URL', confirm: true, after: 'staging', backup: true },
    }),
  )
  for (const pair of pairs) writePair(project, pair)
  return project
}

export const removeProject = (project: Project): void => rmSync(project.root, { recursive: true, force: true })

/** Writes the files of a pair. */
export function writePair(project: Project, pair: Pair): void {
  writeFileSync(join(project.migrations, `${pair.id}.sql`), pair.up)
  writeFileSync(join(project.rollbacks, `${pair.id}_DOWN.sql`), pair.down)
  if (pair.test) writeFileSync(join(project.tests, 'migrations', `${pair.id}.test.sql`), pair.test)
}

/** Removes the files of a pair. */
export function removePair(project: Project, pair: Pair): void {
  rmSync(join(project.migrations, `${pair.id}.sql`))
  rmSync(join(project.rollbacks, `${pair.id}_DOWN.sql`))
}

/** Writes the lock file as a proof would. */
export async function writeProofs(project: Project, cluster: SharedServer): Promise<void> {
  const { migrations } = readMigrations(project)
  const key = migrations.map(({ id, up, down }) => [id, up.text, down?.text].join('\n')).join('\n')
  // Most tests of a file start from the same pairs, whose digests are always the same.
  const lock = known.get(key) ?? (await digestsOf(migrations, cluster))
  known.set(key, lock)
  writeLockFile(project, lock)
}

const known = new Map<string, LockFile>()

// A clone gets one migration after the other.
async function digestsOf(migrations: readonly Migration[], cluster: SharedServer): Promise<LockFile> {
  const name = `proof_${Math.random().toString(36).slice(2)}`
  const url = await cluster.createDatabase(name)
  const sql = connect(url)
  const scope = scopeOf(migrations.map((migration) => migration.up.text))
  const lock: Record<string, LockEntry> = {}
  try {
    let before = catalogDigest(await readCatalog(sql), scope)
    for (const { version, name: title, up, down } of migrations) {
      await applyFile(sql, up, 'proof')
      const after = catalogDigest(await readCatalog(sql), scope)
      lock[version] = {
        name: title,
        up: astHash(up.text),
        down: down ? astHash(down.text) : '',
        class: [],
        rollback: 'lossless',
        catalog: { before, after },
        proof: { catalogIdentity: true, dataPreserved: true, killPoints: 0, n1: { queries: 0, broken: 0 } },
        locks: [],
        pg: '17',
        tools: {},
      }
      before = after
    }
    return lock
  } finally {
    await sql.end()
    await cluster.dropDatabase(name)
  }
}

/** What a command printed and answered. */
export type Answer = {
  readonly code: number
  readonly text: string
  readonly errors: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever a command answers as JSON.
  readonly data: any
}

export type RunOptions = {
  readonly variables?: Readonly<Record<string, string>>
  readonly now?: Date
  /** Is told every line of progress. */
  readonly onProgress?: (line: string) => void
}

/** Runs a command as the command line would, with --json, and returns its answer. */
export async function run(
  module: CommandModule,
  project: Project,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Answer> {
  const printed: string[] = []
  const errors: string[] = []
  let code = -1
  const context: CommandContext = {
    environment: { PAYD_ACTOR: 'tester', PAYD_PG_DUMP: '/nonexistent/pg_dump', ...options.variables },
    folder: project.root,
    print: (line) => void printed.push(line),
    printError: (line) => {
      errors.push(line)
      options.onProgress?.(line)
    },
    setExitCode: (value) => {
      code = value
    },
    now: () => options.now ?? new Date(),
    isInteractive: false,
  }
  await module.command.build(context).parseAsync([...args, '--json'], { from: 'user' })
  const text = printed.join('\n')
  return { code, text, errors: errors.join('\n'), data: text ? JSON.parse(text) : {} }
}

/** Now and some hours more. */
export const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000)

/** Runs a query and returns its rows. */
export async function query<Row>(url: string, text: string): Promise<Row[]> {
  const sql: Sql = connect(url)
  try {
    return [...(await sql.unsafe<Row[] & object[]>(text))] as Row[]
  } finally {
    await sql.end()
  }
}

/** The address of a database of the shared server for a role that may do what postgres may, but that row level security stops. */
export function forRoleThatRlsStops(url: string): string {
  const address = new URL(url)
  address.username = 'stopped'
  address.password = 'stopped'
  return address.href
}

/** Waits until a query finds a row; a test that waits in vain ends with its time limit. */
export async function until(url: string, text: string): Promise<void> {
  const sql: Sql = connect(url)
  try {
    while ((await sql.unsafe(text)).length === 0) await nextTurn()
  } finally {
    await sql.end()
  }
}

/** The versions that the history table says are applied. */
export async function appliedVersions(url: string): Promise<string[]> {
  const rows = await query<{ version: string }>(
    url,
    'select version from supabase_migrations.schema_migrations order by version',
  )
  return rows.map((row) => row.version)
}
