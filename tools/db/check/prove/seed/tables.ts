import type { Sql } from '../../../lib/database.ts'
import { notPlatformSchema } from '../../../lib/platform.ts'

/** A column as far as made-up values must fit it. */
export type SeedColumn = {
  readonly name: string
  /** The type as it is declared, such as `public.amount`; domains and arrays included. */
  readonly type: string
  /** The type below a domain, such as `numeric`. */
  readonly baseType: string
  readonly isRequired: boolean
  readonly hasDefault: boolean
  /** Written by the server itself: identity or generated. */
  readonly isGenerated: boolean
  /** The labels of an enum. */
  readonly labels: readonly string[] | null
}

/** A foreign key: these columns must hold what a row of the parent holds. */
export type SeedForeignKey = {
  readonly columns: readonly string[]
  readonly parent: string
  readonly parentColumns: readonly string[]
}

/** A check constraint and the columns it reads. */
export type SeedCheck = { readonly name: string; readonly columns: readonly string[]; readonly definition: string }

/** A table that rows can be made up for. */
export type SeedTable = {
  readonly name: string
  readonly columns: readonly SeedColumn[]
  readonly foreignKeys: readonly SeedForeignKey[]
  readonly checks: readonly SeedCheck[]
  readonly key: readonly string[]
}

const TABLES = `
with wanted as (
  select c.oid, n.nspname || '.' || c.relname as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p' and (${notPlatformSchema('n.nspname')}
    or c.oid in (select confrelid from pg_constraint fk join pg_class child on child.oid = fk.conrelid
      join pg_namespace cn on cn.oid = child.relnamespace where fk.contype = 'f' and ${notPlatformSchema('cn.nspname')}))
)
select w.name,
  (select json_agg(json_build_object(
      'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'baseType', format_type(case when t.typtype = 'd' then t.typbasetype else t.oid end, null),
      'isRequired', a.attnotnull or (t.typtype = 'd' and t.typnotnull), 'hasDefault', d.oid is not null and a.attgenerated = '',
      'isGenerated', a.attidentity <> '' or a.attgenerated <> '',
      'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = a.atttypid))
      order by a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = w.oid and a.attnum > 0 and not a.attisdropped) as columns,
  coalesce((select json_agg(json_build_object(
      'columns', (select json_agg(a.attname order by k.n) from unnest(fk.conkey) with ordinality k(attnum, n)
        join pg_attribute a on a.attrelid = fk.conrelid and a.attnum = k.attnum),
      'parent', pn.nspname || '.' || p.relname,
      'parentColumns', (select json_agg(a.attname order by k.n) from unnest(fk.confkey) with ordinality k(attnum, n)
        join pg_attribute a on a.attrelid = fk.confrelid and a.attnum = k.attnum)) order by fk.conname)
    from pg_constraint fk join pg_class p on p.oid = fk.confrelid join pg_namespace pn on pn.oid = p.relnamespace
    where fk.conrelid = w.oid and fk.contype = 'f' and fk.conparentid = 0), '[]') as "foreignKeys",
  coalesce((select json_agg(json_build_object('name', ck.conname, 'definition', pg_get_constraintdef(ck.oid),
      'columns', coalesce((select json_agg(a.attname) from unnest(ck.conkey) k(attnum)
        join pg_attribute a on a.attrelid = ck.conrelid and a.attnum = k.attnum), '[]')) order by ck.conname)
    from pg_constraint ck where ck.conrelid = w.oid and ck.contype = 'c'), '[]') as checks,
  coalesce((select json_agg(a.attname) from pg_index i join pg_attribute a on a.attrelid = w.oid and a.attnum = any (i.indkey)
    where i.indrelid = w.oid and i.indisprimary), '[]') as key
from wanted w order by w.name`

/** Every table of the project, and those of the platform that it points at, parents before children where there is no circle. */
export async function readSeedTables(sql: Sql): Promise<SeedTable[]> {
  const rows = await sql.unsafe<SeedTable[]>(TABLES)
  return parentsFirst([...rows])
}

function parentsFirst(tables: readonly SeedTable[]): SeedTable[] {
  const byName = new Map(tables.map((table) => [table.name, table]))
  const done = new Set<string>()
  const ordered: SeedTable[] = []
  const visit = (table: SeedTable, path: ReadonlySet<string>): void => {
    if (done.has(table.name) || path.has(table.name)) return
    const here = new Set([...path, table.name])
    for (const { parent } of table.foreignKeys) {
      const next = byName.get(parent)
      if (next) visit(next, here)
    }
    if (done.has(table.name)) return
    done.add(table.name)
    ordered.push(table)
  }
  for (const table of tables) visit(table, new Set())
  return ordered
}
