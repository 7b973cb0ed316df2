import { setTimeout as pause } from 'node:timers/promises'
import { type Sql, withDatabase } from '../lib/database.ts'

/** The sessions of a command: their name in pg_stat_activity, and the moment before they were sent anything. */
export type Sessions = { readonly applicationName: string; readonly since: string }

/** What became of sessions whose client is gone. */
export type Afterlife = 'ended' | 'at work' | 'unknown'

/** The clock of a database, to tell what is sent from now on from what was sent before. */
export async function momentOf(url: string): Promise<string> {
  return withDatabase(url, async (sql) => {
    const [row] = await sql<{ now: string }[]>`select clock_timestamp()::text as now`
    return row?.now ?? '-infinity'
  })
}

/**
 * Waits until the server has ended the sessions of a client that was killed or cut off. Until then it may still commit what
 * that client sent, so nothing that is read from the history is the last word. `unknown`: the database does not answer.
 */
export async function waitForEnd(url: string, sessions: Sessions, boundMs: number): Promise<Afterlife> {
  const deadline = performance.now() + boundMs
  try {
    return await withDatabase(url, async (sql) => {
      while (await isAlive(sql, sessions)) {
        if (performance.now() >= deadline) return 'at work'
        await pause(100)
      }
      return 'ended'
    })
  } catch {
    return 'unknown'
  }
}

// A session that has just become idle counts too, because what was sent to it may still be on its way. Behind a pooler it
// stays for others when its client is gone, so one that stays idle has ended for us.
async function isAlive(sql: Sql, { applicationName, since }: Sessions): Promise<boolean> {
  const [row] = await sql<{ alive: boolean }[]>`
    select exists (
      select from pg_stat_activity
      where datname = current_database() and application_name = ${applicationName}
        and coalesce(query_start, backend_start) >= ${since}::text::timestamptz
        and (state is distinct from 'idle' or state_change > clock_timestamp() - interval '3 seconds')
    ) as alive`
  return row?.alive ?? false
}
