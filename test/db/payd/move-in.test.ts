import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as header from '../../../tools/db/check/header.command.ts'
import * as prove from '../../../tools/db/check/prove.command.ts'
import * as push from '../../../tools/db/deploy/push.command.ts'
import * as rollback from '../../../tools/db/deploy/rollback.command.ts'
import * as status from '../../../tools/db/deploy/status.command.ts'
import { applyFile } from '../../../tools/db/lib/apply.ts'
import { astHash } from '../../../tools/db/lib/ast-hash.ts'
import { catalogDifferences, digestAt, projectCatalog, readCatalog } from '../../../tools/db/lib/catalog.ts'
import type { CommandModule } from '../../../tools/db/lib/command.ts'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import { readLockFile, writeLockFile } from '../../../tools/db/lib/lock-file.ts'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import { openProject } from '../../../tools/db/lib/project.ts'
import { projectScope, scopeOf } from '../../../tools/db/lib/scope.ts'
import { runPayd } from '../../../tools/payd/main.ts'
import { planRemoval } from '../../../tools/payd/remove.ts'
import { carryOut } from '../../../tools/payd/write.ts'
import { query, run } from '../deploy/fixture.ts'
import { type SharedServer, sharedServer } from '../shared-server.ts'
import { aProject, bring, ownMigration, releaseOne, releaseTwo, removeProject } from './fixture.ts'

// A shop with tables of its own takes PayD in, grows, takes the next release, and lets PayD go again. The first release and the
// removal are pushed by the bare Supabase CLI without a flag, what comes between by the migration tools in the shop's folder.
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
  writeFileSync(join(project, 'supabase', 'environments.json'), '{ "local": { "url": "$SHOP" } }')
  ownPair('20250101000000', 'orders', 'create table public.customer_orders (id bigint primary key, note text);', [
    'drop table public.customer_orders;',
    'lossy table public.customer_orders',
  ])
  url = await cluster.createDatabase('shop')
})
afterAll(async () => {
  await cluster.stop()
  removeProject(project)
})

/** A migration of the shop's own with its rollback. */
function ownPair(stamp: string, name: string, up: string, [down, loss]: readonly [string, string]): void {
  ownMigration(project, stamp, name, `-- migration: ${name}\n-- The shop needs it.\n-- breaking: no\n\n${up}\n`)
  mkdirSync(join(project, 'supabase', 'rollbacks'), { recursive: true })
  writeFileSync(
    join(project, 'supabase', 'rollbacks', `${stamp}_${name}_DOWN.sql`),
    `-- rollback-of: ${stamp}_${name}\n-- rollback: ${loss}\n${down}\n`,
  )
}

/** The entry that a proof of the report writes. The proof itself would make up rows for all of PayD's tables, which takes long. */
async function lockReport(stamp: string): Promise<void> {
  const shop = openProject(project)
  const { migrations } = readMigrations(shop)
  const report = migrations.find(({ version }) => version === stamp)
  const lock = readLockFile(shop)
  const orders = lock['20250101000000']
  if (!report || !orders) throw new Error('The orders are not proven.')
  const scope = projectScope(shop)
  const proof = await cluster.createDatabase('shop_proof', 'shop')
  const before = await digestAt(proof, scope)
  await withDatabase(proof, (sql) => applyFile(sql, report.up, 'test'))
  const catalog = { before, after: await digestAt(proof, scope) }
  const hashes = { up: astHash(report.up.text), down: astHash(report.down?.text ?? '') }
  writeLockFile(shop, { ...lock, [stamp]: { ...orders, ...hashes, name: 'report', catalog } })
}

/** A migration command in the shop's folder, as `npx payd db` runs it. */
const tool = (module: CommandModule, ...args: string[]) =>
  run(module, openProject(project), args, { variables: { SHOP: url } })

test('a release and a migration of their own that uses it are each one push, by whichever tool', async () => {
  const one = bring(project, releaseOne())
  expect(one.newMigrations).toHaveLength(releaseOne().migrations.length)
  await cluster.migrate('shop', project)
  const [known] = await query<{ n: number; releases: string }>(
    url,
    `select count(*)::int as n, string_agg(distinct release, ',') as releases from private.payd_migrations`,
  )
  expect(known).toEqual({ n: releaseOne().migrations.length, releases: '1.0.0' })

  const stamp = String(Number((await applied()).at(-1)) + 10)
  const own =
    'create view public.customer_report with (security_invoker = true) as select id, email from public.employees;\n' +
    'alter table public.customer_orders add column employee_id bigint references public.employees (id);'
  ownPair(stamp, 'report', own, [
    'alter table public.customer_orders drop column employee_id;\ndrop view public.customer_report;',
    'lossy column public.customer_orders.employee_id',
  ])
  await tool(header, '--write')
  const employees = releaseOne().migrations.find(({ name }) => name === 'employees')?.id
  const report = readFileSync(join(project, 'supabase', 'migrations', `${stamp}_report.sql`), 'utf8')
  expect(report).toMatch(new RegExp(`depends: .*20250101000000, .*${employees}`))

  const server = ['--server', cluster.adminUrl, '--blank', 'blank_project']
  expect((await tool(prove, 'orders', ...server)).data).toMatchObject({ ok: true, findings: [] })
  await lockReport(stamp)
  expect(Object.keys(readLockFile(openProject(project)))).toEqual(['20250101000000', stamp])
  const pushed = await tool(push, '--env', 'local', '--claim')
  expect(pushed.data).toMatchObject({ ok: true, failure: null, notApplied: [] })
  expect(pushed.data.applied).toHaveLength(releaseOne().migrations.length + 2)
  expect((await tool(status, '--env', 'local')).data).toMatchObject({ ok: true, isProven: true })
})

test('the next release is pushed, rolled back and pushed again from this folder, and its journal knows it by the original id', async () => {
  const two = bring(project, releaseTwo(), await applied())
  expect(two.newMigrations).toHaveLength(1)
  const [file = ''] = two.newMigrations
  await query(url, 'create index by_hand on public.employees (last_name)')
  const stopped = await tool(push, '--env', 'local')
  expect(stopped.data.gates.filter((gate: { ok: boolean }) => !gate.ok)).toMatchObject([
    { name: 'catalog', what: expect.stringContaining('the last push left') },
  ])
  await query(url, 'drop index public.by_hand')
  const badges = () => query(url, `select id, release from private.payd_migrations where release = '2.0.0'`)
  expect((await tool(push, '--env', 'local')).data).toMatchObject({ ok: true, applied: [file.replace('.sql', '')] })
  expect(await badges()).toEqual([{ id: '20270101000000', release: '2.0.0' }])

  const back = await tool(rollback, '--env', 'local')
  expect(back.data).toMatchObject({ ok: true, failure: null, done: [file.replace('.sql', '')] })
  expect(await badges()).toEqual([])
  expect((await tool(status, '--env', 'local')).data.migrations.at(-1)).toMatchObject({ state: 'reverted' })
  expect((await tool(push, '--env', 'local')).data).toMatchObject({ ok: true, failure: null })
  const told = await query<{ kind: string }>(
    url,
    `select kind from supabase_migrations.payd_journal where version = '20270101000000' order by id`,
  )
  expect(told.map(({ kind }) => kind)).toEqual(['pushed', 'rolled-back', 'pushed'])
  expect((await tool(status, '--env', 'local')).data).toMatchObject({ ok: true })
  expect(bring(project, releaseTwo(), await applied())).toMatchObject({ writes: [], lock: undefined })
})

test('a replay of the same files from nothing gives the same catalogue as production', async () => {
  const replay = await cluster.createDatabase('shop_again')
  await withDatabase(replay, async (sql) => {
    for (const { up } of readMigrations(openProject(project)).migrations) await applyFile(sql, up, 'test')
  })
  const folder = join(project, 'supabase', 'migrations')
  const scope = scopeOf(readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')))
  const [live, built] = await Promise.all([withDatabase(url, readCatalog), withDatabase(replay, readCatalog)])
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
