import type { Sql } from '../../lib/database.ts'
import { notPlatformSchema } from '../../lib/platform.ts'

/** Something that a schema does not let rows hold, such as a CHECK, a NOT NULL or the labels of an enum. */
export type Limit = {
  readonly kind: 'check' | 'domain' | 'enum' | 'not-null' | 'type' | 'unique' | 'reference'
  /** `schema.table`. */
  readonly table: string
  readonly columns: readonly string[]
  /** The expression, the labels or the type; two limits of one key are equal when their definitions are. */
  readonly definition: string
}

/** Limits by a key that stays when a limit is made wider. */
export type Limits = ReadonlyMap<string, Limit>

const own = notPlatformSchema('n.nspname')
const tables = `from pg_class c join pg_namespace n on n.oid = c.relnamespace`
const columnsOf = (keys: string, relation: string): string =>
  `(select array_agg(a.attname::text order by k.place) from unnest(${keys}) with ordinality as k (number, place)
    join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.number)`

const LIMITS = `
select 'check' as kind, n.nspname || '.' || c.relname as "table", coalesce(${columnsOf('k.conkey', 'c.oid')}, '{}') as columns,
  k.conname::text as name, pg_get_expr(k.conbin, k.conrelid) as definition
  ${tables} join pg_constraint k on k.conrelid = c.oid where k.contype = 'c' and not c.relispartition and ${own}
union all
select 'domain', n.nspname || '.' || c.relname, array[a.attname::text], a.attname || ' ' || d.conname, pg_get_expr(d.conbin, 0)
  ${tables} join pg_attribute a on a.attrelid = c.oid join pg_constraint d on d.contypid = a.atttypid
  where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped and d.contype = 'c' and ${own}
union all
select 'enum', n.nspname || '.' || c.relname, array[a.attname::text], a.attname,
  (select string_agg(quote_literal(e.enumlabel), ',' order by e.enumlabel) from pg_enum e where e.enumtypid = a.atttypid)
  ${tables} join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
  where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and t.typtype = 'e' and ${own}
union all
select 'not-null', n.nspname || '.' || c.relname, array[a.attname::text], a.attname, 'not null'
  ${tables} join pg_attribute a on a.attrelid = c.oid
  where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and a.attnotnull and not a.attisdropped and ${own}
union all
select 'type', n.nspname || '.' || c.relname, array[a.attname::text], a.attname, format_type(a.atttypid, a.atttypmod)
  ${tables} join pg_attribute a on a.attrelid = c.oid
  where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and ${own}
union all
select 'unique', n.nspname || '.' || c.relname, ${columnsOf('i.indkey::int2[]', 'c.oid')}, pg_get_indexdef(i.indexrelid, 0, false), pg_get_indexdef(i.indexrelid)
  ${tables} join pg_index i on i.indrelid = c.oid
  where i.indisunique and not i.indisprimary and not c.relispartition and not (0 = any (i.indkey::int2[])) and ${own}
union all
select 'reference', n.nspname || '.' || c.relname, ${columnsOf('k.conkey', 'c.oid')}, k.conname::text, pg_get_constraintdef(k.oid)
  ${tables} join pg_constraint k on k.conrelid = c.oid where k.contype = 'f' and k.conparentid = 0 and ${own}
order by 1, 2, 4`

/** What the schema does not let the rows of the project's tables hold now. */
export async function readLimits(sql: Sql): Promise<Limits> {
  const rows = await sql.unsafe<(Limit & { name: string })[]>(LIMITS)
  return new Map(rows.map(({ name, ...limit }) => [`${limit.kind} ${limit.table} ${name}`, limit]))
}

/** Limits of tables and columns that are still there and that are gone or different now: rows may hold more than before. */
export function widened(before: Limits, after: Limits): { readonly old: Limit; readonly now: Limit | undefined }[] {
  const columns = new Set(
    [...after.values()].flatMap(({ kind, table, columns: names }) =>
      kind === 'type' ? names.map((name) => `${table}.${name}`) : [],
    ),
  )
  return [...before].flatMap(([key, old]) => {
    const now = after.get(key)
    const isThere = old.columns.length > 0 && old.columns.every((name) => columns.has(`${old.table}.${name}`))
    return isThere && now?.definition !== old.definition ? [{ old, now }] : []
  })
}
