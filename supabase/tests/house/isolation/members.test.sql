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
  'both organizations have rows, so that the following proves something');

-- Which tables a role reads less of than the whole.
create temporary table reserved (role text, table_name text);
insert into reserved values
  ('manager', 'audit_logs'), ('manager', 'invitations'),
  ('viewer', 'audit_logs'), ('viewer', 'invitations'), ('viewer', 'webhook_subscriptions'), ('viewer', 'webhook_delivery_logs');
grant select on reserved to public;

select tests.authenticate_as('ada');
select is_empty(
  $$ select table_name from stored where organization = 'Globex' and tests.readable_rows(table_name, 'Globex') <> 0 $$,
  'an admin reads no row of another organization in any table');
select is_empty(
  $$ select table_name, rows from stored where organization = 'Acme' and table_name in (select tests.furnished_tables()) and tests.readable_rows(table_name, 'Acme') <> rows $$,
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
      and tests.readable_rows(table_name, 'Acme') <> case when (select true from reserved where role = 'manager' and reserved.table_name = stored.table_name) then 0 else rows end
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
      and tests.readable_rows(table_name, 'Acme') <> case when (select true from reserved where role = 'viewer' and reserved.table_name = stored.table_name) then 0 else rows end
  $$,
  'a viewer reads the own organization, except the audit trail, the invitations and the webhooks');

select tests.authenticate_as('gil');
select is_empty(
  $$ select table_name from stored where organization = 'Acme' and tests.readable_rows(table_name, 'Acme') <> 0 $$,
  'nor does the other organization read anything of this one');

-- Rows are not reached by their keys either.
select is(
  (select count(*) from public.payroll_runs where organization_id = tests.organization_id('Acme')
   or id in (select run_id from (select min(resource_id::bigint) as run_id from public.events where resource_type = 'payroll_run') as mine)),
  1::bigint, 'asking for rows by their keys finds the own one only');
select is(
  (select count(*) from public.payroll_items as item join public.payroll_runs as run on run.id = item.payroll_run_id or true
   where item.organization_id <> tests.organization_id('Globex') or run.organization_id <> tests.organization_id('Globex')),
  0::bigint, 'a join reaches no further than its tables');

select tests.reset();
update public.users set deleted_at = now() where id = tests.member_id('max', 'Acme');
select tests.authenticate_as('max');
select is_empty(
  $$ select table_name from stored where tests.readable_rows(table_name, organization) <> 0 $$,
  'a removed member reads nothing any more');
select is(tests.error_code_of($$ select public.request_sync() $$), 'no_organization', 'a removed member does nothing any more');

select tests.reset();
select is_empty(
  $$
    select class.oid::regclass
    from pg_class as class
    where class.relnamespace = 'public'::regnamespace
      and class.relkind = 'v'
      and not coalesce('security_invoker=true' = any(class.reloptions) or 'security_invoker=on' = any(class.reloptions), false)
  $$,
  'every view reads with the rights of whoever reads it, so that none leaks totals of others');
select is_empty(
  $$ select class.oid::regclass from pg_class as class where class.relnamespace = 'public'::regnamespace and class.relkind in ('m', 'f') $$,
  'no materialised view and no foreign table is exposed, because policies do not cover them');

select tests.authenticate_as('vic');
select is(tests.error_code_of($$ select * from private.settings $$), '42501', 'a member reads nothing in schema private');

select * from finish();
rollback;
