begin;
\ir ../../_shared/setup.sql.raw
select plan(23);

create function pg_temp.pay(salary numeric, salary_period text, period_start date, period_end date)
returns text language sql as $$
  select private.base_pay(pay.salary, private.pay_share(pay.salary_period, pay.period_start, pay.period_end))::text;
$$;

select is(pg_temp.pay(1000, salary_period, period_start, period_end), amount, what)
from (values
  ('month', date '2026-11-01', date '2026-11-30', '1000.0000000', 'a calendar month gives the whole salary'),
  ('month', date '2026-02-01', date '2026-02-28', '1000.0000000', 'February gives the whole salary'),
  ('month', date '2026-11-01', date '2026-11-15', '500.0000000', 'the first half of a month gives half the salary'),
  ('month', date '2026-11-16', date '2026-11-30', '500.0000000', 'the second half of a month gives half the salary'),
  ('month', date '2026-10-16', date '2026-10-31', '500.0000000', 'the second half of a long month gives half the salary'),
  ('month', date '2026-02-16', date '2026-02-28', '500.0000000', 'the second half of February gives half the salary'),
  ('month', date '2026-10-26', date '2026-11-25', '1000.0000000', 'a month from any day on gives the whole salary'),
  ('month', date '2026-01-31', date '2026-02-28', '1000.0000000',
    'a month that ends on the last day because its day is missing gives the whole salary'),
  ('month', date '2026-03-01', date '2026-03-30', '1000.0000000',
    'a month that begins after such a last day gives the whole salary'),
  ('month', date '2026-01-01', date '2026-12-31', '12000.0000000', 'a year gives twelve salaries'),
  ('month', date '2026-11-30', date '2026-11-30', '33.3333334', 'the last day of a month gives what is left of it'),
  ('month', date '2026-11-16', date '2026-12-15', '1000.0000000', 'two halves of two months give one salary'),
  ('half_month', date '2026-11-01', date '2026-11-15', '1000.0000000', 'a half month gives a salary of half a month'),
  ('half_month', date '2026-11-01', date '2026-11-30', '2000.0000000', 'a month gives two salaries of half a month'),
  ('week', date '2026-11-02', date '2026-11-08', '1000.0000000', 'a week gives a weekly salary'),
  ('week', date '2026-11-02', date '2026-11-15', '2000.0000000', 'two weeks give two weekly salaries'),
  ('two_weeks', date '2026-11-02', date '2026-11-08', '500.0000000', 'a week gives half a salary of two weeks'),
  ('run', date '2026-11-16', date '2026-11-30', '1000.0000000', 'a salary for each run is paid whole, whatever the days')
) as periods (salary_period, period_start, period_end, amount, what);

select is(
  (
    select sum(pg_temp.pay(salary, 'month', month + first - 1, month + last - 1)::numeric)
    from generate_series(1, days, step) as first
    cross join lateral (select least(first + step - 1, days) as last) as part),
  salary, format('the parts of %s, %s days each, add up to the salary %s', to_char(month, 'FMMonth'), step, salary))
from (values
  (date '2026-11-01', 30, 7, 1000.0000001), (date '2026-10-01', 31, 1, 0.0000100), (date '2026-02-01', 28, 5, 922337.1234567),
  (date '2028-02-01', 29, 3, 1)
) as months (month, days, step, salary);

-- By hand, the second half of the month does not pay the month again.
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.authenticate_as('max');
select results_eq(
  $$
    select total_amount::text from public.create_payroll_run('2026-11-01', '2026-11-15')
    union all select total_amount::text from public.create_payroll_run('2026-11-16', '2026-11-30') $$,
  $$ values ('500.0000000'), ('500.0000000') $$, 'runs for both halves of a month pay the salary once');

select * from finish();
rollback;
