import type { Sql } from 'postgres'

export interface Column {
  readonly name: string
  readonly type: string
  readonly isNullable: boolean
  readonly default: string | null
  readonly comment: string | null
}

export interface Table {
  readonly name: string
  readonly isView: boolean
  readonly comment: string | null
  readonly columns: readonly Column[]
  readonly constraints: readonly string[]
  readonly indexes: readonly string[]
  readonly indexNames: readonly string[]
  readonly policies: readonly string[]
  readonly grants: readonly string[]
  /** Names of the tables that its foreign keys lead to. */
  readonly parents: readonly string[]
}

/** Every table and view of schema public, in the order of its name, as the catalogue of the migrated database knows it. */
export async function readTables(sql: Sql): Promise<Table[]> {
  return await sql<Table[]>`
    select
      class.relname as name,
      class.relkind = 'v' as "isView",
      obj_description(class.oid) as comment,
      (
        select json_agg(json_build_object(
          'name', attribute.attname,
          'type', format_type(attribute.atttypid, attribute.atttypmod),
          'isNullable', not attribute.attnotnull,
          'default', case when attribute.attidentity <> '' then 'identity' when attribute.attgenerated <> '' then 'generated'
            else pg_get_expr(expression.adbin, expression.adrelid) end,
          'comment', col_description(class.oid, attribute.attnum)) order by attribute.attnum)
        from pg_attribute as attribute
        left join pg_attrdef as expression on expression.adrelid = attribute.attrelid and expression.adnum = attribute.attnum
        where attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
      ) as columns,
      array(
        select format('\`%s\`: %s', item.conname, replace(pg_get_constraintdef(item.oid), '|', '\\|'))
        from pg_constraint as item
        where item.conrelid = class.oid and item.contype in ('c', 'f', 'u', 'p')
        order by item.contype, item.conname
      ) as constraints,
      array(
        select format('\`%s\`: %s', index_class.relname, regexp_replace(pg_get_indexdef(index_class.oid), '^CREATE (UNIQUE )?INDEX \\S+ ON \\S+ USING ', '\\1'))
        from pg_index as index
        join pg_class as index_class on index_class.oid = index.indexrelid
        where index.indrelid = class.oid
        order by index_class.relname
      ) as indexes,
      array(
        select index_class.relname from pg_index as index join pg_class as index_class on index_class.oid = index.indexrelid
        where index.indrelid = class.oid order by index_class.relname
      ) as "indexNames",
      array(
        select format('%s (%s, %s)', policy.policyname, lower(policy.cmd), array_to_string(policy.roles, ', '))
        from pg_policies as policy
        where policy.schemaname = 'public' and policy.tablename = class.relname
        order by policy.policyname
      ) as policies,
      array(
        select format('%s: %s', right_of.grantee, string_agg(lower(right_of.privilege_type), ', ' order by right_of.privilege_type))
        from information_schema.role_table_grants as right_of
        where right_of.table_schema = 'public' and right_of.table_name = class.relname and right_of.grantee in ('anon', 'authenticated', 'service_role')
        group by right_of.grantee
        order by right_of.grantee
      ) as grants,
      array(
        select distinct parent.relname
        from pg_constraint as item
        join pg_class as parent on parent.oid = item.confrelid
        where item.conrelid = class.oid and item.contype = 'f' and parent.relnamespace = 'public'::regnamespace
        order by parent.relname
      ) as parents
    from pg_class as class
    where class.relnamespace = 'public'::regnamespace and class.relkind in ('r', 'p', 'v')
    order by class.relkind = 'v', class.relname`
}
