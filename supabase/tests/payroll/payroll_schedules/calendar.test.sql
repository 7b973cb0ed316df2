begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

create function tests.schedule(fields jsonb)
returns public.payroll_schedules
language sql stable
as $$
  select private.require_schedule(
    '{"name": "Salaries", "time_zone": "UTC", "starts_on": "1990-01-01"}'::jsonb || schedule.fields, '2000-01-01'); $$;

-- The next occurrences after the instant: day, the instant in UTC, the period.
create function tests.days(fields jsonb, after timestamptz, count integer)
returns text[]
language sql stable
as $$
  select array_agg(coming.occurrence_on::text)
  from private.coming_occurrences(tests.schedule(days.fields), days.after, days.count) as coming;
$$;
create function tests.instants(fields jsonb, after timestamptz, count integer)
returns text[]
language sql stable
as $$
  select array_agg(to_char(coming.runs_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
  from private.coming_occurrences(tests.schedule(instants.fields), instants.after, instants.count) as coming;
$$;
create function tests.periods(fields jsonb, after timestamptz, count integer)
returns text[]
language sql stable
as $$
  select array_agg(coming.period_start || '..' || coming.period_end)
  from private.coming_occurrences(tests.schedule(periods.fields), periods.after, periods.count) as coming;
$$;

-- Months.
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 31}', '2027-01-01', 5),
  '{2027-01-31,2027-02-28,2027-03-31,2027-04-30,2027-05-31}',
  'a schedule for the 31st runs on the last day of shorter months');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 30}', '2028-02-01', 3),
  '{2028-02-29,2028-03-30,2028-04-30}', 'a schedule for the 30th runs on 29 February of a leap year');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 29}', '2027-02-01', 3),
  '{2027-02-28,2027-03-29,2027-04-29}', 'a schedule for the 29th runs on 28 February and on 29 March of a common year');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 29}', '2100-02-01', 2),
  '{2100-02-28,2100-03-29}', 'a schedule for the 29th runs on 28 February 2100, which is no leap year');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 1}', '2026-12-15', 2),
  '{2027-01-01,2027-02-01}', 'a monthly schedule goes on from December to January');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 15}', '2026-11-15 08:59:59+00', 1),
  '{2026-11-15}', 'an occurrence is still coming one second before its time');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 15}', '2026-11-15 09:00:00+00', 1),
  '{2026-12-15}', 'an occurrence is no longer coming at its time');

-- Weeks.
select is(
  tests.days('{"frequency": "weekly", "day_of_week": 5}', '2026-11-20 10:00+00', 3),
  '{2026-11-27,2026-12-04,2026-12-11}', 'a schedule for Fridays runs on Fridays');
select is(
  tests.days('{"frequency": "weekly", "day_of_week": 0}', '2026-11-20', 2),
  '{2026-11-22,2026-11-29}', 'a schedule for weekday 0 runs on Sundays');
select is(
  tests.days('{"frequency": "biweekly", "anchor_on": "2026-11-27"}', '2026-11-20', 3),
  '{2026-11-27,2026-12-11,2026-12-25}', 'a biweekly schedule runs every second week from its anchor');
select is(
  tests.days('{"frequency": "biweekly", "anchor_on": "2026-11-27"}', '2027-03-01', 2),
  '{2027-03-05,2027-03-19}', 'a biweekly schedule keeps its rhythm months after the anchor');
select is(
  tests.days('{"frequency": "biweekly", "anchor_on": "2027-06-04"}', '2026-11-20', 2),
  '{2027-06-04,2027-06-18}', 'a biweekly schedule never runs before its anchor');

-- Time zones. The day of an occurrence is the day in the time zone of the schedule.
select is(
  tests.instants(
    '{"frequency": "monthly", "day_of_month": 28, "time_zone": "Europe/Berlin", "local_time": "09:00"}', '2027-02-01',
    3),
  '{"2027-02-28 08:00","2027-03-28 07:00","2027-04-28 07:00"}',
  'an occurrence at 09:00 in Berlin stays at 09:00 when daylight saving begins');
select is(
  tests.instants(
    '{"frequency": "monthly", "day_of_month": 28, "time_zone": "Europe/Berlin", "local_time": "02:30"}', '2027-03-01',
    1),
  '{"2027-03-28 01:30"}', 'an occurrence at 02:30 runs at 03:30 on the day when the clocks skip 02:30');
select is(
  tests.instants(
    '{"frequency": "monthly", "day_of_month": 31, "time_zone": "Europe/Berlin", "local_time": "02:30"}', '2027-10-01',
    1),
  '{"2027-10-31 01:30"}',
  'an occurrence at 02:30 runs once, at the second 02:30, on the day when the clocks repeat it');
select is(
  tests.instants(
    '{"frequency": "weekly", "day_of_week": 0, "time_zone": "America/New_York", "local_time": "02:15"}', '2027-03-08',
    3),
  '{"2027-03-14 07:15","2027-03-21 06:15","2027-03-28 06:15"}',
  'an occurrence in New York follows the clock change of New York');
select is(
  tests.instants(
    '{"frequency": "weekly", "day_of_week": 0, "time_zone": "America/New_York", "local_time": "01:30"}', '2027-11-01',
    2),
  '{"2027-11-07 06:30","2027-11-14 06:30"}',
  'an occurrence in New York runs once on the day when the clocks are set back');
select is(
  tests.instants(
    '{"frequency": "monthly", "day_of_month": 1, "time_zone": "Asia/Kathmandu", "local_time": "05:00"}', '2026-11-20',
    2),
  '{"2026-11-30 23:15","2026-12-31 23:15"}',
  'an occurrence on the first of a month in Kathmandu can be on the last day of the month before in UTC');
select is(
  tests.days(
    '{"frequency": "monthly", "day_of_month": 1, "time_zone": "Asia/Kathmandu", "local_time": "05:00"}',
    '2026-11-30 23:14:59+00', 1),
  '{2026-12-01}', 'an occurrence is named by its day in Kathmandu, not by its day in UTC');
select is(
  tests.instants(
    '{"frequency": "weekly", "day_of_week": 5, "time_zone": "Pacific/Apia", "local_time": "09:00"}', '2011-12-20', 3),
  '{"2011-12-23 19:00","2011-12-30 19:00","2012-01-05 19:00"}',
  'an occurrence on 30 December 2011, which Apia skipped, runs once at the same hour of the next day');
select is(
  tests.instants(
    '{"frequency": "monthly", "day_of_month": 31, "time_zone": "Pacific/Apia", "local_time": "00:00"}', '2026-11-20',
    2),
  '{"2026-11-29 11:00","2026-12-30 11:00"}', 'an occurrence in Apia runs thirteen hours ahead of UTC');

-- The periods of a schedule follow each other without gap or overlap.
select is(
  tests.periods('{"frequency": "monthly", "day_of_month": 31}', '2027-01-01', 3),
  '{2027-01-01..2027-01-31,2027-02-01..2027-02-28,2027-03-01..2027-03-31}',
  'the rule since_last gives a monthly schedule the days since the last pay day');
select is(
  tests.periods('{"frequency": "monthly", "day_of_month": 15, "period_rule": "calendar"}', '2028-01-20', 2),
  '{2028-02-01..2028-02-29,2028-03-01..2028-03-31}',
  'the rule calendar gives a monthly schedule the month of the pay day');
select is(
  tests.periods('{"frequency": "monthly", "day_of_month": 5, "period_rule": "previous_calendar"}', '2026-12-20', 2),
  '{2026-12-01..2026-12-31,2027-01-01..2027-01-31}',
  'the rule previous_calendar gives a monthly schedule the month before the pay day');
select is(
  tests.periods('{"frequency": "weekly", "day_of_week": 5}', '2026-11-21', 2),
  '{2026-11-21..2026-11-27,2026-11-28..2026-12-04}',
  'the rule since_last gives a weekly schedule the days since the last pay day');
select is(
  tests.periods('{"frequency": "weekly", "day_of_week": 3, "period_rule": "calendar"}', '2026-11-23', 2),
  '{2026-11-23..2026-11-29,2026-11-30..2026-12-06}',
  'the rule calendar gives a weekly schedule the week of the pay day, from Monday to Sunday');
select is(
  tests.periods('{"frequency": "weekly", "day_of_week": 0, "period_rule": "previous_calendar"}', '2026-11-23', 2),
  '{2026-11-16..2026-11-22,2026-11-23..2026-11-29}',
  'the rule previous_calendar gives a weekly schedule the week before the pay day, which ends on Sunday');
select is(
  tests.periods('{"frequency": "biweekly", "anchor_on": "2026-11-27"}', '2026-11-21', 2),
  '{2026-11-14..2026-11-27,2026-11-28..2026-12-11}',
  'the rule since_last gives a biweekly schedule the two weeks since the last pay day');
select is(
  tests.periods('{"frequency": "biweekly", "anchor_on": "2026-11-27", "period_rule": "calendar"}', '2026-11-21', 2),
  '{2026-11-16..2026-11-29,2026-11-30..2026-12-13}',
  'the rule calendar gives a biweekly schedule the two weeks that end with the week of the pay day');
select is(
  tests.periods(
    '{"frequency": "biweekly", "anchor_on": "2026-11-27", "period_rule": "previous_calendar"}', '2026-11-21', 2),
  '{2026-11-02..2026-11-15,2026-11-16..2026-11-29}',
  'the rule previous_calendar gives a biweekly schedule the two weeks before those of the pay day');

-- A year of any schedule, in any zone and for any rule.
select is_empty(
  $$
    select frequency.fields, zone.name, coming.occurrence_on
    from (values
      ('{"frequency": "weekly", "day_of_week": 2}'), ('{"frequency": "biweekly", "anchor_on": "2026-01-02"}'),
      ('{"frequency": "monthly", "day_of_month": 30}')
    ) as frequency (fields)
    cross join unnest(
      array[
        'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC',
        'Australia/Lord_Howe']) as zone (name)
    cross join unnest(array['since_last', 'calendar', 'previous_calendar']) as rule (name)
    cross join lateral (
      select given.*, lag(given.period_end) over (order by given.occurrence_on) as last_end,
        lag(given.runs_at) over (order by given.occurrence_on) as last_at
      from private.coming_occurrences(
        tests.schedule(
          frequency.fields::jsonb
            || jsonb_build_object('time_zone', zone.name, 'local_time', '02:30', 'period_rule', rule.name)),
        '2026-01-01', 60) as given
    ) as coming
    where coming.period_start <> coming.last_end + 1
      or coming.runs_at <= coming.last_at
      or coming.period_end < coming.period_start
  $$,
  'the periods of every schedule tile the calendar and its occurrences go forward in time');

select * from finish();
rollback;
