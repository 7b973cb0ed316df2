begin;
\ir ../../_shared/setup.sql.raw
select plan(53);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_employee('Acme', 'otto', '2000');
select tests.create_employee('Acme', 'nina', '3000', status => 'inactive');
select tests.create_employee('Globex', 'olga', '500');

create temporary table schedule (name text, id bigint) on commit drop;
grant select on schedule to service_role;

-- A schedule as it was on a day in the past, so that clocks can be chosen.
create function tests.create_schedule(organization text, fields jsonb, created_at timestamptz)
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_schedule public.payroll_schedules := private.require_schedule(
    '{"name": "Salaries", "time_zone": "UTC"}'::jsonb || create_schedule.fields, create_schedule.created_at);
  v_id bigint;
begin
  v_schedule.next_run_on := private.next_occurrence_on(v_schedule, create_schedule.created_at);

  insert into public.payroll_schedules (
    organization_id, name, frequency, day_of_week, day_of_month, anchor_on, time_zone, local_time, period_rule,
    missed_policy, asset_code, asset_issuer, memo, starts_on, next_run_on, next_run_at)
  values (
    tests.organization_id(create_schedule.organization), v_schedule.name, v_schedule.frequency, v_schedule.day_of_week,
    v_schedule.day_of_month,
    v_schedule.anchor_on, v_schedule.time_zone, v_schedule.local_time, v_schedule.period_rule, v_schedule.missed_policy,
    v_schedule.asset_code,
    v_schedule.asset_issuer, v_schedule.memo, v_schedule.starts_on, v_schedule.next_run_on,
    private.occurrence_at(v_schedule, v_schedule.next_run_on))
  returning id into v_id;

  return v_id;
end;
$$;
create function tests.run_due(at timestamptz, batch_size integer default 200)
returns text
language sql volatile
as $$
  select format('%s %s %s', created, skipped, failed) from public.run_due_schedules(run_due.at, run_due.batch_size); $$;
-- Ends the schedules of one part of this test before the next part begins.
create function tests.retire_schedules()
returns void
language sql volatile
as $$
  update public.payroll_schedules set is_active = false, next_run_on = null, next_run_at = null;
  delete from schedule;
$$;
create function tests.outcomes(schedule bigint)
returns text
language sql stable
as $$
  select string_agg(occurrence.occurrence_on || ' ' || occurrence.outcome, ', ' order by occurrence.occurrence_on)
  from public.payroll_schedule_occurrences as occurrence
  where occurrence.schedule_id = outcomes.schedule;
$$;
grant execute on all functions in schema tests to anon, authenticated, service_role;

-- One occurrence makes one draft.
insert into schedule
values (
  'month',
  tests.create_schedule(
    'Acme', '{"frequency": "monthly", "day_of_month": 31, "memo": "salary", "time_zone": "Europe/Berlin"}',
    '2026-11-20'));
select is(
  tests.run_due('2026-11-30 07:59:59+00'), '0 0 0', 'a schedule does not run one second before its occurrence is due');
select is(tests.run_due('2026-11-30 08:00:00+00'), '1 0 0', 'a schedule creates its draft when its occurrence is due');
select is(
  tests.run_due('2026-11-30 08:00:00+00'), '0 0 0', 'a schedule does not run a second time for the same occurrence');
select is(
  tests.run_due('2026-12-30 23:00:00+00'), '0 0 0', 'a schedule does not run again before its next occurrence is due');
select results_eq(
  $$
    select status, period_start, period_end, memo, asset_code, total_amount::text, item_count, created_by
    from public.payroll_runs $$,
  $$ values ('draft', date '2026-11-01', date '2026-11-30', 'salary', 'XLM', '2000.0000000', 1, null::bigint) $$,
  'the run of a schedule is a draft of the active employees'' salaries for the period');
select results_eq(
  $$ select employee_id, item_type, amount::text, destination from public.payroll_items $$,
  $$ select id, 'base', '2000.0000000', wallet_address from public.employees where first_name = 'otto' $$,
  'the run of a schedule has the same items as a run by a manager');
select results_eq(
  $$
    select occurrence.occurrence_on, occurrence.due_at, occurrence.outcome, occurrence.payroll_run_id
    from public.payroll_schedule_occurrences as occurrence $$,
  $$ select date '2026-11-30', timestamptz '2026-11-30 08:00+00', 'created', id from public.payroll_runs $$,
  'an occurrence is stored with its run');
select results_eq(
  $$ select next_run_on, next_run_at, last_run_on, version from public.payroll_schedules $$,
  $$ values (date '2026-12-31', timestamptz '2026-12-31 08:00+00', date '2026-11-30', 1) $$,
  'a schedule moves on to its next day without a new version');
select results_eq(
  $$
    select type, (body::jsonb #>> '{data,payroll_run_id}')::bigint, body::jsonb #>> '{data,occurrence_on}'
    from public.events where resource_type = 'payroll_schedule' $$,
  $$ select 'payroll_schedule.ran', id, '2026-11-30' from public.payroll_runs $$,
  'the run of a schedule is announced as an event');
select results_eq(
  $$ select action, actor = session_user, reason from public.payroll_audit_logs order by id limit 1 $$,
  $$ select 'created', true, format('Created by payroll schedule %s for 2026-11-30.', (select id from schedule)) $$,
  'the audit trail of a run names the schedule that created it');

-- A member moves the schedule back to a day that was run.
select tests.act_as('max', 'Acme');
update public.payroll_schedules set next_run_on = '2026-11-30', next_run_at = '2026-11-30 10:00+00'
where id = (select id from schedule);
select tests.act_as(null);
select is(tests.run_due('2026-11-30 12:00+00'), '0 0 0', 'a day that was run creates no second draft');
select is(
  (select next_run_on from public.payroll_schedules), date '2026-12-31',
  'a schedule that was moved back moves on to its next day');
select is((select count(*) from public.payroll_runs), 1::bigint, 'a schedule that was moved back leaves one run');

-- Missed occurrences.
select tests.retire_schedules();
insert into schedule
select policy,
  tests.create_schedule(
    'Globex', jsonb_build_object('name', policy, 'frequency', 'weekly', 'day_of_week', 5, 'missed_policy', policy),
    '2027-01-01 10:00+00')
from unnest(array['create_all', 'create_latest', 'skip']) as policy;
create function tests.missed(policy text) returns text language sql stable as $$
  select tests.outcomes((select id from schedule where name = missed.policy)); $$;

-- Fridays 8, 15, 22 and 29 January; the scheduler comes back on Saturday 30 at eight, when the last occurrence is 23
-- hours late.
select is(
  tests.run_due('2027-01-30 08:00+00'), '6 6 0',
  'three schedules with different policies make up for a month without a scheduler in one call');
select is(
  tests.missed('create_all'), '2027-01-08 created, 2027-01-15 created, 2027-01-22 created, 2027-01-29 created',
  'the policy create_all drafts every missed pay day');
select is(
  tests.missed('create_latest'), '2027-01-08 skipped, 2027-01-15 skipped, 2027-01-22 skipped, 2027-01-29 created',
  'the policy create_latest drafts only the last missed pay day');
select is(
  tests.missed('skip'), '2027-01-08 skipped, 2027-01-15 skipped, 2027-01-22 skipped, 2027-01-29 created',
  'the policy skip drafts a pay day that is less than a day late');
select is(
  tests.run_due('2027-02-06 09:00+00'), '2 1 0',
  'three schedules with different policies handle a pay day that is exactly one day late');
select is(
  tests.missed('skip'),
  '2027-01-08 skipped, 2027-01-15 skipped, 2027-01-22 skipped, 2027-01-29 created, 2027-02-05 skipped',
  'the policy skip does not draft a pay day that is a day late');
select is(
  tests.missed('create_latest'),
  '2027-01-08 skipped, 2027-01-15 skipped, 2027-01-22 skipped, 2027-01-29 created, 2027-02-05 created',
  'the policy create_latest drafts a pay day that is a day late');
select results_eq(
  $$ select count(*) from public.events where type = 'payroll_schedule.skipped' $$, $$ values (7::bigint) $$,
  'every skipped pay day is announced as an event');
select is_empty(
  $$
    select occurrence.schedule_id, occurrence.occurrence_on
    from public.payroll_schedule_occurrences as occurrence
    join public.payroll_runs as run on run.id = occurrence.payroll_run_id
    where occurrence.schedule_id in (select id from schedule)
      and (run.period_end <> occurrence.occurrence_on or run.period_start <> occurrence.occurrence_on - 6)
  $$,
  'a draft that is created late covers the days of its occurrence');

-- Batches.
select tests.retire_schedules();
insert into schedule select 'batch',
  tests.create_schedule(
    'Acme', '{"name": "Weeks", "frequency": "weekly", "day_of_week": 1, "missed_policy": "create_all"}',
    '2027-03-01 10:00+00');
select is(tests.run_due('2027-04-05 10:00+00', 2), '2 0 0', 'a call creates no more runs than it was asked for');
select is(tests.run_due('2027-04-05 10:00+00', 2), '2 0 0', 'a second call goes on with the next occurrences');
select is(tests.run_due('2027-04-05 10:00+00', 2), '1 0 0', 'a third call creates the last run that is due');
select is(
  tests.outcomes((select id from schedule)),
  '2027-03-08 created, 2027-03-15 created, 2027-03-22 created, 2027-03-29 created, 2027-04-05 created',
  'every occurrence of a batch was run once and in order');

-- A schedule that cannot run says so and does not stop the others.
select tests.retire_schedules();
update public.organizations set salary_period = 'run' where name = 'Acme';
select tests.create_employee('Acme', 'rich', '900000000000', asset_code => 'BIG', asset_issuer => tests.issuer());
select tests.create_employee('Acme', 'richer', '900000000000', asset_code => 'BIG', asset_issuer => tests.issuer());
insert into schedule
select name,
  tests.create_schedule(
    'Acme',
    jsonb_build_object(
      'name', name, 'frequency', 'weekly', 'day_of_week', 1, 'asset_code', asset_code, 'asset_issuer', asset_issuer),
    '2027-05-01')
from (values ('too big', 'BIG', tests.issuer()), ('fine', 'XLM', '')) as given (name, asset_code, asset_issuer);
select is(tests.run_due('2027-05-03 10:00+00'), '1 0 1', 'a schedule that fails does not stop the others');
select is(
  tests.outcomes((select id from schedule where name = 'too big')), null,
  'a failed occurrence is not stored as an outcome');
select results_eq(
  $$
    select next_run_on, retry_at, last_error is not null from public.payroll_schedules
    where id = (select id from schedule where name = 'too big') $$,
  $$ values (date '2027-05-03', timestamptz '2027-05-03 10:15+00', true) $$,
  'a schedule that failed stays due, is tried again after 15 minutes and holds its error');
select is(
  (select count(*) from public.events where type = 'payroll_schedule.failed'), 1::bigint,
  'the failure of a schedule is announced as an event');
select is(
  tests.run_due('2027-05-03 10:14+00'), '0 0 0',
  'a schedule that failed is not tried again before 15 minutes have passed');
select is(tests.run_due('2027-05-03 10:15+00'), '0 0 1', 'a schedule that failed is tried again after 15 minutes');
select is(
  (select count(*) from public.events where type = 'payroll_schedule.failed'), 1::bigint,
  'a repeated failure with the same cause is announced once');
update public.employees set salary = 1 where first_name = 'richer';
select is(tests.run_due('2027-05-03 11:00+00'), '1 0 0', 'a schedule that failed runs when the cause is gone');
select is(
  (select last_error from public.payroll_schedules where id = (select id from schedule where name = 'too big')), null,
  'a schedule that runs again no longer holds its error');

-- Daylight saving skips no occurrence.
select tests.retire_schedules();
insert into schedule
select zone,
  tests.create_schedule(
    'Acme',
    jsonb_build_object(
      'name', zone, 'frequency', 'monthly', 'day_of_month', 28, 'time_zone', zone, 'local_time', '02:30'), '2027-03-01')
from unnest(array['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia']) as zone;
select is(
  tests.run_due('2027-03-28 01:29:59+00'), '2 0 0',
  'the schedules in Apia and Kathmandu run first in the night when Berlin changes its clocks');
select is(
  tests.run_due('2027-03-28 01:30:00+00'), '1 0 0', 'an occurrence at 02:30 in Berlin runs at 03:30 of the new time');
select is(tests.run_due('2027-03-28 06:30:00+00'), '1 0 0', 'the schedule in New York runs last');
select is_empty(
  $$ select name from schedule where tests.outcomes(id) <> '2027-03-28 created' $$,
  'every schedule ran once on its own 28th');

-- Paused schedules and closed organizations.
select tests.retire_schedules();
insert into schedule select 'weeks',
  tests.create_schedule(
    'Acme', '{"frequency": "weekly", "day_of_week": 1, "missed_policy": "create_all"}', now() - interval '4 weeks');
grant select on schedule to authenticated;
select tests.authenticate_as('max', 'Acme');
select public.pause_payroll_schedule((select id from schedule));
select is(
  (select is_active from public.resume_payroll_schedule((select id from schedule))), true,
  'a paused schedule can be resumed');
select tests.reset();
select is(tests.run_due(now()), '0 0 0', 'a resumed schedule does not make up for the days of its pause');
update public.organizations set deleted_at = now() where name = 'Acme';
select is(tests.run_due(now() + interval '8 days'), '0 0 0', 'the schedule of a closed organization does not run');
update public.organizations set deleted_at = null where name = 'Acme';

-- A member changes the start of a schedule.
select tests.authenticate_as('max', 'Acme');
select public.update_payroll_schedule(
  (select id from schedule), (select version from public.payroll_schedules where id = (select id from schedule)),
  '{"starts_on": "2099-01-01"}');
select is(
  (select next_run_on from public.payroll_schedules where id = (select id from schedule)), date '2099-01-05',
  'a schedule with a start in the future has its first day after the start');
select tests.reset();
select is(tests.run_due('2098-12-31'), '0 0 0', 'a schedule does not run before its start');

-- Who may run schedules.
select tests.as_service();
select is(tests.run_due(now()), '0 0 0', 'the service can run the schedules that are due');
select is(
  tests.error_code_of($$ update public.payroll_schedules set next_run_on = '2026-01-01' $$), '42501',
  'the service cannot write a schedule');
select tests.authenticate_as('ada', 'Acme');
select is(
  tests.error_code_of($$ select public.run_due_schedules() $$), '42501',
  'an admin cannot run the schedules that are due');
select tests.authenticate_as('vic', 'Acme');
select ok(
  (select count(*) > 5 from public.payroll_schedule_occurrences),
  'a viewer reads the occurrences of the own organization');
select is(
  (select count(*) from public.payroll_schedule_occurrences where organization_id = tests.organization_id('Globex')),
  0::bigint, 'a viewer reads no occurrence of another organization');
select tests.reset();
select is(
  tests.error_code_of($$ update public.payroll_schedule_occurrences set outcome = 'skipped' $$), 'append_only',
  'an occurrence cannot be changed');
select is(
  tests.error_code_of($$ delete from public.payroll_schedule_occurrences $$), 'append_only',
  'an occurrence cannot be deleted');
select is(
  tests.error_code_of(
    $$ insert into public.payroll_schedule_occurrences (organization_id, schedule_id, occurrence_on, due_at, outcome)
    select organization_id, schedule_id, occurrence_on, due_at, 'skipped' from public.payroll_schedule_occurrences
    limit 1 $$),
  '23505', 'a second outcome of the same occurrence is refused by the table');
select is(
  (select target from private.scheduled_jobs where name = 'payroll-schedules' and kind = 'sql' and every_seconds = 60),
  'select private.run_due_schedules(now())',
  'the job that runs schedules is registered for every minute');

select * from finish();
rollback;
