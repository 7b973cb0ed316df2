-- migration: the doctor
-- Names everything that waits longer than it should, why, and the safe thing to do. An operator sees the project, a
-- member the own organization.
-- author: PayD | date: 2026-11-25
-- tables: none
-- depends: 20261125000000, 20261125000300, 20261125000400, 20261125001300, 20261125020000, 20261125020200,
--   20261125030000, 20261125050000, 20261125050100, 20261125060000, 20261125060100, 20261125060700, 20261125070150,
--   20261125100000, 20261125100100
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create type private.plain_finding as (
  organization_id bigint,
  severity text,
  kind text,
  resource_type text,
  resource_id text,
  since timestamptz,
  problem text,
  safe_action text
);
comment on type private.plain_finding is 'Something that waits longer than it should, and the safe thing to do.';

create function private.minute_of(instant timestamptz)
returns text
language sql immutable security invoker
set search_path = ''
as $$ select to_char(minute_of.instant at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'); $$;
comment on function private.minute_of(timestamptz) is 'An instant as a person reads it.';

create function private.findings(organization_id bigint)
returns setof private.plain_finding
language sql stable security definer
set search_path = ''
as $$
  -- A null organization means all of them.
  select transaction.organization_id, 'alert', 'transaction_unproven', 'transaction', transaction.id::text,
  transaction.created_at,
    format('Transaction %s was prepared %s ago and its end is not proven (last answer: %s).',
      left(transaction.tx_hash, 12), date_trunc('second', now() - transaction.created_at),
      coalesce(transaction.last_code, 'none')),
    'Check that payroll-disburse is rung and that the Horizon server answers; never pay these people another way '
    'before it is final.'
  from public.transactions as transaction
  where transaction.is_live
    and transaction.submission_state not in ('held', 'awaiting_signature')
    and transaction.created_at < now() - interval '5 minutes'
    and (findings.organization_id is null or transaction.organization_id = findings.organization_id)

  union all
  select transaction.organization_id, 'alert', 'transaction_held', 'transaction', transaction.id::text,
  transaction.held_since,
    format('Transaction %s is held (%s): its end cannot be proven, and nothing more is paid from its account.',
      left(transaction.tx_hash, 12), transaction.held_reason),
    'Look for it in the ledger through another provider; then call propose_resolution with what you saw, and let '
    'another person call confirm_resolution. Never pay these people another way before that.'
  from public.transactions as transaction
  where transaction.submission_state = 'held'
    and (findings.organization_id is null or transaction.organization_id = findings.organization_id)

  union all
  -- Built again and again: a fee below the market, or a provider that takes nothing.
  select rebuilt.organization_id, 'alert', 'payroll_run_rebuilding', 'payroll_run', rebuilt.payroll_run_id::text,
  min(rebuilt.created_at),
    format('Payroll run %s was built %s times without reaching a ledger (last answer: %s).', rebuilt.payroll_run_id,
      count(*), coalesce(max(rebuilt.last_code), 'none')),
    'Check the fee limit in private.settings and the Horizon server; nobody is paid twice by it.'
  from public.transactions as rebuilt
  join public.payroll_runs as run on run.id = rebuilt.payroll_run_id and run.status = 'processing'
  where rebuilt.submission_state = 'never_applied'
    -- What wallets did not sign in time was not sent either, and waits for people.
    and (rebuilt.attempts > 0 or not private.is_signed_by_wallets(rebuilt.source_account))
    and (findings.organization_id is null or rebuilt.organization_id = findings.organization_id)
  group by rebuilt.organization_id, rebuilt.payroll_run_id
  having count(*) >= 3

  union all
  select run.organization_id, 'alert', 'payroll_run_stuck', 'payroll_run', run.id::text, run.updated_at,
    format('Payroll run %s is processing but nothing has moved for %s.', run.id,
      date_trunc('second', now() - run.updated_at)),
    'Check that the schedule rings payroll-disburse and that the function holds the key of the source account.'
  from public.payroll_runs as run
  where run.status = 'processing'
    and run.updated_at < now() - interval '10 minutes'
    and not exists (select from public.transactions as live where live.payroll_run_id = run.id and live.is_live)
    and (findings.organization_id is null or run.organization_id = findings.organization_id)

  union all
  select run.organization_id, 'warning', 'payroll_run_failed', 'payroll_run', run.id::text, run.updated_at,
    format('Payroll run %s failed: %s', run.id, run.failure_reason),
    'Mend the cause, then retry the run; only what was not paid is paid.'
  from public.payroll_runs as run
  join public.organizations as organization on organization.id = run.organization_id and organization.deleted_at is null
  where run.status = 'failed'
    and (findings.organization_id is null or run.organization_id = findings.organization_id)

  union all
  select subscription.organization_id, 'warning', 'webhooks_waiting', 'webhook_subscription', subscription.id,
  oldest.occurred_at,
    format('%s events wait for the webhook subscription %s, the oldest for %s.',
      waiting.count, subscription.id, date_trunc('second', now() - oldest.occurred_at)),
    'Look at the delivery log for the error of the consumer; deliveries go on by themselves.'
  from public.webhook_subscriptions as subscription
  cross join lateral (
    select min(event.occurred_at) as occurred_at
    from (
      (select ready.event_id from private.webhook_ready as ready
        where ready.endpoint_id = subscription.endpoint_id order by ready.id limit 1)
      union all
      (select retry.event_id from private.webhook_retry as retry
        where retry.endpoint_id = subscription.endpoint_id order by retry.event_id limit 1)
    ) as first
    join public.events as event on event.id = first.event_id
  ) as oldest
  -- More than a thousand is many, and counting them all would take longer the more there are.
  cross join lateral (
    select case when count(*) > 1000 then 'More than 1000' else count(*)::text end as count
    from (
      (select from private.webhook_ready as ready where ready.endpoint_id = subscription.endpoint_id limit 1001)
      union all
      (select from private.webhook_retry as retry where retry.endpoint_id = subscription.endpoint_id limit 1001)
    ) as row
  ) as waiting
  where subscription.is_active
    and oldest.occurred_at < now() - interval '15 minutes'
    and (findings.organization_id is null or subscription.organization_id = findings.organization_id)

  union all
  select subscription.organization_id, 'warning', 'webhook_subscription_off', 'webhook_subscription', subscription.id,
  subscription.updated_at,
    case when subscription.inactive_reason = 'gone'
      then format('The address of the webhook subscription %s answered that it is gone.', subscription.id)
      else format('The webhook subscription %s was disabled after five days of failures.', subscription.id) end,
    'Mend the consumer, then enable the subscription; what it missed is sent then. Delete it if nobody needs it.'
  from public.webhook_subscriptions as subscription
  where subscription.inactive_reason in ('gone', 'failing')
    and subscription.deleted_at is null
    and (findings.organization_id is null or subscription.organization_id = findings.organization_id)

  union all
  select refused.organization_id, 'alert', 'event_refused', 'event', refused.type, refused.last_refused_at,
    format('%s events of the type %s could not be written (error %s), the last about %s.', refused.refusals,
      refused.type, refused.reason, refused.last_resource),
    'What the event reports is done; only consumers do not know. Report the type and the error to whoever maintains '
    'PayD.'
  from private.refused_events as refused
  where refused.last_refused_at > now() - interval '30 days'
    and (findings.organization_id is null or refused.organization_id = findings.organization_id)

  union all
  select wallet.organization_id, 'info', 'wallets_stale', 'organization', wallet.organization_id::text,
  min(wallet.last_synced_at),
    format('%s wallets were not read from the ledger for over an hour.', count(*)),
    'Check that horizon-sync is rung and that the Horizon server answers.'
  from public.wallets as wallet
  where wallet.is_active
    and (wallet.last_synced_at < now() - interval '1 hour'
      or (wallet.last_synced_at is null and wallet.created_at < now() - interval '1 hour'))
    and (findings.organization_id is null or wallet.organization_id = findings.organization_id)
  group by wallet.organization_id

  union all
  select change.organization_id, 'info', 'wallet_change_waiting', 'wallet_change', change.id::text, change.created_at,
    format('A wallet change of employee %s waits for a second person.', change.employee_id),
    'Confirm it after you asked the employee, or cancel it.'
  from public.wallet_changes as change
  where change.state = 'waiting'
    and change.policy = 'second_person'
    and (findings.organization_id is null or change.organization_id = findings.organization_id)

  union all
  select change.organization_id, 'warning', 'wallet_change_overdue', 'wallet_change', change.id::text,
  change.effective_at,
    format('The wallet change of employee %s should have taken effect at %s.', change.employee_id,
      private.minute_of(change.effective_at)),
    'Check that the scheduled jobs run; until it takes effect the employee is paid at the old address.'
  from public.wallet_changes as change
  where change.state = 'waiting'
    and change.policy = 'cooling_off'
    and change.effective_at < now() - interval '15 minutes'
    and (findings.organization_id is null or change.organization_id = findings.organization_id)

  union all
  select schedule.organization_id, 'alert', 'payroll_schedule_failing', 'payroll_schedule', schedule.id::text,
  schedule.next_run_at,
    format('Payroll schedule %s has owed a draft since %s and fails: %s', schedule.id,
      private.minute_of(schedule.next_run_at), schedule.last_error),
    'Mend the cause; the schedule is tried again every 15 minutes. Draft the run by hand if the pay day is near.'
  from public.payroll_schedules as schedule
  join public.organizations as organization on organization.id = schedule.organization_id
    and organization.deleted_at is null
  where schedule.is_active
    and schedule.next_run_at <= now()
    and schedule.last_error is not null
    and (findings.organization_id is null or schedule.organization_id = findings.organization_id)

  union all
  select schedule.organization_id, 'alert', 'payroll_schedule_overdue', 'payroll_schedule', schedule.id::text,
  schedule.next_run_at,
    format('Payroll schedule %s has owed a draft since %s and nothing runs it.', schedule.id,
      private.minute_of(schedule.next_run_at)),
    'Check that the scheduled job payroll-schedules runs. Draft the run by hand if the pay day is near.'
  from public.payroll_schedules as schedule
  join public.organizations as organization on organization.id = schedule.organization_id
    and organization.deleted_at is null
  where schedule.is_active
    and schedule.next_run_at < now() - interval '15 minutes'
    and schedule.last_error is null
    and (findings.organization_id is null or schedule.organization_id = findings.organization_id)

  union all
  select dead.organization_id, 'warning', 'webhooks_given_up', 'webhook_subscription', subscription.id,
  min(dead.dead_at),
    format('%s events of the last 30 days were given up for the webhook subscription %s.', count(*),
      subscription.id),
    'Mend the consumer, then call recover_webhooks, which sends them again.'
  from private.webhook_dead as dead
  join public.webhook_subscriptions as subscription
    on subscription.endpoint_id = dead.endpoint_id and subscription.deleted_at is null
  where dead.dead_at > now() - interval '30 days'
    and (findings.organization_id is null or dead.organization_id = findings.organization_id)
  group by dead.organization_id, subscription.id

  union all
  -- What runs the workers and the jobs is the business of the operator, who sees every organization.
  select null, 'alert', 'doorbell_not_wired', 'project', 'doorbell', null,
    'pg_net and Vault are there, but Vault lacks payd_project_url or payd_cron_key, so no worker is ever rung.',
    'Create both secrets as docs/deploy.md says; what waits is then done by itself.'
  from private.doorbell_settings() as wires
  where findings.organization_id is null
    and wires.has_bell
    and (wires.project_url is null or wires.secret_key is null)

  union all
  select null, 'alert', 'job_not_running', 'scheduled_job', run.name, coalesce(run.last_run_at, run.known_since),
    case when run.last_run_at is null
      then format('The scheduled job %s has never ended well since %s.', run.name, private.minute_of(run.known_since))
      else format('The scheduled job %s last ended well at %s.', run.name, private.minute_of(run.last_run_at)) end,
    'Look for its error in cron.job_run_details or in the log of whatever runs the jobs; every job may be run again '
    'at any time.'
  from private.scheduled_job_runs as run
  join private.scheduled_jobs as job on job.name = run.name and job.is_enabled
  where findings.organization_id is null
    and coalesce(run.last_run_at, run.known_since)
      < now() - greatest(make_interval(secs => job.every_seconds * 3), interval '10 minutes')

  union all
  select null, 'alert', 'no_job_runs', 'scheduled_job', 'all', null,
    'Nothing has ever run the scheduled jobs of this project.',
    'Enable pg_cron, or let something else run private.run_job() for each row of private.scheduled_jobs.'
  where findings.organization_id is null
    and not exists (select from private.scheduled_job_runs);
$$;
comment on function private.findings(bigint) is 'What is stuck in one organization, or everywhere.';

create function private.all_findings(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select plain.organization_id, plain.severity, plain.kind, plain.resource_type, plain.resource_id, plain.since,
    plain.problem, plain.safe_action, null::text, null::timestamptz, null::text
  from private.findings(all_findings.organization_id) as plain
  union all
  select checked.* from private.checked_findings(all_findings.organization_id) as checked;
$$;
comment on function private.all_findings(bigint) is
  'What is stuck in one organization, or everywhere, by the checks that every concept declares.';

create function private.doctor()
returns setof public.finding
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select * from private.all_findings((private.require_member('viewer')).organization_id);
end;
$$;
comment on function private.doctor() is
  'The findings of the caller''s organization.';
grant execute on function private.doctor() to authenticated;

create function public.doctor()
returns setof public.finding
language sql stable security invoker
set search_path = ''
as $$ select * from private.doctor(); $$;
comment on function public.doctor() is 'What is stuck in the organization, why, and the safe thing to do.';
revoke all on function public.doctor() from public, anon, authenticated, service_role;
grant execute on function public.doctor() to authenticated;
