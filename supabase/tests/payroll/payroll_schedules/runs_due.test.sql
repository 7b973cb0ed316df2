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
  v_schedule public.payroll_schedules := private.require_schedule('{"name": "Salaries", "time_zone": "UTC"}'::jsonb || create_schedule.fields, create_schedule.created_at);
  v_id bigint;
begin
  v_schedule.next_run_on := private.next_occurrence_on(v_schedule, create_schedule.created_at);

  insert into public.payroll_schedules (organization_id, name, frequency, day_of_week, day_of_month, anchor_on, time_zone, local_time, period_rule,
    missed_policy, asset_code, asset_issuer, memo, starts_on, next_run_on, next_run_at)
  values (tests.organization_id(create_schedule.organization), v_schedule.name, v_schedule.frequency, v_schedule.day_of_week, v_schedule.day_of_month,
    v_schedule.anchor_on, v_schedule.time_zone, v_schedule.local_time, v_schedule.period_rule, v_schedule.missed_policy, v_schedule.asset_code,
    v_schedule.asset_issuer, v_schedule.memo, v_schedule.starts_on, v_schedule.next_run_on, private.occurrence_at(v_schedule, v_schedule.next_run_on))
  returning id into v_id;

  return v_id;
end;
$$;
create function tests.run_due(at timestamptz, batch_size integer default 200)
returns text
language sql volatile
as $$ select format('%s %s %s', created, skipped, failed) from public.run_due_schedules(run_due.at, run_due.batch_size); $$;
-- The next part of a test starts without the schedules of the last one.
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

-- One occurrence, one draft.
insert into schedule values ('month', tests.create_schedule('Acme', '{"frequency": "monthly", "day_of_month": 31, "memo": "salary", "time_zone": "Europe/Berlin"}', '2026-11-20'));
select is(tests.run_due('2026-11-30 07:59:59+00'), '0 0 0', 'nothing happens a second before it is due');
select is(tests.run_due('2026-11-30 08:00:00+00'), '1 0 0', 'the draft is created when it is due');
select is(tests.run_due('2026-11-30 08:00:00+00'), '0 0 0', 'and not again');
select is(tests.run_due('2026-12-30 23:00:00+00'), '0 0 0', 'until the next one is due');
select results_eq(
  $$ select status, period_start, period_end, memo, asset_code, total_amount::text, item_count, created_by from public.payroll_runs $$,
  $$ values ('draft', date '2026-11-01', date '2026-11-30', 'salary', 'XLM', '2000.0000000', 1, null::bigint) $$,
  'it is a draft of the active people''s salaries for the period');
select results_eq(
  $$ select employee_id, item_type, amount::text, destination from public.payroll_items $$,
  $$ select id, 'base', '2000.0000000', wallet_address from public.employees where first_name = 'otto' $$,
  'exactly as a manager would have drafted it');
select results_eq(
  $$ select occurrence.occurrence_on, occurrence.due_at, occurrence.outcome, occurrence.payroll_run_id from public.payroll_schedule_occurrences as occurrence $$,
  $$ select date '2026-11-30', timestamptz '2026-11-30 08:00+00', 'created', id from public.payroll_runs $$,
  'the occurrence names the run');
select results_eq(
  $$ select next_run_on, next_run_at, last_run_on, version from public.payroll_schedules $$,
  $$ values (date '2026-12-31', timestamptz '2026-12-31 08:00+00', date '2026-11-30', 1) $$,
  'the schedule moves on, which is no change by a person');
select results_eq(
  $$ select type, (body::jsonb #>> '{data,payroll_run_id}')::bigint, body::jsonb #>> '{data,occurrence_on}' from public.events where resource_type = 'payroll_schedule' $$,
  $$ select 'payroll_schedule.ran', id, '2026-11-30' from public.payroll_runs $$,
  'it is announced');
select results_eq(
  $$ select action, actor = session_user, reason from public.payroll_audit_logs order by id limit 1 $$,
  $$ select 'created', true, format('Created by payroll schedule %s for 2026-11-30.', (select id from schedule)) $$,
  'and the trail says which schedule did it');

-- A day that was run is not run again because somebody changed the schedule.
select tests.act_as('max', 'Acme');
update public.payroll_schedules set next_run_on = '2026-11-30', next_run_at = '2026-11-30 10:00+00' where id = (select id from schedule);
select tests.act_as(null);
select is(tests.run_due('2026-11-30 12:00+00'), '0 0 0', 'a day that was run creates no second draft');
select is((select next_run_on from public.payroll_schedules), date '2026-12-31', 'and the schedule moves on all the same');
select is((select count(*) from public.payroll_runs), 1::bigint, 'one draft it is');

-- What was missed.
select tests.retire_schedules();
insert into schedule
select policy, tests.create_schedule('Globex', jsonb_build_object('name', policy, 'frequency', 'weekly', 'day_of_week', 5, 'missed_policy', policy), '2027-01-01 10:00+00')
from unnest(array['create_all', 'create_latest', 'skip']) as policy;
create function tests.missed(policy text) returns text language sql stable as $$ select tests.outcomes((select id from schedule where name = missed.policy)); $$;

-- Fridays 8, 15, 22 and 29 January; the service comes back on Saturday 30 at eight: the last one is 23 hours late.
select is(tests.run_due('2027-01-30 08:00+00'), '6 6 0', 'after a month without a scheduler');
select is(tests.missed('create_all'), '2027-01-08 created, 2027-01-15 created, 2027-01-22 created, 2027-01-29 created', 'create_all drafts every missed pay day');
select is(tests.missed('create_latest'), '2027-01-08 skipped, 2027-01-15 skipped, 2027-01-22 skipped, 2027-01-29 created', 'create_latest drafts the last one');
select is(tests.missed('skip'), '2027-01-08 skipped, 2027-01-15 skipped, 2027-01-22 skipped, 2027-01-29 created', 'skip drafts what is less than a day late');
select is(tests.run_due('2027-02-06 09:00+00'), '2 1 0', 'a week later it comes a day late to the minute');
select is(tests.missed('skip'), '2027-01-08 skipped, 2027-01-15 skipped, 2027-01-22 skipped, 2027-01-29 created, 2027-02-05 skipped', 'skip makes up for nothing that old');
select is(tests.missed('create_latest'), '2027-01-08 skipped, 2027-01-15 skipped, 2027-01-22 skipped, 2027-01-29 created, 2027-02-05 created', 'create_latest does, however late');
select results_eq(
  $$ select count(*) from public.events where type = 'payroll_schedule.skipped' $$, $$ values (7::bigint) $$, 'skipped pay days are announced');
select is_empty(
  $$
    select occurrence.schedule_id, occurrence.occurrence_on
    from public.payroll_schedule_occurrences as occurrence
    join public.payroll_runs as run on run.id = occurrence.payroll_run_id
    where occurrence.schedule_id in (select id from schedule)
      and (run.period_end <> occurrence.occurrence_on or run.period_start <> occurrence.occurrence_on - 6)
  $$,
  'a draft that comes late covers the days of its occurrence');

-- Batches.
select tests.retire_schedules();
insert into schedule select 'batch', tests.create_schedule('Acme', '{"name": "Weeks", "frequency": "weekly", "day_of_week": 1, "missed_policy": "create_all"}', '2027-03-01 10:00+00');
select is(tests.run_due('2027-04-05 10:00+00', 2), '2 0 0', 'a call does at most what it was asked for');
select is(tests.run_due('2027-04-05 10:00+00', 2), '2 0 0', 'the next one goes on');
select is(tests.run_due('2027-04-05 10:00+00', 2), '1 0 0', 'until nothing is left');
select is(tests.outcomes((select id from schedule)), '2027-03-08 created, 2027-03-15 created, 2027-03-22 created, 2027-03-29 created, 2027-04-05 created', 'in order, each once');

-- A schedule that cannot run says so and does not stop the others.
select tests.retire_schedules();
select tests.create_employee('Acme', 'rich', '900000000000', asset_code => 'BIG', asset_issuer => tests.issuer());
select tests.create_employee('Acme', 'richer', '900000000000', asset_code => 'BIG', asset_issuer => tests.issuer());
insert into schedule
select name, tests.create_schedule('Acme', jsonb_build_object('name', name, 'frequency', 'weekly', 'day_of_week', 1, 'asset_code', asset_code, 'asset_issuer', asset_issuer), '2027-05-01')
from (values ('too big', 'BIG', tests.issuer()), ('fine', 'XLM', '')) as given (name, asset_code, asset_issuer);
select is(tests.run_due('2027-05-03 10:00+00'), '1 0 1', 'one fails, the others run');
select is(tests.outcomes((select id from schedule where name = 'too big')), null, 'what failed has not happened');
select results_eq(
  $$ select next_run_on, retry_at, last_error is not null from public.payroll_schedules where id = (select id from schedule where name = 'too big') $$,
  $$ values (date '2027-05-03', timestamptz '2027-05-03 10:15+00', true) $$,
  'it is tried again in a quarter of an hour and says why it failed');
select is((select count(*) from public.events where type = 'payroll_schedule.failed'), 1::bigint, 'and is announced');
select is(tests.run_due('2027-05-03 10:14+00'), '0 0 0', 'not sooner');
select is(tests.run_due('2027-05-03 10:15+00'), '0 0 1', 'then again');
select is((select count(*) from public.events where type = 'payroll_schedule.failed'), 1::bigint, 'the same failure is announced once');
update public.employees set salary = 1 where first_name = 'richer';
select is(tests.run_due('2027-05-03 11:00+00'), '1 0 0', 'when the cause is gone, it runs');
select is((select last_error from public.payroll_schedules where id = (select id from schedule where name = 'too big')), null, 'and forgets the failure');

-- Nobody is left out because of daylight saving.
select tests.retire_schedules();
insert into schedule
select zone, tests.create_schedule('Acme', jsonb_build_object('name', zone, 'frequency', 'monthly', 'day_of_month', 28, 'time_zone', zone, 'local_time', '02:30'), '2027-03-01')
from unnest(array['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia']) as zone;
select is(tests.run_due('2027-03-28 01:29:59+00'), '2 0 0', 'in the night the clocks change, Apia and Kathmandu are first');
select is(tests.run_due('2027-03-28 01:30:00+00'), '1 0 0', 'Berlin runs at half past three by its new clocks');
select is(tests.run_due('2027-03-28 06:30:00+00'), '1 0 0', 'New York last');
select is_empty(
  $$ select name from schedule where tests.outcomes(id) <> '2027-03-28 created' $$, 'each on its own 28th, once');

-- Paused schedules and closed organizations.
select tests.retire_schedules();
insert into schedule select 'weeks', tests.create_schedule('Acme', '{"frequency": "weekly", "day_of_week": 1, "missed_policy": "create_all"}', now() - interval '4 weeks');
grant select on schedule to authenticated;
select tests.authenticate_as('max', 'Acme');
select public.pause_payroll_schedule((select id from schedule));
select is((select is_active from public.resume_payroll_schedule((select id from schedule))), true, 'a schedule is paused and resumed');
select tests.reset();
select is(tests.run_due(now()), '0 0 0', 'and makes up for nothing that happened in between');
update public.organizations set deleted_at = now() where name = 'Acme';
select is(tests.run_due(now() + interval '8 days'), '0 0 0', 'a closed organization pays nobody');
update public.organizations set deleted_at = null where name = 'Acme';

-- What a person changed since.
select tests.authenticate_as('max', 'Acme');
select public.update_payroll_schedule((select id from schedule), (select version from public.payroll_schedules where id = (select id from schedule)), '{"starts_on": "2099-01-01"}');
select is((select next_run_on from public.payroll_schedules where id = (select id from schedule)), date '2099-01-05', 'a start in the future is waited for');
select tests.reset();
select is(tests.run_due('2098-12-31'), '0 0 0', 'and nothing runs before');

-- Who may.
select tests.as_service();
select is(tests.run_due(now()), '0 0 0', 'the service runs what is due');
select is(tests.error_code_of($$ update public.payroll_schedules set next_run_on = '2026-01-01' $$), '42501', 'and writes no schedule');
select tests.authenticate_as('ada', 'Acme');
select is(tests.error_code_of($$ select public.run_due_schedules() $$), '42501', 'a person does not');
select tests.authenticate_as('vic', 'Acme');
select ok((select count(*) > 5 from public.payroll_schedule_occurrences), 'a viewer sees what became of the pay days');
select is((select count(*) from public.payroll_schedule_occurrences where organization_id = tests.organization_id('Globex')), 0::bigint, 'of the own organization');
select tests.reset();
select is(tests.error_code_of($$ update public.payroll_schedule_occurrences set outcome = 'skipped' $$), 'append_only', 'what happened is not changed');
select is(tests.error_code_of($$ delete from public.payroll_schedule_occurrences $$), 'append_only', 'nor forgotten');
select is(
  tests.error_code_of($$ insert into public.payroll_schedule_occurrences (organization_id, schedule_id, occurrence_on, due_at, outcome)
    select organization_id, schedule_id, occurrence_on, due_at, 'skipped' from public.payroll_schedule_occurrences limit 1 $$),
  '23505', 'nor done twice, by whatever path');
select is(
  (select target from private.scheduled_jobs where name = 'payroll-schedules' and kind = 'sql' and every_seconds = 60), 'select private.run_due_schedules(now())',
  'the schedule of the schedules looks every minute');

select * from finish();
rollback;
