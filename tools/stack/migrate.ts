import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { supabaseCliBinary } from './binaries.ts'
import { connect } from './sql.ts'

/**
 * Applies every migration of `<projectFolder>/supabase/migrations` that the database does not have yet, with the real
 * Supabase CLI, and returns what the CLI printed. `databaseUrl` must be of the role postgres, as on Supabase.
 * Throws with the CLI's words when a migration fails.
 */
export async function applyMigrations(
  projectFolder: string,
  databaseUrl: string,
  options: { readonly seed?: boolean } = {},
): Promise<string> {
  const versions = await migrationVersions(projectFolder)
  if (versions.length === 0) return 'There are no migrations.'
  // A start of the CLI costs 0.6 s, too much for finding out that nothing is to be done. Only it knows which seeds ran.
  if (!options.seed && (await isUpToDate(databaseUrl, versions))) return 'The database is up to date.'
  const seed = options.seed ? ['--include-seed'] : []
  return runSupabaseCli(projectFolder, ['db', 'push', `--remote=${withoutTls(databaseUrl)}`, '--yes', ...seed])
}

/** Runs the Supabase CLI in a project folder and returns what it printed. Throws when it fails. */
export async function runSupabaseCli(projectFolder: string, args: readonly string[]): Promise<string> {
  const child = spawn(supabaseCliBinary(), args, {
    cwd: projectFolder,
    // Migrating a local database is nobody's business but ours.
    env: { ...process.env, DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  const printed = `${output}${errors}`.trim()
  if (code === 0) return printed
  const command = `supabase ${args.map(withoutPassword).join(' ')}`
  throw new Error(`"${command}" failed in ${projectFolder} (exit code ${code}):\n${printed}`)
}

/** Versions of the migrations in a project folder, as the CLI recognises them, in order. */
async function migrationVersions(projectFolder: string): Promise<string[]> {
  const names = await readdir(join(projectFolder, 'supabase', 'migrations')).catch(() => [])
  return names.flatMap((name) => /^(\d+)_.*\.sql$/.exec(name)?.[1] ?? []).sort()
}

async function isUpToDate(databaseUrl: string, versions: readonly string[]): Promise<boolean> {
  const sql = connect(databaseUrl)
  try {
    const [history] = await sql<{ exists: boolean }[]>`
      select to_regclass('supabase_migrations.schema_migrations') is not null as exists`
    if (!history?.exists) return false
    const applied = await sql<{ version: string }[]>`
      select version from supabase_migrations.schema_migrations order by version collate "C"`
    return applied.length === versions.length && applied.every(({ version }, index) => version === versions[index])
  } finally {
    await sql.end()
  }
}

/** The servers of the stack speak no TLS; saying so saves the CLI an attempt and a warning. */
function withoutTls(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  if (url.hostname === '127.0.0.1') url.searchParams.set('sslmode', 'disable')
  return url.href
}

// A password may hold every character but white space.
const withoutPassword = (argument: string): string => argument.replace(/(\/\/[^\s:@/]*):\S*@/g, '$1:…@')
