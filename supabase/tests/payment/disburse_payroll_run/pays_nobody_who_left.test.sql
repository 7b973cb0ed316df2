begin;
\ir ../../_shared/setup.sql.raw
select plan(23);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'pia', '300');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.disburse() returns text language sql return format(
  'select public.disburse_payroll_run(%s)', (select id from run));
create function pg_temp.retry() returns text language sql return format(
  'select public.retry_payroll_run(%s)', (select id from run));
create function pg_temp.planned() returns text[] language sql as $$
  select array_agg(employee.first_name order by employee.id)
  from public.plan_operations((select id from run), tests.lease_of_run((select id from run))) as planned
  join public.employees as employee on employee.id = planned.employee_id;
$$;
grant execute on function pg_temp.disburse() to public;
grant execute on function pg_temp.retry() to public;
select tests.configure_network();
select tests.treasury('Acme');

-- Between approval and payment.
select tests.walk_run((select id from run), 'approved');
update public.employees set status = 'inactive' where first_name = 'olaf';
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.disburse()), 'payroll_items_not_payable',
  'an approved run with an employee who became inactive is not paid');
select matches(
  tests.error_of(pg_temp.disburse()), '1 employees .* among them olaf',
  'the refusal to pay counts the employees who cannot be paid and names one of them');
select is((select status from public.payroll_runs), 'pending', 'a refused payment leaves the run pending');
select tests.reset();
update public.employees set status = 'active', deleted_at = now() where first_name = 'olaf';
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.disburse()), 'payroll_items_not_payable',
  'an approved run with an employee who left is not paid');
select is(
  tests.error_code_of(format('select public.reject_payroll_run(%s, %L)', (select id from run), 'olaf left')),
  'no error', 'an approved run with an employee who left can be sent back');
select public.remove_payroll_item(id) from public.payroll_items where employee_id = tests.employee_id('Acme', 'olaf');
select tests.reset();
select tests.walk_run((select id from run), 'processing');
select is(pg_temp.planned(), array['emma', 'pia'], 'a run from which the leaver was removed pays the other employees');

-- Somebody leaves in mid-run, before a transaction names them; undone afterwards.
create function pg_temp.planned_after(change text) returns text language plpgsql as $$
declare v_answer text;
begin
  begin
    execute change;
    v_answer := pg_temp.planned();
    v_answer := concat(v_answer, ' ', (
      select string_agg(item.failure_code, ' ') from public.payroll_items as item where item.status = 'failed'));
    raise exception 'undo';
  exception when raise_exception then
    return v_answer;
  end;
end;
$$;
select is(
  pg_temp.planned_after(change), '{emma} employee_not_payable',
  format('an employee who %s in mid-run is not planned, and the item says why', what))
from (values
  ($$ update public.employees set status = 'inactive' where first_name = 'pia' $$, 'is made inactive'),
  ($$ update public.employees set deleted_at = now() where first_name = 'pia' $$, 'leaves')
) as changes (change, what);

-- Between a failure and its retry: both payments failed, then pia left and emma will be erased.
select tests.persist((select id from run), tests.lease_of_run((select id from run)));
select public.begin_submission(
  (select max(id) from public.transactions), tests.lease_of_run((select id from run)),
  tests.signed_envelope((select max(id) from public.transactions)));
select tests.settle(
  tests.evidence((select max(id) from public.transactions), 'failed', '{op_no_trust,op_no_trust}'));
select is((select status from public.payroll_runs), 'failed', 'a run whose payments all failed is failed');
update public.employees set deleted_at = now() where first_name = 'pia';
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.retry()), 'no error', 'a failed run with an employee who left since can be retried');
select tests.reset();
select is(pg_temp.planned(), array['emma'], 'the plan of a retry contains no employee who was removed since');
select is(
  (select (status, failure_code)::text from public.payroll_items where employee_id = tests.employee_id('Acme', 'pia')),
  '(failed,op_no_trust)', 'the item of an employee who left keeps its reason of failure');

select tests.persist((select id from run), tests.lease_of_run((select id from run)));
select public.begin_submission(
  (select max(id) from public.transactions), tests.lease_of_run((select id from run)),
  tests.signed_envelope((select max(id) from public.transactions)));
select tests.settle(tests.evidence((select max(id) from public.transactions), 'failed', '{op_no_trust}'));
create temporary table emma as select tests.employee_id('Acme', 'emma') as id;
grant select on emma to public;
select tests.authenticate_as('ada');
select is(
  tests.error_code_of($$ select public.erase_person((select id from emma), 'Asked by letter') $$),
  'person_is_to_be_paid', 'an employee who may still be paid by a retry cannot be erased');
select is(
  tests.error_code_of(
    $$ select public.erase_person((select id from emma), 'Asked by letter', settled_elsewhere => true) $$), 'no error',
  'an employee who may still be paid can be erased when the debt was settled elsewhere');
select is(
  tests.error_code_of(pg_temp.retry()), 'payroll_items_not_payable',
  'a run whose only unpaid employee was settled elsewhere cannot be retried');
select is((select status from public.payroll_runs), 'failed', 'a refused retry leaves the run failed');

-- A run that was stopped before any payment; its items are still pending.
select tests.reset();
select tests.create_employee('Acme', 'quin', '70');
select tests.create_employee('Acme', 'rosa', '80');
delete from run;
insert into run select tests.create_run('Acme');
select tests.walk_run((select id from run), 'processing');
select public.stop_disbursement((select id from run), tests.lease_of_run((select id from run)), 'signing_key_missing');
select is(
  (select array_agg(status) from public.payroll_items where payroll_run_id = (select id from run)), '{pending,pending}',
  'a stopped run leaves its items pending');
select tests.authenticate_as('ada');
select is(
  tests.error_code_of($$ select public.erase_person(tests.employee_id('Acme', 'quin'), 'Asked') $$),
  'person_is_to_be_paid', 'an employee with a pending item in a stopped run cannot be erased');
select is(
  tests.error_code_of(
    $$ select public.erase_person(tests.employee_id('Acme', 'quin'), 'Asked', settled_elsewhere => true) $$),
  'no error', 'an employee with a pending item can be erased when the debt was settled elsewhere');
select is(tests.error_code_of(pg_temp.retry()), 'no error', 'a stopped run with an erased employee can be retried');
select tests.reset();
select is(
  pg_temp.planned(), array['rosa'], 'the plan of the retried run contains only the employees who are still there');
select is(
  (
    select array_agg((status, failure_code)::text) from public.payroll_items
    where payroll_run_id = (select id from run) and status = 'failed'), array['(failed,employee_not_payable)'],
  'the item of an erased employee fails as not payable at the retry');
select is(
  (select (total_amount::text, item_count)::text from public.payroll_runs where id = (select id from run)),
  '(150.0000000,2)', 'a retried run keeps the approved total and item count');

select * from finish();
rollback;
