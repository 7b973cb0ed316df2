-- migration: what is stuck
-- Names everything that waits longer than it should, why, and the safe thing to do. An operator sees the project, a member the own organization.
-- author: PayD | date: 2026-11-20
-- tables: none | depends: 20261120090000, 20261120090600, 20261120091300, 20261120091500, 20261120091550, 20261120092800, 20261120110300
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create type public.finding as (
  organization_id bigint,
  severity text,
  kind text,
  resource_type text,
  resource_id text,
  since timestamptz,
  problem text,
  safe_action text
);
comment on type public.finding is 'Something that waits longer than it should, and the safe thing to do.';

create function private.findings(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  -- A null organization means all of them.
  select transaction.organization_id, 'alert', 'transaction_unproven', 'transaction', transaction.id::text, transaction.created_at,
    format('Transaction %s was prepared %s ago and its end is not proven (last answer: %s).',
      left(transaction.tx_hash, 12), date_trunc('second', now() - transaction.created_at), coalesce(transaction.last_code, 'none')),
    'Check that payroll-disburse is rung and that the Horizon server answers; never pay these people another way before it is final.'
  from public.transactions as transaction
  where transaction.is_live
    and transaction.created_at < now() - interval '5 minutes'
    and (findings.organization_id is null or transaction.organization_id = findings.organization_id)

  union all
  select run.organization_id, 'alert', 'payroll_run_stuck', 'payroll_run', run.id::text, run.updated_at,
    format('Payroll run %s is processing but nothing has moved for %s.', run.id, date_trunc('second', now() - run.updated_at)),
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
  where run.status = 'failed'
    and (findings.organization_id is null or run.organization_id = findings.organization_id)

  union all
  select delivery.organization_id, 'warning', 'webhooks_waiting', 'webhook_subscription', delivery.subscription_id, min(delivery.created_at),
    format('%s events wait for the webhook subscription %s, the oldest for %s.',
      count(*), delivery.subscription_id, date_trunc('second', now() - min(delivery.created_at))),
    'Look at the delivery log for the error of the consumer; deliveries go on by themselves.'
  from private.webhook_deliveries as delivery
  where delivery.state = 'pending'
    and delivery.created_at < now() - interval '15 minutes'
    and (findings.organization_id is null or delivery.organization_id = findings.organization_id)
  group by delivery.organization_id, delivery.subscription_id

  union all
  select wallet.organization_id, 'info', 'wallets_stale', 'organization', wallet.organization_id::text, min(wallet.last_synced_at),
    format('%s wallets were not read from the ledger for over an hour.', count(*)),
    'Check that horizon-sync is rung and that the Horizon server answers.'
  from public.wallets as wallet
  where wallet.is_active
    and (wallet.last_synced_at < now() - interval '1 hour' or (wallet.last_synced_at is null and wallet.created_at < now() - interval '1 hour'))
    and (findings.organization_id is null or wallet.organization_id = findings.organization_id)
  group by wallet.organization_id

  union all
  select change.organization_id, 'info', 'wallet_change_waiting', 'wallet_change', change.id::text, change.created_at,
    format('A wallet change of employee %s waits for a second person.', change.employee_id),
    'Confirm it after you asked the employee, or cancel it.'
  from public.wallet_changes as change
  where change.state = 'waiting'
    and change.policy = 'second_person'
    and (findings.organization_id is null or change.organization_id = findings.organization_id);
$$;
comment on function private.findings(bigint) is 'What is stuck in one organization, or everywhere.';

create function private.doctor()
returns setof public.finding
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select * from private.findings((private.require_member('viewer')).organization_id);
end;
$$;
grant execute on function private.doctor() to authenticated;

create function public.doctor()
returns setof public.finding
language sql stable security invoker
set search_path = ''
as $$ select * from private.doctor(); $$;
comment on function public.doctor() is 'What is stuck in the organization, why, and the safe thing to do.';
revoke all on function public.doctor() from public, anon, authenticated, service_role;
grant execute on function public.doctor() to authenticated;
