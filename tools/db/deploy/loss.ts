import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AlterTableCmd } from 'libpg-query'
import { runsUnseenCode } from '../lib/change-class.ts'
import { connect, quoteName, quoteText, type Sql, seeingEveryRow } from '../lib/database.ts'
import { type Effect, effectsOf } from '../lib/effects.ts'
import { type Loss as DeclaredLoss, isArchive } from '../lib/rollback-header.ts'
import type { Statement } from '../lib/sql.ts'
import { asNode } from '../lib/tree.ts'
import { copyToFile } from './copy-stream.ts'

/** Values that a rollback takes away, or may. */
export type Loss = {
  /** A dropped `table` or `column`, or the `rows` of a table that stays and is written to. */
  readonly kind: 'table' | 'column' | 'rows'
  /** `public.notes` or `public.notes.memo`. */
  readonly name: string
  readonly table: string
  readonly column: string | undefined
  /** Rows of the table, or rows in which the column holds a value. */
  readonly rows: number
  /** Changes when one of these values does. */
  readonly hash: string
  /** What is selected to count, save and compare it. */
  readonly selection: string
}

/** What is known about a rollback besides its statements. */
export type LossContext = {
  readonly declared: DeclaredLoss | undefined
  /** Tables that only migrations write to. */
  readonly referenceTables: readonly string[]
}

/**
 * Everything that statements drop, and the tables whose rows they may change or whose loss the header declares, with what
 * is in them now. What is empty is listed too, because it may be filled until the rollback gets its locks.
 */
export async function lossLedger(sql: Sql, statements: readonly Statement[], context: LossContext): Promise<Loss[]> {
  return seeingEveryRow(sql, async () => {
    const losses: Loss[] = []
    for (const target of threatenedBy(statements, context)) {
      const selection = await selectionOf(sql, target)
      if (selection !== undefined) losses.push({ ...target, selection, ...(await countNow(sql, selection)) })
    }
    return losses
  })
}

/** The losses that take something away now. */
export const filled = (losses: readonly Loss[]): Loss[] => losses.filter((loss) => loss.rows > 0)

/** Statements whose loss cannot be counted beforehand, as a person reads them. */
export const uncountable = (statements: readonly Statement[]): string[] =>
  statements
    .filter((statement) => runsUnseenCode(statement) || isCascade(statement))
    .map((statement) => statement.text.replace(/\s+/g, ' ').slice(0, 100))

/** A query for the number of rows of a selection and a hash that does not depend on their order. */
export const fingerprint = (selection: string): string =>
  `select count(*)::int as rows, coalesce(sum(hashtextextended(x::text, 0)::numeric), 0)::text as hash from (${selection}) as x`

/** A statement that raises when a selection is no longer what was counted. */
export const unchangedCheck = (loss: Loss): string => `
do $unchanged$ begin
  if (select format('%s %s', rows, hash) from (${fingerprint(loss.selection)}) as now) <> ${quoteText(`${loss.rows} ${loss.hash}`)} then
    raise exception using errcode = 'PD001', message = ${quoteText(`${loss.name} was written to meanwhile`)};
  end if;
end $unchanged$;`

/**
 * Writes every loss that holds something as CSV into a folder, all from one moment, and returns what was counted at that
 * moment. So the caller can make sure that nothing was written between saving and dropping.
 */
export async function saveLosses(url: string, losses: readonly Loss[], folder: string): Promise<Loss[]> {
  const sql = connect(url, { applicationName: 'payd-db save' })
  try {
    return await seeingEveryRow(sql, async () => {
      await sql.unsafe('begin isolation level repeatable read read only')
      const counted: Loss[] = []
      for (const loss of losses) {
        const now = await countNow(sql, loss.selection)
        counted.push({ ...loss, ...now })
        if (now.rows === 0) continue
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await copyToFile(
          sql,
          `copy (${loss.selection}) to stdout (format csv, header)`,
          join(folder, `${loss.name}.csv`),
        )
      }
      return counted
    })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

type Threatened = Pick<Loss, 'kind' | 'name' | 'table' | 'column'>

function threatenedBy(statements: readonly Statement[], { declared, referenceTables }: LossContext): Threatened[] {
  const effects = effectsOf(statements)
  // The rows of a reference table come back with the migration that writes them.
  const dropped = effects.flatMap(droppedBy).filter(({ table }) => !referenceTables.includes(table))
  // What a proven archive keeps is written back where it came from, which loses nothing.
  const isBringingBack = declared?.kind === 'archived'
  const written = effects.flatMap(({ verb, table, takesAway, command }) => {
    const isRewritten = command?.subtype === 'AT_AlterColumnType' && usesExpression(command)
    const isHit = (verb === 'write' && takesAway) || isRewritten
    return isHit && table && !isBringingBack && !referenceTables.includes(table) ? [table] : []
  })
  const isCovered = (table: string, column?: string): boolean =>
    dropped.some(
      (one) =>
        one.table === table &&
        (one.kind === 'table' || (one.kind === 'column' && (column === '*' || one.column === column))),
    )
  const promised = declared?.kind === 'lossy' ? declared.what.flatMap(namedIn) : []
  const rows = [
    ...written.filter((table) => !dropped.some((one) => one.kind === 'table' && one.table === table)),
    ...promised.filter(({ table, column }) => !isCovered(table, column)).map(({ table }) => table),
  ]
  // What an archiving migration keeps goes back to where it came from before the archive is dropped.
  return [...dropped, ...[...new Set(rows)].map(rowsOf)].filter(({ table }) => !isArchive(table))
}

const rowsOf = (table: string): Threatened => ({ kind: 'rows', name: table, table, column: undefined })

function droppedBy({ verb, kind, table, command }: Effect): Threatened[] {
  if (!table) return []
  if (verb === 'drop' && kind === 'table') return [{ kind: 'table', name: table, table, column: undefined }]
  if (verb !== 'alter' || command?.subtype !== 'AT_DropColumn' || !command.name) return []
  return [{ kind: 'column', name: `${table}.${command.name}`, table, column: command.name }]
}

/** The tables that a part of a header names, such as `column public.notes.memo`; people write more than names there. */
const namedIn = (what: string): { table: string; column: string | undefined }[] =>
  [...what.matchAll(/(\w+\.\w+)(?:\.(\w+))?/g)].map(([, table = '', column]) => ({
    table,
    column: column ?? (/\bcolumns?\b/.test(what) ? '*' : undefined),
  }))

function usesExpression(command: AlterTableCmd): boolean {
  return asNode<{ raw_default?: unknown }>(command.def, 'ColumnDef')?.raw_default !== undefined
}

// Without CASCADE a schema or a type is dropped only when nothing depends on it.
function isCascade(statement: Statement): boolean {
  const drop = asNode<{ behavior?: string }>(statement.node, 'DropStmt')
  return statement.kind === 'DropOwnedStmt' || drop?.behavior === 'DROP_CASCADE'
}

async function countNow(sql: Sql, selection: string): Promise<{ rows: number; hash: string }> {
  const [found] = await sql.unsafe<{ rows: number; hash: string }[]>(fingerprint(selection))
  return found ?? { rows: 0, hash: '0' }
}

/** What to select, or undefined when the thing is not there or can be computed again. */
async function selectionOf(sql: Sql, { table, column }: Threatened): Promise<string | undefined> {
  const columns = await sql<{ name: string; isGenerated: boolean; isKey: boolean }[]>`
    select a.attname as name, a.attgenerated <> '' as "isGenerated",
      coalesce(a.attnum = any(i.indkey::int2[]), false) as "isKey"
    from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = to_regclass(${quoteName(table)}) and a.attnum > 0 and not a.attisdropped order by a.attnum`
  if (columns.length === 0) return undefined
  if (column === undefined) return `select * from ${quoteName(table)}`
  const wanted = columns.find((one) => one.name === column)
  if (!wanted || wanted.isGenerated) return undefined
  const keys = columns.filter((one) => one.isKey && one.name !== column).map((one) => quoteName(one.name))
  // Without a key the whole row says which value belongs where.
  const list = keys.length === 0 ? '*' : [...keys, quoteName(column)].join(', ')
  return `select ${list} from ${quoteName(table)} where ${quoteName(column)} is not null`
}
