-- migration: runs of due schedules
-- Every occurrence creates exactly one draft, by whichever worker comes first: the schedule is locked while it is
-- moved on, and the occurrence is unique. A schedule that fails says why and is tried again; the others go on.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.notification_templates, private.preference_defaults, private.scheduled_jobs
-- depends: 20261125000000, 20261125000250, 20261125000300, 20261125001000, 20261125001100, 20261125020000,
--   20261125030000, 20261125060000, 20261125060400, 20261125060700
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.schedule_event(schedule public.payroll_schedules, type text, details jsonb)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select private.emit_event(
    (schedule).organization_id, schedule_event.type, 'payroll_schedule', (schedule).id::text,
    schedule_event.type || ':' || (schedule).id || ':' || (schedule).next_run_on,
    jsonb_strip_nulls(jsonb_build_object(
      'payroll_schedule_id', (schedule).id, 'name', (schedule).name, 'occurrence_on', (schedule).next_run_on,
      'asset_code', (schedule).asset_code, 'asset_issuer', (schedule).asset_issuer) || schedule_event.details));
$$;
comment on function private.schedule_event(public.payroll_schedules, text, jsonb) is
  'Emits the event of the occurrence that is due, once.';

create function private.occurrence_is_skipped(schedule public.payroll_schedules, p_now timestamptz)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$
  select case (schedule).missed_policy
    when 'create_latest' then
      private.occurrence_at(schedule, private.occurrence_on_or_after(schedule,
        (schedule).next_run_on + 1)) <= occurrence_is_skipped.p_now
    when 'skip' then (schedule).next_run_at + interval '24 hours' <= occurrence_is_skipped.p_now
    else false
  end;
$$;
comment on function private.occurrence_is_skipped(public.payroll_schedules, timestamptz) is
  'Whether the policy lets the due occurrence pass without a draft.';

create function private.run_schedule(schedule public.payroll_schedules, p_now timestamptz)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_next_on date := private.occurrence_on_or_after(schedule, (schedule).next_run_on + 1);
  v_period record;
  v_run public.payroll_runs;
  v_outcome text;
begin
  if exists (
    select from public.payroll_schedule_occurrences as occurrence
    where occurrence.schedule_id = (schedule).id
      and occurrence.occurrence_on = (schedule).next_run_on
  ) then
    v_outcome := 'repeated';
  elsif private.occurrence_is_skipped(schedule, run_schedule.p_now) then
    v_outcome := 'skipped';
    perform private.schedule_event(schedule, 'payroll_schedule.skipped', '{}');
  else
    v_outcome := 'created';
    v_period := private.occurrence_period(schedule, (schedule).next_run_on);
    perform set_config('payd.reason', format('Created by payroll schedule %s for %s.', (schedule).id,
      (schedule).next_run_on), true);

    v_run := private.draft_payroll_run(
      (schedule).organization_id, null, v_period.period_start, v_period.period_end, (schedule).asset_code,
      (schedule).asset_issuer, (schedule).memo);

    perform set_config('payd.reason', '', true);
    perform private.schedule_event(schedule, 'payroll_schedule.ran', jsonb_build_object(
      'payroll_run_id', v_run.id, 'period_start', v_run.period_start, 'period_end', v_run.period_end));
  end if;

  if v_outcome <> 'repeated' then
    insert into public.payroll_schedule_occurrences
      (organization_id, schedule_id, occurrence_on, due_at, outcome, payroll_run_id)
    values ((schedule).organization_id, (schedule).id, (schedule).next_run_on, (schedule).next_run_at, v_outcome,
      v_run.id);
  end if;

  update public.payroll_schedules as moved
  set next_run_on = v_next_on,
      next_run_at = private.occurrence_at(schedule, v_next_on),
      last_run_on = (schedule).next_run_on,
      retry_at = null,
      last_error = null
  where moved.id = (schedule).id;

  return v_outcome;
end;
$$;
comment on function private.run_schedule(public.payroll_schedules, timestamptz) is
  'Creates or skips the due occurrence of a locked schedule and moves it on.';

create function private.run_due_schedules(p_now timestamptz default now(), batch_size integer default 200)
returns table (created integer, skipped integer, failed integer)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_schedule public.payroll_schedules;
  v_outcome text;
  v_error text;
begin
  created := 0;
  skipped := 0;
  failed := 0;

  for i in 1..least(greatest(coalesce(run_due_schedules.batch_size, 200), 1), 1000) loop
    -- Organizations in one order, because each event locks the counter of its organization until the end of the
    -- transaction.
    select schedule.* into v_schedule
    from public.payroll_schedules as schedule
    join public.organizations as organization on organization.id = schedule.organization_id
      and organization.deleted_at is null
    where schedule.is_active
      and schedule.next_run_at <= run_due_schedules.p_now
      and (schedule.retry_at is null or schedule.retry_at <= run_due_schedules.p_now)
    order by schedule.organization_id, schedule.next_run_at, schedule.id
    limit 1
    for update of schedule skip locked;

    exit when not found;

    begin
      v_outcome := private.run_schedule(v_schedule, run_due_schedules.p_now);
    exception when others then
      -- One schedule that cannot run must not keep the others from running.
      get stacked diagnostics v_error = message_text;
      v_outcome := 'failed';

      update public.payroll_schedules as schedule
      set retry_at = run_due_schedules.p_now + interval '15 minutes', last_error = left(v_error, 1000)
      where schedule.id = v_schedule.id;

      perform private.schedule_event(v_schedule, 'payroll_schedule.failed',
        jsonb_build_object('reason', left(v_error, 1000)));
    end;

    created := created + (v_outcome = 'created')::integer;
    skipped := skipped + (v_outcome = 'skipped')::integer;
    failed := failed + (v_outcome = 'failed')::integer;
  end loop;

  return next;
end;
$$;
comment on function private.run_due_schedules(timestamptz, integer) is
  'Runs what is due at that instant, at most so many occurrences.';
grant execute on function private.run_due_schedules(timestamptz, integer) to service_role;

create function public.run_due_schedules(p_now timestamptz default now(), batch_size integer default 200)
returns table (created integer, skipped integer, failed integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.run_due_schedules(p_now, batch_size); $$;
comment on function public.run_due_schedules(timestamptz, integer) is
  'For the service: creates the drafts that schedules owe.';
revoke all on function public.run_due_schedules(timestamptz, integer) from public, anon, authenticated, service_role;
grant execute on function public.run_due_schedules(timestamptz, integer) to service_role;

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('payroll-schedules', 'sql', 'select private.run_due_schedules(now())', 60);

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.schedules.ran', 'boolean', 'true', 'Drafts that a schedule created.'),
  ('notifications.schedules.failed', 'boolean', 'true', 'Schedules that could not create their draft.'),
  ('notifications.schedules.skipped', 'boolean', 'true', 'Occurrences of schedules that were missed.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('payroll_schedule.ran', 'members', 'manager',
    'notifications.schedules.ran',
    'A draft was prepared by the schedule {name}',
    'It covers {period_start} to {period_end}. Check it and submit it for approval.'),
  ('payroll_schedule.failed', 'members', 'manager',
    'notifications.schedules.failed',
    'The schedule {name} could not create its draft',
    'The draft for {occurrence_on} is tried again by itself. Reason: {reason}.'),
  ('payroll_schedule.skipped', 'members', 'manager',
    'notifications.schedules.skipped',
    'The schedule {name} skipped {occurrence_on}',
    'The day was missed and the schedule does not make up for it. Create the run yourself if it is needed.');

create function private.check_payroll_schedules(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select schedule.organization_id, 'alert', 'payroll_schedule_failing', 'payroll_schedule', schedule.id::text,
  schedule.next_run_at,
    format('Payroll schedule %s has owed a draft since %s and fails: %s', schedule.id,
      private.minute_of(schedule.next_run_at), schedule.last_error),
    'Mend the cause; the schedule is tried again every 15 minutes. Draft the run by hand if the pay day is near.',
    null::text, null::timestamptz, null::text
  from public.payroll_schedules as schedule
  join public.organizations as organization on organization.id = schedule.organization_id
    and organization.deleted_at is null
  where schedule.is_active
    and schedule.next_run_at <= now()
    and schedule.last_error is not null
    and (check_payroll_schedules.organization_id is null
      or schedule.organization_id = check_payroll_schedules.organization_id)

  union all
  select schedule.organization_id, 'alert', 'payroll_schedule_overdue', 'payroll_schedule', schedule.id::text,
  schedule.next_run_at,
    format('Payroll schedule %s has owed a draft since %s and nothing runs it.', schedule.id,
      private.minute_of(schedule.next_run_at)),
    'Check that the scheduled job payroll-schedules runs. Draft the run by hand if the pay day is near.',
    null::text, null::timestamptz, null::text
  from public.payroll_schedules as schedule
  join public.organizations as organization on organization.id = schedule.organization_id
    and organization.deleted_at is null
  where schedule.is_active
    and schedule.next_run_at < now() - interval '15 minutes'
    and schedule.last_error is null
    and (check_payroll_schedules.organization_id is null
      or schedule.organization_id = check_payroll_schedules.organization_id);
$$;
comment on function private.check_payroll_schedules(bigint) is
  'Schedules that owe a draft.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_payroll_schedules', 'A draft that is missing on pay day pays nobody.');
