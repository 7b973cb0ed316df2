import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { connect, quoteName, withDatabase } from './database.ts'
import { usageError } from './errors.ts'

/** A server on which proofs may create and drop databases. */
export type ScratchServer = {
  /** Name of the database that looks like a new Supabase project; everything is cloned from it. */
  readonly blank: string
  /** A connection string for the role that runs migrations. */
  urlFor(database: string): string
  /** A connection string for the superuser, who may switch triggers off while rows are made up. */
  superuserUrlFor(database: string): string
  /** Clones a database; no session may be open on the template. Resolves with the connection string of the clone. */
  createDatabase(name: string, template?: string): Promise<string>
  dropDatabase(name: string): Promise<void>
  stop(): Promise<void>
}

export type ScratchOptions = {
  /** A server to use instead of starting one: a connection string of a role that may create databases. */
  readonly server?: string
  /** With `server`: the database there that looks like a new Supabase project. */
  readonly blank?: string
  /** What Supabase grants on new objects by itself, for a server that is started here; default `strict`. */
  readonly privileges?: 'strict' | 'legacy'
}

/** A server for proofs: the one that is named, or a throw-away PostgreSQL that looks like Supabase. */
export async function openScratchServer(options: ScratchOptions = {}): Promise<ScratchServer> {
  return options.server === undefined
    ? startOwnServer(options.privileges ?? 'strict')
    : useServer(options.server, options.blank)
}

/** A name for a database of a proof that no other proof uses. */
export const scratchName = (purpose: string): string => `proof_${purpose}_${randomBytes(5).toString('hex')}`

const TRIES = 20

// A session that has just ended may still stand on the template for a moment (55006), and longer on a busy machine.
async function whenFree<Value>(clone: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await clone()
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === '55006'
      if (!isBusy || attempt === TRIES) throw error
      await pause(50 * attempt)
    }
  }
}

// The only place where the migration tools know the local stack: as a source of servers when none is named.
async function startOwnServer(privileges: 'strict' | 'legacy'): Promise<ScratchServer> {
  const { startCluster } = await import('../../stack/cluster.ts')
  const cluster = await startCluster({ privileges })
  return {
    blank: 'blank_project',
    urlFor: (database) => cluster.urlFor(database),
    superuserUrlFor: (database) => cluster.urlFor(database, 'supabase_admin'),
    createDatabase: (name, template) =>
      whenFree(() => cluster.createDatabase(name, template === undefined ? {} : { template })),
    dropDatabase: (name) => cluster.dropDatabase(name),
    stop: () => cluster.stop(),
  }
}

async function useServer(server: string, blank: string | undefined): Promise<ScratchServer> {
  if (blank === undefined) {
    throw usageError(
      'A server of your own needs a database to clone.',
      'Add --blank <database>, one that looks like a new Supabase project.',
    )
  }
  const urlFor = (database: string): string => {
    const url = new URL(server)
    url.pathname = `/${encodeURIComponent(database)}`
    return url.toString()
  }
  const { isSuperuser } = await withDatabase(server, async (sql) => {
    const [row] = await sql<{ isSuperuser: boolean }[]>`
      select rolsuper as "isSuperuser" from pg_roles where rolname = current_user`
    return row ?? { isSuperuser: false }
  })
  const admin = connect(server)
  return {
    blank,
    // A superuser would not notice missing rights, so migrations run as postgres where that is another role.
    urlFor: (database) => (isSuperuser ? `${urlFor(database)}?options=-c%20role%3Dpostgres` : urlFor(database)),
    superuserUrlFor: urlFor,
    createDatabase: async (name, template = blank) => {
      await whenFree(() => admin.unsafe(`create database ${quoteName(name)} template ${quoteName(template)}`))
      // A clone gets neither the rights on its template nor its settings, and migrations create schemas as postgres.
      if (isSuperuser) {
        await admin.unsafe(`grant create, connect, temporary on database ${quoteName(name)} to postgres`)
        await admin.unsafe(`alter database ${quoteName(name)} set search_path to "$user", public, extensions`)
      }
      return urlFor(name)
    },
    dropDatabase: async (name) => {
      await admin.unsafe(`drop database if exists ${quoteName(name)} with (force)`)
    },
    stop: () => admin.end({ timeout: 5 }),
  }
}
