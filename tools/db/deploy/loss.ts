import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, quoteName, quoteText, type Sql } from '../lib/database.ts'
import { effectsOf } from '../lib/effects.ts'
import { isArchive } from '../lib/rollback-header.ts'
import type { Statement } from '../lib/sql.ts'
import { copyToFile } from './copy-stream.ts'

/** Values that a rollback takes away for good. */
export type Loss = {
  readonly kind: 'table' | 'column'
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

/** The tables and columns that statements drop and that hold something now, newest statement last. */
export async function lossLedger(sql: Sql, statements: readonly Statement[]): Promise<Loss[]> {
  const losses: Loss[] = []
  for (const target of droppedBy(statements)) {
    const selection = await selectionOf(sql, target)
    if (selection === undefined) continue
    const [found] = await sql.unsafe<{ rows: number; hash: string }[]>(fingerprint(selection))
    if (found && found.rows > 0) losses.push({ ...target, selection, ...found })
  }
  return losses
}

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
 * Writes every loss as CSV into a folder, all from one moment, and returns what was counted at that moment. So the caller
 * can make sure that nothing was written between saving and dropping.
 */
export async function saveLosses(url: string, losses: readonly Loss[], folder: string): Promise<Loss[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sql = connect(url, { applicationName: 'payd-db save' })
  try {
    await sql.unsafe('begin isolation level repeatable read read only')
    const saved: Loss[] = []
    for (const loss of losses) {
      const [found] = await sql.unsafe<{ rows: number; hash: string }[]>(fingerprint(loss.selection))
      await copyToFile(sql, `copy (${loss.selection}) to stdout (format csv, header)`, join(folder, `${loss.name}.csv`))
      saved.push({ ...loss, ...(found ?? {}) })
    }
    return saved
  } finally {
    await sql.end({ timeout: 5 })
  }
}

type Dropped = Pick<Loss, 'kind' | 'name' | 'table' | 'column'>

function droppedBy(statements: readonly Statement[]): Dropped[] {
  return effectsOf(statements).flatMap((effect): Dropped[] => {
    const table = effect.table
    // What an archiving migration keeps goes back to where it came from before the archive is dropped.
    if (!table || isArchive(table)) return []
    if (effect.verb === 'drop' && effect.kind === 'table')
      return [{ kind: 'table', name: table, table, column: undefined }]
    if (effect.verb === 'alter' && effect.command?.subtype === 'AT_DropColumn' && effect.command.name) {
      return [{ kind: 'column', name: `${table}.${effect.command.name}`, table, column: effect.command.name }]
    }
    return []
  })
}

/** What to select, or undefined when the thing is not there or can be computed again. */
async function selectionOf(sql: Sql, { table, column }: Dropped): Promise<string | undefined> {
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
