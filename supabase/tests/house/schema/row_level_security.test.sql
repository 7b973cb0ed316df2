begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

select is_empty(
  $$
    select class.oid::regclass
    from pg_class as class
    where class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      and class.relkind in ('r', 'p')
      and not (class.relrowsecurity and class.relforcerowsecurity)
  $$,
  'row level security is enabled and forced on every table, for the owner too');

select is_empty(
  $$
    select class.oid::regclass
    from pg_class as class
    where class.relnamespace = 'public'::regnamespace
      and class.relkind in ('r', 'p')
      and not class.relispartition
      and has_any_column_privilege('authenticated', class.oid, 'select')
      and not exists (select from pg_policy as policy where policy.polrelid = class.oid)
  $$,
  'every table that signed-in people may read has a policy');

select is_empty(
  $$ select schemaname, tablename, policyname from pg_policies where schemaname = 'private' $$,
  'no table in schema private has a policy');

select is_empty(
  $$
    select tablename, policyname, cmd, roles
    from pg_policies
    where schemaname = 'public'
      and (cmd <> 'SELECT' or permissive <> 'PERMISSIVE' or roles <> array['authenticated']::name[])
  $$,
  'every policy is for reading by signed-in people: every write goes through a function');

select is_empty(
  $$ select tablename from pg_policies where schemaname = 'public' group by tablename, cmd having count(*) > 1 $$,
  'a table has one policy for reading, so that a second one cannot widen it');

select is_empty(
  $$ select tablename, policyname from pg_policies where schemaname = 'public' and qual !~* '\( *select private\.' $$,
  'every policy calls its function once per statement and not once per row');

select * from finish();
rollback;
