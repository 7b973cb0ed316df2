import { randomBytes } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Keeper } from '../lib/keeper.ts'
import { SUPERUSER, startPostgres } from '../lib/postgres.ts'
import { connect, databaseUrl } from '../lib/sql.ts'
import { bootstrapDatabase } from './bootstrap.ts'
import { copyTree } from './folder-tree.ts'
import { applyMigrations } from './migrate.ts'
import type { ProjectContent } from './project-content.ts'
import { runSingleUser } from './single-user.ts'

// The last checkpoint writes everything, which takes a while on a slow disk.
const STOP_WITHIN_MS = 120_000

/** The database that is the project in a new data folder. */
export const PROJECT_DATABASE = 'postgres'

/**
 * Creates a data folder whose database `postgres` has the content, bootstrapped and then migrated by the real Supabase CLI.
 * The superuser has no password in it, so a connection as the superuser is impossible before one is set.
 */
export async function buildProjectFolder(content: ProjectContent, dataFolder: string, keeper: Keeper): Promise<void> {
  const password = randomBytes(18).toString('base64url')
  const server = await startPostgres({
    binaries: content.binaries,
    dataFolder,
    port: 0,
    superuserPassword: password,
    // The caller flushes the folder to disk when it is complete.
    durable: false,
    keeper,
    // Of the log, only what the next start reads is worth a copy.
    settings: ['min_wal_size=32MB'],
  })
  try {
    const adminUrl = databaseUrl(server.port, PROJECT_DATABASE, SUPERUSER, password)
    await bootstrapDatabase(adminUrl, content.privileges)
    if (content.projectFolder !== undefined) {
      await applyMigrations(content.projectFolder, databaseUrl(server.port, PROJECT_DATABASE, 'postgres', 'postgres'))
    }
    const sql = connect(adminUrl)
    await sql.unsafe(`alter role ${SUPERUSER} password null`).finally(() => sql.end())
  } finally {
    await server.stop(STOP_WITHIN_MS)
  }
  const wasCutOff = await access(join(dataFolder, 'postmaster.pid')).then(
    () => true,
    () => false,
  )
  if (wasCutOff) throw new Error(`PostgreSQL did not end in good order in ${dataFolder}. Try again.`)
}

/**
 * Creates the data folder of a server of its own: a copy of the template, or built anew when there is none. Its superuser
 * gets the password, and the statements run, before anybody can connect.
 */
export async function createProjectFolder(options: {
  readonly template: string | undefined
  readonly content: ProjectContent
  readonly dataFolder: string
  readonly superuserPassword: string
  readonly statements?: readonly string[]
  readonly keeper: Keeper
}): Promise<void> {
  const { template, content, dataFolder, superuserPassword, statements = [], keeper } = options
  if (template === undefined) await buildProjectFolder(content, dataFolder, keeper)
  else await copyTree(template, dataFolder)
  const password = superuserPassword.replaceAll("'", "''")
  await runSingleUser(content.binaries, dataFolder, [`alter role ${SUPERUSER} password '${password}'`, ...statements])
}
