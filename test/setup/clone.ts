import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { inject } from 'vitest'
import { dressDatabase } from '../../tools/stack/bootstrap.ts'

export interface ClonedDatabase {
  /** A connection as the superuser of the server, for set-up and for taking on other roles. */
  readonly admin: Sql
  /** Another session, as role postgres unless another is named. */
  readonly connect: (role?: 'postgres' | 'authenticator' | 'supabase_admin') => Sql
  /** Ends every session that was opened here and drops the database. */
  readonly drop: () => Promise<void>
}

/** A database of its own for one test file: a clone of the migrated template of the run. */
export async function cloneDatabase(): Promise<ClonedDatabase> {
  const { adminUrl, template } = inject('cluster')
  const name = `test_${randomBytes(6).toString('hex')}`
  const server = postgres(adminUrl, { max: 1, onnotice: () => undefined })
  await server`create database ${server(name)} template ${server(template)} strategy file_copy`
  await dressDatabase(server, name)

  const sessions: Sql[] = []
  const connect: ClonedDatabase['connect'] = (role = 'postgres') => {
    const url = new URL(adminUrl)
    url.pathname = `/${name}`
    if (role !== 'supabase_admin') {
      url.username = role
      url.password = 'postgres'
    }
    const session = postgres(url.toString(), { max: 1, onnotice: () => undefined })
    sessions.push(session)
    return session
  }

  return {
    admin: connect('supabase_admin'),
    connect,
    drop: async () => {
      await Promise.all(sessions.map((session) => session.end()))
      await server`drop database if exists ${server(name)} with (force)`
      await server.end()
    },
  }
}
