import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Sql, TransactionSql } from 'postgres'

export const ROLES = ['anon', 'stranger', 'employee', 'viewer', 'manager', 'admin', 'service'] as const
export type Role = (typeof ROLES)[number]

const SUBJECTS: Readonly<Record<Exclude<Role, 'anon' | 'service'>, string>> = {
  admin: '5eed0000-0000-4000-8000-000000000001',
  manager: 'acce5500-0000-4000-8000-000000000001',
  viewer: 'acce5500-0000-4000-8000-000000000002',
  employee: 'acce5500-0000-4000-8000-000000000003',
  stranger: 'acce5500-0000-4000-8000-000000000004',
}

/** The demo companies of seed.sql, with one person of every kind at the first, and at least one row of both companies in every table. */
export async function fillDatabase(sql: Sql): Promise<void> {
  await sql.unsafe(await readFile(path.resolve(import.meta.dirname, '../../../supabase/seed.sql'), 'utf8'))
  await sql.unsafe(await readFile(path.resolve(import.meta.dirname, 'fixtures.sql'), 'utf8'))
}

class RolledBack extends Error {}

/** Runs one probe as a role and undoes whatever it did. */
export async function as<Result>(
  sql: Sql,
  role: Role,
  probe: (sql: TransactionSql) => Promise<Result>,
): Promise<Result> {
  let result: { value: Result } | undefined
  try {
    await sql.begin(async (transaction) => {
      const subject = role === 'anon' || role === 'service' ? undefined : SUBJECTS[role]
      const databaseRole = role === 'anon' ? 'anon' : role === 'service' ? 'service_role' : 'authenticated'
      await transaction`select set_config('request.jwt.claims', ${JSON.stringify({ sub: subject, role: databaseRole })}, true)`
      await transaction.unsafe(`set local role ${databaseRole}`)
      result = { value: await probe(transaction) }
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
  if (result === undefined) throw new Error('The probe did not end.')
  return result.value
}
