begin;
\ir ../../_shared/setup.sql.raw
select plan(27);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'homeless', '500', wallet_address => null);
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.submit() returns text language sql return format(
  'select tests.submit(%s)', (select id from run));
grant execute on function pg_temp.submit() to public;

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.submit()), 'role_too_low', 'a viewer cannot submit a run');

select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.submit()), 'payroll_items_without_destination',
  'a run with an employee who has no address cannot be submitted');
select matches(
  tests.error_of(pg_temp.submit()), '1 employees .* homeless Acme',
  'the refusal counts the employees without an address and names one of them');

select tests.reset();
update public.employees set wallet_address = tests.address(20) where first_name = 'homeless';
update public.employees set status = 'inactive' where first_name = 'olaf';
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.submit()), 'payroll_items_not_payable',
  'a run with an employee who is inactive cannot be submitted');
select tests.reset();
update public.employees set status = 'active', deleted_at = now() where first_name = 'olaf';
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.submit()), 'payroll_items_not_payable',
  'a run with an employee who has left cannot be submitted');
select is((select status from public.payroll_runs), 'draft', 'a refused submission changes nothing');

select tests.reset();
update public.employees set deleted_at = null where first_name = 'olaf';
update public.employees set asset_code = 'USDC', asset_issuer = tests.issuer() where first_name = 'olaf';
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.submit()), 'payroll_items_not_payable',
  'a run with an employee who is now paid in another asset cannot be submitted');
select tests.reset();
update public.employees set asset_code = 'XLM', asset_issuer = '', salary = null where first_name = 'olaf';
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.submit()), 'payroll_items_not_payable',
  'a run with base pay for an employee without a salary cannot be submitted');
select tests.reset();
update public.employees set wallet_address = tests.address(21), salary = 600.0000001 where first_name = 'olaf';
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.submit()), 'payroll_run_not_up_to_date',
  'a draft that does not show the present salaries and addresses cannot be submitted');
select matches(
  tests.error_of(pg_temp.submit()),
  '2 items: olaf Acme 500.0000000 -> 600.0000001 another address; homeless Acme another address',
  'the refusal names the items that changed, with the amount before and after');
select is(
  (select (total_amount::text, status) from run, public.refresh_payroll_run(run.id, tests.version(run.id))),
  ('2100.0000001'::text, 'draft'::text), 'a refreshed draft has the present salaries');
select is(
  tests.error_code_of(format('select public.submit_payroll_run(%s, %s)', (select id from run), 1)),
  'payroll_run_outdated', 'a submission that names an earlier version than the present one is refused');
create temporary table submitted as select answer.* from run, tests.submit(run.id) as answer;
select is(
  (select (status, submitted_by, submitted_at is not null, approved_at) from submitted),
  ('pending'::text, tests.member_id('max', 'Acme'), true, null::timestamptz),
  'a submitted run is pending and names its submitter');
select matches(
  (select content_hash from submitted), '^[0-9a-f]{64}$', 'a submitted run has a hash of the content to be approved');
select set_eq(
  $$
    select employee.first_name, item.destination from public.payroll_items as item join public.employees as employee
    on employee.id = item.employee_id $$,
  $$ values ('emma', tests.address(1)), ('olaf', tests.address(21)), ('homeless', tests.address(20)) $$,
  'every item of a submitted run holds the employee''s address at the time of submission');
select is(
  (select array_agg(amount::text order by amount) from public.payroll_items),
  array['500.0000000', '600.0000001', '1000.0000000'],
  'every base item of a submitted run holds the salary at the time of submission');
select is(
  (select total_amount::text from submitted), '2100.0000001',
  'the total of a submitted run is the sum of its updated items');

select is(tests.error_code_of(pg_temp.submit()), 'no error', 'a repeated submission by the same person succeeds');
select is(
  (select (version, submitted_at) from public.payroll_runs), (select (version, submitted_at) from submitted),
  'a repeated submission by the same person changes nothing');
select tests.authenticate_as('ada');
select is(
  tests.error_code_of(pg_temp.submit()), 'payroll_run_not_draft', 'a second submission by another person is refused');

select tests.reset();
select results_eq(
  $$
    select type, resource_id::bigint, body::jsonb #>> '{data,status}', body::jsonb #>> '{data,total_amount}',
      (body::jsonb #>> '{data,item_count}')::integer from public.events where type like 'payroll.%' $$,
  $$ select 'payroll.submitted', id, 'pending', '2100.0000001', 3 from run $$,
  'the submission of a run is announced once with status, total and count');
select is(
  (select action || ' by ' || actor from public.payroll_audit_logs order by id desc limit 1),
  'submitted by user:' || tests.member_id('max', 'Acme'), 'the audit trail names the submitter of a run');

-- Approved content cannot be changed after the submission.
select is(
  tests.error_code_of(statement), 'payroll_run_not_editable',
  format('a statement that would %s of a submitted run is refused', what))
from (values
  ($$ update public.payroll_items set amount = 9 where employee_id = tests.employee_id('Acme', 'emma') $$,
    'change an amount'),
  (
    $$
      update public.payroll_items set destination = tests.address(30)
      where employee_id = tests.employee_id('Acme', 'emma') $$, 'change a destination'),
  ($$ delete from public.payroll_items where employee_id = tests.employee_id('Acme', 'emma') $$, 'remove an item'),
  ($$ insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount)
      select organization_id, id, tests.employee_id('Acme', 'emma'), 'bonus', 5
      from public.payroll_runs $$, 'add to the items'),
  (
    $$
      update public.payroll_items set employee_id = tests.employee_id('Acme', 'olaf'), item_type = 'bonus'
      where employee_id = tests.employee_id('Acme', 'emma') $$, 'move an item')
) as attempts (statement, what);

select * from finish();
rollback;
