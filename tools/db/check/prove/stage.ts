import type { AnalysedMigration } from '../../lib/analysis.ts'
import { applyFile } from '../../lib/apply.ts'
import { type Catalog, readCatalog } from '../../lib/catalog.ts'
import { connect, type Sql } from '../../lib/database.ts'
import { type ScratchServer, scratchName } from '../../lib/scratch.ts'
import type { ProofSettings } from '../settings.ts'
import { type Refused, type SeedReport, seedDatabase } from './seed/seed.ts'

/** A database on its way through the history, with the sessions that proofs need. */
export type Stage = {
  readonly database: string
  /** As the role that runs migrations. */
  readonly sql: Sql
  /** As the superuser, who may switch triggers off while rows are made up. */
  readonly superuser: Sql
  readCatalog(): Promise<Catalog>
  seed(): Promise<SeedReport>
  /** Ends the sessions for as long as `work` takes, because a database can only be copied while it has no sessions. */
  withoutSessions<Result>(work: () => Promise<Result>): Promise<Result>
  drop(): Promise<void>
}

/** A database to which the first migrations of a history are applied and which holds rows, to begin as a copy of. */
export type Start = { readonly template: string; readonly count: number; readonly catalog: Catalog }

/** Creates a database with these migrations applied. Throws a RefusedFileError when one does not run. */
export async function openStage(
  server: ScratchServer,
  settings: ProofSettings,
  applied: readonly AnalysedMigration[],
  start?: Start,
): Promise<Stage> {
  const database = scratchName('stage')
  const isAhead = start !== undefined && start.count <= applied.length
  await server.createDatabase(database, isAhead ? start.template : undefined)
  let sessions = openSessions(server, database)
  const refused: Refused = new Map()
  const stage: Stage = {
    database,
    get sql() {
      return sessions.sql
    },
    get superuser() {
      return sessions.superuser
    },
    readCatalog: () => readCatalog(sessions.sql),
    seed: () => seedDatabase(sessions.superuser, settings, refused),
    withoutSessions: async (work) => {
      await sessions.close()
      try {
        return await work()
      } finally {
        sessions = openSessions(server, database)
      }
    },
    drop: async () => {
      await sessions.close()
      await server.dropDatabase(database)
    },
  }
  try {
    for (const { up } of applied.slice(isAhead ? start.count : 0))
      await applyFile(stage.sql, up.file, 'prove/forward-fails')
    return stage
  } catch (error) {
    await stage.drop()
    throw error
  }
}

type Sessions = { readonly sql: Sql; readonly superuser: Sql; close(): Promise<void> }

function openSessions(server: ScratchServer, database: string): Sessions {
  const sql = connect(server.urlFor(database))
  const superuser = connect(server.superuserUrlFor(database))
  return {
    sql,
    superuser,
    close: async () => {
      await Promise.all([sql.end({ timeout: 5 }), superuser.end({ timeout: 5 })])
    },
  }
}
