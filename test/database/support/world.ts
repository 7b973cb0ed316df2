import { join } from 'node:path'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { projectRoot } from '../../../tools/lib/project.ts'
import { connect } from '../../../tools/lib/sql.ts'
import { assembleSqlFile } from '../../../tools/test/pgtap-include.ts'
import { cloneDatabase } from './databases.ts'

/** A migrated database with the builders of the pgTAP tests (schema `tests`), and sessions on it. */
export type World = {
  /** The session of the test itself, as the role postgres. */
  readonly sql: Sql
  /** Another session. */
  session(): Sql
  /** Ends every session and drops the database. */
  close(): Promise<void>
}

/** Clones the migrated database and adds the builders, which stay until it is dropped. */
export async function createWorld(): Promise<World> {
  const database = await cloneDatabase()
  const sessions: Sql[] = []
  const session = (): Sql => {
    const sql = connect(database.url)
    sessions.push(sql)
    return sql
  }
  const sql = session()
  const { text } = await assembleSqlFile(join(projectRoot(), 'supabase', 'tests', '_shared', 'setup.sql.raw'))
  await sql.unsafe(text).simple()
  return {
    sql,
    session,
    close: async () => {
      await Promise.all(sessions.map((open) => open.end({ timeout: 5 })))
      await database.drop()
    },
  }
}

/** Runs a statement as a signed-in person who acts in an organization, in a transaction of its own. */
export function actAs<T>(
  sql: Sql,
  person: string,
  organization: string,
  work: (transaction: TransactionSql) => Promise<T>,
): Promise<T> {
  return sql.begin(async (transaction) => {
    await transaction`select tests.act_as(${person}, ${organization})`
    return work(transaction)
  }) as Promise<T>
}

/** `ok`, or the stable code of the refusal, or the SQLSTATE of any other database error. Other errors are thrown. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error
    return error.code.startsWith('PT') ? (error.detail ?? error.code) : error.code
  }
}

/** Resolves when the session with this process id waits for a lock that another one holds. */
export async function waitsForLock(observer: Sql, pid: number): Promise<void> {
  for (;;) {
    const [row] = await observer<{ waits: boolean }[]>`select cardinality(pg_blocking_pids(${pid})) > 0 as waits`
    if (row?.waits) return
  }
}

/** The process id of a session, by which others see whether it waits. */
export async function pidOf(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  if (!row) throw new Error('The session has no process id.')
  return row.pid
}

/** The only row of a query. */
export function one<T>(rows: readonly T[]): T {
  const [row, ...more] = rows
  if (row === undefined || more.length > 0) throw new Error(`Expected one row, got ${rows.length}.`)
  return row
}
