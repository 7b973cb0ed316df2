begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

-- An occurrence that is due while a member edits the schedule is still owed. The schedule was for yesterday's weekday and
-- is changed to tomorrow's, so that on every day of the week exactly one occurrence is due.
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table weekday as
  select extract(dow from now() at time zone 'Europe/Berlin' - interval '1 day')::integer as yesterday,
    extract(dow from now() at time zone 'Europe/Berlin' + interval '1 day')::integer as tomorrow;
grant select on weekday to public;
select tests.authenticate_as('max');
create temporary table schedule as
  select created.*
  from weekday
  cross join lateral public.create_payroll_schedule(
    jsonb_build_object('name', 'Wages', 'frequency', 'weekly', 'day_of_week', weekday.yesterday,
      'time_zone', 'Europe/Berlin'), null) as created;
grant select on schedule to public;
select tests.reset();
update public.payroll_schedules set next_run_on = next_run_on - 7, next_run_at = now() - interval '5 minutes',
  last_error = 'It failed.', retry_at = now() + interval '10 minutes';

select tests.authenticate_as('max');
select results_eq(
  $$ select changed.next_run_on, changed.next_run_at, changed.last_error
     from public.update_payroll_schedule(
       (select id from schedule), (select version from public.payroll_schedules),
       (select jsonb_build_object('day_of_week', weekday.tomorrow) from weekday)) as changed $$,
  $$ select next_run_on - 7, now() - interval '5 minutes', null::text from schedule $$,
  'a schedule that is due stays due when it is edited, and its retry delay is dropped');
select tests.reset();
select is(
  (select created from private.run_due_schedules()), 1, 'a schedule that was edited while it was due creates its run');
select is(
  (select occurrence_on from public.payroll_schedule_occurrences), (select next_run_on - 7 from schedule),
  'the run of an edited schedule is for the day that was due before the edit');
select is(
  (select extract(dow from next_run_on)::integer from public.payroll_schedules), (select tomorrow from weekday),
  'the next day of an edited schedule follows the new rule');
select ok(
  (select next_run_at > now() from public.payroll_schedules),
  'the next occurrence of an edited schedule is in the future');
select is(
  (select created from private.run_due_schedules()), 0, 'an occurrence that was due during an edit is run once');

select * from finish();
rollback;
