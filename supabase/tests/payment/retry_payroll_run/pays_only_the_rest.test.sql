begin;
\ir ../../_shared/setup.sql.raw
select plan(21);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'pia', '300');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.retry() returns text language sql return format('select public.retry_payroll_run(%s)', (select id from run));
grant execute on function pg_temp.retry() to public;

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.retry()), 'payroll_run_not_failed', 'a draft cannot be retried');
select tests.reset();
select tests.walk_run((select id from run), 'submitting');

-- olaf has no trustline: his operation names itself, the transaction pays nobody, and the others are paid by the next one.
select public.record_outcome(tests.evidence((select max(id) from public.transactions), 'failed', '{op_success,op_no_trust,op_success}'));
select is(tests.run_status((select id from run)), 'processing', 'a run goes on for those whose operations were good');
create function pg_temp.pay_next() returns bigint language plpgsql as $$
declare v_lease uuid := tests.lease_of_run((select id from run)); v_transaction bigint := tests.persist((select id from run), v_lease);
begin
  perform public.begin_submission(v_transaction, v_lease, 'AAAAAgAAAAE=');
  perform public.record_outcome(tests.evidence(v_transaction, 'applied'), v_lease);
  return v_transaction;
end;
$$;
select ok(pg_temp.pay_next() is not null, 'the next transaction is prepared, sent and found in the ledger');
select set_eq(
  $$ select employee.first_name, operation.amount::text from public.transaction_operations as operation join public.employees as employee on employee.id = operation.employee_id where operation.is_live $$,
  $$ values ('emma', '1000.0000000'), ('pia', '300.0000000') $$, 'it pays exactly those whose operations were good');
select is((select (status, failure_code) from public.payroll_runs), ('failed'::text, 'items_not_paid'::text), 'a run with somebody unpaid ends as failed');
select matches((select failure_reason from public.payroll_runs), '1 of 3 items', 'and says how many');
select set_eq(
  $$ select employee.first_name, item.status, item.failure_code, item.tx_hash is not null from public.payroll_items as item join public.employees as employee on employee.id = item.employee_id $$,
  $$ values ('emma', 'completed', null, true), ('olaf', 'failed', 'op_no_trust', false), ('pia', 'completed', null, true) $$,
  'every item says whether it was paid, and why not');

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.retry()), 'role_too_low', 'a viewer retries nothing');
select tests.authenticate_as('max');
create temporary table retried as select answer.* from run, public.retry_payroll_run(run.id) as answer;
select is((select (status, failure_code, failure_reason)::text from retried), '(processing,,)', 'a retried run is being paid again');
select is((select answer.version from run, public.retry_payroll_run(run.id) as answer), (select version from retried), 'retrying it again changes nothing');
select set_eq(
  $$ select employee.first_name, item.status, item.failure_code from public.payroll_items as item join public.employees as employee on employee.id = item.employee_id $$,
  $$ values ('emma', 'completed', null), ('olaf', 'pending', null), ('pia', 'completed', null) $$,
  'what was paid stays paid; the rest waits again');

select tests.reset();
select is(
  (select array_agg((employee_id, amount)::text) from run, public.plan_operations(run.id, tests.lease_of_run(run.id))), array[format('(%s,500.0000000)', tests.employee_id('Acme', 'olaf'))],
  'only the unpaid employee is planned');
select ok((select pg_temp.pay_next()) is not null, 'the unpaid employee is paid');
select is((select (status, processed_at is not null) from public.payroll_runs), ('completed'::text, true), 'and the run is completed');
select is((select count(*) from public.payroll_items where status = 'completed'), 3::bigint, 'everybody was paid');
select is(
  (select array_agg(n) from (select count(*) as n from public.transaction_operations where is_live group by employee_id) as paid), array[1::bigint, 1, 1],
  'and nobody twice');
select results_eq(
  $$ select type, count(*) from public.events where type like 'pay%' group by type order by type $$,
  $$ values ('payment.completed', 3::bigint), ('payment.failed', 1::bigint), ('payroll.approved', 1::bigint), ('payroll.completed', 1::bigint), ('payroll.failed', 1::bigint), ('payroll.started', 2::bigint), ('payroll.submitted', 1::bigint) $$,
  'the world heard of every step once');
select is((select count(*) from public.payroll_audit_logs where action = 'retried'), 1::bigint, 'the audit trail has the retry');

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.retry()), 'payroll_run_not_failed', 'a completed run cannot be retried');
select is(tests.error_code_of(format('select public.disburse_payroll_run(%s)', (select id from run))), 'no error', 'starting a completed run again is success');
select is((select status from public.payroll_runs), 'completed', 'and leaves it completed');

select * from finish();
rollback;
