import { setTimeout as pause } from 'node:timers/promises'
import { connect, type Sql } from '../lib/database.ts'
import { ToolError } from '../lib/errors.ts'

/** The advisory lock that everything takes that changes the schema of a database. */
export const MUTEX_KEY = `hashtextextended('payd-migrations', 0)`

/** A held lock. */
export type Mutex = {
  /** Throws when the session that held the lock has ended, after which somebody else may hold it. */
  assertHeld(): Promise<void>
}

/**
 * Runs `work` while no other session pushes or rolls back. The lock belongs to a transaction that is kept open on a session of
 * its own: a lock of a session would leak to strangers through a transaction pooler, and a lock of the CLI's own
 * transaction would end with every file. Throws at once, naming the holder, when the lock is taken.
 */
export async function withMutex<Result>(
  url: string,
  options: { readonly purpose: string; readonly actor: string; readonly timeoutMs: number },
  work: (mutex: Mutex) => Promise<Result>,
): Promise<Result> {
  const sql = connect(url, { applicationName: `payd-db ${options.purpose} by ${options.actor}`.slice(0, 63) })
  try {
    await sql.unsafe('begin')
    // A session whose client vanished without a word must not hold the lock for ever.
    await sql.unsafe(`set local idle_in_transaction_session_timeout = ${Math.ceil(options.timeoutMs)}`)
    const [lock] = await sql.unsafe<{ held: boolean }[]>(`select pg_try_advisory_xact_lock(${MUTEX_KEY}) as held`)
    if (!lock?.held) throw await taken(sql)
    const result = await work({ assertHeld: () => assertHeld(sql) })
    return result
  } finally {
    // Ending the session would free the lock too, but at some later moment, and the next command may come at once.
    await within(ANSWER_WITHIN_MS, sql.unsafe('rollback')).catch(() => undefined)
    await sql.end({ timeout: 5 }).catch(() => undefined)
  }
}

const HELD = `
  from pg_locks
  where locktype = 'advisory' and granted and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())
    and ((classid::bigint << 32) | objid::bigint) = ${MUTEX_KEY}`

// The driver connects again and again to a pooler that accepts and closes at once, so silence has to be an answer too.
const ANSWER_WITHIN_MS = 15_000
const within = <Value>(ms: number, answer: Promise<Value>): Promise<Value | undefined> =>
  Promise.race([answer, pause(ms, undefined, { ref: false })])

async function assertHeld(sql: Sql): Promise<void> {
  const question = sql.unsafe<{ held: boolean }[]>(`select exists (select ${HELD} and pid = pg_backend_pid()) as held`)
  const [row] = (await within(ANSWER_WITHIN_MS, question).catch(() => undefined)) ?? []
  if (row?.held) return
  throw new ToolError('The session that kept others out has ended.', {
    why: 'From that moment somebody else could push too.',
    fix: 'Run npm run db -- status to see what is applied, then run the command again.',
  })
}

async function taken(sql: Sql): Promise<ToolError> {
  const [holder] = await sql.unsafe<{ name: string; address: string; since: Date }[]>(`
    select application_name as name, coalesce(host(client_addr), 'a local socket') as address, xact_start as since
    from pg_stat_activity where pid = (select pid ${HELD} limit 1)`)
  const who = holder
    ? `"${holder.name}" from ${holder.address} since ${holder.since.toISOString()}`
    : 'somebody who has just finished'
  return new ToolError(`Somebody else is changing this database: ${who}.`, {
    why: 'Two pushes at once would both run the same files; the Supabase CLI itself takes no lock.',
    fix: 'Wait until that is done, look at npm run db -- status, then run the command again.',
  })
}
