import type { Sql } from 'postgres'

/** A column that a signed-in person may read. */
export interface ReadableColumn {
  readonly name: string
  /** Domain or type, as `format_type` writes it. */
  readonly type: string
  readonly isNullable: boolean
  readonly comment: string | null
  /** The table that the column identifies a row of, by itself or as a foreign key. */
  readonly identifies: string | null
  /** The values that a check allows, where it names them. */
  readonly choices: readonly string[] | null
}

/** A relation that a signed-in person may read, with the columns of it that they may. */
export interface ReadableRelation {
  readonly name: string
  readonly isView: boolean
  readonly comment: string | null
  /** Whether every column may be read, so that `*` is allowed. */
  readonly isWhole: boolean
  readonly columns: readonly ReadableColumn[]
}

/** What a signed-in person may read, from the catalogue of the migrated database. */
export async function readRelations(sql: Sql): Promise<ReadableRelation[]> {
  const relations = await sql<(Omit<ReadableRelation, 'columns'> & { columns: RawColumn[] })[]>`
    select
      class.relname as name,
      class.relkind = 'v' as "isView",
      obj_description(class.oid) as comment,
      bool_and(has_column_privilege('authenticated', class.oid, attribute.attnum, 'select')) as "isWhole",
      json_agg(json_build_object(
        'name', attribute.attname,
        'type', format_type(attribute.atttypid, null),
        'isNullable', not attribute.attnotnull,
        'comment', col_description(class.oid, attribute.attnum),
        'identifies', coalesce(parent.relname, case when attribute.attname = 'id' then class.relname end),
        'checks', array(
          select pg_get_constraintdef(item.oid) from pg_constraint as item
          where item.conrelid = class.oid and item.contype = 'c' and item.conkey = array[attribute.attnum])
      ) order by attribute.attnum) filter (where has_column_privilege('authenticated', class.oid, attribute.attnum, 'select')) as columns
    from pg_class as class
    join pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
    left join lateral (
      select target.relname
      from pg_constraint as item
      join pg_class as target on target.oid = item.confrelid and target.relnamespace = 'public'::regnamespace
      cross join lateral unnest(item.conkey, item.confkey) as pair (own, theirs)
      join pg_attribute as their on their.attrelid = item.confrelid and their.attnum = pair.theirs and their.attname = 'id'
      where item.conrelid = class.oid and item.contype = 'f' and pair.own = attribute.attnum
      limit 1
    ) as parent on true
    where class.relnamespace = 'public'::regnamespace
      and class.relkind in ('r', 'p', 'v')
      and has_any_column_privilege('authenticated', class.oid, 'select')
    group by class.oid, class.relname, class.relkind
    order by class.relname`
  return relations.map((relation) => ({
    ...relation,
    columns: relation.columns.map(({ checks, ...column }) => ({ ...column, choices: choicesOf(checks) })),
  }))
}

interface RawColumn extends Omit<ReadableColumn, 'choices'> {
  readonly checks: readonly string[]
}

function choicesOf(checks: readonly string[]): string[] | null {
  for (const check of checks) {
    const list = /^CHECK \(\(\w+ = ANY \(ARRAY\[(.*)\]\)\)\)$/.exec(check)?.[1]
    if (list !== undefined) return [...list.matchAll(/'([^']*)'::text/g)].map((match) => match[1] ?? '')
  }
  return null
}
