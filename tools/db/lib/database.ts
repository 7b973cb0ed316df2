import postgres, { type Sql } from 'postgres'
import { reachHint } from '../../lib/address.ts'
import { connect as connectTo } from '../../lib/sql.ts'
import { withoutPassword } from './environments.ts'
import { errorText, ToolError } from './errors.ts'

export type { Sql }

/** What a server tells about a statement it refused. */
export type DatabaseError = {
  readonly sqlState: string
  readonly message: string
  readonly detail: string | undefined
  readonly hint: string | undefined
  /** Character offset in the text that was sent, counted from 0. */
  readonly offset: number | undefined
}

/** One session; ended by `sql.end()`. Numbers of type bigint and numeric arrive as text. */
export const connect = (url: string, options: { readonly applicationName?: string } = {}): Sql =>
  connectTo(url, { applicationName: options.applicationName ?? 'payd-db' })

const ANSWER_WITHIN_MS = 15_000

/** Runs `work` in one session and always ends it. Throws a ToolError that names the server when it cannot be reached. */
export async function withDatabase<Result>(url: string, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = connect(url)
  let isReached = false
  try {
    await firstAnswer(sql).catch((cause: unknown) => {
      throw new ToolError(`The database ${withoutPassword(url)} cannot be reached: ${errorText(cause)}.`, {
        fix: reachHint(url, errorText(cause)),
        cause,
      })
    })
    isReached = true
    return await work(sql)
  } finally {
    await sql.end({ timeout: isReached ? 5 : 0 })
  }
}

// A pooler whose server is down accepts and closes without an error, and the driver would connect again for ever.
async function firstAnswer(sql: Sql): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} s`)), ANSWER_WITHIN_MS)
  })
  try {
    await Promise.race([sql`select 1`, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs `work` in a session that sees every row or raises: without it a table that forces row level security counts as
 * empty for its own owner. Throws a ToolError when the role may not see every row.
 */
export async function seeingEveryRow<Result>(sql: Sql, work: () => Promise<Result>): Promise<Result> {
  await sql.unsafe('set row_security = off')
  try {
    return await work()
  } catch (cause) {
    if (databaseError(cause)?.sqlState !== '42501') throw cause
    throw new ToolError(`This role does not see every row: ${errorText(cause)}.`, {
      why: 'What row level security hides would be counted, saved and compared as if it were not there.',
      fix: 'Connect as a role with BYPASSRLS, such as postgres on Supabase, or as a superuser.',
      cause,
    })
  } finally {
    await sql.unsafe('reset row_security').catch(() => undefined)
  }
}

/**
 * Runs the text of a file in one message, which PostgreSQL treats as one transaction, so that a failure leaves nothing.
 * This is how rollbacks run.
 */
export async function runScript(sql: Sql, text: string): Promise<void> {
  await sql.unsafe(text).simple()
}

/** What the server said, when an error came from it. */
export function databaseError(error: unknown): DatabaseError | undefined {
  if (!(error instanceof postgres.PostgresError)) return undefined
  const position = Number(error.position)
  return {
    sqlState: error.code,
    message: error.message,
    detail: error.detail,
    hint: error.hint,
    offset: Number.isInteger(position) && position > 0 ? position - 1 : undefined,
  }
}

/** `"schema"."name"` for texts that are put together. */
export const quoteName = (name: string): string =>
  name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')

/** A string constant for texts that are put together. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`
