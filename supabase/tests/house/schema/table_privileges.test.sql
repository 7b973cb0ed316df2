begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

-- Every privilege on a relation or a column of the project that a role other than the owner holds.
create temporary view granted as
  select class.oid, class.relnamespace::regnamespace::text as schema_name, class.relname::text as relation_name,
    class.relkind as kind,
    coalesce(role.rolname, 'public')::text as role_name, acl.privilege_type, null::text as column_name
  from pg_class as class
  cross join lateral aclexplode(class.relacl) as acl
  left join pg_roles as role on role.oid = acl.grantee
  where class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and acl.grantee <> class.relowner
  union all
  select class.oid, class.relnamespace::regnamespace::text, class.relname, class.relkind,
    coalesce(role.rolname, 'public'), acl.privilege_type, attribute.attname
  from pg_attribute as attribute
  join pg_class as class on class.oid = attribute.attrelid
  cross join lateral aclexplode(attribute.attacl) as acl
  left join pg_roles as role on role.oid = acl.grantee
  where class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and acl.grantee <> class.relowner;

select is_empty(
  $$
    select relation_name, role_name, privilege_type from granted
    where role_name in ('anon', 'public', 'authenticator') $$,
  'a caller who has not signed in holds no right on a table, view, sequence or column');

select is_empty(
  $$ select relation_name, role_name, privilege_type from granted where schema_name = 'private' $$,
  'no client role, the service included, holds a right on anything in schema private');

select is_empty(
  $$ select relation_name, role_name, privilege_type from granted where privilege_type <> 'SELECT' $$,
  'no client role, the service included, may write to a table');

select is_empty(
  $$ select relation_name, role_name from granted where kind = 'S' $$,
  'no client role may use a sequence');

select set_eq(
  $$
    select relation_name, role_name
    from granted
    where column_name is null
      and relation_name in (select tests.furnished_tables() union select 'organizations')
  $$,
  $$
    select table_name, role_name
    from (select tests.furnished_tables() union select 'organizations') as tables (table_name)
    cross join unnest(array['authenticated', 'service_role']) as role_name
    where table_name <> 'invitations'
  $$,
  'signed-in people and the service may read whole tables, except invitations');

select set_eq(
  $$ select role_name, column_name from granted where relation_name = 'invitations' $$,
  $$
    select role_name, column_name
    from unnest(array['authenticated', 'service_role']) as role_name
    cross join unnest(
      array[
        'id', 'organization_id', 'email', 'role', 'invited_by', 'expires_at', 'accepted_at', 'revoked_at',
        'created_at']) as column_name
  $$,
  'every column of an invitation may be read, except the hash of its token');

select is_empty(
  $$
    select class.oid::regclass, attribute.attname
    from pg_class as class
    join pg_attribute as attribute
    on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
    where class.relnamespace = 'public'::regnamespace
      and class.relkind in ('r', 'p', 'v', 'm')
      and attribute.attname ~ '(secret|signing_key|password|token_hash)'
      and has_column_privilege('authenticated', class.oid, attribute.attnum, 'select')
  $$,
  'no column that holds a secret may be read by signed-in people');

select is(
  (
    select array_agg(role_name order by role_name)
    from unnest(array['anon', 'authenticated', 'authenticator', 'service_role']) as role_name
   where has_schema_privilege(role_name, 'private', 'usage')),
  array['anon', 'authenticated', 'authenticator', 'service_role'],
  'the client roles may use schema private, where single functions are granted to them');

select is_empty(
  $$
    select role_name, schema_name
    from unnest(array['anon', 'authenticated', 'service_role']) as role_name
    cross join unnest(array['public', 'private']) as schema_name
    where has_schema_privilege(role_name, schema_name, 'create')
  $$,
  'no client role may create objects');

select * from finish();
rollback;
