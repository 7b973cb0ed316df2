-- migration: starting, finishing and retrying a disbursement
-- A person starts it; workers carry it out; evidence ends it. A run is completed when every item is paid and failed
-- when something is left unpaid, with the reason; a retry pays exactly what was not paid. Whoever left meanwhile is
-- never paid, by the first attempt or by a later one.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.error_codes, private.notification_templates, private.preference_defaults,
--   private.standstills
-- depends: 20261125000000, 20261125000100, 20261125000250, 20261125000400, 20261125001000, 20261125001100,
--   20261125020000, 20261125040000, 20261125060000, 20261125060100, 20261125060200, 20261125060400, 20261125060458,
--   20261125060500, 20261125060600, 20261125070100
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('payroll_run_not_approved', 409,
    'Payroll run %s has not been approved by enough people.',
    'Ask another manager or an admin to approve it.'),
  ('payroll_run_not_failed', 409,
    'Payroll run %s is %s, so there is nothing to retry.',
    'Only failed runs can be retried.'),
  ('source_account_missing', 409,
    'Your organization has no treasury account to pay from.',
    'Ask the operator of this PayD project to enroll one.'),
  ('source_account_ambiguous', 409,
    'Your organization has several treasury accounts.',
    'Name the one to pay from as source_account.'),
  ('source_account_unknown', 404,
    'Your organization has no such treasury account.',
    'Use an account that was enrolled for your organization.'),
  ('payroll_item_pays_source', 409,
    'Payroll run %s would pay the account it is paid from.',
    'Correct the wallet address of that employee, or pay from another account.'),
  ('payroll_run_has_live_transaction', 409,
    'Payroll run %s has a transaction whose end is not yet known.',
    'Wait until it is final; PayD keeps checking.');

create function private.lock_unpaid_employees(run public.payroll_runs)
returns table (gone bigint, example text, payable bigint)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Nobody can be removed, erased or made inactive while this decides who is paid, and whoever was is seen here.
  return query
    with unpaid as (
      select employee.id, employee.first_name || ' ' || employee.last_name as name,
        employee.status = 'active' and employee.deleted_at is null as is_payable
      from public.employees as employee
      where employee.organization_id = (run).organization_id
        and employee.id in (
          select item.employee_id
          from public.payroll_items as item
          where item.payroll_run_id = (run).id
            and item.status in ('pending', 'failed'))
      order by employee.id
      for share
    )
    select count(*) filter (where not unpaid.is_payable), min(unpaid.name) filter (where not unpaid.is_payable),
    count(*) filter (where unpaid.is_payable)
    from unpaid;
end;
$$;
comment on function private.lock_unpaid_employees(public.payroll_runs) is
  'Keeps the employees with unpaid items of the run as they are until the transaction ends; counts who may be paid '
  'and who no longer.';

create function private.start_disbursement(run public.payroll_runs, source_account text)
returns public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs;
begin
  if exists (
    select from public.payroll_items as item
    where item.payroll_run_id = (run).id
      and item.destination = start_disbursement.source_account
  ) then
    perform private.refuse('payroll_item_pays_source', (run).id::text);
  end if;

  if private.source_account_is_held(start_disbursement.source_account) then
    perform private.refuse('source_account_held', start_disbursement.source_account);
  end if;

  update public.payroll_runs as started
  set status = 'processing',
      source_account = start_disbursement.source_account,
      failure_code = null,
      failure_reason = null,
      stop_requested = null,
      stop_reason = null,
      stop_requested_at = null
  where started.id = (run).id
  returning started.* into v_run;

  -- What the account waited for before says nothing about this attempt.
  delete from private.funding_waits as waiting
  where waiting.source_account = v_run.source_account;

  perform private.payroll_run_event(v_run, 'payroll.started', v_run.version::text);
  perform private.ring('payroll-disburse');

  return v_run;
end;
$$;

create function private.chosen_source_account(organization_id bigint, source_account text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_account text;
  v_accounts integer;
begin
  select min(account.account_id), count(*) into v_account, v_accounts
  from private.source_accounts as account
  where account.organization_id = chosen_source_account.organization_id
    and account.channel_of is null
    and (chosen_source_account.source_account is null
      or account.account_id = chosen_source_account.source_account);

  if v_accounts = 0 then
    perform private.refuse(case when chosen_source_account.source_account is null then 'source_account_missing'
      else 'source_account_unknown' end);
  elsif v_accounts > 1 then
    perform private.refuse('source_account_ambiguous');
  end if;

  return v_account;
end;
$$;
comment on function private.chosen_source_account(bigint, text) is
  'The named account of the organization, or its only one.';

create function private.disburse_payroll_run(payroll_run_id bigint, source_account text)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(disburse_payroll_run.payroll_run_id, 'manager');
  v_employees record;
begin
  -- A repeat while it is being paid or after is success, so that a retry is safe.
  if v_run.status in ('processing', 'completed') then
    return next v_run;
    return;
  end if;

  if v_run.status <> 'pending' or v_run.approved_at is null
    or private.valid_approvals(v_run) < private.required_approvals(v_run) then
    perform private.refuse('payroll_run_not_approved', v_run.id::text);
  end if;

  select locked.* into v_employees from private.lock_unpaid_employees(v_run) as locked;

  if v_employees.gone > 0 then
    perform private.refuse('payroll_items_not_payable', v_employees.gone::text, v_run.id::text, v_employees.example);
  end if;

  if private.payroll_run_content_hash(v_run.id) <> v_run.content_hash then
    perform private.refuse('payroll_run_changed', v_run.id::text, 'its items differ');
  end if;

  return next private.start_disbursement(v_run,
    private.chosen_source_account(v_run.organization_id, disburse_payroll_run.source_account));
end;
$$;
grant execute on function private.disburse_payroll_run(bigint, text) to authenticated;

create function public.disburse_payroll_run(payroll_run_id bigint, source_account text default null)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.disburse_payroll_run(payroll_run_id, source_account); $$;
comment on function public.disburse_payroll_run(bigint, text) is 'Starts to pay an approved run.';
revoke all on function public.disburse_payroll_run(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.disburse_payroll_run(bigint, text) to authenticated;

create function private.retry_payroll_run(payroll_run_id bigint, source_account text)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(retry_payroll_run.payroll_run_id, 'manager');
  v_employees record;
begin
  if v_run.status = 'processing' then
    return next v_run;
    return;
  end if;

  if v_run.status <> 'failed' then
    perform private.refuse('payroll_run_not_failed', v_run.id::text, v_run.status);
  end if;

  perform private.require_no_question(v_run.id);

  -- What other channel accounts had sent when the run failed is followed to its end first.
  if exists (
    select from public.transactions as live
    where live.organization_id = v_run.organization_id and live.payroll_run_id = v_run.id and live.is_live) then
    perform private.refuse('payroll_run_has_live_transaction', v_run.id::text);
  end if;

  select locked.* into v_employees from private.lock_unpaid_employees(v_run) as locked;

  if v_employees.payable = 0 then
    perform private.refuse('payroll_items_not_payable', v_employees.gone::text, v_run.id::text, v_employees.example);
  end if;

  -- A retry pays the approved destinations and amounts; nothing else can have changed in a run that left draft.
  update public.payroll_items as item
  set status = 'pending', failure_code = null, failure_reason = null, transaction_operation_id = null
  from public.employees as employee
  where item.payroll_run_id = v_run.id
    and item.status = 'failed'
    and employee.organization_id = item.organization_id
    and employee.id = item.employee_id
    and employee.status = 'active'
    and employee.deleted_at is null;

  -- Of a run that stopped before their turn, the items of people who left are still waiting.
  perform private.fail_items_of_leavers(v_run.id);

  -- Another treasury may pay what one cannot pay any more; nothing of the run is on its way from the first.
  return next private.start_disbursement(v_run, private.chosen_source_account(v_run.organization_id,
    coalesce(retry_payroll_run.source_account, v_run.source_account)));
end;
$$;
grant execute on function private.retry_payroll_run(bigint, text) to authenticated;

create function public.retry_payroll_run(payroll_run_id bigint, source_account text default null)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.retry_payroll_run(payroll_run_id, source_account); $$;
comment on function public.retry_payroll_run(bigint, text) is
  'Pays what a failed run did not pay, also from another treasury account.';
revoke all on function public.retry_payroll_run(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.retry_payroll_run(bigint, text) to authenticated;

create function private.fail_payroll_run(payroll_run_id bigint, code text, reason text)
returns public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs;
begin
  update public.payroll_runs as run
  set status = 'failed', failure_code = fail_payroll_run.code, failure_reason = fail_payroll_run.reason
  where run.id = fail_payroll_run.payroll_run_id
    and run.status = 'processing'
  returning run.* into v_run;

  if found then
    perform private.payroll_run_event(v_run, 'payroll.failed', v_run.version::text);
  end if;

  return v_run;
end;
$$;

create function private.finish_payroll_run(payroll_run_id bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs;
  v_failed integer;
begin
  if private.finish_stopped_run(finish_payroll_run.payroll_run_id) then
    return;
  end if;

  select run.* into v_run
  from public.payroll_runs as run
  where run.id = finish_payroll_run.payroll_run_id
  for update;

  if v_run.status <> 'processing'
    or exists (select from public.payroll_items as item
      where item.payroll_run_id = v_run.id and item.status = 'pending')
    or exists (select from public.transactions as transaction
      where transaction.payroll_run_id = v_run.id and transaction.is_live) then
    return;
  end if;

  select count(*) into v_failed
  from public.payroll_items as item
  where item.payroll_run_id = v_run.id and item.status = 'failed';

  if v_failed > 0 then
    perform private.fail_payroll_run(v_run.id, 'items_not_paid',
      format('%s of %s items were not paid; each says why.', v_failed, v_run.item_count));
    return;
  end if;

  update public.payroll_runs as run
  set status = 'completed', processed_at = now()
  where run.id = v_run.id
  returning run.* into v_run;

  perform private.payroll_run_event(v_run, 'payroll.completed', 'once');
end;
$$;
comment on function private.finish_payroll_run(bigint) is
  'Completes or fails a processing run in which nothing is left to do.';

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.payroll.started', 'boolean', 'false', 'Runs that are being paid.'),
  ('notifications.payroll.completed', 'boolean', 'true', 'Runs that are paid.'),
  ('notifications.payroll.failed', 'boolean', 'true', 'Runs that were not completely paid.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('payroll.started', 'members', 'manager', 'notifications.payroll.started', 'Payroll run {batch_id} is being paid',
    '{item_count} items, {total_amount} {asset_code}.'),
  ('payroll.completed', 'members', 'manager', 'notifications.payroll.completed', 'Payroll run {batch_id} is paid',
    '{item_count} items, {total_amount} {asset_code} for {period_start} to {period_end}.'),
  ('payroll.failed', 'members', 'manager',
    'notifications.payroll.failed',
    'Payroll run {batch_id} is not completely paid',
    '{failure_reason} Mend the cause, then retry the run: only what was not paid is paid.');

create function private.check_runs_in_payment(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id, 'alert', 'payroll_run_stuck', 'payroll_run', run.id::text, run.updated_at,
    format('Payroll run %s is processing but nothing has moved for %s.', run.id,
      date_trunc('second', now() - run.updated_at)),
    'Check that the schedule rings payroll-disburse and that the function holds the key of the source account.',
    'a worker', null::timestamptz, 'pause_payroll_run, cancel_payroll_run'
  from public.payroll_runs as run
  where run.status = 'processing'
    and run.updated_at < now() - interval '10 minutes'
    and not exists (select from public.transactions as live where live.payroll_run_id = run.id and live.is_live)
    and (check_runs_in_payment.organization_id is null or run.organization_id = check_runs_in_payment.organization_id)

  union all
  select run.organization_id, 'warning', 'payroll_run_failed', 'payroll_run', run.id::text, run.updated_at,
    format('Payroll run %s failed: %s', run.id, run.failure_reason),
    'Mend the cause, then retry the run; only what was not paid is paid.',
    'a person who retries it', null::timestamptz, 'retry_payroll_run'
  from public.payroll_runs as run
  join public.organizations as organization on organization.id = run.organization_id and organization.deleted_at is null
  where run.status = 'failed'
    and (check_runs_in_payment.organization_id is null or run.organization_id = check_runs_in_payment.organization_id);
$$;
comment on function private.check_runs_in_payment(bigint) is
  'Runs that do not move, and runs that ended with unpaid items.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_runs_in_payment', 'Whoever waits for pay must hear that it does not come.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('payroll_run_stuck', 'private.check_runs_in_payment', 'payroll.waiting', '{pause_payroll_run, cancel_payroll_run}'),
  ('payroll_run_failed', 'private.check_runs_in_payment', 'payroll.failed', '{retry_payroll_run}');
