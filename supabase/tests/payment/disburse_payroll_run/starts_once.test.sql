begin;
\ir ../../_shared/setup.sql.raw
select plan(21);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.configure_network();
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.disburse(account text default null) returns text language sql return format(
  'select public.disburse_payroll_run(%s, %L)', (select id from run), account);
grant execute on function pg_temp.disburse(text) to public;

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.disburse()), 'payroll_run_not_approved', 'a draft cannot be paid');
select tests.reset();
select tests.walk_run((select id from run), 'submitted');
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.disburse()), 'payroll_run_not_approved', 'a run without an approval cannot be paid');
select public.approve_payroll_run((select id from run), tests.seen((select id from run)));

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.disburse()), 'role_too_low', 'a viewer cannot start a payment');
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.disburse()), 'source_account_missing',
  'a run of an organization without a treasury account cannot be paid');

select tests.as_service();
select public.enroll_source_account(tests.organization_id('Globex'), tests.address(31));
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.disburse()), 'source_account_missing',
  'the treasury account of another organization is not used as the default');
select is(
  tests.error_code_of(pg_temp.disburse(tests.address(31))), 'source_account_unknown',
  'the treasury account of another organization cannot be named');
select is(
  tests.error_of(pg_temp.disburse(tests.address(31))), tests.error_of(pg_temp.disburse(tests.address(38))),
  'the refusal of a foreign treasury account equals the refusal of an unknown account');

select tests.as_service();
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(32));
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(33));
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.disburse()), 'source_account_ambiguous',
  'a payment that names none of two treasury accounts is refused');

select tests.as_service();
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(1));
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.disburse(tests.address(1))), 'payroll_item_pays_source',
  'a treasury account with a payment to itself is refused');

create temporary table started as select answer.*
from run, public.disburse_payroll_run(run.id, tests.address(33)) as answer;
select is(
  (select (status, source_account) from started), ('processing'::text, tests.address(33)),
  'an approved run is paid from the account that was named');
select is(
  (select answer.version from run, public.disburse_payroll_run(run.id, tests.address(33)) as answer),
  (select version from started), 'a repeated start with the same account changes nothing');
select is(
  (select answer.source_account from run, public.disburse_payroll_run(run.id, tests.address(32)) as answer),
  tests.address(33), 'a repeated start with another account keeps the first account');

select tests.reset();
select is(
  (select count(*) from public.events where type = 'payroll.started'), 1::bigint,
  'the start of a payment is announced exactly once');
select is(
  (select array_agg(actor) from public.payroll_audit_logs where action = 'disbursement_started'),
  array['user:' || tests.member_id('max', 'Acme')], 'the audit trail names the member who started the payment');

-- Changes between approval and payment.
create temporary table second as select tests.create_run('Acme') as id;
grant select on second to public;
select tests.walk_run((select id from second), 'approved');
alter table public.payroll_runs disable trigger payroll_runs_keep_immutable_columns;
update public.payroll_runs set memo = 'Changed' where id = (select id from second);
select tests.authenticate_as('max');
select is(
  (select tests.error_code_of(format('select public.disburse_payroll_run(%s, %L)', id, tests.address(33))) from second),
  'payroll_run_changed', 'a run whose memo was changed after the approval is not paid');
select tests.reset();
update public.payroll_runs set memo = null where id = (select id from second);
alter table public.payroll_runs enable trigger payroll_runs_keep_immutable_columns;
update public.employees set wallet_address = tests.address(20) where first_name = 'emma';
select tests.authenticate_as('max');
select is(
  (select status from second, public.disburse_payroll_run(second.id, tests.address(33))), 'processing',
  'a new address of an employee does not stop an approved run');
select tests.reset();
select is(
  (select array_agg(distinct destination) from public.payroll_items), array[tests.address(1)],
  'a new address of an employee does not move an approved payment');

select tests.walk_run((select tests.create_run('Acme')), 'submitted');
select tests.authenticate_as('max');
select is(
  tests.error_code_of('select public.disburse_payroll_run(-1)'), 'payroll_run_not_found',
  'an unknown run is not found');
select is(
  tests.error_code_of('select public.disburse_payroll_run(null)'), 'payroll_run_not_found',
  'the payment of the run null is refused as unknown');
select tests.as_service();
select is(tests.error_code_of(pg_temp.disburse()), '42501', 'the service cannot start a payment');
select tests.reset();
select is(
  (select count(*) from public.payroll_runs where status = 'processing'), 2::bigint,
  'exactly the two started runs are being paid');

select * from finish();
rollback;
