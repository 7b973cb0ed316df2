import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { AddressError, reachHint } from '../lib/address.ts'
import { connect } from '../lib/sql.ts'
import { Refusal } from './refusal.ts'

/** Runs `work` in one session. Throws a Refusal that shows no password when the database cannot be reached. */
export async function withProjectDatabase<Result>(url: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = opened(url)
  try {
    await sql`select 1`.catch((cause: unknown) => {
      const words = cause instanceof Error ? cause.message : String(cause)
      throw new Refusal(
        `The database cannot be reached: ${words.replaceAll(/:[^:@/\s]*@/g, ':…@')}`,
        reachHint(url, words),
      )
    })
    return await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

function opened(url: string): Sql {
  try {
    return connect(url, { applicationName: 'payd' })
  } catch (error) {
    if (error instanceof AddressError) throw new Refusal(`--db: ${error.message}`, error.fix)
    throw error
  }
}

/** The versions that the Supabase CLI has applied, oldest first; empty for a new project. */
export async function appliedVersions(sql: Sql): Promise<string[]> {
  const [there] = await sql<{ exists: boolean }[]>`
    select to_regclass('supabase_migrations.schema_migrations') is not null as exists`
  if (!there?.exists) return []
  const rows = await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations order by 1`
  return rows.map((row) => row.version)
}

/**
 * Writes what must outlive PayD as CSV, all of one moment: every table of PayD in `public`. Returns how many rows of how many
 * tables are in the folder.
 */
export async function exportBooks(
  sql: Sql,
  tables: readonly string[],
  folder: string,
): Promise<{ rows: number; tables: number }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return sql.begin('isolation level repeatable read read only', async (transaction) => {
    await transaction.unsafe('set local row_security = off')
    let rows = 0
    let count = 0
    for (const table of tables) {
      const [there] = await transaction.unsafe<{ exists: boolean }[]>(
        `select to_regclass('public.${table}') is not null as exists`,
      )
      if (!there?.exists) continue
      const stream = await transaction
        .unsafe(`copy (select * from public.${table}) to stdout (format csv, header)`)
        .readable()
      const pieces: Buffer[] = []
      for await (const piece of stream) pieces.push(piece as Buffer)
      writeFileSync(join(folder, `${table}.csv`), Buffer.concat(pieces), { mode: 0o600 })
      const [counted] = await transaction.unsafe<{ rows: number }[]>(
        `select count(*)::int as rows from public.${table}`,
      )
      rows += counted?.rows ?? 0
      count += 1
    }
    return { rows, tables: count }
  }) as Promise<{ rows: number; tables: number }>
}
