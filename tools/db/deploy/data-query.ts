import { quoteName, type Sql } from '../lib/database.ts'
import { fingerprint } from './loss.ts'

/** A regular table with the columns that hold data of their own. */
export type DataTable = { readonly name: string; readonly columns: readonly string[] }

/** Every regular table that no extension owns, Supabase's own included, without generated columns. */
export async function dataTables(sql: Sql): Promise<DataTable[]> {
  const rows = await sql<{ schema: string; table: string; columns: string[] }[]>`
    select n.nspname as schema, c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    group by 1, 2 order by 1, 2`
  return rows.map((row) => ({ name: `${row.schema}.${row.table}`, columns: row.columns }))
}

/** The columns of a table as SQL. */
export const columnList = (columns: readonly string[]): string => columns.map((one) => quoteName(one)).join(', ')

/** Number of rows and hash of a table's columns. The session must speak the same dialect wherever hashes are compared. */
export async function tableFingerprint(sql: Sql, table: DataTable): Promise<{ rows: number; hash: string }> {
  const selection = `select ${columnList(table.columns)} from only ${quoteName(table.name)}`
  const [found] = await sql.unsafe<{ rows: number; hash: string }[]>(fingerprint(selection))
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
