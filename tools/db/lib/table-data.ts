import { quoteName, quoteText, type Sql } from './database.ts'
import { notPlatformSchema } from './platform.ts'

/** The rows of one table as a fingerprint. */
export type TableData = { readonly rows: number; readonly hash: string; readonly columns: readonly string[] }

/** Fingerprints of tables and the positions of sequences, by `schema.name`. */
export type DatabaseData = {
  readonly tables: ReadonlyMap<string, TableData>
  readonly sequences: ReadonlyMap<string, SequencePosition>
}

/** Where a sequence stands. The numbers of identity columns may have gaps, those of other sequences are somebody's business. */
export type SequencePosition = { readonly value: string; readonly isOwnedByColumn: boolean }

/**
 * Fingerprints of every table of the project in one query, partitions counted with their parent: the number of rows, and a sum of row hashes that does not
 * depend on their order. With `columns`, only those columns count, so that a table can be compared after it got new ones.
 */
export async function readData(sql: Sql, columns?: ReadonlyMap<string, readonly string[]>): Promise<DatabaseData> {
  const tables = await sql.unsafe<{ name: string; columns: string[] }[]>(`
    select n.nspname || '.' || c.relname as name, array_agg(a.attname::text order by a.attname) as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p' and ${notPlatformSchema('n.nspname')}
    group by 1 order by 1`)
  const chosen = tables.flatMap((table) => {
    const wanted =
      columns === undefined ? table.columns : columns.get(table.name)?.filter((name) => table.columns.includes(name))
    return wanted ? [{ name: table.name, columns: wanted }] : []
  })
  return { tables: await fingerprints(sql, chosen), sequences: await sequencePositions(sql) }
}

/** The columns of every table, to compare the same columns later. */
export const columnsOf = (data: DatabaseData): Map<string, readonly string[]> =>
  new Map([...data.tables].map(([name, table]) => [name, table.columns]))

async function fingerprints(sql: Sql, tables: readonly { name: string; columns: readonly string[] }[]) {
  if (tables.length === 0) return new Map<string, TableData>()
  const parts = tables.map(({ name, columns }) => {
    const row = columns.map((column) => quoteName(column)).join(', ')
    return `select ${quoteText(name)} as name, count(*)::int as rows,
      coalesce(sum(hashtextextended(row(${row})::text, 0)::numeric), 0)::text as hash from ${quoteName(name)}`
  })
  const rows = await sql.unsafe<{ name: string; rows: number; hash: string }[]>(parts.join('\nunion all '))
  const byName = new Map(tables.map((table) => [table.name, table.columns]))
  return new Map(
    rows.map(({ name, rows: count, hash }) => [name, { rows: count, hash, columns: byName.get(name) ?? [] }]),
  )
}

async function sequencePositions(sql: Sql): Promise<Map<string, SequencePosition>> {
  const rows = await sql.unsafe<{ name: string; position: string | null; owned: boolean }[]>(`
    select n.nspname || '.' || c.relname as name, pg_sequence_last_value(c.oid)::text as position,
      exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
        and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')) as owned
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'S' and ${notPlatformSchema('n.nspname')}`)
  return new Map(rows.map((row) => [row.name, { value: row.position ?? 'unused', isOwnedByColumn: row.owned }]))
}
