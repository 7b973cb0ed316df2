-- migration: payroll schedules
-- When an organization wants drafts of payroll runs. All reckoning is done in local calendar days of an IANA time zone
-- and becomes an instant only at the end, so that daylight saving moves no pay day. A day of the month that a month
-- lacks means its last day. Every occurrence leaves one row, whether it created a draft or was skipped.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.retention_rules, public.payroll_schedule_occurrences, public.payroll_schedules
-- depends: 20261125000000, 20261125000600, 20261125000800, 20261125000900, 20261125010400, 20261125010500,
--   20261125020000, 20261125020100, 20261125020200, 20261125060000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.payroll_schedules (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  name text not null,
  frequency text not null,
  day_of_week integer,
  day_of_month integer,
  second_day_of_month integer,
  anchor_on date,
  time_zone text not null,
  local_time time not null default '09:00',
  period_rule text not null default 'since_last',
  missed_policy text not null default 'create_latest',
  asset_code text not null default 'XLM',
  asset_issuer text not null default '',
  memo text,
  is_active boolean not null default true,
  starts_on date not null,
  next_run_on date,
  next_run_at timestamptz,
  last_run_on date,
  retry_at timestamptz,
  last_error text,
  created_by bigint,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint payroll_schedules_id_is_unique_in_organization unique (organization_id, id),
  constraint payroll_schedules_creator_is_a_member_of_the_organization
    foreign key (organization_id, created_by) references public.users (organization_id, id),
  constraint payroll_schedules_name_has_1_to_100_characters check (length(name) between 1 and 100),
  constraint payroll_schedules_frequency_is_known 
    check (frequency in ('weekly', 'biweekly', 'semimonthly', 'monthly')),
  constraint payroll_schedules_weekly_has_a_day_of_week check ((frequency = 'weekly') = (day_of_week is not null)),
  constraint payroll_schedules_biweekly_has_an_anchor check ((frequency = 'biweekly') = (anchor_on is not null)),
  constraint payroll_schedules_monthly_has_a_day_of_month
    check ((frequency in ('semimonthly', 'monthly')) = (day_of_month is not null)),
  constraint payroll_schedules_semimonthly_has_a_second_day
    check ((frequency = 'semimonthly') = (second_day_of_month is not null)),
  -- The second day of a short month is its last one, and that must never be the first day too.
  constraint payroll_schedules_second_day_follows_the_first
    check (second_day_of_month is null
      or (day_of_month <= 27 and second_day_of_month > day_of_month and second_day_of_month <= 31)),
  constraint payroll_schedules_day_of_week_is_0_to_6 check (day_of_week between 0 and 6),
  constraint payroll_schedules_day_of_month_is_1_to_31 check (day_of_month between 1 and 31),
  constraint payroll_schedules_time_zone_has_the_form_of_an_iana_name
    check (time_zone ~ '^(UTC|[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){1,2})$'),
  constraint payroll_schedules_local_time_is_a_time_of_day check (local_time < time '24:00'),
  constraint payroll_schedules_period_rule_is_known
    check (period_rule in ('since_last', 'calendar', 'previous_calendar')),
  constraint payroll_schedules_missed_policy_is_known check (missed_policy in ('create_all', 'create_latest', 'skip')),
  constraint payroll_schedules_pay_an_asset check (private.asset_problem(asset_code, asset_issuer) is null),
  constraint payroll_schedules_memo_has_1_to_28_bytes check (octet_length(memo) between 1 and 28),
  constraint payroll_schedules_active_ones_know_their_next_day check (is_active = (next_run_on is not null)),
  constraint payroll_schedules_next_day_has_its_instant check ((next_run_on is null) = (next_run_at is null))
);
comment on table public.payroll_schedules is 'When drafts of payroll runs are created by themselves.';
comment on column public.payroll_schedules.day_of_week is 'For weekly ones: 0 is Sunday, 6 is Saturday.';
comment on column public.payroll_schedules.day_of_month is
  'For monthly ones: 1 to 31; a month that is shorter has its occurrence on its last day.';
comment on column public.payroll_schedules.second_day_of_month is
  'For semimonthly ones, which have their first day in day_of_month: 31 is the last day of every month.';
comment on column public.payroll_schedules.anchor_on is
  'For biweekly ones: the first possible occurrence; the others follow every 14 days.';
comment on column public.payroll_schedules.local_time is
  'When the draft is created, as the clocks of the time zone show it.';
comment on column public.payroll_schedules.period_rule is
  'What a run covers: since_last = from the day after the previous occurrence to the occurrence; calendar = the '
  'month, the half month (1 to 15, 16 to the end), the ISO week or the two ISO weeks that end with the week of the '
  'occurrence; previous_calendar = the one '
  'before.';
comment on column public.payroll_schedules.missed_policy is
  'What happens to occurrences that nothing ran: create_all drafts each, create_latest only the last due one, skip '
  'none that is more than 24 hours late.';
comment on column public.payroll_schedules.version is
  'Counts changes by people; a run that moves the schedule on is none.';

create index idx_payroll_schedules_org_id on public.payroll_schedules (organization_id, created_at desc, id desc);
create index payroll_schedules_organization_id_created_by_idx on public.payroll_schedules (organization_id, created_by);
create index payroll_schedules_next_run_at_idx_when_active on public.payroll_schedules (next_run_at) where is_active;

create trigger payroll_schedules_touch_version
  before update of name, frequency, day_of_week, day_of_month, second_day_of_month, anchor_on, time_zone, local_time,
  period_rule, missed_policy, asset_code, asset_issuer, memo, is_active, starts_on
  on public.payroll_schedules
  for each row execute function private.touch_version();

create trigger payroll_schedules_refuse_removal
  before delete or truncate on public.payroll_schedules
  for each statement execute function private.refuse_change();
alter table public.payroll_schedules enable always trigger payroll_schedules_refuse_removal;

alter table public.payroll_schedules enable row level security;
alter table public.payroll_schedules force row level security;
revoke all on table public.payroll_schedules from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_schedules_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_schedules to authenticated, service_role;

create policy "Members can read the payroll schedules of their organization"
  on public.payroll_schedules for select to authenticated
  using (organization_id = (select private.organization_id()));

create table public.payroll_schedule_occurrences (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  schedule_id bigint not null,
  occurrence_on date not null,
  due_at timestamptz not null,
  outcome text not null,
  payroll_run_id bigint,
  created_at timestamptz not null default now(),
  constraint payroll_schedule_occurrences_happen_once unique (schedule_id, occurrence_on),
  constraint payroll_schedule_occurrences_schedule_is_of_the_organization
    foreign key (organization_id, schedule_id) references public.payroll_schedules (organization_id, id),
  constraint payroll_schedule_occurrences_run_is_of_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint payroll_schedule_occurrences_outcome_is_known check (outcome in ('created', 'skipped')),
  constraint payroll_schedule_occurrences_created_ones_have_a_run
    check ((outcome = 'created') = (payroll_run_id is not null))
);
comment on table public.payroll_schedule_occurrences is
  'Append-only: what became of every occurrence of a schedule, each once.';
create index payroll_schedule_occurrences_schedule_id_idx
  on public.payroll_schedule_occurrences (organization_id, schedule_id, occurrence_on desc);
create unique index payroll_schedule_occurrences_payroll_run_id_key
  on public.payroll_schedule_occurrences (organization_id, payroll_run_id);

create trigger payroll_schedule_occurrences_refuse_change
  before update or delete or truncate on public.payroll_schedule_occurrences
  for each statement execute function private.refuse_change();
alter table public.payroll_schedule_occurrences enable always trigger payroll_schedule_occurrences_refuse_change;

alter table public.payroll_schedule_occurrences enable row level security;
alter table public.payroll_schedule_occurrences force row level security;
revoke all on table public.payroll_schedule_occurrences from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_schedule_occurrences_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_schedule_occurrences to authenticated, service_role;

create policy "Members can read the schedule occurrences of their organization"
  on public.payroll_schedule_occurrences for select to authenticated
  using (organization_id = (select private.organization_id()));

create function private.day_of_month_on(month_start date, day_of_month integer)
returns date
language sql immutable security invoker
set search_path = ''
as $$
  select least(
    day_of_month_on.month_start + day_of_month_on.day_of_month - 1,
    (day_of_month_on.month_start + interval '1 month')::date - 1);
$$;
comment on function private.day_of_month_on(date, integer) is
  'That day of the month, or its last day if the month is shorter.';

create function private.occurrence_on_or_after(schedule public.payroll_schedules, day date)
returns date
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_month date := date_trunc('month', occurrence_on_or_after.day::timestamp)::date;
  v_on date;
begin
  case (schedule).frequency
    when 'weekly' then
      return occurrence_on_or_after.day
        + ((schedule).day_of_week - extract(dow from occurrence_on_or_after.day)::integer + 7) % 7;
    when 'biweekly' then
      -- The remainder of a negative number is negative in SQL, hence the second one.
      return occurrence_on_or_after.day + ((((schedule).anchor_on - occurrence_on_or_after.day) % 14) + 14) % 14;
    when 'semimonthly' then
      return (
        select min(candidate.falls_on)
        from (
          select private.day_of_month_on((v_month + make_interval(months => later))::date, on_day) as falls_on
          from generate_series(0, 1) as later
          cross join unnest(array[(schedule).day_of_month, (schedule).second_day_of_month]) as on_day
        ) as candidate
        where candidate.falls_on >= occurrence_on_or_after.day);
    else
      v_on := private.day_of_month_on(v_month, (schedule).day_of_month);
      if v_on < occurrence_on_or_after.day then
        v_on := private.day_of_month_on((v_month + interval '1 month')::date, (schedule).day_of_month);
      end if;
      return v_on;
  end case;
end;
$$;
comment on function private.occurrence_on_or_after(public.payroll_schedules, date) is
  'The first day on or after the given one on which the schedule falls.';

create function private.occurrence_before(schedule public.payroll_schedules, occurrence_on date)
returns date
language sql immutable security invoker
set search_path = ''
as $$
  select case (schedule).frequency
    when 'weekly' then occurrence_before.occurrence_on - 7
    when 'biweekly' then occurrence_before.occurrence_on - 14
    when 'semimonthly' then case
      when occurrence_before.occurrence_on
        = private.day_of_month_on(date_trunc('month', occurrence_before.occurrence_on::timestamp)::date,
          (schedule).day_of_month)
      then private.day_of_month_on(
        (date_trunc('month', occurrence_before.occurrence_on::timestamp) - interval '1 month')::date,
        (schedule).second_day_of_month)
      else private.day_of_month_on(date_trunc('month', occurrence_before.occurrence_on::timestamp)::date,
        (schedule).day_of_month)
    end
    else private.day_of_month_on(
      (date_trunc('month', occurrence_before.occurrence_on::timestamp) - interval '1 month')::date,
      (schedule).day_of_month)
  end;
$$;
comment on function private.occurrence_before(public.payroll_schedules, date) is 'The occurrence before that one.';

create function private.occurrence_at(schedule public.payroll_schedules, occurrence_on date)
returns timestamptz
language sql immutable security invoker
set search_path = ''
as $$
  -- A clock time that daylight saving skips moves forward with the clocks; one that comes twice means the second.
  select (occurrence_at.occurrence_on + (schedule).local_time) at time zone (schedule).time_zone;
$$;
comment on function private.occurrence_at(public.payroll_schedules, date) is
  'The instant at which the occurrence is due.';

create function private.occurrence_period(
  schedule public.payroll_schedules, occurrence_on date, out period_start date, out period_end date
)
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_weeks constant integer := case (schedule).frequency when 'biweekly' then 2 else 1 end;
  v_month date := date_trunc('month', occurrence_period.occurrence_on::timestamp)::date;
begin
  if (schedule).period_rule = 'since_last' then
    period_start := private.occurrence_before(schedule, occurrence_period.occurrence_on) + 1;
    period_end := occurrence_period.occurrence_on;
    return;
  end if;

  if (schedule).frequency = 'monthly' then
    if (schedule).period_rule = 'previous_calendar' then
      v_month := (v_month - interval '1 month')::date;
    end if;
    period_start := v_month;
    period_end := (v_month + interval '1 month')::date - 1;
    return;
  end if;

  if (schedule).frequency = 'semimonthly' then
    -- The first day of the schedule belongs to the first half of its month, the second day to the second half.
    if occurrence_period.occurrence_on = private.day_of_month_on(v_month, (schedule).day_of_month) then
      period_start := v_month;
    else
      period_start := v_month + 15;
    end if;

    if (schedule).period_rule = 'previous_calendar' then
      period_start := case when period_start = v_month then (v_month - interval '1 month')::date + 15 else v_month end;
    end if;

    period_end := case when extract(day from period_start) = 1 then period_start + 14
      else (date_trunc('month', period_start::timestamp) + interval '1 month - 1 day')::date end;
    return;
  end if;

  -- ISO weeks end on Sunday.
  period_end := occurrence_period.occurrence_on + (7 - extract(isodow from occurrence_period.occurrence_on)::integer);
  if (schedule).period_rule = 'previous_calendar' then
    period_end := period_end - 7 * v_weeks;
  end if;
  period_start := period_end - 7 * v_weeks + 1;
end;
$$;
comment on function private.occurrence_period(public.payroll_schedules, date) is
  'The days that the run of the occurrence covers; the periods of a schedule follow each other without gap or overlap.';

create function private.next_occurrence_on(schedule public.payroll_schedules, p_now timestamptz)
returns date
language plpgsql immutable security invoker
set search_path = ''
as $$
declare v_on date;
begin
  -- greatest() ignores what is empty: only biweekly ones have an anchor, and a new schedule ran never.
  v_on := private.occurrence_on_or_after(schedule, greatest(
    (next_occurrence_on.p_now at time zone (schedule).time_zone)::date, (schedule).starts_on, (schedule).anchor_on,
    (schedule).last_run_on + 1));

  -- What is already past today is not made up for; the next day is.
  while private.occurrence_at(schedule, v_on) <= next_occurrence_on.p_now loop
    v_on := private.occurrence_on_or_after(schedule, v_on + 1);
  end loop;

  return v_on;
end;
$$;
comment on function private.next_occurrence_on(public.payroll_schedules, timestamptz) is
  'The first occurrence after the instant that has not happened yet.';

create type public.schedule_occurrence as (
  occurrence_on date,
  runs_at timestamptz,
  period_start date,
  period_end date
);
comment on type public.schedule_occurrence is
  'A day on which a schedule falls: when its draft is created and which days it covers.';

create function private.coming_occurrences(schedule public.payroll_schedules, p_now timestamptz, occurrences integer)
returns setof public.schedule_occurrence
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_on date := private.next_occurrence_on(schedule, coming_occurrences.p_now);
  v_period record;
begin
  for i in 1..coming_occurrences.occurrences loop
    v_period := private.occurrence_period(schedule, v_on);
    return next row(v_on, private.occurrence_at(schedule, v_on), v_period.period_start,
      v_period.period_end)::public.schedule_occurrence;
    v_on := private.occurrence_on_or_after(schedule, v_on + 1);
  end loop;
end;
$$;
comment on function private.coming_occurrences(public.payroll_schedules, timestamptz, integer) is
  'The next occurrences of a schedule, stored or not.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.payroll_schedules', 'keep', null, null, 'Indefinite: at most fifty for each organization.'),
  ('public.payroll_schedule_occurrences', 'keep', null, null, 'Indefinite: they prove that no pay day was run twice.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.payroll_schedules', 'member', 'created_by',
    '{asset_code,asset_issuer,memo,last_error}',
    'Schedules that the member created.');
