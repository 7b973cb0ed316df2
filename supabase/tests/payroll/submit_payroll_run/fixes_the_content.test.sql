begin;
\ir ../../_shared/setup.sql.raw
select plan(23);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'homeless', '500', wallet_address => null);
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.submit() returns text language sql return format('select public.submit_payroll_run(%s)', (select id from run));
grant execute on function pg_temp.submit() to public;

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.submit()), 'role_too_low', 'a viewer submits nothing');

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.submit()), 'payroll_items_without_destination', 'a run with somebody who has no address cannot be submitted');
select matches(tests.error_of(pg_temp.submit()), '1 employees .* homeless Acme', 'the refusal says how many and names one of them');

select tests.reset();
update public.employees set wallet_address = tests.address(20) where first_name = 'homeless';
update public.employees set status = 'inactive' where first_name = 'olaf';
select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.submit()), 'payroll_items_not_payable', 'a run with somebody who is no longer active cannot be submitted');
select tests.reset();
update public.employees set status = 'active', deleted_at = now() where first_name = 'olaf';
select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.submit()), 'payroll_items_not_payable', 'nor a run with somebody who has left');
select is((select status from public.payroll_runs), 'draft', 'a refused submission changes nothing');

select tests.reset();
update public.employees set deleted_at = null where first_name = 'olaf';
update public.employees set asset_code = 'USDC', asset_issuer = tests.issuer() where first_name = 'olaf';
select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.submit()), 'payroll_items_not_payable', 'nor a run with somebody who is now paid in another asset');
select tests.reset();
update public.employees set asset_code = 'XLM', asset_issuer = '', salary = null where first_name = 'olaf';
select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.submit()), 'payroll_items_not_payable', 'nor with somebody whose salary was taken away');
select tests.reset();
update public.employees set wallet_address = tests.address(21), salary = 600.0000001 where first_name = 'olaf';
select tests.authenticate_as('max');
create temporary table submitted as select answer.* from run, public.submit_payroll_run(run.id) as answer;
select is(
  (select (status, submitted_by, submitted_at is not null, approved_at) from submitted), ('pending'::text, tests.member_id('max', 'Acme'), true, null::timestamptz),
  'a submitted run waits for approval and says who submitted it');
select matches((select content_hash from submitted), '^[0-9a-f]{64}$', 'it carries a hash of what is approved');
select set_eq(
  $$ select employee.first_name, item.destination from public.payroll_items as item join public.employees as employee on employee.id = item.employee_id $$,
  $$ values ('emma', tests.address(1)), ('olaf', tests.address(21)), ('homeless', tests.address(20)) $$,
  'every item says where it is paid: the address at the time of the submission');
select is((select array_agg(amount::text order by amount) from public.payroll_items), array['500.0000000', '600.0000001', '1000.0000000'], 'and what: the salary at that time');
select is((select total_amount::text from submitted), '2100.0000001', 'with totals that say the same');

select is(tests.error_code_of(pg_temp.submit()), 'no error', 'a repeat by the same person is success');
select is((select (version, submitted_at) from public.payroll_runs), (select (version, submitted_at) from submitted), 'and changes nothing');
select tests.authenticate_as('ada');
select is(tests.error_code_of(pg_temp.submit()), 'payroll_run_not_draft', 'another person cannot submit what is submitted');

select tests.reset();
select results_eq(
  $$ select type, resource_id::bigint, body::jsonb #>> '{data,status}', body::jsonb #>> '{data,total_amount}', (body::jsonb #>> '{data,item_count}')::integer from public.events where type like 'payroll.%' $$,
  $$ select 'payroll.submitted', id, 'pending', '2100.0000001', 3 from run $$,
  'the world hears of it once, with status, total and count');
select is((select action || ' by ' || actor from public.payroll_audit_logs order by id desc limit 1), 'submitted by user:' || tests.member_id('max', 'Acme'), 'the audit trail has it');

-- What approvers approve cannot be changed under them.
select is(tests.error_code_of(statement), 'payroll_run_not_editable', format('nobody can %s of a submitted run, whatever path they take', what))
from (values
  ($$ update public.payroll_items set amount = 9 where employee_id = tests.employee_id('Acme', 'emma') $$, 'change an amount'),
  ($$ update public.payroll_items set destination = tests.address(30) where employee_id = tests.employee_id('Acme', 'emma') $$, 'change a destination'),
  ($$ delete from public.payroll_items where employee_id = tests.employee_id('Acme', 'emma') $$, 'remove an item'),
  ($$ insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount)
      select organization_id, id, tests.employee_id('Acme', 'emma'), 'bonus', 5 from public.payroll_runs $$, 'add to the items'),
  ($$ update public.payroll_items set employee_id = tests.employee_id('Acme', 'olaf'), item_type = 'bonus' where employee_id = tests.employee_id('Acme', 'emma') $$, 'move an item')
) as attempts (statement, what);

select * from finish();
rollback;
