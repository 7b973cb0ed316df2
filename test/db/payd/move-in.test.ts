import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogDifferences, projectCatalog, readCatalog } from '../../../tools/db/lib/catalog.ts'
import { scopeOf } from '../../../tools/db/lib/scope.ts'
import { runPayd } from '../../../tools/payd/main.ts'
import { planRemoval } from '../../../tools/payd/remove.ts'
import { carryOut } from '../../../tools/payd/write.ts'
import { query } from '../deploy/fixture.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import { aProject, bring, ownMigration, releaseOne, releaseTwo, removeProject } from './fixture.ts'

// A shop with tables of its own takes PayD in, grows, takes the next release, and lets PayD go again; every step is pushed by
// the real Supabase CLI without a flag.
let cluster: SharedServer
let project: string
let url: string
const applied = async () =>
  (await query<{ version: string }>(url, 'select version from supabase_migrations.schema_migrations order by 1')).map(
    (row) => row.version,
  )

beforeAll(async () => {
  cluster = sharedServer()
  project = aProject()
  ownMigration(
    project,
    '20250101000000',
    'orders',
    'create table public.customer_orders (id bigint primary key, note text);\n',
  )
  url = await cluster.createDatabase('shop')
})
afterAll(async () => {
  await cluster.stop()
  removeProject(project)
})

test('a release, a migration of their own that uses it, and the next release are each one command and one push', async () => {
  const one = bring(project, releaseOne())
  expect(one.newMigrations).toHaveLength(releaseOne().migrations.length)
  await cluster.migrate('shop', project)
  const [known] = await query<{ n: number; releases: string }>(
    url,
    `select count(*)::int as n, string_agg(distinct release, ',') as releases from private.payd_migrations`,
  )
  expect(known).toEqual({ n: releaseOne().migrations.length, releases: '1.0.0' })

  const last = Number((await applied()).at(-1))
  ownMigration(
    project,
    String(last + 10),
    'report',
    'create view public.customer_report as select id, email from public.employees;\nalter table public.customer_orders add column employee_id bigint references public.employees (id);\n',
  )
  await cluster.migrate('shop', project)
  const two = bring(project, releaseTwo(), await applied())
  expect(two.newMigrations).toHaveLength(1)
  await cluster.migrate('shop', project)
  expect(await query(url, `select id, release from private.payd_migrations where release = '2.0.0'`)).toEqual([
    { id: '20270101000000', release: '2.0.0' },
  ])
  expect(bring(project, releaseTwo(), await applied())).toMatchObject({ writes: [], lock: undefined })
})

test('a replay of the same files from nothing gives the same catalogue as production', async () => {
  const replay = await cluster.createDatabase('shop_again')
  await cluster.migrate('shop_again', project)
  const folder = join(project, 'supabase', 'migrations')
  const scope = scopeOf(readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')))
  const [live, built] = await Promise.all([readCatalog(url), readCatalog(replay)])
  expect(catalogDifferences(projectCatalog(live, scope), projectCatalog(built, scope))).toEqual([])
})

test('doctor names what is still missing, each with the command that brings it', async () => {
  const said: string[] = []
  expect(await runPayd(['doctor', '--project', project, '--db', url], (line) => void said.push(line))).toBe(1)
  const text = said.join('\n')
  expect(text).toMatch(/ok +every migration is applied/)
  expect(text).toMatch(/MISSING +a Stellar network is chosen\n +select private\.configure_network/)
  expect(text).toMatch(/MISSING +a treasury is enrolled\n +select private\.enroll_source_account/)
  expect(text).not.toContain('customer')
})

test('names that PayD needs and that are taken stop the whole installation before anything exists, with the list', async () => {
  const taken = await cluster.createDatabase('clash')
  await query(
    taken,
    `create table public.notifications (id bigint);
     create function public.doctor() returns int language sql as $$ select 1 $$;
     create schema archive;
     create type public.finding as enum ('x')`,
  )
  const other = aProject()
  try {
    bring(other, releaseOne())
    const refusal = await cluster.migrate('clash', other).then(
      () => 'it was installed',
      (error: unknown) => String(error),
    )
    expect(refusal).toContain('Names that PayD needs are taken')
    for (const name of ['public.notifications', 'function public.doctor', 'schema archive', 'public.finding']) {
      expect(refusal).toContain(name)
    }
    expect(
      await query(
        taken,
        `select to_regclass('public.organizations') as t, to_regclass('private.payd_migrations') as m`,
      ),
    ).toEqual([{ t: null, m: null }])
  } finally {
    removeProject(other)
  }
})

test('what others built on PayD stops its removal with its name, and nothing is removed', async () => {
  const { migration } = planRemoval(project, releaseTwo(), new Date(), await applied())
  writeFileSync(join(project, migration.path), migration.text)
  await expect(cluster.migrate('shop', project)).rejects.toThrow(/customer_report|customer_orders/)
  expect(await query(url, `select to_regclass('public.employees') is not null as there`)).toEqual([{ there: true }])
  const { rmSync } = await import('node:fs')
  rmSync(join(project, migration.path))
})

test('remove exports the books and takes back all of PayD, and what belongs to others stays', async () => {
  const last = Number((await applied()).at(-1))
  ownMigration(
    project,
    String(last + 10),
    'let_go',
    'drop view public.customer_report;\nalter table public.customer_orders drop column employee_id;\n',
  )
  await cluster.migrate('shop', project)
  await query(url, "insert into public.customer_orders values (1, 'kept')")
  const { exportBooks, withProjectDatabase } = await import('../../../tools/payd/database.ts')
  const books = join(project, 'books')
  expect(await withProjectDatabase(url, (sql) => exportBooks(sql, ['organizations', 'payroll_runs'], books))).toEqual({
    rows: 0,
    tables: 2,
  })
  expect(readFileSync(join(books, 'organizations.csv'), 'utf8')).toMatch(/^id,/)

  const removal = planRemoval(project, releaseTwo(), new Date(), await applied())
  carryOut(project, {
    from: undefined,
    to: '',
    writes: [removal.migration, ...(removal.config ? [removal.config] : [])],
    lock: undefined,
    newMigrations: [],
  })
  await cluster.migrate('shop', project)
  const left = await query(
    url,
    `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where relkind in ('r', 'p', 'v') and nspname in ('public', 'private', 'archive')`,
  )
  expect(left).toEqual([{ relname: 'customer_orders' }])
  expect(
    await query(url, `select count(*)::int as n from pg_proc where pronamespace = 'public'::regnamespace`),
  ).toEqual([{ n: 0 }])
  expect(await query(url, 'select note from public.customer_orders')).toEqual([{ note: 'kept' }])
  expect(readFileSync(join(project, 'supabase', 'config.toml'), 'utf8').trim()).toBe('project_id = "shop"')
  expect(existsSync(join(project, 'supabase', 'seed.sql'))).toBe(false)
})
