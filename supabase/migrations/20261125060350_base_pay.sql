-- migration: base pay of a period
-- A salary is for a month unless the organization says otherwise, and a run pays the part of it that falls into its
-- days. The parts of any division of a month add up to the salary, to the last stroop: each half of a month is worth
-- half of it, and the days of a half are worth the same.
-- author: PayD | date: 2026-11-30
-- tables: none | depends: 20261125000000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create type private.pay_share as (
  whole numeric,
  start_part numeric,
  start_of numeric,
  end_part numeric,
  end_of numeric
);
comment on type private.pay_share is
  'How much of a salary a period is: so many whole ones, and the fraction at its end less the fraction at its start.';

create function private.month_part(day date, out part numeric, out parts numeric)
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_day numeric := extract(day from month_part.day);
  v_days numeric := extract(day from (date_trunc('month', month_part.day::timestamp) + interval '1 month - 1 day'));
begin
  if v_day <= 15 then
    part := v_day;
    parts := 30;
  else
    part := v_days - 15 + v_day - 15;
    parts := 2 * (v_days - 15);
  end if;
end;
$$;
comment on function private.month_part(date) is
  'Which fraction of its month has passed at the end of the day: the first 15 days are one half, the others '
  'the second.';

create function private.pay_share(salary_period text, period_start date, period_end date)
returns private.pay_share
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_before date := pay_share.period_start - 1;
  v_days integer := pay_share.period_end - v_before;
  v_times integer := case pay_share.salary_period when 'half_month' then 2 else 1 end;
  v_months integer;
  v_start record;
  v_end record;
begin
  if pay_share.salary_period = 'run' then
    return row(1, 0, 1, 0, 1)::private.pay_share;
  end if;

  if pay_share.salary_period in ('week', 'two_weeks') then
    return row(0, 0, 1, v_days, case pay_share.salary_period when 'week' then 7 else 14 end)::private.pay_share;
  end if;

  -- Whole months, from whatever day on: a pay day that a shorter month lacks is its last day.
  v_months := (extract(year from pay_share.period_end) - extract(year from v_before)) * 12
    + extract(month from pay_share.period_end) - extract(month from v_before);
  if v_months > 0 and (
    (v_before + make_interval(months => v_months))::date = pay_share.period_end
    or (pay_share.period_end - make_interval(months => v_months))::date = v_before
  ) then
    return row(v_months * v_times, 0, 1, 0, 1)::private.pay_share;
  end if;

  v_start := private.month_part(v_before);
  v_end := private.month_part(pay_share.period_end);
  return row(v_months * v_times, v_start.part * v_times, v_start.parts, v_end.part * v_times,
    v_end.parts)::private.pay_share;
end;
$$;
comment on function private.pay_share(text, date, date) is
  'How much of a salary for so long falls into the period.';

create function private.base_pay(salary numeric, share private.pay_share)
returns numeric
language sql immutable security invoker
set search_path = ''
as $$
  -- Whole stroops, and each fraction rounded down by itself, so that the next period begins where this one ends.
  select (base_pay.salary * (base_pay.share).whole
    + (div(base_pay.salary * 10000000 * (base_pay.share).end_part, (base_pay.share).end_of)
      - div(base_pay.salary * 10000000 * (base_pay.share).start_part, (base_pay.share).start_of)) / 10000000
    )::numeric(30, 7);
$$;
comment on function private.base_pay(numeric, private.pay_share) is 'What the period gives of the salary.';
