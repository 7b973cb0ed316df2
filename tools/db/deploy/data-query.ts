import { quoteName, type Sql } from '../lib/database.ts'
import { fingerprint } from './loss.ts'

/** A table with the columns that hold data of their own. */
export type DataTable = { readonly name: string; readonly columns: readonly string[]; readonly isPartitioned: boolean }

/**
 * Every table that no extension owns, Supabase's own included, without generated columns. The rows of partitions are read and
 * written through their parent: which months have a partition is the business of a job and differs from server to server.
 */
export async function dataTables(sql: Sql): Promise<DataTable[]> {
  const rows = await sql<{ schema: string; table: string; isPartitioned: boolean; columns: string[] }[]>`
    select n.nspname as schema, c.relname as table, c.relkind = 'p' as "isPartitioned", array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    group by 1, 2, 3 order by 1, 2`
  return rows.map(({ schema, table, ...row }) => ({ name: `${schema}.${table}`, ...row }))
}

/** A query for the rows of a table, without those of tables that inherit from it and have their own place. */
export const selectRows = (table: DataTable): string =>
  `select ${columnList(table.columns)} from ${table.isPartitioned ? '' : 'only '}${quoteName(table.name)}`

/** The columns of a table as SQL. */
export const columnList = (columns: readonly string[]): string => columns.map((one) => quoteName(one)).join(', ')

/** Number of rows and hash of a table's columns. The session must speak the same dialect wherever hashes are compared. */
export async function tableFingerprint(sql: Sql, table: DataTable): Promise<{ rows: number; hash: string }> {
  const [found] = await sql.unsafe<{ rows: number; hash: string }[]>(fingerprint(selectRows(table)))
  return found ?? { rows: 0, hash: '0' }
}

/** Settings under which a value has one text on every server, and under which a hidden row is an error and not absent. */
export const DIALECT = `
set row_security = off;
set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set timezone = 'UTC';
set extra_float_digits = 1; set bytea_output = 'hex'; set search_path = '';`

/** Positions of all sequences by name; `unused` where none was taken. */
export async function sequencePositions(sql: Sql): Promise<Record<string, string>> {
  const rows = await sql<{ name: string; position: string | null }[]>`
    select schemaname || '.' || sequencename as name, last_value::text as position from pg_sequences
    where schemaname !~ '^pg_' order by 1`
  return Object.fromEntries(rows.map((row) => [row.name, row.position ?? 'unused']))
}
