begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

select is_empty(
  $$
    select class.relname
    from pg_class as class
    where class.relnamespace = 'public'::regnamespace
      and class.relname in (select tests.furnished_tables())
      and not exists (
        select from pg_attribute as attribute
        where attribute.attrelid = class.oid and attribute.attname = 'organization_id' and attribute.attnotnull)
  $$,
  'every row of a tenant table names its organization');

-- A row of one organization cannot point at a row of another, independently of the policies.
select is_empty(
  $$
    select foreign_key.conrelid::regclass, foreign_key.conname
    from pg_constraint as foreign_key
    where foreign_key.contype = 'f'
      and foreign_key.conrelid in (select format('public.%I', name)::regclass from tests.tenant_tables() as name)
      and foreign_key.confrelid in (select format('public.%I', name)::regclass from tests.tenant_tables() as name)
      and not exists (
        select
        from unnest(foreign_key.conkey, foreign_key.confkey) as pair (own, other)
        join pg_attribute as own on own.attrelid = foreign_key.conrelid and own.attnum = pair.own
        join pg_attribute as other on other.attrelid = foreign_key.confrelid and other.attnum = pair.other
        where own.attname = 'organization_id' and other.attname = 'organization_id')
  $$,
  'every reference between tenant tables carries the organization, so that it cannot cross to another one');

select is_empty(
  $$
    select constraint_row.conrelid::regclass, constraint_row.conname
    from pg_constraint as constraint_row
    where constraint_row.contype = 'f'
      and constraint_row.connamespace in ('public'::regnamespace, 'private'::regnamespace)
      and constraint_row.confdeltype = 'c'
  $$,
  'no foreign key removes other rows when a row is removed');

select is_empty(
  $$
    select foreign_key.conrelid::regclass, foreign_key.conname
    from pg_constraint as foreign_key
    where foreign_key.contype = 'f'
      and foreign_key.conrelid in (select format('public.%I', name)::regclass from tests.furnished_tables() as name)
      and not exists (
        select
        from pg_index as index
        where index.indrelid = foreign_key.conrelid
          and index.indisvalid
          and (index.indpred is null or pg_get_expr(index.indpred, index.indrelid) ~ 'IS NOT NULL')
          and (
            select array_agg(key order by key)
            from unnest((index.indkey::smallint[])[0:cardinality(foreign_key.conkey) - 1]) as key)
            = (select array_agg(key order by key) from unnest(foreign_key.conkey) as key))
      and foreign_key.confrelid <> 'auth.users'::regclass
  $$,
  'every foreign key has an index that leads with its columns');

-- A person may work for two companies, and a company may rehire a former employee.
select results_eq(
  $$
    select count(*)
    from pg_index as index
    join pg_class as class on class.oid = index.indexrelid
    where class.relname in ('employees_email_key', 'users_email_key')
      and pg_get_expr(index.indpred, index.indrelid) = '(deleted_at IS NULL)'
      and (
        select attname from pg_attribute
        where attrelid = index.indrelid and attnum = index.indkey[0]) = 'organization_id'
  $$,
  $$ values (2::bigint) $$,
  'e-mail addresses are unique within an organization and among the rows that are not deleted');

select * from finish();
rollback;
