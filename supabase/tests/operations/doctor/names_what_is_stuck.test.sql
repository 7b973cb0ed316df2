begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}', '{gus}');
select tests.create_employees('Acme', 2);

-- Jobs are the subject of another test.
select private.record_job_run('retention');

select tests.authenticate_as('vic', 'Acme');
select is_empty($$ select * from public.doctor() $$, 'the doctor finds no problem in a new organization');

select tests.reset();
create temporary table run on commit drop as select tests.create_run('Acme') as id;
select tests.walk_run((select id from run), 'submitting');
select is_empty($$ select * from private.findings(null) $$, 'the doctor finds no problem just after a payment was sent');

-- Time passes.
alter table public.transactions disable trigger user;
alter table public.payroll_runs disable trigger user;
update public.transactions set created_at = now() - interval '6 minutes';
select results_eq(
  $$ select severity, kind, resource_type from private.findings(null) $$,
  $$ values ('alert'::text, 'transaction_unproven'::text, 'transaction'::text) $$,
  'a transaction without an outcome is an alert after five minutes');
select ok(
  (select safe_action like '%never pay these people another way%' from private.findings(null)),
  'the finding of an unproven transaction warns against paying in another way');

select tests.authenticate_as('vic', 'Acme');
select is((select count(*)::integer from public.doctor()), 1, 'the doctor shows a viewer the finding of the own organization');
select tests.authenticate_as('gus', 'Globex');
select is_empty($$ select * from public.doctor() $$, 'the doctor shows a viewer of another organization no finding');

select tests.reset();
select public.record_outcome(tests.evidence((select id from public.transactions), 'failed', '{op_no_destination,op_no_destination}'));
select results_eq(
  $$ select severity, kind from private.findings(tests.organization_id('Acme')) $$,
  $$ values ('warning'::text, 'payroll_run_failed'::text) $$,
  'a failed run is a warning until it is retried');
select is_empty($$ select * from private.findings(tests.organization_id('Globex')) $$, 'the findings of another organization are empty');

update public.organizations set deleted_at = now() where name = 'Acme';
select is_empty($$ select * from private.findings(null) $$, 'a failed run of a closed organization is no finding');

select * from finish();
rollback;
