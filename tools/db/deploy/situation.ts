import { astHash } from '../lib/ast-hash.ts'
import type { Sql } from '../lib/database.ts'
import { compareText } from '../lib/finding.ts'
import { type AppliedMigration, readHistory, recordedText } from '../lib/history.ts'
import { type Migration, readMigrations } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'
import { keyOf } from '../lib/vendored.ts'

/** A row of the history with the moment it was written, where it is known. */
export type AppliedRow = AppliedMigration & { readonly appliedAt: Date | undefined }

/**
 * How a migration stands: `applied`; `edited` = applied, and the file says something else by now; `pending`; `late` =
 * pending although a newer one is applied; `unknown` = applied, and there is no file of it here.
 */
export type MigrationState = 'applied' | 'edited' | 'pending' | 'late' | 'unknown'

/** One version as the folder and the database know it. */
export type Standing = {
  readonly version: string
  /** The version in every project; see `Migration`. */
  readonly key: string
  readonly id: string
  readonly state: MigrationState
  readonly migration: Migration | undefined
  readonly applied: AppliedRow | undefined
}

/** Every version that the folder or the database knows, in order. */
export type Situation = {
  readonly all: readonly Standing[]
  /** What the history table says, oldest first. */
  readonly applied: readonly Standing[]
  readonly pending: readonly Standing[]
  /** Files in the folder of migrations that the CLI would skip or misread. */
  readonly strays: readonly string[]
}

/** Compares the migrations of a project with the history of a database. */
export async function readSituation(project: Project, sql: Sql): Promise<Situation> {
  const { migrations, strays } = readMigrations(project)
  const rows = new Map((await readApplied(sql)).map((row) => [row.version, row]))
  const files = new Map(migrations.map((migration) => [migration.version, migration]))
  const newestApplied = [...rows.keys()].sort(compareText).at(-1) ?? ''
  const all = [...new Set([...rows.keys(), ...files.keys()])].sort(compareText).map((version): Standing => {
    const migration = files.get(version)
    const applied = rows.get(version)
    const id = migration?.id ?? (applied?.name ? `${version}_${applied.name}` : version)
    const key = migration?.key ?? keyOf(version, applied?.name ?? '')
    return { version, key, id, migration, applied, state: stateOf(migration, applied, version < newestApplied) }
  })
  return {
    all,
    applied: all.filter((one) => one.applied),
    pending: all.filter((one) => !one.applied),
    strays: strays.map((file) => file.shown),
  }
}

/** The history with the moments; empty when there is no history table. */
export async function readApplied(sql: Sql): Promise<AppliedRow[]> {
  const [column] = await sql<{ exists: boolean }[]>`
    select exists (select from pg_attribute where attrelid = to_regclass('supabase_migrations.schema_migrations')
      and attname = 'applied_at' and not attisdropped) as exists`
  const moments = column?.exists
    ? await sql<{ version: string; at: Date | null }[]>`
        select version, applied_at as at from supabase_migrations.schema_migrations`
    : []
  const at = new Map(moments.map((row) => [row.version, row.at ?? undefined]))
  return (await readHistory(sql)).map((row) => ({ ...row, appliedAt: at.get(row.version) }))
}

/** Whether the statements that ran are those of the file; comments and white space do not count. */
export function isSameAsRecorded(text: string, applied: AppliedMigration): boolean {
  try {
    return astHash(text) === astHash(recordedText(applied))
  } catch {
    return false
  }
}

function stateOf(migration: Migration | undefined, applied: AppliedRow | undefined, isOld: boolean): MigrationState {
  if (!applied) return isOld ? 'late' : 'pending'
  if (!migration) return 'unknown'
  // A row without statements was written by another tool, and there is nothing to compare with.
  return applied.statements.length === 0 || isSameAsRecorded(migration.up.text, applied) ? 'applied' : 'edited'
}
