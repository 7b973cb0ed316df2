import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lint } from '../../../tools/db/check/lint/lint.ts'
import { writeAutoDown } from '../../../tools/db/check/new/auto-down.ts'
import { TEMPLATE_TYPES, type TemplateType } from '../../../tools/db/check/new/templates.ts'
import { writeNewMigration } from '../../../tools/db/check/new/write.ts'
import { type ProofRun, prove } from '../../../tools/db/check/prove/prove.ts'
import { validate } from '../../../tools/db/check/validate/validate.ts'
import { applyFile } from '../../../tools/db/lib/apply.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import type { Finding } from '../../../tools/db/lib/finding.ts'
import { findMigration, readMigrations, type SqlFile } from '../../../tools/db/lib/migrations.ts'
import { openProject, type Project } from '../../../tools/db/lib/project.ts'
import { type ScratchServer, scratchName } from '../../../tools/db/lib/scratch.ts'
import { projectRoot } from '../../../tools/lib/project.ts'
import { migratedTemplate, sharedServer } from '../shared-server.ts'
import { baseFolder } from './planted.ts'

const NOW = new Date('2026-11-26T12:00:00Z')
let server: ScratchServer

beforeAll(() => {
  server = sharedServer()
})

afterAll(async () => {
  await server?.stop()
})

describe('a migration from a template', () => {
  let project: Project
  let run: ProofRun
  const written = new Map<string, readonly SqlFile[]>()

  // One migration of each type in one history, so that a single walk through it proves them all. The renamed column is the
  // one that the second adds, because every other is in use.
  beforeAll(async () => {
    project = await copyOf(baseFolder())
    for (const type of TEMPLATE_TYPES) {
      const isOfNickname = ['column', 'rename', 'drop'].includes(type)
      written.set(type, fresh(project, type, 'public.notes', isOfNickname ? 'nickname' : 'body'))
    }
    const versions = readMigrations(project).migrations.flatMap(({ name, version }) => (isFresh(name) ? [version] : []))
    run = await prove(project, { server, wanted: new Set(versions), lanes: 1 })
  })

  afterAll(() => remove(project))

  test.each(TEMPLATE_TYPES)('of type %s passes validate, lint and prove as it stands', async (type) => {
    const files = written.get(type) ?? []
    const migrations = namesOf(type).map((name) => findMigration(readMigrations(project).migrations, name))
    expect(files.map((file) => file.shown)).toEqual(
      migrations.flatMap(({ id }) => [
        `supabase/migrations/${id}.sql`,
        `supabase/rollbacks/${id}_DOWN.sql`,
        `supabase/tests/migrations/${id}.test.sql`,
      ]),
    )
    expect(await findingsIn(project, files)).toEqual([])
    expect(run.findings).toEqual([])
    const versions = migrations.map(({ version }) => version)
    const proofs = run.proofs.filter((one) => versions.includes(one.migration.version))
    expect(proofs).toMatchObject(versions.map(() => ({ findings: [], catalogIdentity: true, dataPreserved: true })))
  })

  test("of a rename keeps both columns of PayD's employees the same when a program writes either, and dropping the old one keeps the rows", async () => {
    const payd = await copyOf(projectRoot())
    try {
      const files = (['column', 'rename', 'drop'] as const).map((type) =>
        fresh(payd, type, 'public.employees', 'nickname'),
      )
      expect(await findingsIn(payd, files.flat())).toEqual([])
      const [column, rename, drop] = readMigrations(payd).migrations.filter(({ name }) => isFresh(name))
      await withDatabase(await server.createDatabase(scratchName('renamed'), migratedTemplate()), async (sql) => {
        if (column) await applyFile(sql, column.up, 'test')
        const [organization] = await sql<{ id: number }[]>`
          insert into public.organizations (name) values ('Acme') returning id`
        const add = (email: string, names: Readonly<Record<string, string>>) => sql`
          insert into public.employees ${sql({ organization_id: organization?.id ?? 0, first_name: 'A', last_name: 'B', email, ...names })}`
        await add('old@example.org', { nickname: 'Al' })
        if (rename) await applyFile(sql, rename.up, 'test')
        if (drop) await expect(applyFile(sql, drop.up, 'test')).rejects.toThrow('backfill called first')
        await add('new@example.org', { called: 'Bo' })
        await sql`update public.employees set nickname = 'Ally' where email = 'old@example.org'`
        await sql`update public.employees set called = 'Bob' where email = 'new@example.org'`
        const names = () => sql`select nickname, called from public.employees order by email`
        const both = [
          { nickname: 'Bob', called: 'Bob' },
          { nickname: 'Ally', called: 'Ally' },
        ]
        expect([...(await names())]).toEqual(both)
        if (drop) await applyFile(sql, drop.up, 'test')
        await sql`update public.employees set called = 'Robert' where email = 'new@example.org'`
        if (drop?.down) await applyFile(sql, drop.down, 'test')
        expect([...(await names())]).toEqual([{ nickname: 'Robert', called: 'Robert' }, both[1]])
      })
    } finally {
      await remove(payd)
    }
  })

  test('never gets a version before the newest', () => {
    const past = new Date('2020-01-01T00:00:00Z')
    writeNewMigration(project, {
      name: 'late',
      type: 'other',
      table: undefined,
      column: undefined,
      author: 'Ada',
      now: past,
    })
    expect(readMigrations(project).migrations.at(-1)?.name).toBe('late')
  })

  test.each([
    ['a name that is no name', { name: 'Add-Notes' }, 'snake_case'],
    ['a name that is taken', { name: 'late' }, 'Choose a name'],
    [
      'a table that nobody creates',
      { name: 'x', type: 'column' as const, table: 'public.nothing', column: 'a' },
      'Name one of',
    ],
    [
      'a column that is not there',
      { name: 'x', type: 'drop' as const, table: 'public.notes', column: 'nothing' },
      'organization_id',
    ],
    [
      'a new name that is taken',
      { name: 'x', type: 'rename' as const, table: 'public.notes', column: 'body', to: 'priority' },
      'Choose another',
    ],
    [
      'a function that nobody creates',
      { name: 'x', type: 'replace' as const, function: 'private.nothing' },
      'Name one',
    ],
    ['a column that is not said', { name: 'x', type: 'column' as const, table: 'public.notes' }, '--column'],
  ])('is refused with what to do: %s', (_case, options, fix) => {
    const complete = {
      type: 'other' as const,
      table: undefined,
      column: undefined,
      author: 'Ada',
      now: NOW,
      ...options,
    }
    expect(() => writeNewMigration(project, complete)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining(fix), exitCode: 2 }),
    )
  })
})

describe('a rollback worked out from the catalogues', () => {
  let project: Project

  beforeAll(async () => {
    project = await copyOf(baseFolder())
  })

  afterAll(() => remove(project))

  test('undoes a forward file that was written by hand, and is proven', async () => {
    const [up] = writeNewMigration(project, {
      name: 'by_hand',
      type: 'other',
      table: undefined,
      column: undefined,
      author: 'Ada',
      now: NOW,
    })
    if (!up) throw new Error('no forward file')
    const header = up.text.slice(0, up.text.indexOf('set local'))
    writeFileSync(
      up.path,
      `${header}set local lock_timeout = '2s';
set local statement_timeout = '30s';
alter table public.notes add column nick text not null default 'none';
create index notes_nick_idx on public.notes (organization_id, nick);
comment on table public.notes is 'Somebody else wrote this.';
alter table public.notes set (fillfactor = 90);
`,
    )
    const migration = findMigration(readMigrations(project).migrations, 'by_hand')
    writeFileSync(
      join(project.root, `supabase/tests/migrations/${migration.id}.test.sql`),
      `begin;
select plan(1);
select has_column('public', 'notes', 'nick', 'a note has a nick');
select * from finish();
rollback;
`,
    )
    const down = await writeAutoDown(project, migration, server)
    expect(readFileSync(down.path, 'utf8')).toContain('-- rollback: lossy column public.notes.nick')
    const run = await prove(project, { server, wanted: new Set([migration.version]), lanes: 1 })
    expect(run.proofs.flatMap((proof) => proof.findings)).toEqual([])
  })

  test('is refused when the forward file changes nothing', async () => {
    const [up] = writeNewMigration(project, {
      name: 'nothing',
      type: 'other',
      table: undefined,
      column: undefined,
      author: 'Ada',
      now: NOW,
    })
    if (!up) throw new Error('no forward file')
    writeFileSync(up.path, up.text.replace(/create type[\s\S]*$/, 'select 1;\n'))
    const migration = findMigration(readMigrations(project).migrations, 'nothing')
    await expect(writeAutoDown(project, migration, server)).rejects.toThrow('changes nothing in the catalogue')
  })
})

const isFresh = (name: string): boolean => name.startsWith('fresh_')

/** The names of the migrations that a template of this type writes. */
const namesOf = (type: TemplateType): string[] =>
  type === 'constraint' ? ['fresh_constraint', 'fresh_constraint_holds'] : [`fresh_${type}`]

// The function that is replaced has its body on the line of its quotes.
function fresh(project: Project, type: TemplateType, table: string, column: string): readonly SqlFile[] {
  return writeNewMigration(project, {
    name: `fresh_${type}`,
    type,
    table: type === 'table' ? 'public.fresh_notes' : table,
    column,
    to: type === 'rename' ? 'called' : undefined,
    function: 'private.organization_id',
    author: 'Ada',
    now: NOW,
  })
}

/** What validate and lint say about files. */
async function findingsIn(project: Project, files: readonly SqlFile[]): Promise<Finding[]> {
  const shown = files.map((file) => file.shown)
  const versions = readMigrations(project).migrations.flatMap(({ up, version }) =>
    shown.includes(up.shown) ? [version] : [],
  )
  const { findings } = await validate(project, { now: NOW, withLock: false })
  return [...findings.filter((finding) => shown.includes(finding.file)), ...(await lint(project, versions)).findings]
}

async function copyOf(root: string): Promise<Project> {
  const copy = await mkdtemp(join(tmpdir(), 'payd-new-'))
  cpSync(join(root, 'supabase'), join(copy, 'supabase'), { recursive: true })
  return openProject(copy)
}

async function remove(project: Project | undefined): Promise<void> {
  if (project) await rm(project.root, { recursive: true, force: true })
}
