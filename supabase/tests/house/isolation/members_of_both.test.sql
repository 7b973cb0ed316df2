begin;
\ir ../../_shared/setup.sql.raw
select plan(11);

select tests.create_world();

select tests.authenticate_as('bea', 'Acme');
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Globex') <> 0 $$,
  'a member of two organizations who names the first reads nothing of the second');
select ok(
  tests.readable_rows('payroll_runs', 'Acme') > 0 and tests.readable_rows('employees', 'Acme') > 0,
  'a member of two organizations who names the first reads the first');

select tests.authenticate_as('bea', 'Globex');
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Acme') <> 0 $$,
  'a member of two organizations who names the second reads nothing of the first');
select ok(
  tests.readable_rows('payroll_runs', 'Globex') > 0 and tests.readable_rows('employees', 'Globex') > 0,
  'a member of two organizations who names the second reads the second');
select is(
  (select name from public.organizations), 'Globex',
  'a member of two organizations sees only the organization named in the header');

select tests.authenticate_as('bea');
select ok(
  tests.readable_rows('payroll_runs', 'Acme') > 0 and tests.readable_rows('payroll_runs', 'Globex') = 0,
  'a member of two organizations without a header acts in the one joined first');

select tests.reset();
update public.users set is_default = true where id = tests.member_id('bea', 'Globex');
select tests.authenticate_as('bea');
select ok(
  tests.readable_rows('payroll_runs', 'Globex') > 0 and tests.readable_rows('payroll_runs', 'Acme') = 0,
  'a member of two organizations without a header acts in the default organization');

select tests.authenticate_as('bea', 'Acme');
select is(
  (select organization_id from public.create_payroll_run('2026-12-01', '2026-12-31')), tests.organization_id('Acme'),
  'a command acts in the organization that is named');
select tests.authenticate_as('bea', 'Globex');
select is(
  tests.error_code_of(
    format($$ select tests.submit(%s) $$, (select max(id) from public.payroll_runs) + 1)),
  'payroll_run_not_found', 'a run of the first organization is unknown while acting in the second');

-- A person can be an employee of one company and a member of another; the two roles stay apart.
select tests.reset();
select tests.create_employee('Globex', 'ada', signs_in_as => 'ada');
select tests.authenticate_as('ada', 'Globex');
select is(
  (select array_agg(first_name) from public.employees), array['ada'],
  'a member of one organization who is an employee of another reads the own record there');
select tests.authenticate_as('ada');
select is(
  (select count(*) from public.employees where organization_id <> tests.organization_id('Acme')), 0::bigint,
  'a member of one organization who is an employee of another acts as the member without a header');

select * from finish();
rollback;
