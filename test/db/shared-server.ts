import { inject } from 'vitest'
import type { ScratchServer } from '../../tools/db/lib/scratch.ts'
import { connect } from '../../tools/lib/sql.ts'
import { dressDatabase } from '../../tools/stack/bootstrap.ts'
import { applyMigrations } from '../../tools/stack/migrate.ts'

/** What a test file does on the server that it shares with the others; `stop` drops the databases it created. */
export type SharedServer = ScratchServer & {
  readonly port: number
  /** The maintenance database, as the superuser. */
  readonly adminUrl: string
  /** Applies the migrations of a project folder with the Supabase CLI. */
  migrate(database: string, projectFolder: string): Promise<string>
}

/** The shared server. Names of databases have to be unique among all files. */
export function sharedServer(): SharedServer {
  const { port, adminUrl } = inject('toolsServer')
  const admin = connect(adminUrl)
  const created = new Set<string>()
  const superuserUrlFor = (database: string): string => {
    const url = new URL(adminUrl)
    url.pathname = `/${database}`
    return url.href
  }
  const urlFor = (database: string): string => {
    const url = new URL(superuserUrlFor(database))
    url.username = 'postgres'
    url.password = 'postgres'
    return url.href
  }
  const dropDatabase = async (name: string): Promise<void> => {
    await admin`drop database if exists ${admin(name)} with (force)`
    created.delete(name)
  }
  return {
    blank: 'blank_project',
    port,
    adminUrl,
    urlFor,
    superuserUrlFor,
    createDatabase: async (name, template = 'blank_project') => {
      await admin`create database ${admin(name)} template ${admin(template)} strategy file_copy`
      created.add(name)
      await dressDatabase(admin, name)
      return urlFor(name)
    },
    dropDatabase,
    migrate: (database, projectFolder) => applyMigrations(projectFolder, urlFor(database)),
    stop: async () => {
      for (const name of created) await dropDatabase(name)
      await admin.end()
    },
  }
}
