import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as backup from '../../../tools/db/deploy/backup.command.ts'
import { readManifest } from '../../../tools/db/deploy/backup-folder.ts'
import { copyToFile } from '../../../tools/db/deploy/copy-stream.ts'
import { dumpBeside } from '../../../tools/db/deploy/pg-dump.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as drill from '../../../tools/db/deploy/restore-drill.command.ts'
import { connect } from '../../../tools/db/lib/database.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import {
  createProject,
  forRoleThatRlsStops,
  inHours,
  MEMO,
  NOTES,
  query,
  removeProject,
  run,
  writeProofs,
} from './fixture.ts'

let cluster: SharedServer
let project: Project
let url: string
let variables: Record<string, string>

const AUDITED = {
  id: '20260105000000_audited',
  up: `create table public.audited (id bigint generated always as identity primary key, note_id bigint not null references public.notes (id),
  amount numeric(20, 7) not null, doubled numeric generated always as (amount * 2) stored, at timestamptz not null, raw bytea);
create function public.refuse() returns trigger language plpgsql set search_path = '' as $$ begin raise exception 'append only'; end $$;
create trigger audited_is_append_only before update or delete or truncate on public.audited for each statement execute function public.refuse();
alter table public.audited enable always trigger audited_is_append_only;
`,
  down: `-- rollback-of: 20260105000000_audited
-- rollback: lossy table public.audited
drop table public.audited;
drop function public.refuse();
`,
}

beforeAll(async () => {
  cluster = sharedServer()
  project = createProject([NOTES, MEMO, AUDITED])
  await writeProofs(project, cluster)
  url = await cluster.createDatabase('kept')
  variables = { LOCAL_URL: url }
  await run(push, project, ['--env', 'local', '--claim'], { variables })
  await query(
    url,
    `insert into public.notes (body, memo) select 'tab' || chr(9) || 'and "quotes" \\ ' || n, nullif(n % 3, 0)::text from generate_series(1, 500) n`,
  )
  await query(
    url,
    `insert into public.audited (note_id, amount, at, raw) select n, 922337203685.4775807, now(), decode('00ff', 'hex') from generate_series(1, 100) n`,
  )
  await query(url, `insert into auth.users (id, email) values (gen_random_uuid(), 'ada@example.com')`)
})
afterAll(async () => {
  await cluster.stop()
  removeProject(project)
})

const local = (module: typeof backup, ...args: string[]) =>
  run(module, project, [...args, '--env', 'local'], { variables })
const restore = (...args: string[]) => local(drill, ...args, '--server', cluster.adminUrl, '--blank', 'blank_project')

describe('backup and restore-drill', () => {
  test('a backup comes back whole: every row, sequence and object, under triggers that forbid changes', async () => {
    const made = await local(backup, '--description', 'Before the Audit!')
    expect(made.data).toMatchObject({ ok: true, label: expect.stringMatching(/^\d{8}-\d{6}-before-the-audit$/) })
    const answer = await restore()
    expect(answer.data).toMatchObject({ ok: true, problems: [], notes: [] })
    const manifest = readManifest(made.data.folder)
    expect(manifest.tables.find((table) => table.name === 'public.notes')?.rows).toBe(500)
    expect(manifest.tables.find((table) => table.name === 'auth.users')?.rows).toBe(1)
    const entries = await query<{ kind: string }>(
      url,
      `select kind from supabase_migrations.payd_journal where kind in ('backup', 'drilled') order by id`,
    )
    expect(entries.map((entry) => entry.kind)).toEqual(['backup', 'drilled'])
  })

  test('a table that hides its rows from its own owner stops a backup instead of being saved as empty', async () => {
    await query(url, 'alter table public.notes force row level security')
    try {
      const variables = { LOCAL_URL: forRoleThatRlsStops(url) }
      const answer = await run(backup, project, ['--env', 'local'], { variables })
      expect(answer.data.error.what).toContain('This role does not see every row')
    } finally {
      await query(url, 'alter table public.notes no force row level security')
    }
  })

  test('a flipped byte, a manifest that promises other rows, and a missing file are found', async () => {
    const { data } = await local(backup, '--description', 'damaged')
    const manifest = readManifest(data.folder)
    const notes = manifest.tables.find((table) => table.name === 'public.notes')
    const path = join(data.folder, notes?.file ?? '')
    const whole = readFileSync(path)
    const flipped = Buffer.from(whole)
    flipped[100] = (flipped[100] ?? 0) ^ 1
    writeFileSync(path, flipped)
    expect((await restore()).data).toMatchObject({ ok: false, problems: [expect.stringContaining('public.notes')] })
    writeFileSync(path, whole)
    const changed = manifest.tables.map((table) => (table === notes ? { ...table, hash: '1' } : table))
    writeFileSync(join(data.folder, 'manifest.json'), JSON.stringify({ ...manifest, tables: changed }))
    expect((await restore()).data).toMatchObject({
      ok: false,
      problems: ['public.notes has 500 rows, and not all of them are the same'],
    })
  })

  test('a schema that was changed by hand does not come back, and the drill says so', async () => {
    const other = await cluster.createDatabase('drifted', 'kept')
    await query(other, 'create table public.by_hand (id int); alter table public.notes add column by_hand text')
    const own = { variables: { LOCAL_URL: other }, now: inHours(1) }
    await run(backup, project, ['--env', 'local'], own)
    const answer = await run(
      drill,
      project,
      ['--env', 'local', '--server', cluster.adminUrl, '--blank', 'blank_project'],
      own,
    )
    expect(answer.data.ok).toBe(false)
    expect(answer.data.problems.join('\n')).toMatch(/public\.notes could not be restored[\s\S]*the catalogue is/)
    // A table that no migration creates belongs to somebody else; its rows are kept, and the drill says that it cannot build it.
    expect(answer.data.notes.join('\n')).toContain('public.by_hand')
  })

  test('a drill counts only what it compared, and brings back the columns that both platforms have', async () => {
    const hosted = await cluster.createDatabase('hosted', 'kept')
    await query(cluster.superuserUrlFor('hosted'), 'alter table auth.users add column only_hosted text')
    await query(
      cluster.superuserUrlFor('hosted'),
      'create table auth.only_there (id int); insert into auth.only_there values (1), (2)',
    )
    const own = { variables: { LOCAL_URL: hosted }, now: inHours(1.5) }
    const made = await run(backup, project, ['--env', 'local'], own)
    const server = ['--server', cluster.adminUrl, '--blank', 'blank_project', '--keep']
    const answer = await run(drill, project, ['--env', 'local', ...server], own)
    const all = readManifest(made.data.folder).tables.reduce((sum, table) => sum + table.rows, 0)
    expect(answer.data).toMatchObject({ problems: [], rows: all - 3, partialRows: 1, missingRows: 2 })
    expect(answer.data.notes.join('\n')).toMatch(
      /auth\.only_there: its 2 rows[\s\S]*only_hosted are not here; the others are back/,
    )
    const name = new URL(answer.data.keptAs.replace(':…@', '@')).pathname.slice(1)
    expect(await query(cluster.superuserUrlFor(name), 'select email from auth.users')).toEqual([
      { email: 'ada@example.com' },
    ])
    await cluster.dropDatabase(name)
  })

  test('a pg_dump that fails is quoted without the password, which no argument holds either', async () => {
    const program = join(project.root, 'pg_dump')
    const script = '#!/bin/sh\n[ "$1" = --version ] && { echo "pg_dump (PostgreSQL) 99.1"; exit 0; }\n'
    writeFileSync(program, `${script}echo "error: $PGPASSWORD is $# arguments: $*" >&2\nexit 1\n`, { mode: 0o755 })
    const secret = url.replace(/\/\/postgres:[^@]*@/, '//postgres:pa%40ss@')
    const failed = dumpBeside(secret, project.root, '17.0', { PAYD_PG_DUMP: program })
    await expect(failed).rejects.toThrow(
      /error: pa@ss is 3 arguments: --format=custom \S+ --dbname=postgresql:\/\/postgres@/,
    )
    await expect(failed).rejects.not.toThrow(/Command failed|pa%40ss/)
  })

  test('--keep leaves the restored database on the named server', async () => {
    const { data } = await run(backup, project, ['--env', 'local'], { variables, now: inHours(2) })
    const answer = await restore(data.label, '--keep')
    const name = new URL(answer.data.keptAs.replace(':…@', '@')).pathname.slice(1)
    expect(await query(cluster.urlFor(name), 'select count(*)::int as rows from public.audited')).toEqual([
      { rows: 100 },
    ])
    await cluster.dropDatabase(name)
  })

  test('a session is free again after a copy whose last row is larger than what the driver buffers', async () => {
    const sql = connect(url)
    const file = join(project.root, 'large.copy')
    await copyToFile(sql, `copy (select repeat('x', 70000)) to stdout`, file)
    expect(statSync(file).size).toBe(70_001)
    expect(await sql`select 1 as one`).toMatchObject([{ one: 1 }])
    await sql.end()
  })

  test('a pg_dump that is older than the server is left alone', async () => {
    const installed = existsSync('/usr/bin/pg_dump') ? execFileSync('/usr/bin/pg_dump', ['--version']).toString() : ''
    const isOlder = Number(/ (\d+)/.exec(installed)?.[1] ?? 0) < 17
    const dump = await dumpBeside(url, project.root, '999.0', {
      PAYD_PG_DUMP: isOlder ? '/usr/bin/pg_dump' : 'pg_dump',
    })
    expect(dump).toBeNull()
  })

  test('old backups are removed when asked, never the newest', async () => {
    const answer = await run(backup, project, ['--env', 'local', '--keep-days', '7'], {
      variables,
      now: inHours(24 * 8 + 3),
    })
    expect(answer.data.removed.length).toBeGreaterThanOrEqual(4)
    expect(existsSync(answer.data.folder)).toBe(true)
  })
})
