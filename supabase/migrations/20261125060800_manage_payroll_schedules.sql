-- migration: managing payroll schedules
-- Managers create, change, pause and resume schedules, and everybody can look at the coming days before anything is
-- stored. A change carries the version the person saw. What happened while a schedule was paused is not made up for.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.limits
-- depends: 20261125000000, 20261125000100, 20261125001200, 20261125010000, 20261125010100, 20261125010150,
--   20261125010300, 20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125020400, 20261125060400,
--   20261125060700
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_schedule', 422,
    'The schedule is not an object.',
    'Send an object such as {"name": "Salaries", "frequency": "monthly", "day_of_month": 31, "time_zone": '
    '"Europe/Berlin"}.'),
  ('unknown_schedule_field', 422,
    '%s is not a field of a schedule.',
    'Use name, frequency, day_of_week, day_of_month, second_day_of_month, anchor_on, time_zone, local_time, '
    'period_rule, missed_policy, asset_code, asset_issuer, memo and starts_on.'),
  ('invalid_schedule_field', 422, '%1$s is not a possible value of %2$s.', '%3$s.'),
  ('schedule_field_missing', 422, 'A %s schedule needs %s.',
    'Weekly ones need day_of_week, biweekly ones anchor_on, monthly ones day_of_month, and semimonthly ones '
    'day_of_month and second_day_of_month.'),
  ('schedule_field_not_used', 422, 'A %s schedule has no %s.',
    'Leave it out: weekly ones use day_of_week, biweekly ones anchor_on, monthly ones day_of_month, and semimonthly '
    'ones day_of_month and second_day_of_month.'),
  ('payroll_schedule_not_found', 404,
    'There is no payroll schedule %s in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('payroll_schedule_outdated', 409,
    'Payroll schedule %s was changed since you read it: it has version %s, you saw %s.',
    'Read it again and repeat your change on what is there now.');

insert into private.limits (name, at_most, what, hint) values
  ('payroll_schedules_per_organization', 50, 'payroll schedules in the organization',
    'Change one that is no longer needed.');

create function private.require_choice(label text, value text, choices text[])
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if require_choice.value is null or not require_choice.value = any (require_choice.choices) then
    perform private.refuse('invalid_schedule_field', private.quotable(require_choice.value), require_choice.label,
      'It is one of ' || array_to_string(require_choice.choices, ', '));
  end if;

  return require_choice.value;
end;
$$;
comment on function private.require_choice(text, text, text[]) is
  'The value if it is one of the choices; refuses every other.';

create function private.require_schedule_day(schedule public.payroll_schedules, fields jsonb)
returns public.payroll_schedules
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_used constant text := case (schedule).frequency when 'weekly' then 'day_of_week' when 'biweekly' then 'anchor_on'
    else 'day_of_month' end;
  v_value text := fields ->> v_used;
  v_other text;
  v_schedule public.payroll_schedules := schedule;
begin
  select other.name into v_other
  from unnest(array['day_of_week', 'anchor_on', 'day_of_month', 'second_day_of_month']) as other (name)
  where other.name <> v_used
    and not (other.name = 'second_day_of_month' and (schedule).frequency = 'semimonthly')
    and fields ->> other.name is not null
  limit 1;

  if found then
    perform private.refuse('schedule_field_not_used', v_schedule.frequency, v_other);
  end if;

  if v_value is null then
    perform private.refuse('schedule_field_missing', v_schedule.frequency, v_used);
  end if;

  if v_used = 'day_of_week' then
    if v_value !~ '^[0-6]$' then
      perform private.refuse('invalid_schedule_field', private.quotable(v_value), v_used,
        'It is a number from 0 for Sunday to 6 for Saturday');
    end if;
    v_schedule.day_of_week := v_value::integer;
  elsif v_used = 'day_of_month' then
    if v_value !~ '^([1-9]|[12][0-9]|3[01])$' then
      perform private.refuse('invalid_schedule_field', private.quotable(v_value), v_used,
        'It is a number from 1 to 31; in shorter months the last day counts');
    end if;
    v_schedule.day_of_month := v_value::integer;

    if v_schedule.frequency = 'semimonthly' then
      v_value := coalesce(fields ->> 'second_day_of_month', '31');

      if v_value !~ '^([1-9]|[12][0-9]|3[01])$' or v_value::integer <= v_schedule.day_of_month
        or v_schedule.day_of_month > 27 then
        perform private.refuse('invalid_schedule_field', private.quotable(v_value), 'second_day_of_month',
          'It is a number up to 31 after day_of_month, which is at most 27; 31 is the last day of every month');
      end if;
      v_schedule.second_day_of_month := v_value::integer;
    end if;
  else
    v_schedule.anchor_on := private.parse_date(v_value);
    if v_schedule.anchor_on is null then
      perform private.refuse('invalid_schedule_field', private.quotable(v_value), v_used,
        'It is a day such as 2026-11-27');
    end if;
  end if;

  return v_schedule;
end;
$$;
comment on function private.require_schedule_day(public.payroll_schedules, jsonb) is
  'The schedule with the one day that its frequency needs; refuses a missing, wrong or surplus one.';

create function private.require_schedule(fields jsonb, p_now timestamptz)
returns public.payroll_schedules
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_unknown text;
  v_schedule public.payroll_schedules;
begin
  if jsonb_typeof(require_schedule.fields) is distinct from 'object' then
    perform private.refuse('invalid_schedule');
  end if;

  perform private.require_size('The schedule', require_schedule.fields, 64);

  -- First of all: a key must not reach any later check or message.
  if private.json_holds_secret_key(require_schedule.fields) then
    perform private.refuse('secret_key_refused', 'The schedule');
  end if;

  select given.key into v_unknown
  from jsonb_object_keys(require_schedule.fields) as given (key)
  where given.key not in (
    'name', 'frequency', 'day_of_week', 'day_of_month', 'second_day_of_month', 'anchor_on', 'time_zone', 'local_time',
    'period_rule', 'missed_policy',
    'asset_code', 'asset_issuer', 'memo', 'starts_on')
  limit 1;

  if found then
    perform private.refuse('unknown_schedule_field', private.quotable(v_unknown));
  end if;

  v_schedule.name := private.required_text('The name', fields ->> 'name', 100);
  v_schedule.frequency := private.require_choice('frequency', fields ->> 'frequency',
    array['weekly', 'biweekly', 'semimonthly', 'monthly']);
  v_schedule := private.require_schedule_day(v_schedule, require_schedule.fields);
  v_schedule.period_rule := private.require_choice('period_rule', coalesce(fields ->> 'period_rule', 'since_last'),
    array['since_last', 'calendar', 'previous_calendar']);
  v_schedule.missed_policy := private.require_choice('missed_policy',
    coalesce(fields ->> 'missed_policy', 'create_latest'), array['create_all', 'create_latest', 'skip']);
  v_schedule.asset_code := coalesce(fields ->> 'asset_code', 'XLM');
  v_schedule.asset_issuer := private.require_asset(v_schedule.asset_code, fields ->> 'asset_issuer');
  v_schedule.memo := private.require_memo(fields ->> 'memo');
  v_schedule.time_zone := fields ->> 'time_zone';

  if not private.is_time_zone(v_schedule.time_zone) then
    perform private.refuse('invalid_time_zone', private.quotable(v_schedule.time_zone));
  end if;

  if coalesce(fields ->> 'local_time', '09:00') !~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$' then
    perform private.refuse('invalid_schedule_field', private.quotable(fields ->> 'local_time'), 'local_time',
      'It is a time of day from 00:00 to 23:59');
  end if;

  v_schedule.local_time := coalesce(fields ->> 'local_time', '09:00')::time;
  v_schedule.starts_on := coalesce(private.parse_date(fields ->> 'starts_on'),
    (require_schedule.p_now at time zone v_schedule.time_zone)::date);

  if fields ->> 'starts_on' is not null and private.parse_date(fields ->> 'starts_on') is null then
    perform private.refuse('invalid_schedule_field', private.quotable(fields ->> 'starts_on'), 'starts_on',
      'It is a day such as 2026-11-27');
  end if;

  return v_schedule;
end;
$$;
comment on function private.require_schedule(jsonb, timestamptz) is
  'The schedule that the fields describe, with defaults; refuses everything that is wrong.';

create function private.schedule_fields(schedule public.payroll_schedules)
returns jsonb
language sql immutable security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'name', (schedule).name, 'frequency', (schedule).frequency, 'day_of_week', (schedule).day_of_week,
    'day_of_month', (schedule).day_of_month, 'second_day_of_month', (schedule).second_day_of_month,
    'anchor_on', (schedule).anchor_on, 'time_zone', (schedule).time_zone, 'local_time', (schedule).local_time,
    'period_rule', (schedule).period_rule,
    'missed_policy', (schedule).missed_policy, 'asset_code', (schedule).asset_code, 'asset_issuer',
    (schedule).asset_issuer,
    'memo', (schedule).memo, 'starts_on', (schedule).starts_on);
$$;
comment on function private.schedule_fields(public.payroll_schedules) is 'What people can set of a schedule.';

create function private.locked_payroll_schedule(payroll_schedule_id bigint)
returns public.payroll_schedules
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_schedule public.payroll_schedules;
begin
  select schedule.* into v_schedule
  from public.payroll_schedules as schedule
  where schedule.id = locked_payroll_schedule.payroll_schedule_id
    and schedule.organization_id = v_member.organization_id
  for update;

  if not found then
    perform private.refuse('payroll_schedule_not_found',
      coalesce(locked_payroll_schedule.payroll_schedule_id::text, 'without id'));
  end if;

  return v_schedule;
end;
$$;
comment on function private.locked_payroll_schedule(bigint) is
  'A schedule of the caller''s organization, locked; for managers.';

create function private.create_payroll_schedule(fields jsonb, idempotency_key text)
returns setof public.payroll_schedules
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_schedule public.payroll_schedules := private.require_schedule(create_payroll_schedule.fields, now());
  v_id bigint;
begin
  v_id := private.claim_idempotency_key('create_payroll_schedule', create_payroll_schedule.idempotency_key,
    jsonb_build_array(v_member.organization_id, create_payroll_schedule.fields))::bigint;

  if v_id is null then
    -- Two creations of one organization wait for each other, so that the limit holds.
    perform from public.organizations as organization
    where organization.id = v_member.organization_id
    for no key update;

    perform private.require_limit('payroll_schedules_per_organization', count(*))
    from public.payroll_schedules as schedule
    where schedule.organization_id = v_member.organization_id;

    v_schedule.next_run_on := private.next_occurrence_on(v_schedule, now());

    insert into public.payroll_schedules (
      organization_id, name, frequency, day_of_week, day_of_month, second_day_of_month, anchor_on, time_zone,
      local_time, period_rule, missed_policy, asset_code,
      asset_issuer, memo, starts_on, next_run_on, next_run_at, created_by)
    values (
      v_member.organization_id, v_schedule.name, v_schedule.frequency, v_schedule.day_of_week, v_schedule.day_of_month,
      v_schedule.second_day_of_month, v_schedule.anchor_on,
      v_schedule.time_zone, v_schedule.local_time, v_schedule.period_rule, v_schedule.missed_policy,
      v_schedule.asset_code,
      v_schedule.asset_issuer, v_schedule.memo, v_schedule.starts_on, v_schedule.next_run_on,
      private.occurrence_at(v_schedule, v_schedule.next_run_on), v_member.id)
    returning id into v_id;

    perform private.keep_idempotent_result('create_payroll_schedule', create_payroll_schedule.idempotency_key,
      v_id::text);
    perform private.write_audit(v_member.organization_id, 'payroll_schedule.created', 'payroll_schedule', v_id::text,
      private.schedule_fields(v_schedule));
  end if;

  return query
    select schedule.* from public.payroll_schedules as schedule where schedule.id = v_id;
end;
$$;
comment on function private.create_payroll_schedule(jsonb, text) is
  'Stores a schedule with its first occurrence, once for each idempotency key.';
grant execute on function private.create_payroll_schedule(jsonb, text) to authenticated;

create function public.create_payroll_schedule(fields jsonb, idempotency_key text default null)
returns setof public.payroll_schedules
language sql volatile security invoker
set search_path = ''
as $$ select * from private.create_payroll_schedule(fields, idempotency_key); $$;
comment on function public.create_payroll_schedule(jsonb, text) is
  'Creates a schedule that drafts payroll runs by itself. For managers.';
revoke all on function public.create_payroll_schedule(jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.create_payroll_schedule(jsonb, text) to authenticated;

create function private.update_payroll_schedule(payroll_schedule_id bigint, expected_version integer, fields jsonb)
returns setof public.payroll_schedules
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_before public.payroll_schedules := private.locked_payroll_schedule(update_payroll_schedule.payroll_schedule_id);
  v_fields jsonb := private.schedule_fields(v_before);
  v_after public.payroll_schedules;
begin
  if update_payroll_schedule.expected_version is distinct from v_before.version then
    perform private.refuse('payroll_schedule_outdated', v_before.id::text, v_before.version::text,
      coalesce(update_payroll_schedule.expected_version::text, 'none'));
  end if;

  if jsonb_typeof(update_payroll_schedule.fields) is distinct from 'object' then
    perform private.refuse('invalid_schedule');
  end if;

  -- Another frequency brings its own day.
  if coalesce(update_payroll_schedule.fields ->> 'frequency', v_before.frequency) <> v_before.frequency then
    v_fields := v_fields - 'day_of_week' - 'day_of_month' - 'second_day_of_month' - 'anchor_on';
  end if;

  v_after := private.require_schedule(v_fields || update_payroll_schedule.fields, now());
  v_after.last_run_on := v_before.last_run_on;

  -- What is due when the schedule is edited is still owed; the new rule holds from the day after.
  if v_before.next_run_at <= now() then
    v_after.next_run_on := v_before.next_run_on;
    v_after.next_run_at := v_before.next_run_at;
  elsif v_before.is_active then
    v_after.next_run_on := private.next_occurrence_on(v_after, now());
    v_after.next_run_at := private.occurrence_at(v_after, v_after.next_run_on);
  end if;

  -- A repeat that changes nothing leaves the version alone.
  if private.schedule_fields(v_after) <> private.schedule_fields(v_before) then
    update public.payroll_schedules as schedule
    set name = v_after.name, frequency = v_after.frequency, day_of_week = v_after.day_of_week,
        day_of_month = v_after.day_of_month, second_day_of_month = v_after.second_day_of_month,
        anchor_on = v_after.anchor_on, time_zone = v_after.time_zone, local_time = v_after.local_time,
        period_rule = v_after.period_rule,
        missed_policy = v_after.missed_policy, asset_code = v_after.asset_code, asset_issuer = v_after.asset_issuer,
        memo = v_after.memo,
        starts_on = v_after.starts_on, next_run_on = v_after.next_run_on,
        next_run_at = v_after.next_run_at, retry_at = null, last_error = null
    where schedule.id = v_before.id;

    perform private.write_audit(v_before.organization_id, 'payroll_schedule.updated', 'payroll_schedule',
      v_before.id::text, (
      select jsonb_object_agg(changed.key,
        jsonb_build_object('old', private.schedule_fields(v_before) -> changed.key, 'new', changed.value))
      from jsonb_each(private.schedule_fields(v_after)) as changed
      where changed.value is distinct from private.schedule_fields(v_before) -> changed.key));
  end if;

  return query
    select schedule.* from public.payroll_schedules as schedule where schedule.id = v_before.id;
end;
$$;
comment on function private.update_payroll_schedule(bigint, integer, jsonb) is
  'Changes a schedule with the version that was seen; what is due already stays owed.';
grant execute on function private.update_payroll_schedule(bigint, integer, jsonb) to authenticated;

create function public.update_payroll_schedule(payroll_schedule_id bigint, expected_version integer, fields jsonb)
returns setof public.payroll_schedules
language sql volatile security invoker
set search_path = ''
as $$ select * from private.update_payroll_schedule(payroll_schedule_id, expected_version, fields); $$;
comment on function public.update_payroll_schedule(bigint, integer, jsonb) is
  'Changes the given fields of a schedule. For managers.';
revoke all on function public.update_payroll_schedule(bigint, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.update_payroll_schedule(bigint, integer, jsonb) to authenticated;

create function private.switch_payroll_schedule(payroll_schedule_id bigint, is_active boolean)
returns setof public.payroll_schedules
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_schedule public.payroll_schedules :=
  private.locked_payroll_schedule(switch_payroll_schedule.payroll_schedule_id);
begin
  -- A repeat is success.
  if v_schedule.is_active <> switch_payroll_schedule.is_active then
    v_schedule.next_run_on := case when switch_payroll_schedule.is_active
      then private.next_occurrence_on(v_schedule, now()) end;

    update public.payroll_schedules as schedule
    set is_active = switch_payroll_schedule.is_active,
        next_run_on = v_schedule.next_run_on,
        next_run_at = private.occurrence_at(v_schedule, v_schedule.next_run_on),
        retry_at = null,
        last_error = null
    where schedule.id = v_schedule.id;

    perform private.write_audit(v_schedule.organization_id,
      case when switch_payroll_schedule.is_active then 'payroll_schedule.resumed' else 'payroll_schedule.paused' end,
      'payroll_schedule', v_schedule.id::text, null);
  end if;

  return query
    select schedule.* from public.payroll_schedules as schedule where schedule.id = v_schedule.id;
end;
$$;
comment on function private.switch_payroll_schedule(bigint, boolean) is
  'Pauses or resumes a schedule; missed days of a pause are not made up for.';
grant execute on function private.switch_payroll_schedule(bigint, boolean) to authenticated;

create function public.pause_payroll_schedule(payroll_schedule_id bigint)
returns setof public.payroll_schedules
language sql volatile security invoker
set search_path = ''
as $$ select * from private.switch_payroll_schedule(payroll_schedule_id, false); $$;
comment on function public.pause_payroll_schedule(bigint) is 'Stops a schedule until it is resumed. For managers.';
revoke all on function public.pause_payroll_schedule(bigint) from public, anon, authenticated, service_role;
grant execute on function public.pause_payroll_schedule(bigint) to authenticated;

create function public.resume_payroll_schedule(payroll_schedule_id bigint)
returns setof public.payroll_schedules
language sql volatile security invoker
set search_path = ''
as $$ select * from private.switch_payroll_schedule(payroll_schedule_id, true); $$;
comment on function public.resume_payroll_schedule(bigint) is
  'Lets a paused schedule run again, from its next occurrence on. For managers.';
revoke all on function public.resume_payroll_schedule(bigint) from public, anon, authenticated, service_role;
grant execute on function public.resume_payroll_schedule(bigint) to authenticated;

create function private.preview_payroll_schedule(fields jsonb, occurrences integer)
returns setof public.schedule_occurrence
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.require_member('viewer');

  if preview_payroll_schedule.occurrences is null or preview_payroll_schedule.occurrences not between 1 and 366 then
    perform private.refuse('invalid_schedule_field', coalesce(preview_payroll_schedule.occurrences::text, 'Nothing'),
      'occurrences', 'It is a number from 1 to 366');
  end if;

  return query
    select coming.*
    from private.coming_occurrences(private.require_schedule(preview_payroll_schedule.fields, now()), now(),
      preview_payroll_schedule.occurrences) as coming;
end;
$$;
comment on function private.preview_payroll_schedule(jsonb, integer) is
  'The coming occurrences of a schedule that need not be stored.';
grant execute on function private.preview_payroll_schedule(jsonb, integer) to authenticated;

create function public.preview_payroll_schedule(fields jsonb, occurrences integer default 12)
returns setof public.schedule_occurrence
language sql stable security invoker
set search_path = ''
as $$ select * from private.preview_payroll_schedule(fields, occurrences); $$;
comment on function public.preview_payroll_schedule(jsonb, integer) is
  'The coming occurrences of a schedule that need not exist; nothing is stored.';
revoke all on function public.preview_payroll_schedule(jsonb, integer) from public, anon, authenticated, service_role;
grant execute on function public.preview_payroll_schedule(jsonb, integer) to authenticated;
