import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { systemPostgresBinaries } from '../lib/binaries.ts'
import { projectRoot } from '../lib/project.ts'
import { withConnection } from '../lib/sql.ts'
import { runSupabaseCli } from '../lib/supabase-cli.ts'
import { type Cluster, startCluster } from '../stack/cluster.ts'
import { runPgtap } from './pgtap.ts'
import type { PartResult } from './run-part.ts'

const PROGRAMS = '/usr/lib/postgresql/15/bin'
const EXTENSIONS = '/usr/share/postgresql/15/extension'
const CRON_DATABASE = 'payd_with_cron'

/** Whether Debian's PostgreSQL 15 and the extensions of this part are installed. */
export async function hasPostgres15(): Promise<boolean> {
  const files = [
    join(PROGRAMS, 'postgres'),
    ...['pg_cron', 'pgtap', 'plpgsql_check'].map((name) => join(EXTENSIONS, `${name}.control`)),
  ]
  const found = await Promise.allSettled(files.map((file) => access(file)))
  return found.every((result) => result.status === 'fulfilled')
}

/** The migrations and every pgTAP file on the oldest supported major, `supabase db lint`, and the jobs in a real pg_cron. */
export async function runPostgres15Part(): Promise<PartResult> {
  const started = performance.now()
  const cluster = await startCluster({
    binaries: await systemPostgresBinaries(PROGRAMS),
    migrated: true,
    settings: ['shared_preload_libraries=pg_cron', `cron.database_name=${CRON_DATABASE}`],
  })
  try {
    const checks = [await checkCron(cluster), await checkLint(cluster), await checkPgtap(cluster)]
    return {
      passed: checks.reduce((sum, check) => sum + check.passed, 0),
      failed: checks.reduce((sum, check) => sum + check.problems.length, 0),
      durationMs: performance.now() - started,
      output: checks.flatMap((check) => check.problems).join('\n'),
    }
  } finally {
    await cluster.stop()
  }
}

interface Check {
  readonly passed: number
  readonly problems: readonly string[]
}

async function checkPgtap(cluster: Cluster): Promise<Check> {
  const { passed, files } = await runPgtap({ cluster, templateDatabase: cluster.project })
  const problems = files.filter((file) => !file.passed).map((file) => [file.file, ...file.diagnostics].join('\n  '))
  return { passed, problems }
}

/** plpgsql_check reads every function body against the tables it names, those of pg_cron included. */
async function checkLint(cluster: Cluster): Promise<Check> {
  await withConnection(cluster.urlFor(CRON_DATABASE, 'supabase_admin'), async (sql) => {
    await sql`create extension plpgsql_check with schema extensions`
    // What Supabase brings and this server lacks; functions that ring and broadcast name it.
    await sql.unsafe(`
      create schema vault;
      create view vault.decrypted_secrets as select ''::text as name, ''::text as decrypted_secret;
      create schema net;
      create function net.http_post(url text, body jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000) returns bigint language sql as 'select 1::bigint';
    `)
  })
  const url = `${cluster.urlFor(CRON_DATABASE, 'supabase_admin')}?sslmode=disable`
  try {
    await runSupabaseCli(projectRoot(), [
      'db',
      'lint',
      `--remote=${url}`,
      '--schema',
      'public,private',
      '--fail-on',
      'error',
    ])
    return { passed: 1, problems: [] }
  } catch (error) {
    return { passed: 0, problems: [String(error)] }
  }
}

async function checkCron(cluster: Cluster): Promise<Check> {
  await cluster.createProject(CRON_DATABASE, { privileges: 'strict' })
  return withConnection(cluster.urlFor(CRON_DATABASE, 'supabase_admin'), async (sql) => {
    await sql`create extension pg_cron`
    await sql.unsafe(
      'grant usage on schema cron to postgres with grant option; grant all on all tables in schema cron to postgres',
    )
    await cluster.migrate(CRON_DATABASE)
    const missing = await sql<{ name: string }[]>`
      select declared.name from private.scheduled_jobs as declared
      where declared.is_enabled and not exists (select from cron.job as job where job.jobname = 'payd:' || declared.name)`
    return missing.length === 0
      ? { passed: 1, problems: [] }
      : { passed: 0, problems: [`pg_cron lacks the jobs ${missing.map((job) => job.name).join(', ')}.`] }
  })
}
