begin;
\ir ../../_shared/setup.sql.raw
select plan(13);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'paid', '1000.5');
select tests.create_employee('Acme', 'largest', '2000.0000001');
select tests.create_employee('Acme', 'inactive', status => 'inactive');
select tests.create_employee('Acme', 'pending', status => 'pending');
select tests.create_employee('Acme', 'unsalaried', null);
select tests.create_employee('Acme', 'homeless', '7', wallet_address => null);
select tests.create_employee('Acme', 'dollars', '500', asset_code => 'USDC', asset_issuer => tests.issuer());
select tests.create_employee('Acme', 'other_dollars', '600', asset_code => 'USDC', asset_issuer => tests.address(39));
select tests.create_employee('Acme', 'gone', '9000');
update public.employees set deleted_at = now() where first_name = 'gone';
select tests.create_employee('Globex', 'stranger', '8000');

select tests.authenticate_as('max');
create temporary table run as select * from public.create_payroll_run('2026-11-01', '2026-11-30', memo => ' November ');

select set_eq(
  $$
    select employee.first_name, item.amount::text, item.item_type, item.status, item.destination
    from public.payroll_items as item join public.employees as employee on employee.id = item.employee_id $$,
  $$
    values ('paid', '1000.5000000', 'base', 'pending', tests.address(1)),
      ('largest', '2000.0000001', 'base', 'pending', tests.address(2)),
     ('homeless', '7.0000000', 'base', 'pending', null) $$,
  'a draft has one base item for every active employee of the organization who is paid in its asset');
select is((select status from run), 'draft', 'a new run is a draft');
select is((select created_by from run), tests.member_id('max', 'Acme'), 'a new run names the member who created it');
select is((select memo from run), 'November', 'the memo of a new run is trimmed');
select is(
  (select (total_base_amount::text, total_bonus_amount::text, total_amount::text, item_count) from run),
  ('3007.5000001'::text, '0.0000000'::text, '3007.5000001'::text, 3),
  'a new run is returned with the totals of its items');
select matches(
  (select batch_id from run), '^PAY-2026-11-30-[0-9a-f]{12}$',
  'the batch id of a new run contains the end of its period and a unique part');

select is(
  (
    select (item_count, total_amount::text, asset_issuer)
    from public.create_payroll_run('2026-11-01', '2026-11-30', 'USDC', tests.issuer())),
  (1, '500.0000000'::text, tests.issuer()),
  'a run in another asset pays the employees who are paid in exactly that asset of that issuer');
select is(
  (
    select (item_count, total_amount::text)
    from public.create_payroll_run('2026-11-01', '2026-11-30', 'EURC', tests.issuer())), (0, '0.0000000'::text),
  'a run in an asset that no employee is paid in is an empty draft');
select is(
  (select count(*) from public.payroll_runs where period_start = '2026-11-01'), 3::bigint,
  'two runs in one period have different batch ids');

select tests.authenticate_as('vic');
select is(
  tests.error_code_of($$ select public.create_payroll_run('2026-11-01', '2026-11-30') $$), 'role_too_low',
  'a viewer cannot create a run');
select tests.authenticate_as('ada');
select is(
  tests.error_code_of($$ select public.create_payroll_run('2026-12-01', '2026-12-31') $$), 'no error',
  'an admin can create a run');

select tests.reset();
select is(
  (
    select array_agg(distinct action order by action) from public.payroll_audit_logs
    where payroll_run_id = (select id from run)), array['created', 'items_changed'],
  'the audit trail of a new run has its creation and its items');
select is(
  (select actor from public.payroll_audit_logs where payroll_run_id = (select id from run) and action = 'created'),
  'user:' || tests.member_id('max', 'Acme'),
  'the audit trail names the member who created a run');

select * from finish();
rollback;
