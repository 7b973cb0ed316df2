import type { Sql } from './database.ts'

/** One row of `supabase_migrations.schema_migrations`. */
export type AppliedMigration = {
  readonly version: string
  readonly name: string | undefined
  /** The statements as the CLI recorded them; empty when another tool wrote the row. */
  readonly statements: readonly string[]
  /** The rollback's statements that `push` stored, when the column exists and is filled. */
  readonly rollback: readonly string[] | undefined
}

/** What the history table says was applied, oldest first; empty when the table does not exist. */
export async function readHistory(sql: Sql): Promise<AppliedMigration[]> {
  const columns = await sql<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid = to_regclass('supabase_migrations.schema_migrations') and attnum > 0 and not attisdropped`
  if (columns.length === 0) return []
  const has = (name: string): boolean => columns.some((column) => column.name === name)
  const rows = await sql<
    { version: string; name: string | null; statements: string[] | null; rollback: string[] | null }[]
  >`
    select version,
      ${has('name') ? sql`name` : sql`null`} as name,
      ${has('statements') ? sql`statements` : sql`null`} as statements,
      ${has('rollback') ? sql`rollback` : sql`null`} as rollback
    from supabase_migrations.schema_migrations order by version`
  return rows.map((row) => ({
    version: row.version,
    name: row.name ?? undefined,
    statements: row.statements ?? [],
    rollback: row.rollback ?? undefined,
  }))
}

/** The recorded statements as one text whose syntax-tree hash can be compared with the file's. */
export const recordedText = (applied: AppliedMigration): string => applied.statements.join(';\n')
