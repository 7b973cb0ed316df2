import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lint } from '../../../tools/db/check/lint/lint.ts'
import { writeAutoDown } from '../../../tools/db/check/new/auto-down.ts'
import { TEMPLATE_TYPES } from '../../../tools/db/check/new/templates.ts'
import { writeNewMigration } from '../../../tools/db/check/new/write.ts'
import { prove } from '../../../tools/db/check/prove/prove.ts'
import { validate } from '../../../tools/db/check/validate/validate.ts'
import { findMigration, readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject, type Project } from '../../../tools/db/lib/project.ts'
import { openScratchServer, type ScratchServer } from '../../../tools/db/lib/scratch.ts'
import { projectRoot } from '../../../tools/stack/project.ts'

const NOW = new Date('2026-11-21T12:00:00Z')
let server: ScratchServer
let project: Project

beforeAll(async () => {
  server = await openScratchServer()
  const root = await mkdtemp(join(tmpdir(), 'payd-new-'))
  cpSync(join(projectRoot(), 'supabase'), join(root, 'supabase'), { recursive: true })
  project = openProject(root)
})

afterAll(async () => {
  await server?.stop()
  if (project) await rm(project.root, { recursive: true, force: true })
})

describe('a migration from a template, on top of PayD', () => {
  test.each(TEMPLATE_TYPES)('of type %s passes validate, lint and prove as it stands', async (type) => {
    const name = `fresh_${type}`
    const files = writeNewMigration(project, {
      name,
      type,
      table: type === 'table' ? 'public.fresh_notes' : 'public.employees',
      column: type === 'column' ? 'nickname' : 'department',
      author: 'Ada',
      now: NOW,
    })
    const migration = findMigration(readMigrations(project).migrations, name)
    expect(files.map((file) => file.shown)).toEqual([
      `supabase/migrations/${migration.id}.sql`,
      `supabase/rollbacks/${migration.id}_DOWN.sql`,
      `supabase/tests/migrations/${migration.id}.test.sql`,
    ])
    const { findings } = await validate(project, { now: NOW, withLock: false })
    const shown = new Set(files.map((file) => file.shown))
    expect(findings.filter((finding) => shown.has(finding.file))).toEqual([])
    expect((await lint(project, [migration.version])).findings).toEqual([])
    const run = await prove(project, { server, wanted: new Set([migration.version]), lanes: 1 })
    expect(run.proofs.flatMap((proof) => proof.findings)).toEqual([])
    expect(run.proofs).toMatchObject([{ catalogIdentity: true, dataPreserved: true }])
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
    ['a column that is not said', { name: 'x', type: 'column' as const, table: 'public.employees' }, '--column'],
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
alter table public.employees add column nick text not null default 'none';
create index employees_nick_idx on public.employees (organization_id, nick);
comment on table public.employees is 'Somebody else wrote this.';
alter table public.employees set (fillfactor = 90);
`,
    )
    const migration = findMigration(readMigrations(project).migrations, 'by_hand')
    const down = await writeAutoDown(project, migration, server)
    expect(readFileSync(down.path, 'utf8')).toContain('-- rollback: lossy column public.employees.nick')
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
