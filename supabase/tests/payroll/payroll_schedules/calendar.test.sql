begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

create function tests.schedule(fields jsonb)
returns public.payroll_schedules
language sql stable
as $$ select private.require_schedule('{"name": "Salaries", "time_zone": "UTC", "starts_on": "1990-01-01"}'::jsonb || schedule.fields, '2000-01-01'); $$;

-- The next occurrences after the instant: day, the instant in UTC, the period.
create function tests.days(fields jsonb, after timestamptz, count integer)
returns text[]
language sql stable
as $$
  select array_agg(coming.occurrence_on::text) from private.coming_occurrences(tests.schedule(days.fields), days.after, days.count) as coming;
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
  '{2027-01-31,2027-02-28,2027-03-31,2027-04-30,2027-05-31}', 'the 31st is the last day of shorter months');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 30}', '2028-02-01', 3),
  '{2028-02-29,2028-03-30,2028-04-30}', 'a leap year has a 29th of February');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 29}', '2027-02-01', 3),
  '{2027-02-28,2027-03-29,2027-04-29}', 'another year has not, and March is the 29th again');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 29}', '2100-02-01', 2),
  '{2100-02-28,2100-03-29}', 'nor has 2100');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 1}', '2026-12-15', 2),
  '{2027-01-01,2027-02-01}', 'a year ends');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 15}', '2026-11-15 08:59:59+00', 1),
  '{2026-11-15}', 'a second before its time an occurrence is still coming');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 15}', '2026-11-15 09:00:00+00', 1),
  '{2026-12-15}', 'and at its time it is no more');

-- Weeks.
select is(
  tests.days('{"frequency": "weekly", "day_of_week": 5}', '2026-11-20 10:00+00', 3),
  '{2026-11-27,2026-12-04,2026-12-11}', 'a Friday schedule runs on Fridays');
select is(
  tests.days('{"frequency": "weekly", "day_of_week": 0}', '2026-11-20', 2),
  '{2026-11-22,2026-11-29}', '0 is Sunday');
select is(
  tests.days('{"frequency": "biweekly", "anchor_on": "2026-11-27"}', '2026-11-20', 3),
  '{2026-11-27,2026-12-11,2026-12-25}', 'every second week is counted from the anchor');
select is(
  tests.days('{"frequency": "biweekly", "anchor_on": "2026-11-27"}', '2027-03-01', 2),
  '{2027-03-05,2027-03-19}', 'however long ago that was');
select is(
  tests.days('{"frequency": "biweekly", "anchor_on": "2027-06-04"}', '2026-11-20', 2),
  '{2027-06-04,2027-06-18}', 'and never before it');

-- Time zones. The day is that of the place, whatever day it is in UTC.
select is(
  tests.instants('{"frequency": "monthly", "day_of_month": 28, "time_zone": "Europe/Berlin", "local_time": "09:00"}', '2027-02-01', 3),
  '{"2027-02-28 08:00","2027-03-28 07:00","2027-04-28 07:00"}', 'nine o''clock in Berlin is nine o''clock on both sides of daylight saving');
select is(
  tests.instants('{"frequency": "monthly", "day_of_month": 28, "time_zone": "Europe/Berlin", "local_time": "02:30"}', '2027-03-01', 1),
  '{"2027-03-28 01:30"}', 'a time that the clocks skip moves with them: 02:30 becomes 03:30');
select is(
  tests.instants('{"frequency": "monthly", "day_of_month": 31, "time_zone": "Europe/Berlin", "local_time": "02:30"}', '2027-10-01', 1),
  '{"2027-10-31 01:30"}', 'a time that comes twice happens once, the second time');
select is(
  tests.instants('{"frequency": "weekly", "day_of_week": 0, "time_zone": "America/New_York", "local_time": "02:15"}', '2027-03-08', 3),
  '{"2027-03-14 07:15","2027-03-21 06:15","2027-03-28 06:15"}', 'New York changes its clocks on another day');
select is(
  tests.instants('{"frequency": "weekly", "day_of_week": 0, "time_zone": "America/New_York", "local_time": "01:30"}', '2027-11-01', 2),
  '{"2027-11-07 06:30","2027-11-14 06:30"}', 'and back again');
select is(
  tests.instants('{"frequency": "monthly", "day_of_month": 1, "time_zone": "Asia/Kathmandu", "local_time": "05:00"}', '2026-11-20', 2),
  '{"2026-11-30 23:15","2026-12-31 23:15"}', 'Kathmandu is a quarter of an hour off: the first is still the last day in UTC');
select is(
  tests.days('{"frequency": "monthly", "day_of_month": 1, "time_zone": "Asia/Kathmandu", "local_time": "05:00"}', '2026-11-30 23:14:59+00', 1),
  '{2026-12-01}', 'and the day counts there, not in UTC');
select is(
  tests.instants('{"frequency": "weekly", "day_of_week": 5, "time_zone": "Pacific/Apia", "local_time": "09:00"}', '2011-12-20', 3),
  '{"2011-12-23 19:00","2011-12-30 19:00","2012-01-05 19:00"}', 'Apia had no 30 December 2011; its Friday falls together with the day after, once');
select is(
  tests.instants('{"frequency": "monthly", "day_of_month": 31, "time_zone": "Pacific/Apia", "local_time": "00:00"}', '2026-11-20', 2),
  '{"2026-11-29 11:00","2026-12-30 11:00"}', 'Apia is thirteen hours ahead');

-- Periods follow each other without gap or overlap.
select is(
  tests.periods('{"frequency": "monthly", "day_of_month": 31}', '2027-01-01', 3),
  '{2027-01-01..2027-01-31,2027-02-01..2027-02-28,2027-03-01..2027-03-31}', 'since the last pay day, by the month');
select is(
  tests.periods('{"frequency": "monthly", "day_of_month": 15, "period_rule": "calendar"}', '2028-01-20', 2),
  '{2028-02-01..2028-02-29,2028-03-01..2028-03-31}', 'the month of the pay day');
select is(
  tests.periods('{"frequency": "monthly", "day_of_month": 5, "period_rule": "previous_calendar"}', '2026-12-20', 2),
  '{2026-12-01..2026-12-31,2027-01-01..2027-01-31}', 'the month before the pay day');
select is(
  tests.periods('{"frequency": "weekly", "day_of_week": 5}', '2026-11-21', 2),
  '{2026-11-21..2026-11-27,2026-11-28..2026-12-04}', 'since the last pay day, by the week');
select is(
  tests.periods('{"frequency": "weekly", "day_of_week": 3, "period_rule": "calendar"}', '2026-11-23', 2),
  '{2026-11-23..2026-11-29,2026-11-30..2026-12-06}', 'the week of the pay day, from Monday to Sunday');
select is(
  tests.periods('{"frequency": "weekly", "day_of_week": 0, "period_rule": "previous_calendar"}', '2026-11-23', 2),
  '{2026-11-16..2026-11-22,2026-11-23..2026-11-29}', 'the week before; Sunday ends a week');
select is(
  tests.periods('{"frequency": "biweekly", "anchor_on": "2026-11-27"}', '2026-11-21', 2),
  '{2026-11-14..2026-11-27,2026-11-28..2026-12-11}', 'since the last pay day, every other week');
select is(
  tests.periods('{"frequency": "biweekly", "anchor_on": "2026-11-27", "period_rule": "calendar"}', '2026-11-21', 2),
  '{2026-11-16..2026-11-29,2026-11-30..2026-12-13}', 'the two weeks that end with that of the pay day');
select is(
  tests.periods('{"frequency": "biweekly", "anchor_on": "2026-11-27", "period_rule": "previous_calendar"}', '2026-11-21', 2),
  '{2026-11-02..2026-11-15,2026-11-16..2026-11-29}', 'and the two before');

-- A year of any schedule is a year.
select is_empty(
  $$
    select frequency.fields, zone.name, coming.occurrence_on
    from (values ('{"frequency": "weekly", "day_of_week": 2}'), ('{"frequency": "biweekly", "anchor_on": "2026-01-02"}'), ('{"frequency": "monthly", "day_of_month": 30}')) as frequency (fields)
    cross join unnest(array['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC', 'Australia/Lord_Howe']) as zone (name)
    cross join unnest(array['since_last', 'calendar', 'previous_calendar']) as rule (name)
    cross join lateral (
      select given.*, lag(given.period_end) over (order by given.occurrence_on) as last_end, lag(given.runs_at) over (order by given.occurrence_on) as last_at
      from private.coming_occurrences(
        tests.schedule(frequency.fields::jsonb || jsonb_build_object('time_zone', zone.name, 'local_time', '02:30', 'period_rule', rule.name)), '2026-01-01', 60) as given
    ) as coming
    where coming.period_start <> coming.last_end + 1
      or coming.runs_at <= coming.last_at
      or coming.period_end < coming.period_start
  $$,
  'in every zone and for every rule, periods tile the calendar and time goes forward');

select * from finish();
rollback;
