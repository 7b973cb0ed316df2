import { inject } from 'vitest'
import type { ScratchServer } from '../../tools/db/lib/scratch.ts'
import { connect } from '../../tools/lib/sql.ts'
import { dressDatabase } from '../../tools/stack/bootstrap.ts'
import { startCluster } from '../../tools/stack/cluster.ts'
import { applyMigrations } from '../../tools/stack/migrate.ts'

/** What a test file does on a server; `stop` drops the databases it created. */
export type SharedServer = ScratchServer & {
  readonly port: number
  /** The maintenance database, as the superuser. */
  readonly adminUrl: string
  /** Applies the migrations of a project folder with the Supabase CLI. */
  migrate(database: string, projectFolder: string): Promise<string>
}

/** The shared server. Names of databases have to be unique among all files, and nothing that belongs to all databases may change. */
export function sharedServer(): SharedServer {
  const { port, adminUrl } = inject('toolsServer')
  return serverAt(port, adminUrl)
}

/** The database of the shared server to which PayD's migrations are applied; cloning it costs a hundredth of applying them. */
export const migratedTemplate = (): string => inject('toolsServer').migrated

/** A server of this file alone, for tests that change roles, which belong to a whole server. */
export async function ownServer(): Promise<SharedServer> {
  const cluster = await startCluster()
  const server = serverAt(cluster.port, cluster.adminUrl)
  return {
    ...server,
    stop: async () => {
      await server.stop()
      await cluster.stop()
    },
  }
}

function serverAt(port: number, adminUrl: string): SharedServer {
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
