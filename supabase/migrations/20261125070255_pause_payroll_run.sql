-- migration: pausing, resuming and cancelling a payment
-- A person may stop a run at every moment. What was sent goes on to its end, because nobody can call it back; what was
-- not sent is not sent, and nothing new is planned. A paused run waits until somebody resumes it. A cancelled one has
-- failed as soon as nothing of it is on its way: what was paid stays paid, and a retry pays the rest.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.error_codes, private.notification_templates, private.preference_defaults,
--   private.standstills
-- depends: 20261125000000, 20261125000100, 20261125000250, 20261125000400, 20261125001000, 20261125001100,
--   20261125010000, 20261125020400, 20261125060000, 20261125060100, 20261125060200, 20261125060400, 20261125060458,
--   20261125060500, 20261125070100, 20261125070200
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('payroll_run_not_processing', 409,
    'Payroll run %s is %s, so no payment of it can be stopped.',
    'Only a run that is being paid can be paused or cancelled. Reject a pending run to edit it.'),
  ('payroll_run_not_stopped', 409,
    'Payroll run %s is not paused.',
    'Only a paused run, or one that waits to be cancelled, can be resumed.'),
  ('payroll_run_stopped', 409,
    'A person stopped payroll run %s, so nothing more of it is sent.',
    'Resume it with resume_payroll_run, or leave it stopped.');

create function private.stop_payroll_run(payroll_run_id bigint, stop text, reason text)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(stop_payroll_run.payroll_run_id, 'manager');
  v_reason constant text := private.required_text('The reason', stop_payroll_run.reason, 500);
begin
  -- A repeat is success, so that a retry is safe.
  if v_run.stop_requested = stop_payroll_run.stop
    or (stop_payroll_run.stop = 'cancel' and v_run.failure_code = 'cancelled_by_person') then
    return next v_run;
    return;
  end if;

  if v_run.status <> 'processing' then
    perform private.refuse('payroll_run_not_processing', v_run.id::text, v_run.status);
  end if;

  update public.payroll_runs as run
  set stop_requested = stop_payroll_run.stop, stop_reason = v_reason, stop_requested_at = now()
  where run.id = v_run.id
  returning run.* into v_run;

  perform private.write_audit(v_run.organization_id,
    case stop_payroll_run.stop when 'pause' then 'payroll_run.paused' else 'payroll_run.cancelled' end, 'payroll_run',
    v_run.id::text, jsonb_build_object('reason', v_reason));

  if stop_payroll_run.stop = 'pause' then
    perform private.payroll_run_event(v_run, 'payroll.paused', v_run.version::text);
  end if;

  perform private.finish_stopped_run(v_run.id);

  return query
    select run.* from public.payroll_runs as run where run.id = v_run.id;
end;
$$;
comment on function private.stop_payroll_run(bigint, text, text) is
  'Pauses or cancels a run that is being paid: what was sent ends, and nothing more is sent.';

create function private.finish_stopped_run(payroll_run_id bigint)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs;
begin
  select run.* into v_run
  from public.payroll_runs as run
  where run.id = finish_stopped_run.payroll_run_id
  for update;

  if v_run.status <> 'processing' or v_run.stop_requested is distinct from 'cancel'
    or exists (select from public.transactions as live
      where live.organization_id = v_run.organization_id and live.payroll_run_id = v_run.id and live.is_live)
    -- Nothing is left to cancel, so the run ends as it would have.
    or not exists (select from public.payroll_items as item
      where item.payroll_run_id = v_run.id and item.status = 'pending') then
    return false;
  end if;

  perform private.fail_payroll_run(v_run.id, 'cancelled_by_person', 'A person cancelled it: ' || v_run.stop_reason);

  return true;
end;
$$;
comment on function private.finish_stopped_run(bigint) is
  'Fails a run that was cancelled, once nothing of it is on its way.';

create function private.pause_payroll_run(payroll_run_id bigint, reason text)
returns setof public.payroll_runs
language sql volatile security definer
set search_path = ''
as $$ select * from private.stop_payroll_run(payroll_run_id, 'pause', reason); $$;
comment on function private.pause_payroll_run(bigint, text) is 'Lets a run wait: nothing more of it is sent.';
grant execute on function private.pause_payroll_run(bigint, text) to authenticated;

create function public.pause_payroll_run(payroll_run_id bigint, reason text)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.pause_payroll_run(payroll_run_id, reason); $$;
comment on function public.pause_payroll_run(bigint, text) is
  'Lets a run that is being paid wait: what was sent goes on, and nothing more is sent.';
revoke all on function public.pause_payroll_run(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.pause_payroll_run(bigint, text) to authenticated;

create function private.cancel_payroll_run(payroll_run_id bigint, reason text)
returns setof public.payroll_runs
language sql volatile security definer
set search_path = ''
as $$ select * from private.stop_payroll_run(payroll_run_id, 'cancel', reason); $$;
comment on function private.cancel_payroll_run(bigint, text) is
  'Ends a run: what was sent goes on to its end, and the rest is not paid.';
grant execute on function private.cancel_payroll_run(bigint, text) to authenticated;

create function public.cancel_payroll_run(payroll_run_id bigint, reason text)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.cancel_payroll_run(payroll_run_id, reason); $$;
comment on function public.cancel_payroll_run(bigint, text) is
  'Ends a run that is being paid: what was sent goes on to its end, and the rest is not paid unless it is retried.';
revoke all on function public.cancel_payroll_run(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.cancel_payroll_run(bigint, text) to authenticated;

create function private.resume_payroll_run(payroll_run_id bigint)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs := private.locked_payroll_run(resume_payroll_run.payroll_run_id, 'manager');
begin
  if v_run.status <> 'processing' or v_run.stop_requested is null then
    perform private.refuse('payroll_run_not_stopped', v_run.id::text);
  end if;

  perform private.require_no_question(v_run.id);

  update public.payroll_runs as run
  set stop_requested = null, stop_reason = null, stop_requested_at = null
  where run.id = v_run.id
  returning run.* into v_run;

  -- What rested is looked at at once.
  update public.transactions as transaction
  set next_check_at = now()
  where transaction.organization_id = v_run.organization_id
    and transaction.payroll_run_id = v_run.id
    and transaction.is_live
    and transaction.submission_state in ('prepared', 'submitting')
    and transaction.next_check_at > now();

  update private.source_accounts as account
  set next_check_at = now()
  where account.account_id in (select family.id from private.account_family(v_run.source_account) as family (id))
    and account.next_check_at > now();

  perform private.write_audit(v_run.organization_id, 'payroll_run.resumed', 'payroll_run', v_run.id::text, '{}');
  perform private.payroll_run_event(v_run, 'payroll.resumed', v_run.version::text);
  perform private.ring('payroll-disburse');

  return next v_run;
end;
$$;
comment on function private.resume_payroll_run(bigint) is 'Lets a paused run go on.';
grant execute on function private.resume_payroll_run(bigint) to authenticated;

create function public.resume_payroll_run(payroll_run_id bigint)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.resume_payroll_run(payroll_run_id); $$;
comment on function public.resume_payroll_run(bigint) is 'Lets a run that was paused be paid on.';
revoke all on function public.resume_payroll_run(bigint) from public, anon, authenticated, service_role;
grant execute on function public.resume_payroll_run(bigint) to authenticated;

create function private.check_stopped_runs(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id, 'info',
    case run.stop_requested when 'pause' then 'payroll_run_stopped' else 'payroll_run_cancelled' end, 'payroll_run',
    run.id::text, run.stop_requested_at,
    format('A person %s payroll run %s: %s', case run.stop_requested when 'pause' then 'paused' else 'cancelled' end,
      run.id, run.stop_reason),
    'What was sent goes on to its end, and nothing more is sent. Resume or cancel it.',
    case when live.tx_hash is null then 'a person'
      else format('the end of transaction %s', left(live.tx_hash, 12)) end,
    null::timestamptz, 'resume_payroll_run, cancel_payroll_run'
  from public.payroll_runs as run
  left join lateral (
    select on_its_way.tx_hash
    from public.transactions as on_its_way
    where on_its_way.organization_id = run.organization_id
      and on_its_way.payroll_run_id = run.id
      and on_its_way.is_live
    order by on_its_way.id
    limit 1
  ) as live on true
  where run.stop_requested is not null
    and run.status = 'processing'
    and (check_stopped_runs.organization_id is null or run.organization_id = check_stopped_runs.organization_id);
$$;
comment on function private.check_stopped_runs(bigint) is 'Runs that a person paused or cancelled.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_stopped_runs', 'A run that a person paused waits until a person resumes or cancels it.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('payroll_run_stopped', 'private.check_stopped_runs', 'payroll.paused', '{resume_payroll_run, cancel_payroll_run}'),
  ('payroll_run_cancelled', 'private.check_stopped_runs', 'payroll.waiting', '{resume_payroll_run}');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.payroll.paused', 'boolean', 'true', 'Runs whose payment a person paused.'),
  ('notifications.payroll.resumed', 'boolean', 'false', 'Runs whose payment goes on.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('payroll.paused', 'members', 'manager', 'notifications.payroll.paused', 'Payroll run {batch_id} is paused',
    'What was sent goes on to its end, and nothing more is sent until somebody resumes it.'),
  ('payroll.resumed', 'members', 'manager', 'notifications.payroll.resumed', 'Payroll run {batch_id} goes on',
    '{item_count} items, {total_amount} {asset_code}.');
