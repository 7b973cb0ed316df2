begin;
\ir ../../_shared/setup.sql.raw
select plan(8);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;

select tests.authenticate_as('max');
select is((select count(*) from public.doctor() where resource_type = 'payroll_run'), 0::bigint,
  'a draft waits for no person whom the doctor would name');
select tests.submit((select id from run));
select results_eq(
  $$ select severity, kind, command from public.doctor() where resource_type = 'payroll_run' $$,
  $$ values ('alert', 'payroll_run_without_approvers', 'invite_member') $$,
  'a run that the last independent person submitted is an alert, with the function that helps');
select matches(
  (select problem from public.doctor() where resource_type = 'payroll_run'),
  'needs 1 approvals, and only 0 people had no part in it', 'the alert says how many approvals are missing');
select tests.authenticate_as('gwen');
select is((select count(*) from public.doctor() where resource_type = 'payroll_run'), 0::bigint,
  'another organization hears nothing of the run');

select tests.reset();
select tests.join_organization('mia', 'Acme', 'manager');
select tests.authenticate_as('mia');
select is((select count(*) from public.doctor() where resource_type = 'payroll_run'), 0::bigint,
  'a run that was just submitted and can be approved is no finding');
select tests.reset();
alter table public.payroll_runs disable trigger user;
update public.payroll_runs set submitted_at = now() - interval '2 hours' where id = (select id from run);
alter table public.payroll_runs enable trigger user;
select tests.authenticate_as('mia');
select results_eq(
  $$ select kind, waits_for, command from public.doctor() where resource_type = 'payroll_run' $$,
  $$ values ('payroll_run_waits_for_approval', 'the approval of people who had no part in it', 'approve_payroll_run') $$,
  'a run that has waited for an hour says for whom');
select public.approve_payroll_run((select id from run), tests.seen((select id from run)));
select tests.reset();
alter table public.payroll_runs disable trigger user;
update public.payroll_runs set approved_at = now() - interval '2 hours' where id = (select id from run);
select tests.authenticate_as('mia');
select results_eq(
  $$ select kind, command from public.doctor() where resource_type = 'payroll_run' $$,
  $$ values ('payroll_run_not_started', 'disburse_payroll_run') $$,
  'an approved run whose payment was not started is named with the function that starts it');
select tests.reset();
select is_empty(
  $$ select function_name from private.doctor_checks where to_regprocedure(function_name || '(bigint)') is null $$,
  'every declared check exists');

select * from finish();
rollback;
