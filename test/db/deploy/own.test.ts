import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as backfill from '../../../tools/db/deploy/backfill.command.ts'
import * as backup from '../../../tools/db/deploy/backup.command.ts'
import * as drift from '../../../tools/db/deploy/drift.command.ts'
import * as health from '../../../tools/db/deploy/health.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as drill from '../../../tools/db/deploy/restore-drill.command.ts'
import * as rollback from '../../../tools/db/deploy/rollback.command.ts'
import * as status from '../../../tools/db/deploy/status.command.ts'
import type { CommandModule } from '../../../tools/db/lib/command.ts'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject, type Project } from '../../../tools/db/lib/project.ts'
import { migratedTemplate, type SharedServer, sharedServer } from '../shared-server.ts'
import { createProject, query, removeProject, run } from './fixture.ts'

// PayD's own migrations and their proofs, as they are in the working tree. The Supabase CLI has applied them; the tools finish
// what it did, and the gates compare the catalogue with the digests that were committed.
const root = openProject(join(import.meta.dirname, '..', '..', '..'))
let cluster: SharedServer
let project: Project
let url: string
let variables: Record<string, string>

beforeAll(async () => {
  cluster = sharedServer()
  project = createProject([])
  cpSync(root.migrations, project.migrations, { recursive: true })
  cpSync(root.rollbacks, project.rollbacks, { recursive: true })
  cpSync(join(root.root, 'supabase', 'config.toml'), join(project.root, 'supabase', 'config.toml'))
  cpSync(root.lockFile, project.lockFile)
  cpSync(join(root.root, 'supabase', 'proof.json'), join(project.root, 'supabase', 'proof.json'))
  url = await cluster.createDatabase('own', migratedTemplate())
  variables = { LOCAL_URL: url }
})
afterAll(async () => {
  await cluster.stop()
  removeProject(project)
})

const local = (module: CommandModule, ...args: string[]) =>
  run(module, project, ['--env', 'local', ...args], { variables })
const scratch = () => ['--server', cluster.adminUrl, '--blank', 'blank_project']

test("PayD's own migrations are what they were proven to be, and a push past the tools is finished by the next one", async () => {
  const count = readMigrations(project).migrations.length
  // A project in which something runs the scheduled jobs is healthy, before the push and after it.
  await query(url, `select private.run_job(name) from private.scheduled_jobs where kind = 'sql'`)
  expect((await local(health)).data.alerts).toEqual([])
  const pushed = await local(push, '--claim')
  expect(pushed.data.failure).toBeNull()
  expect(pushed.data.applied).toHaveLength(count)
  expect(pushed.data.tries).toBe(0)
  expect(pushed.data.checks).toMatchObject([{ name: 'catalog', ok: true }, { ok: true }])
  expect(pushed.data.alerts).toEqual([])
  expect((await local(health)).data.alerts).toEqual([])
  expect((await local(status)).data).toMatchObject({ ok: true, isProven: true })

  await query(url, readFileSync(join(root.root, 'supabase', 'seed.sql'), 'utf8'))
  const measured = await local(health)
  expect(measured.data.health.withoutRls).toEqual([])
  expect(measured.data.health.invalidIndexes).toEqual([])
  expect(measured.data.health.findings).toBeDefined()
})

// What a project has a week after the installation: the scheduled jobs have run, Realtime was switched on for two tables in
// the dashboard, and tables of the application stand beside PayD's.
test('what jobs, the dashboard and others make beside the migrations is no drift, and every command goes on working', async () => {
  const jobs = await query<{ name: string; target: string }>(
    url,
    `select name, target from private.scheduled_jobs where kind = 'sql' order by name`,
  )
  expect(jobs.map((job) => job.name)).toContain('preference-partitions')
  for (const job of jobs) await query(url, job.target)
  await query(
    url,
    `create publication supabase_realtime for table public.notifications, public.events;
     create table public.customer_orders (id bigint primary key, employee_id bigint references public.employees (id));
     create view public.customer_report as select id from public.employees;
     insert into public.user_preferences (organization_id, user_id, preferences)
       select organization_id, id, '{"language": "de"}' from public.users limit 3`,
  )
  const months = await query<{ name: string }>(
    url,
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'public.user_preferences_history'::regclass`,
  )
  expect(months.length).toBeGreaterThan(1)

  const again = await local(push)
  expect(again.data.gates.filter((gate: { ok: boolean }) => !gate.ok)).toEqual([])
  expect((await local(status)).data).toMatchObject({ ok: true, isProven: true })

  expect((await local(backup, '--description', 'with jobs')).data).toMatchObject({ ok: true })
  const restored = await local(drill, ...scratch())
  expect(restored.data).toMatchObject({ ok: true, problems: [] })
  expect(restored.data.rows).toBeGreaterThan(readMigrations(project).migrations.length)

  const back = await local(rollback, '--accept-loss', '0')
  expect(back.data.error).toBeUndefined()
  expect(back.data).toMatchObject({ ok: true, failure: null, checks: [{ name: 'catalog', ok: true }] })
  expect((await local(push)).data).toMatchObject({ ok: true, failure: null })
  expect(await query(url, 'select * from public.customer_orders')).toEqual([])
})

test('a hand-made change of one of these tables is all that drift names, and mending it leaves the neighbours alone', async () => {
  await query(url, `alter table public.notifications add column by_hand text; create table private.by_hand (id bigint)`)
  const full = await local(drift, '--full', ...scratch())
  const subjects: string[] = full.data.differences.map((one: { subject: string }) => one.subject)
  expect(subjects).toEqual(expect.arrayContaining(['column public.notifications.by_hand', 'table private.by_hand']))
  expect(subjects.filter((subject) => !subject.includes('by_hand'))).toEqual([])
  const mending = full.data.mendDatabase.join('\n')
  expect(mending).toContain('DROP COLUMN "by_hand"')
  expect(mending).not.toMatch(/customer|PUBLICATION|user_preferences_history_\d/i)
})

test("a new column of PayD's own employees is filled without an event, a line of the trail, a version or a time of change", async () => {
  await query(
    url,
    `insert into public.employees (organization_id, first_name, last_name, email)
       select (select min(id) from public.organizations), 'Person', n::text, 'person' || n || '@example.org' from generate_series(1, 500) as n;
     alter table public.employees add column badge text`,
  )
  const state = () =>
    query(
      url,
      `select (select count(*)::int from public.events) as events, (select count(*)::int from public.audit_logs) as trail,
         sum(version)::int as versions, max(updated_at)::text as changed from public.employees`,
    )
  const before = await state()
  const filled = await local(
    backfill,
    'badges',
    '--table',
    'public.employees',
    '--set',
    "badge = 'B' || id",
    '--where',
    'badge is null',
    '--batch',
    '100',
    '--pause',
    '1',
  )
  expect(filled.data.error).toBeUndefined()
  expect(filled.data).toMatchObject({ ok: true, left: 0 })
  expect(filled.data.rows).toBeGreaterThanOrEqual(500)
  expect(await state()).toEqual(before)
  const told = await query(
    url,
    `select details ->> 'name' as name from supabase_migrations.payd_journal where kind = 'backfilled'`,
  )
  expect(told).toEqual([{ name: 'badges' }])
})

test('only the owner of the schema can say that an edit is a backfill', async () => {
  const [row] = await query<{ said: boolean }>(
    cluster.superuserUrlFor('own'),
    `set session authorization authenticator; set payd.backfill = 'mine'; set role service_role;
     reset role; set session authorization default; grant execute on function private.is_backfill() to authenticator;
     set session authorization authenticator; select private.is_backfill() as said`,
  ).then((results) => (results as unknown as { said: boolean }[][]).at(-1) ?? [])
  expect(row?.said).toBe(false)
})
