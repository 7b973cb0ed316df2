begin;
\ir ../../_shared/setup.sql.raw
select plan(21);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
select tests.create_employee('Acme', 'pia', '300');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.retry() returns text language sql return format(
  'select public.retry_payroll_run(%s)', (select id from run));
grant execute on function pg_temp.retry() to public;

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.retry()), 'payroll_run_not_failed', 'a draft cannot be retried');
select tests.reset();
select tests.walk_run((select id from run), 'submitting');

-- Olaf has no trustline: the whole transaction fails on his operation, and the next transaction pays the others.
select tests.settle(
  tests.evidence((select max(id) from public.transactions), 'failed', '{op_success,op_no_trust,op_success}'));
select is(
  tests.run_status((select id from run)), 'processing', 'a run goes on when only one of its operations was bad');
create function pg_temp.pay_next() returns bigint language plpgsql as $$
declare v_lease uuid := tests.lease_of_run((select id from run));
v_transaction bigint := tests.persist((select id from run), v_lease);
begin
  perform public.begin_submission(v_transaction, v_lease, tests.signed_envelope(v_transaction));
  perform public.record_outcome(tests.evidence(v_transaction, 'applied'), v_lease);
  return v_transaction;
end;
$$;
select ok(pg_temp.pay_next() is not null, 'the next transaction is prepared, sent and found in the ledger');
select set_eq(
  $$
    select employee.first_name, operation.amount::text from public.transaction_operations as operation
    join public.employees as employee on employee.id = operation.employee_id where operation.is_live $$,
  $$ values ('emma', '1000.0000000'), ('pia', '300.0000000') $$,
  'the next transaction pays exactly the employees whose operations were good');
select is(
  (select (status, failure_code) from public.payroll_runs), ('failed'::text, 'items_not_paid'::text),
  'a run with an unpaid employee ends as failed');
select matches(
  (select failure_reason from public.payroll_runs), '1 of 3 items',
  'the reason of a failed run counts its unpaid items');
select set_eq(
  $$
    select employee.first_name, item.status, item.failure_code, item.tx_hash is not null
    from public.payroll_items as item join public.employees as employee on employee.id = item.employee_id $$,
  $$values
    ('emma', 'completed', null, true), ('olaf', 'failed', 'op_no_trust', false), ('pia', 'completed', null, true)
  $$,
  'every item of a failed run is completed or holds its failure code');

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.retry()), 'role_too_low', 'a viewer cannot retry a run');
select tests.authenticate_as('max');
create temporary table retried as select answer.* from run, public.retry_payroll_run(run.id) as answer;
select is(
  (select (status, failure_code, failure_reason)::text from retried), '(processing,,)',
  'a retried run is being paid and holds no failure');
select is(
  (select answer.version from run, public.retry_payroll_run(run.id) as answer), (select version from retried),
  'a repeated retry changes nothing');
select set_eq(
  $$
    select employee.first_name, item.status, item.failure_code from public.payroll_items as item
    join public.employees as employee on employee.id = item.employee_id $$,
  $$ values ('emma', 'completed', null), ('olaf', 'pending', null), ('pia', 'completed', null) $$,
  'a retry makes the failed item pending and leaves the completed items');

select tests.reset();
select is(
  (select array_agg((employee_id, amount)::text) from run, public.plan_operations(run.id, tests.lease_of_run(run.id))),
  array[format('(%s,500.0000000)', tests.employee_id('Acme', 'olaf'))],
  'the plan of a retry contains only the unpaid employee');
select ok((select pg_temp.pay_next()) is not null, 'the transaction of a retry is found in the ledger');
select is(
  (select (status, processed_at is not null) from public.payroll_runs), ('completed'::text, true),
  'a run is completed when the retry has paid the rest');
select is(
  (select count(*) from public.payroll_items where status = 'completed'), 3::bigint,
  'every item of the retried run is completed');
select is(
  (
    select array_agg(n)
    from (select count(*) as n from public.transaction_operations where is_live group by employee_id) as paid),
  array[1::bigint, 1, 1],
  'every employee of the retried run has one live operation');
select results_eq(
  $$ select type, count(*) from public.events where type like 'pay%' group by type order by type $$,
  $$values
    ('payment.completed', 3::bigint), ('payment.failed', 1::bigint), ('payroll.approved', 1::bigint),
    ('payroll.completed', 1::bigint), ('payroll.failed', 1::bigint), ('payroll.started', 2::bigint),
    ('payroll.submitted', 1::bigint)
  $$,
  'every step of the retried run is announced exactly once');
select is(
  (select count(*) from public.payroll_audit_logs where action = 'retried'), 1::bigint,
  'the audit trail holds the retry');

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.retry()), 'payroll_run_not_failed', 'a completed run cannot be retried');
select is(
  tests.error_code_of(format('select public.disburse_payroll_run(%s)', (select id from run))), 'no error',
  'a repeated start of a completed run succeeds');
select is(
  (select status from public.payroll_runs), 'completed', 'a repeated start of a completed run leaves it completed');

select * from finish();
rollback;
