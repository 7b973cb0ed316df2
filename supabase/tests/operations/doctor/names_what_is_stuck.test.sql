begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}', '{gus}');
select tests.create_employees('Acme', 2);

-- What runs the jobs and the workers of a project is the subject of other tests.
select private.record_job_run('retention');
create function tests.found() returns setof public.finding language sql stable security definer set search_path = ''
as $$
  select * from private.findings(null) as finding
  where finding.kind not in ('doorbell_not_wired', 'job_not_running'); $$;

select tests.authenticate_as('vic', 'Acme');
select is_empty($$ select * from public.doctor() $$, 'the doctor finds no problem in a new organization');

select tests.reset();
create temporary table run on commit drop as select tests.create_run('Acme') as id;
select tests.walk_run((select id from run), 'submitting');
select is_empty($$ select * from tests.found() $$, 'the doctor finds no problem just after a payment was sent');

-- Time passes.
alter table public.transactions disable trigger user;
alter table public.payroll_runs disable trigger user;
update public.transactions set created_at = now() - interval '6 minutes';
select results_eq(
  $$ select severity, kind, resource_type from tests.found() $$,
  $$ values ('alert'::text, 'transaction_unproven'::text, 'transaction'::text) $$,
  'a transaction without an outcome is an alert after five minutes');
select ok(
  (select safe_action like '%never pay these people another way%' from tests.found()),
  'the finding of an unproven transaction warns against paying in another way');

select tests.authenticate_as('vic', 'Acme');
select is(
  (select count(*)::integer from public.doctor()), 1, 'the doctor shows a viewer the finding of the own organization');
select tests.authenticate_as('gus', 'Globex');
select is_empty($$ select * from public.doctor() $$, 'the doctor shows a viewer of another organization no finding');

select tests.reset();
select tests.settle(
  tests.evidence((select id from public.transactions), 'failed', '{op_no_destination,op_no_destination}'));
select results_eq(
  $$ select severity, kind from private.findings(tests.organization_id('Acme')) $$,
  $$ values ('warning'::text, 'payroll_run_failed'::text) $$,
  'a failed run is a warning until it is retried');
select is_empty(
  $$ select * from private.findings(tests.organization_id('Globex')) $$,
  'the findings of another organization are empty');

update public.organizations set deleted_at = now() where name = 'Acme';
select is_empty($$ select * from tests.found() $$, 'a failed run of a closed organization is no finding');

select * from finish();
rollback;
