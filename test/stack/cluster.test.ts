import { existsSync } from 'node:fs'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSupabaseCli } from '../../tools/lib/supabase-cli.ts'
import { type Cluster, startCluster } from '../../tools/stack/cluster.ts'
import { FIXTURE_PROJECT, processesNaming } from './fixture.ts'

let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster()
  await cluster.createDatabase('migrated')
  await cluster.migrate('migrated', { projectFolder: FIXTURE_PROJECT })
})
afterAll(() => cluster.stop())

async function query<T extends object>(url: string, text: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return [...(await sql.unsafe<T[]>(text))]
  } finally {
    await sql.end()
  }
}

test('the role postgres is no superuser, as on Supabase', async () => {
  const [row] = await query(
    cluster.urlFor('migrated'),
    'select current_user as name, rolsuper from pg_roles where rolname = current_user',
  )
  expect(row).toEqual({ name: 'postgres', rolsuper: false })
})

test('the Supabase CLI applied the migrations and wrote its history', async () => {
  const rows = await query(
    cluster.urlFor('migrated'),
    'select version, name from supabase_migrations.schema_migrations order by version',
  )
  expect(rows).toEqual([
    { version: '20260101000000', name: 'notes' },
    { version: '20260101000100', name: 'doorbells' },
  ])
})

test('migrating again changes nothing', async () => {
  await expect(cluster.migrate('migrated', { projectFolder: FIXTURE_PROJECT })).resolves.toBe(
    'The database is up to date.',
  )
})

test('the Supabase CLI can reset a database and leaves its accounts service in place', async () => {
  const url = await cluster.createDatabase('reset', { template: 'migrated' })
  await query(url, 'create table public.by_hand (id int)')
  await runSupabaseCli(FIXTURE_PROJECT, ['db', 'reset', `--remote=${url}?sslmode=disable`, '--yes'])
  const [row] = await query(
    url,
    "select to_regclass('public.by_hand') as by_hand, (select rung_by from public.rings) as seed, to_regclass('auth.users')::text as users",
  )
  expect(row).toEqual({ by_hand: null, seed: 'the seed', users: 'auth.users' })
})

test('a migration that fails is told in the words of the CLI, without the password', async () => {
  await cluster.createDatabase('in_the_way')
  await query(cluster.urlFor('in_the_way'), 'create table public.notes (id int)')
  const failure = cluster.migrate('in_the_way', { projectFolder: FIXTURE_PROJECT })
  await expect(failure).rejects.toThrow(/relation "notes" already exists/)
  await expect(failure).rejects.not.toThrow(/postgres:postgres@/)
})

test('a clone has the tables of its template and a life of its own', async () => {
  const one = await cluster.createDatabase('clone_one', { template: 'migrated' })
  const two = await cluster.createDatabase('clone_two', { template: 'migrated' })
  await query(one, "insert into public.rings (rung_by) values ('one')")
  expect(await query(one, 'select rung_by from public.rings')).toEqual([{ rung_by: 'one' }])
  expect(await query(two, 'select rung_by from public.rings')).toEqual([])
})

test('a clone finds extensions by their plain name and lets postgres create schemas', async () => {
  const url = await cluster.createDatabase('clone_dressed', { template: 'migrated' })
  await query(url, 'create schema made_by_postgres')
  const [row] = await query<{ digest: string }>(url, "select encode(digest('a', 'sha256'), 'hex') as digest")
  expect(row?.digest).toMatch(/^ca978112/)
})

test('a dropped database is gone even while somebody is connected', async () => {
  const url = await cluster.createDatabase('doomed')
  const sql = postgres(url, { max: 1, onclose: () => undefined })
  await sql`select 1`
  await cluster.dropDatabase('doomed')
  await sql.end()
  expect(await query(cluster.adminUrl, "select from pg_database where datname = 'doomed'")).toEqual([])
})

test.each([
  { privileges: 'strict', granted: false },
  { privileges: 'legacy', granted: true },
] as const)(
  'under $privileges default privileges, granted to anon without a word: $granted',
  async ({ privileges, granted }) => {
    const url = await cluster.createProject(`default_${privileges}`, { privileges })
    await query(url, 'create table public.plain (id int)')
    await query(url, 'create function public.plain_function() returns int language sql return 1')
    const [row] = await query(
      url,
      "select has_table_privilege('anon', 'public.plain', 'insert') as insert, has_table_privilege('service_role', 'public.plain', 'select') as service",
    )
    expect(row).toEqual({ insert: granted, service: granted })
  },
)

test('pgTAP can be installed by the role postgres', async () => {
  const url = await cluster.createDatabase('tap')
  await query(url, 'create extension pgtap with schema extensions')
  const rows = await query<{ line: string }>(
    url,
    "select * from (select extensions.plan(1) union all select extensions.ok(true, 'works')) as tap (line)",
  )
  expect(rows.map(({ line }) => line)).toEqual(['1..1', 'ok 1 - works'])
})

test('nothing is granted to everybody in a schema that is not exposed, also after sign-ups', async () => {
  const rows = await query(
    cluster.urlFor('migrated'),
    "select has_schema_privilege('anon', 'private', 'usage') as anon, has_schema_privilege('authenticated', 'private', 'usage') as person",
  )
  expect(rows).toEqual([{ anon: false, person: false }])
})

test('a stopped cluster leaves neither process nor folder', async () => {
  const other = await startCluster()
  const [row] = await query<{ folder: string }>(other.adminUrl, "select current_setting('data_directory') as folder")
  const folder = row?.folder ?? ''
  expect(processesNaming(folder)).not.toEqual([])
  await other.stop()
  expect(processesNaming(folder)).toEqual([])
  expect(existsSync(folder)).toBe(false)
})
