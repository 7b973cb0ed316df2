import { connect, databaseError, quoteName, type Sql } from '../lib/database.ts'
import type { Target } from '../lib/environments.ts'
import { errorText } from '../lib/errors.ts'
import type { Statement } from '../lib/sql.ts'
import { asNode, relationName } from '../lib/tree.ts'
import type { Step } from './rollback-plan.ts'

/** Whether rollbacks would run now; `failure` says where and why not, with the number of rows in the way where they can be counted. */
export type Trial = { readonly failure: string | undefined; readonly isTried: boolean }

/**
 * Runs the rollbacks for real and takes everything back. A rollback that is not one transaction cannot be taken back, so it
 * is not tried.
 */
export async function tryRollback(target: Target, steps: readonly Step[], lockTimeoutMs: number): Promise<Trial> {
  if (steps.some((step) => !step.isTransactional)) return { isTried: false, failure: undefined }
  const sql = connect(target.url, { applicationName: 'payd-db rollback trial' })
  try {
    await sql.unsafe('begin')
    await sql.unsafe(`set local lock_timeout = ${lockTimeoutMs}`)
    for (const step of steps) {
      for (const statement of step.statements) {
        const refusal = await tryStatement(sql, statement)
        if (refusal !== undefined) return { isTried: true, failure: `${step.id} would fail: ${refusal}` }
      }
    }
    return { isTried: true, failure: undefined }
  } finally {
    await sql.unsafe('rollback').catch(() => undefined)
    await sql.end({ timeout: 5 })
  }
}

async function tryStatement(sql: Sql, statement: Statement): Promise<string | undefined> {
  await sql.unsafe('savepoint payd_trial')
  try {
    await sql.unsafe(statement.text).simple()
    await sql.unsafe('release savepoint payd_trial')
    return undefined
  } catch (error) {
    await sql.unsafe('rollback to savepoint payd_trial')
    const refusal = databaseError(error)
    if (!refusal) throw error
    const words = [`${refusal.message} (SQLSTATE ${refusal.sqlState})`, refusal.detail, refusal.hint].filter(Boolean)
    const rows = await rowsInTheWay(sql, statement).catch(
      (cause: unknown) => `they could not be counted: ${errorText(cause)}`,
    )
    return [...words, ...(rows === undefined ? [] : [rows])].join(' ')
  }
}

type Command = { readonly subtype?: string; readonly name?: string; readonly def?: object }

/** The rows that a constraint or a NOT NULL meets, with the query that shows them. */
async function rowsInTheWay(sql: Sql, statement: Statement): Promise<string | undefined> {
  const alter = asNode<{ relation?: Parameters<typeof relationName>[0]; cmds?: object[] }>(
    statement.node,
    'AlterTableStmt',
  )
  const [only, ...more] = alter?.cmds ?? []
  const command = (only as { AlterTableCmd?: Command } | undefined)?.AlterTableCmd
  if (!alter || !command || more.length > 0) return undefined
  const table = quoteName(relationName(alter.relation))
  if (command.subtype === 'AT_SetNotNull') return counted(sql, table, `${quoteName(command.name ?? '')} is null`)
  const constraint = asNode<{ contype?: string; conname?: string }>(command.def as never, 'Constraint')
  if (command.subtype !== 'AT_AddConstraint' || constraint?.contype !== 'CONSTR_CHECK' || !constraint.conname)
    return undefined
  // Added without looking at the rows, the constraint says in PostgreSQL's own words which ones it would refuse.
  await sql.unsafe(`${statement.text} not valid`).simple()
  const [found] = await sql<{ condition: string }[]>`
    select pg_get_expr(conbin, conrelid) as condition from pg_constraint
    where conrelid = ${table}::regclass and conname = ${constraint.conname}`
  return found && counted(sql, table, `not (${found.condition})`)
}

async function counted(sql: Sql, table: string, condition: string): Promise<string> {
  const [row] = await sql.unsafe<{ rows: number }[]>(`select count(*)::int as rows from ${table} where ${condition}`)
  return `${row?.rows ?? 0} rows are in the way: select * from ${table} where ${condition};`
}
