import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withConnection } from '../lib/sql.ts'
import { cliAddress, runSupabaseCli } from '../lib/supabase-cli.ts'

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
  return runSupabaseCli(projectFolder, ['db', 'push', `--remote=${cliAddress(databaseUrl)}`, '--yes', ...seed])
}

/** Versions of the migrations in a project folder, as the CLI recognises them, in order. */
async function migrationVersions(projectFolder: string): Promise<string[]> {
  const names = await readdir(join(projectFolder, 'supabase', 'migrations')).catch(() => [])
  return names.flatMap((name) => /^(\d+)_.*\.sql$/.exec(name)?.[1] ?? []).sort()
}

function isUpToDate(databaseUrl: string, versions: readonly string[]): Promise<boolean> {
  return withConnection(databaseUrl, async (sql) => {
    const [history] = await sql<{ exists: boolean }[]>`
      select to_regclass('supabase_migrations.schema_migrations') is not null as exists`
    if (!history?.exists) return false
    const applied = await sql<{ version: string }[]>`
      select version from supabase_migrations.schema_migrations order by version collate "C"`
    return applied.length === versions.length && applied.every(({ version }, index) => version === versions[index])
  })
}
