import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../../../tools/stack/project.ts'
import { connect } from '../../../tools/stack/sql.ts'

/** A migration with its rollback. */
export type Migration = {
  /** `<version>_<name>` */
  readonly name: string
  readonly up: string
  /** Absent when nobody has written the rollback. */
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

/** Runs files as the role postgres, each in one transaction, in a session of its own as the CLI does. */
export async function applyFiles(url: string, files: readonly { name: string; text: string }[]): Promise<void> {
  const sql = connect(url)
  try {
    for (const { name, text } of files) {
      await sql
        .unsafe(text)
        .simple()
        .catch((cause: unknown) => {
          throw new Error(`${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
        })
      await sql`reset all`
    }
  } finally {
    await sql.end()
  }
}
