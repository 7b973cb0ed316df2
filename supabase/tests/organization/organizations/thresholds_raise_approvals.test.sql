begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{}');
select tests.create_employees('Acme', 3, '1000');

select tests.authenticate_as('ada', 'Acme');
select public.set_approval_threshold('XLM', '', '2500', 2);
select public.set_approval_threshold('XLM', '', '1000000', 3);

select tests.authenticate_as('max', 'Acme');
create temporary table run on commit drop as
  select id from public.create_payroll_run('2026-11-01', '2026-11-30');
select tests.submit((select id from run));
select tests.reset();
grant select on run to authenticated;

select tests.authenticate_as('mia', 'Acme');
select is(
  (select approved_at from public.approve_payroll_run((select id from run), tests.seen((select id from run)))), null,
  'one approval is not enough for a run above the threshold');
select is(
  (select approved_at from public.approve_payroll_run((select id from run), tests.seen((select id from run)))), null,
  'two approvals by the same person count as one');
select is(
  tests.error_code_of($$ select public.disburse_payroll_run((select id from run)) $$), 'payroll_run_not_approved',
  'a run without its second approval is not paid');

select tests.authenticate_as('ada', 'Acme');
select isnt(
  (select approved_at from public.approve_payroll_run((select id from run), tests.seen((select id from run)))), null,
  'the approval by a second person completes the approval');
select tests.reset();
select is(
  (select private.required_approvals(stored) from public.payroll_runs as stored), 2,
  'a threshold above the total of the run does not raise the number of approvals');

select * from finish();
rollback;
