import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { projectRoot } from '../../../tools/lib/project.ts'

/** A migration with its rollback. */
export type Migration = {
  /** `<version>_<name>` */
  readonly name: string
  readonly up: string
  /** Absent when the rollback is not written. */
  readonly down: string | undefined
}

/** Every migration of the project, oldest first. */
export async function readMigrations(): Promise<Migration[]> {
  const folder = join(projectRoot(), 'supabase')
  const names = (await readdir(join(folder, 'migrations')))
    .filter((file) => /^\d{14}_.*\.sql$/.test(file))
    .map((file) => file.replace(/\.sql$/, ''))
    .sort()
  return Promise.all(
    names.map(async (name) => ({
      name,
      up: await readFile(join(folder, 'migrations', `${name}.sql`), 'utf8'),
      down: await readFile(join(folder, 'rollbacks', `${name}_DOWN.sql`), 'utf8').catch(() => undefined),
    })),
  )
}

/** Runs files, each in one transaction and with the settings of a new session, as the Supabase CLI does. */
export async function applyFiles(sql: Sql, files: readonly { name: string; text: string }[]): Promise<void> {
  for (const { name, text } of files) {
    await sql
      .unsafe(text)
      .simple()
      .catch((cause: unknown) => {
        throw new Error(`${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
      })
    await sql`reset all`
  }
}
