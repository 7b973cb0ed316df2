import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { clashesOf, localMigrations } from './local-migrations.ts'
import { functionBlocks, type Release, sha256Of } from './release.ts'
import { readVendorLock, type VendorLock } from './vendor-lock.ts'

/** Something that PayD needs and that is there or missing, with what brings it. */
export type Check = { readonly what: string; readonly ok: boolean; readonly fix?: string }

/** What is missing in the folder of a project. */
export function checkFolder(project: string, release: Release): Check[] {
  const supabase = join(project, 'supabase')
  const lock = readVendorLock(project)
  if (!lock) return [{ what: 'PayD is in this project', ok: false, fix: 'npx payd init' }]
  const missing = Object.entries(lock.migrations).filter(
    ([, { file }]) => !existsSync(join(supabase, 'migrations', file)),
  )
  const changed = Object.entries(lock.files).filter(([path, hash]) => {
    const target = join(supabase, path)
    return !existsSync(target) || sha256Of(readFileSync(target, 'utf8')) !== hash
  })
  const config = existsSync(join(supabase, 'config.toml')) ? readFileSync(join(supabase, 'config.toml'), 'utf8') : ''
  const present = functionBlocks(config).map((block) => block.name)
  const absent = release.functionBlocks.filter((block) => !present.includes(block.name)).map((block) => block.name)
  return [
    {
      what: `release ${lock.release} is the one of this package (${release.version})`,
      ok: lock.release === release.version,
      fix: 'npx payd upgrade',
    },
    ...clashesOf(localMigrations(supabase)).map(({ message, fix }) => ({ what: message, ok: false, fix })),
    {
      what: 'every migration of the lock is here',
      ok: missing.length === 0,
      fix: `git restore supabase/migrations (${missing.map(([, { file }]) => file).join(', ')})`,
    },
    {
      what: 'functions and tests are as they were copied',
      ok: changed.length === 0,
      fix: `git restore supabase (${changed.map(([path]) => path).join(', ')}), or npx payd upgrade`,
    },
    {
      what: 'config.toml knows the functions',
      ok: absent.length === 0,
      fix: `npx payd upgrade (${absent.join(', ')})`,
    },
  ]
}

/** What is missing in the database of a project before somebody can be paid. */
export async function checkDatabase(sql: Sql, lock: VendorLock): Promise<Check[]> {
  const [there] = await sql<{ installed: boolean }[]>`
    select to_regclass('private.payd_migrations') is not null and to_regprocedure('public.payd_version()') is not null as installed`
  if (!there?.installed) return [{ what: 'the migrations are applied', ok: false, fix: 'npx supabase db push' }]
  const rows = await sql<{ id: string }[]>`select id from private.payd_migrations`
  const applied = new Set(rows.map((row) => row.id))
  const pending = Object.keys(lock.migrations).filter((id) => !applied.has(id))
  const [version] = await sql<{ release: string }[]>`select (public.payd_version()).release`
  const [state] = await sql<{ net: boolean; cron: boolean; vault: boolean; network: boolean; treasuries: number }[]>`
    select to_regproc('net.http_post') is not null as net, to_regclass('cron.job') is not null as cron,
      to_regclass('vault.decrypted_secrets') is not null as vault,
      (select network_passphrase is not null from private.settings) as network,
      (select count(*)::int from private.source_accounts) as treasuries`
  const jobs = state?.cron ? await count(sql, `select count(*)::int as n from cron.job where jobname like 'payd:%'`) : 0
  const secrets = state?.vault
    ? await count(
        sql,
        `select count(*)::int as n from vault.decrypted_secrets where name in ('payd_project_url', 'payd_cron_key')`,
      )
    : 0
  return [
    {
      what: 'every migration is applied',
      ok: pending.length === 0,
      fix: `npx supabase db push (${pending.length} pending)`,
    },
    {
      what: `the database says that it is release ${lock.release}`,
      ok: version?.release === lock.release,
      fix: `npx supabase db push (it says ${version?.release})`,
    },
    { what: 'pg_net rings the functions', ok: state?.net === true, fix: 'create extension if not exists pg_net;' },
    {
      what: 'pg_cron runs the jobs',
      ok: jobs > 0,
      fix: 'create extension if not exists pg_cron with schema pg_catalog; select private.install_cron_jobs();',
    },
    {
      what: 'Vault knows the address of the project and the key named cron',
      ok: secrets === 2,
      fix: "select vault.create_secret('https://<ref>.supabase.co', 'payd_project_url'); select vault.create_secret('sb_secret_…', 'payd_cron_key');",
    },
    {
      what: 'a Stellar network is chosen',
      ok: state?.network === true,
      fix: "select private.configure_network('Test SDF Network ; September 2015', 'https://horizon-testnet.stellar.org');",
    },
    {
      what: 'a treasury is enrolled',
      ok: (state?.treasuries ?? 0) > 0,
      fix: "select private.enroll_source_account(<organization id>, 'G…');",
    },
  ]
}

async function count(sql: Sql, query: string): Promise<number> {
  const [row] = await sql.unsafe<{ n: number }[]>(query)
  return row?.n ?? 0
}
