begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_world();

select tests.authenticate_as('eve');
select is(
  (select array_agg(first_name) from public.employees), array['eve'],
  'an employee reads the own record and no colleague''s');
select results_eq(
  $$ select employee_id, count(*) from public.payroll_items group by employee_id $$,
  $$ values (tests.employee_id('Acme', 'eve'), 1::bigint) $$,
  'an employee reads the own payslips and no colleague''s');
select results_eq(
  $$ select employee_id, wallet_type from public.wallets $$,
  $$ values (tests.employee_id('Acme', 'eve'), 'employee') $$,
  'an employee reads the own wallet, neither a colleague''s nor the treasury');
select results_eq(
  $$ select employee_id, count(*) from public.transaction_operations group by employee_id $$,
  $$ values (tests.employee_id('Acme', 'eve'), 1::bigint) $$,
  'an employee reads the own payments and no colleague''s');
select is_empty(
  $$
    select table_name
    from tests.furnished_tables() as table_name
    where table_name not in ('employees', 'payroll_items', 'wallets', 'transaction_operations')
      and tests.readable_rows(table_name, 'Acme') <> 0
  $$,
  'an employee reads no run, no transaction, no member, no event and no other table of the company');
select is((select count(*) from public.organizations), 0::bigint, 'an employee reads no settings of the company');
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Globex') <> 0 $$,
  'an employee reads nothing of another company');

select is(tests.error_code_of(command), 'no_organization', format('an employee cannot %s', what))
from (values
  ($$ select public.create_payroll_run('2026-11-01', '2026-11-30') $$, 'prepare a run'),
  ($$ select public.add_bonus(1, 1, '1000') $$, 'add a bonus'),
  ($$ select public.approve_payroll_run(1, 'x') $$, 'approve a run'),
  ($$ select public.import_employees('[{"email": "eve@acme.example"}]') $$, 'import employees'),
  ($$ select public.invite_member('eve@example.com', 'admin') $$, 'invite a member'),
  ($$ select public.request_sync() $$, 'ask for a sync')
) as commands (command, what);

-- A payslip becomes visible when payment starts, not while the run is prepared or waits for approval.
select tests.reset();
create temporary table november as select tests.create_run('Acme') as id;
grant select on november to public;
create function pg_temp.seen_by_eve() returns bigint language sql return (
  select count(*) from public.payroll_items where payroll_run_id = (select id from november));
grant execute on function pg_temp.seen_by_eve() to public;
select tests.authenticate_as('eve');
select is(pg_temp.seen_by_eve(), 0::bigint, 'an employee does not see an item of a draft');
select tests.reset();
select tests.walk_run((select id from november), 'approved');
select tests.authenticate_as('eve');
select is(
  pg_temp.seen_by_eve(), 0::bigint, 'an employee does not see an item of an approved run that can still be sent back');
select tests.reset();
select tests.walk_run((select id from november), 'processing');
select tests.authenticate_as('eve');
select is(pg_temp.seen_by_eve(), 1::bigint, 'an employee sees an item as a payslip once its run is being paid');

select tests.authenticate_as('eve', 'Globex');
select is(
  (select count(*) from public.employees), 0::bigint,
  'an employee who names another company in the header sees no employee');

select tests.reset();
update public.employees set deleted_at = now() where id = tests.employee_id('Acme', 'eve');
select tests.authenticate_as('eve');
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Acme') <> 0 $$,
  'a former employee reads no row of the company');

-- An employee who becomes a member reads as a member.
select tests.reset();
update public.employees set deleted_at = null where id = tests.employee_id('Acme', 'eve');
select tests.join_organization('eve', 'Acme', 'viewer');
select tests.authenticate_as('eve');
select is(
  (select count(*) from public.employees), 2::bigint,
  'an employee who became a member reads every employee of the company');

select * from finish();
rollback;
