begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_world();
create temporary table stored as
  select table_name, organization, tests.readable_rows(table_name, organization) as rows
  from tests.tenant_tables() as table_name
  cross join unnest(array['Acme', 'Globex']) as organization;
grant select on stored to public;

select is_empty(
  $$ select table_name, organization from stored where rows = 0 and table_name in (select tests.furnished_tables()) $$,
  'both organizations have rows in every table, so that the assertions below prove something');

-- The tables that a role reads no rows of.
create temporary table reserved (role text, table_name text);
insert into reserved values
  ('manager', 'audit_logs'), ('manager', 'invitations'),
  ('viewer', 'audit_logs'), ('viewer', 'invitations'), ('viewer', 'webhook_subscriptions'),
  ('viewer', 'webhook_attempts');
grant select on reserved to public;

select tests.authenticate_as('ada');
select is_empty(
  $$ select table_name from stored where organization = 'Globex' and tests.readable_rows(table_name, 'Globex') <> 0 $$,
  'an admin reads no row of another organization in any table');
select is_empty(
  $$
    select table_name, rows from stored
    where organization = 'Acme' and table_name in (select tests.furnished_tables())
      and tests.readable_rows(table_name, 'Acme') <> rows $$,
  'an admin reads every row of the own organization');
select is((select count(*) from public.organizations), 1::bigint, 'an admin reads one organization: the own');

select tests.authenticate_as('max');
select is_empty(
  $$ select table_name from stored where organization = 'Globex' and tests.readable_rows(table_name, 'Globex') <> 0 $$,
  'a manager reads no row of another organization in any table');
select is_empty(
  $$
    select stored.table_name
    from stored
    where organization = 'Acme' and table_name in (select tests.furnished_tables())
      and tests.readable_rows(table_name, 'Acme') <> case
        when (select true from reserved where role = 'manager' and reserved.table_name = stored.table_name) then 0
        else rows end
  $$,
  'a manager reads the own organization, except the audit trail and the invitations');

select tests.authenticate_as('vic');
select is_empty(
  $$ select table_name from stored where organization = 'Globex' and tests.readable_rows(table_name, 'Globex') <> 0 $$,
  'a viewer reads no row of another organization in any table');
select is_empty(
  $$
    select stored.table_name
    from stored
    where organization = 'Acme' and table_name in (select tests.furnished_tables())
      and tests.readable_rows(table_name, 'Acme') <> case
        when (select true from reserved where role = 'viewer' and reserved.table_name = stored.table_name) then 0
        else rows end
  $$,
  'a viewer reads the own organization, except the audit trail, the invitations and the webhooks');

select tests.authenticate_as('gil');
select is_empty(
  $$ select table_name from stored where organization = 'Acme' and tests.readable_rows(table_name, 'Acme') <> 0 $$,
  'an admin of the other organization reads no row of this one');

-- Rows of another organization cannot be reached by their keys.
select is(
  (select count(*) from public.payroll_runs where organization_id = tests.organization_id('Acme')
   or id in (
     select run_id
     from (select min(resource_id::bigint) as run_id from public.events where resource_type = 'payroll_run') as mine)),
  1::bigint, 'a query for rows by their keys finds only the rows of the own organization');
select is(
  (
    select count(*) from public.payroll_items as item join public.payroll_runs as run
    on run.id = item.payroll_run_id or true
   where item.organization_id <> tests.organization_id('Globex')
     or run.organization_id <> tests.organization_id('Globex')),
  0::bigint, 'a join returns no row of another organization');

select tests.reset();
update public.users set deleted_at = now() where id = tests.member_id('max', 'Acme');
select tests.authenticate_as('max');
select is_empty(
  $$ select table_name from stored where tests.readable_rows(table_name, organization) <> 0 $$,
  'a removed member reads no row');
select is(
  tests.error_code_of($$ select public.request_sync() $$), 'no_organization', 'a removed member cannot run a command');

select tests.reset();
select is_empty(
  $$
    select class.oid::regclass
    from pg_class as class
    where class.relnamespace = 'public'::regnamespace
      and class.relkind = 'v'
      and not coalesce(
        'security_invoker=true' = any(class.reloptions) or 'security_invoker=on' = any(class.reloptions), false)
  $$,
  'every view reads with the rights of the reader, so that no view leaks totals of another organization');
select is_empty(
  $$
    select class.oid::regclass from pg_class as class
    where class.relnamespace = 'public'::regnamespace and class.relkind in ('m', 'f') $$,
  'no materialised view and no foreign table is exposed, because policies do not cover them');

select tests.authenticate_as('vic');
select is(
  tests.error_code_of($$ select * from private.settings $$), '42501',
  'a member cannot read the settings in schema private');

select * from finish();
rollback;
