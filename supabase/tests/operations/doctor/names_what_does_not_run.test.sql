begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', viewers => '{gus}');
select tests.create_employee('Acme', 'ann', '1000', tests.address(1));

create function tests.found(organization text default null)
returns table (severity text, kind text, resource_type text)
language sql stable
as $$
  select finding.severity, finding.kind, finding.resource_type
  from private.findings(tests.organization_id(found.organization)) as finding
  where finding.kind <> 'doorbell_not_wired'
  order by finding.kind;
$$;

-- On a hosted project pg_cron may have run the jobs already; secrets that Vault lacks are the subject of another test.
delete from private.scheduled_job_runs;

select results_eq(
  $$ select * from tests.found() $$, $$ values ('alert', 'no_job_runs', 'scheduled_job') $$,
  'the doctor names a project in which no job runs');
select is_empty(
  $$ select * from tests.found('Acme') $$,
  'a project in which no job runs is shown to the operator and not to an organization');
select private.record_job_run('webhook-dispatch');

-- A payroll schedule.
select tests.act_as('ada', 'Acme');
select public.create_payroll_schedule('{"name": "Salaries", "frequency": "weekly", "day_of_week": 1, "time_zone": "UTC"}');
select tests.reset();
select is_empty($$ select * from tests.found() $$, 'a schedule that waits for its day is no finding');
update public.payroll_schedules set next_run_on = current_date - 10, next_run_at = now() - interval '10 days';
select results_eq(
  $$ select * from tests.found('Acme') $$, $$ values ('alert', 'payroll_schedule_overdue', 'payroll_schedule') $$,
  'a schedule that was due ten days ago is an alert');
update public.payroll_schedules set next_run_at = now() - interval '1 minute', last_error = 'There is nobody to pay.',
  retry_at = now() + interval '15 minutes';
select results_eq(
  $$ select * from tests.found('Acme') $$, $$ values ('alert', 'payroll_schedule_failing', 'payroll_schedule') $$,
  'a schedule that failed a minute ago is an alert');
select alike(
  (select problem from private.findings(null) where kind = 'payroll_schedule_failing'), '%There is nobody to pay.',
  'the finding of a failing schedule holds the reason of the failure');
select is_empty(
  $$ select * from tests.found('Globex') $$, 'the finding of a schedule is not shown to another organization');
update public.payroll_schedules set is_active = false, next_run_on = null, next_run_at = null, last_error = null,
  retry_at = null;
select is_empty($$ select * from tests.found() $$, 'a paused schedule is no finding');

-- An address change.
update public.organizations set wallet_change_policy = 'cooling_off';
select tests.act_as('max', 'Acme');
select public.update_employee(
  tests.employee_id('Acme', 'ann'), 1, jsonb_build_object('wallet_address', tests.address(2)));
select tests.reset();
select is_empty($$ select * from tests.found() $$, 'an address change in its cooling-off period is no finding');
alter table public.wallet_changes disable trigger user;
update public.wallet_changes set created_at = now() - interval '4 days', effective_at = now() - interval '16 minutes';
select results_eq(
  $$ select * from tests.found('Acme') $$, $$ values ('warning', 'wallet_change_overdue', 'wallet_change') $$,
  'an address change whose period ended 16 minutes ago is a warning');
update public.wallet_changes set effective_at = now() + interval '1 day';

-- Deliveries that were given up.
select tests.act_as('ada', 'Acme');
create temporary table hook on commit drop as select id
from public.create_webhook_subscription('https://hooks.example/payd');
select tests.reset();
select tests.create_employee('Acme', 'zed');
with given_up as (delete from private.webhook_ready returning *)
insert into private.webhook_dead (id, organization_id, endpoint_id, event_id, attempts, dead_at)
select id, tests.organization_id('Acme'), endpoint_id, event_id, 10, now() - interval '3 days' from given_up;
select results_eq(
  $$ select * from tests.found('Acme') $$, $$ values ('warning', 'webhooks_given_up', 'webhook_subscription') $$,
  'a webhook subscription with dead deliveries is a warning');
select alike(
  (select problem from private.findings(null) where kind = 'webhooks_given_up'),
  (select format('1 events of the last 30 days were given up for the webhook subscription %s.', id) from hook),
  'the finding of dead deliveries counts them and names the subscription');
update private.webhook_dead set dead_at = now() - interval '31 days';
select is_empty($$ select * from tests.found() $$, 'a delivery that died more than 30 days ago is no finding');

-- Jobs.
update private.scheduled_job_runs set last_run_at = now() - interval '11 minutes' where name = 'webhook-dispatch';
update private.scheduled_job_runs set last_run_at = null, known_since = now() - interval '4 days'
where name = 'retention';
update private.scheduled_job_runs set last_run_at = now() - interval '2 days' where name = 'preference-partitions';
select results_eq(
  $$
    select severity, resource_id, organization_id, problem ~ 'never' from private.findings(null)
    where kind = 'job_not_running' order by resource_id $$,
  $$ values ('alert', 'retention', null::bigint, true), ('alert', 'webhook-dispatch', null, false) $$,
  'a job is an alert when it is late by three times its period and by ten minutes at least');
select is_empty($$ select * from tests.found('Acme') $$, 'a job that does not run is not shown to an organization');
update private.scheduled_jobs set is_enabled = false where name in ('retention', 'webhook-dispatch');
select is_empty($$ select * from tests.found() $$, 'a job that is switched off is no finding');

-- The doctor of a member and the findings of the operator have the same source.
select tests.authenticate_as('vic', 'Acme');
select is_empty(
  $$ select * from public.doctor() where organization_id is distinct from tests.organization_id('Acme') $$,
  'the doctor shows a member only findings of the own organization');

select * from finish();
rollback;
