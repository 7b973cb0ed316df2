import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { withConnection } from '../lib/sql.ts'
import { installAuthSchema } from './auth-schema.ts'

/**
 * What Supabase grants on new objects in schema `public` before a migration says anything: `strict` = nothing (every
 * project since 30 October 2026), `legacy` = everything to anon, authenticated and service_role.
 */
export type DefaultPrivileges = 'strict' | 'legacy'

const LEGACY_PRIVILEGES = ['tables', 'sequences', 'routines']
  .map(
    (kind) =>
      `alter default privileges for role postgres in schema public grant all on ${kind} to anon, authenticated, service_role;`,
  )
  .join('\n')

/** Makes an empty database look like the one of a new Supabase project. `adminUrl` names it, as the superuser. */
export async function bootstrapDatabase(adminUrl: string, privileges: DefaultPrivileges = 'strict'): Promise<void> {
  await installAuthSchema(adminUrl)
  const scripts = ['bootstrap.sql', 'realtime.sql'].map((name) => readFile(join(import.meta.dirname, name), 'utf8'))
  await withConnection(adminUrl, async (sql) => {
    // The history table is the Supabase CLI's business: one that is not its own makes `supabase db reset` fail.
    await sql.unsafe('drop schema if exists supabase_migrations cascade').simple()
    for (const script of scripts) await sql.unsafe(await script).simple()
    if (privileges === 'legacy') await sql.unsafe(LEGACY_PRIVILEGES).simple()
    const [row] = await sql<{ name: string }[]>`select current_database() as name`
    if (row) await dressDatabase(sql, row.name)
  })
}

/**
 * Gives a database the settings and rights that belong to the database itself. `create database … template …` copies
 * neither, so a clone needs them again.
 */
export async function dressDatabase(sql: Sql, name: string): Promise<void> {
  await sql`alter database ${sql(name)} set search_path to "$user", public, extensions`
  await sql`grant create, connect, temporary on database ${sql(name)} to postgres`
}
