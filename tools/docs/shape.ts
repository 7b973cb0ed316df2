import type { Sql } from 'postgres'

export interface ShapeColumn {
  readonly name: string
  readonly type: string
  readonly isNullable: boolean
  readonly hasDefault: boolean
  readonly isIdentity: boolean
  readonly isGenerated: boolean
}

export interface ShapeCheck {
  readonly columns: readonly string[]
  readonly definition: string
}

export interface ShapeReference {
  readonly columns: readonly string[]
  readonly parent: string
}

export interface ShapeIndex {
  readonly name: string
  readonly isUnique: boolean
  readonly method: string
  /** As the definition writes them, such as `created_at DESC`. */
  readonly columns: readonly string[]
  readonly condition: string
}

/** What two schemas are compared by. */
export interface Shape {
  readonly name: string
  readonly columns: readonly ShapeColumn[]
  readonly checks: readonly ShapeCheck[]
  readonly references: readonly ShapeReference[]
  readonly indexes: readonly ShapeIndex[]
}

/** Every table of schema public as its catalogue knows it. */
export async function readShapes(sql: Sql): Promise<Shape[]> {
  const tables = await sql<(Omit<Shape, 'indexes'> & { readonly definitions: readonly IndexRow[] })[]>`
    select
      class.relname as name,
      (
        select json_agg(json_build_object(
          'name', attribute.attname, 'type', format_type(attribute.atttypid, attribute.atttypmod), 'isNullable', not attribute.attnotnull,
          'hasDefault', attribute.atthasdef and attribute.attgenerated = '', 'isIdentity', attribute.attidentity <> '',
          'isGenerated', attribute.attgenerated <> '') order by attribute.attnum)
        from pg_attribute as attribute
        where attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
      ) as columns,
      (
        select coalesce(json_agg(json_build_object(
          'columns', private_columns.names, 'definition', pg_get_constraintdef(item.oid)) order by item.conname), '[]')
        from pg_constraint as item
        cross join lateral (
          select array_agg(attribute.attname order by attribute.attnum) as names
          from pg_attribute as attribute where attribute.attrelid = item.conrelid and attribute.attnum = any (item.conkey)
        ) as private_columns
        where item.conrelid = class.oid and item.contype = 'c'
      ) as checks,
      (
        select coalesce(json_agg(json_build_object('columns', own_columns.names, 'parent', parent.relname) order by item.conname), '[]')
        from pg_constraint as item
        join pg_class as parent on parent.oid = item.confrelid
        cross join lateral (
          select array_agg(attribute.attname order by attribute.attnum) as names
          from pg_attribute as attribute where attribute.attrelid = item.conrelid and attribute.attnum = any (item.conkey)
        ) as own_columns
        where item.conrelid = class.oid and item.contype = 'f' and item.conparentid = 0
      ) as references,
      (
        select json_agg(json_build_object(
          'name', index_class.relname, 'isUnique', index.indisunique, 'definition', pg_get_indexdef(index.indexrelid)) order by index_class.relname)
        from pg_index as index
        join pg_class as index_class on index_class.oid = index.indexrelid
        where index.indrelid = class.oid
      ) as definitions
    from pg_class as class
    where class.relnamespace = 'public'::regnamespace and class.relkind in ('r', 'p') and not class.relispartition
    order by class.relname`
  return tables.map(({ definitions, ...table }) => ({ ...table, indexes: (definitions ?? []).map(indexOf) }))
}

interface IndexRow {
  readonly name: string
  readonly isUnique: boolean
  readonly definition: string
}

function indexOf({ name, isUnique, definition }: IndexRow): ShapeIndex {
  const [, method = '', list = '', condition = ''] =
    / USING (\w+) \((.*?)\)(?: INCLUDE \([^)]*\))?(?: NULLS NOT DISTINCT)?(?: WHERE (.*))?$/.exec(definition) ?? []
  return { name, isUnique, method, columns: list.split(/, (?![^(]*\))/), condition: normalCondition(condition) }
}

/** `x = true` and `x` are one condition, and so are lists of either kind of text. */
function normalCondition(condition: string): string {
  return condition
    .replaceAll(/::(?:text|character varying)(?:\[\])?/g, '')
    .replaceAll(/[()]/g, '')
    .replace(/ = true$/, '')
}
