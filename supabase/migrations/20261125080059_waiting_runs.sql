-- migration: runs that stand still
-- Whatever keeps a run from being paid on is a finding of the doctor. Once a minute the run itself is told why it
-- stands still, and an event tells everybody, so that nobody has to ask the doctor.
-- author: PayD | date: 2026-11-30
-- tables: private.notification_templates, private.preference_defaults, private.scheduled_jobs
-- depends: 20261125000000, 20261125000250, 20261125000300, 20261125001000, 20261125001100, 20261125030000,
--   20261125060000, 20261125060100, 20261125060500, 20261125080050
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.standing_runs()
returns table (
  payroll_run_id bigint, kind text, reason text, since timestamptz, safe_action text, waits_for text, command text,
  event_type text
)
language sql stable security definer
set search_path = ''
as $$
  -- The worst comes first, and of equals what keeps the run longest.
  select distinct on (run.id) run.id, found.kind, found.problem, found.since, found.safe_action, found.waits_for,
    found.command, declared.event_type
  from private.findings_of(array(select standstill.function_name from private.standstills as standstill), null) as found
  join private.standstills as declared on declared.kind = found.kind
  join public.payroll_runs as run
    on run.status in ('pending', 'processing')
    and case found.resource_type
      when 'payroll_run' then run.id::text = found.resource_id
      when 'transaction' then exists (
        select from public.transactions as live
        where live.organization_id = run.organization_id
          and live.payroll_run_id = run.id
          and live.id::text = found.resource_id)
      when 'ledger_contradiction' then run.status = 'processing' and exists (
        select from public.ledger_contradictions as contradiction
        where contradiction.organization_id = run.organization_id
          and contradiction.source_account = run.source_account
          and contradiction.id::text = found.resource_id)
      -- A provider that is not believed, or workers that nobody rings, keep every payment.
      else run.status = 'processing'
    end
  order by run.id, case found.severity when 'alert' then 1 when 'warning' then 2 else 3 end, found.since nulls last,
    found.kind;
$$;
comment on function private.standing_runs() is 'The runs that stand still, each with the worst of its reasons.';

create function private.note_standing_runs()
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_standing record;
  v_run public.payroll_runs;
  v_noted integer := 0;
begin
  for v_standing in
    select run.id, standing.kind, standing.reason, standing.since, standing.safe_action, standing.waits_for,
      standing.command, standing.event_type, run.waiting_kind is distinct from standing.kind as is_news
    from public.payroll_runs as run
    left join private.standing_runs() as standing on standing.payroll_run_id = run.id
    where run.status in ('pending', 'processing')
      and (run.waiting_kind is distinct from standing.kind
        or run.waiting_since is distinct from coalesce(standing.since, run.waiting_since))
    order by run.id
  loop
    -- A run that somebody moves at this moment may not stand still any more; the next minute sees.
    select run.* into v_run
    from public.payroll_runs as run
    where run.id = v_standing.id
    for update skip locked;

    if not found or v_run.status not in ('pending', 'processing') then
      continue;
    end if;

    update public.payroll_runs as run
    set waiting_kind = v_standing.kind,
        waiting_reason = v_standing.reason,
        waiting_since = case when v_standing.kind is not null then coalesce(v_standing.since, now()) end
    where run.id = v_run.id
    returning run.* into v_run;

    v_noted := v_noted + 1;

    if v_standing.is_news and v_standing.event_type = 'payroll.waiting' then
      -- What comes and goes is told once in an hour.
      perform private.emit_event(v_run.organization_id, 'payroll.waiting', 'payroll_run', v_run.id::text,
        concat_ws(':', 'payroll.waiting', v_run.id, v_run.waiting_kind, to_char(now(), 'YYYYMMDDHH24')),
        private.payroll_run_facts(v_run) || jsonb_strip_nulls(jsonb_build_object(
          'waiting_kind', v_run.waiting_kind, 'waiting_reason', v_run.waiting_reason, 'waiting_since',
          v_run.waiting_since, 'safe_action', v_standing.safe_action, 'waits_for', v_standing.waits_for, 'command',
          v_standing.command)));
    end if;
  end loop;

  return v_noted;
end;
$$;
comment on function private.note_standing_runs() is
  'Writes into every open run why it stands still, and tells it with an event; answers how many runs changed.';

insert into private.scheduled_jobs (name, kind, target, every_seconds, due) values
  ('waiting-runs', 'sql', 'select private.note_standing_runs()', 60,
    'select exists (select from public.payroll_runs as run where run.status in (''pending'', ''processing''))');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.payroll.waiting', 'boolean', 'true', 'Runs that stand still.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('payroll.waiting', 'members', 'manager', 'notifications.payroll.waiting', 'Payroll run {batch_id} stands still',
    'Why: {waiting_reason} What to do: {safe_action} See it on the run.');
