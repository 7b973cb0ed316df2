begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');

create function pg_temp.days(fields jsonb, starts_on date, occurrences integer) returns text language sql as $$
  select string_agg(format('%s: %s to %s', coming.occurrence_on, coming.period_start, coming.period_end), ', '
    order by coming.occurrence_on)
  from private.coming_occurrences(
    private.require_schedule(
      '{"name": "Pay", "frequency": "semimonthly", "day_of_month": 15, "time_zone": "UTC"}'::jsonb || days.fields
        || jsonb_build_object('starts_on', days.starts_on), days.starts_on),
    days.starts_on, days.occurrences) as coming;
$$;

select is(
  pg_temp.days('{}', '2027-02-01', 3),
  '2027-02-15: 2027-02-01 to 2027-02-15, 2027-02-28: 2027-02-16 to 2027-02-28, 2027-03-15: 2027-03-01 to 2027-03-15',
  'a semimonthly schedule runs on the 15th and on the last day, for the days since the last run');
select is(
  pg_temp.days('{"day_of_month": 1, "second_day_of_month": 16}', '2027-01-31', 3),
  '2027-02-01: 2027-01-17 to 2027-02-01, 2027-02-16: 2027-02-02 to 2027-02-16, 2027-03-01: 2027-02-17 to 2027-03-01',
  'the periods of the 1st and the 16th follow each other without gap or overlap');
select is(
  pg_temp.days('{"day_of_month": 5, "second_day_of_month": 20, "period_rule": "calendar"}', '2028-02-01', 2),
  '2028-02-05: 2028-02-01 to 2028-02-15, 2028-02-20: 2028-02-16 to 2028-02-29',
  'a calendar rule covers the half of the month in which the day falls');
select is(
  pg_temp.days('{"day_of_month": 5, "second_day_of_month": 20, "period_rule": "previous_calendar"}', '2028-03-01', 2),
  '2028-03-05: 2028-02-16 to 2028-02-29, 2028-03-20: 2028-03-01 to 2028-03-15',
  'a rule for the half month before covers that one');
select is(
  pg_temp.days('{"day_of_month": 27, "second_day_of_month": 29}', '2027-02-01', 2),
  '2027-02-27: 2027-01-30 to 2027-02-27, 2027-02-28: 2027-02-28 to 2027-02-28',
  'a second day that a short month lacks is its last day');

-- Two years without a gap.
select is(
  (
    select count(*) from (
      select coming.period_start, lag(coming.period_end) over (order by coming.occurrence_on) as before
      from private.coming_occurrences(
        private.require_schedule(jsonb_build_object('name', 'Pay', 'frequency', 'semimonthly', 'day_of_month', first,
          'second_day_of_month', second, 'period_rule', rule, 'time_zone', 'UTC', 'starts_on', '2027-01-01'), '2027-01-01'),
        '2027-01-01', 49) as coming
    ) as periods where period_start <> before + 1),
  0::bigint, format('49 periods of %s and %s by the rule %s follow each other', first, second, rule))
from (values (15, 31), (1, 16), (27, 28), (10, 25)) as days (first, second)
cross join unnest(array['since_last', 'calendar']) as rule;

select tests.authenticate_as('max');
select is(
  tests.error_code_of(format('select public.create_payroll_schedule(%L)',
    '{"name": "Pay", "frequency": "semimonthly", "time_zone": "UTC"}'::jsonb || fields)), code,
  format('a semimonthly schedule with %s: %s', fields, code))
from (values
  ('{"day_of_month": 15}'::jsonb, 'no error'), ('{}', 'schedule_field_missing'),
  ('{"day_of_month": 28, "second_day_of_month": 31}', 'invalid_schedule_field'),
  ('{"day_of_month": 15, "second_day_of_month": 15}', 'invalid_schedule_field'),
  ('{"day_of_month": 15, "day_of_week": 1}', 'schedule_field_not_used'),
  ('{"frequency": "monthly", "day_of_month": 15, "second_day_of_month": 31}', 'schedule_field_not_used')
) as given (fields, code);

select * from finish();
rollback;
