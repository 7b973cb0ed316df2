-- migration: claiming a source account and planning
-- The worker claims an account and is told what to pay: the database plans, so a worker cannot choose.
-- author: PayD | date: 2026-11-25
-- tables: private.scheduled_jobs
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000300, 20261125040000, 20261125060000,
--   20261125060100, 20261125060200, 20261125060455, 20261125070100, 20261125070150, 20261125070155, 20261125070200,
--   20261125070240, 20261125070250
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.planned_operations(payroll_run_id bigint, max_operations integer)
returns table (
  operation_index integer, employee_id bigint, operation_type text, destination text, amount numeric,
  item_ids bigint[], memo_type text, memo text, reclaim_after_days integer
)
language sql stable security definer
set search_path = ''
as $$
  select
    (row_number() over (order by payee.employee_id) - 1)::integer,
    payee.employee_id, payee.operation_type, payee.destination, payee.amount, payee.item_ids,
    -- An employee's own memo is a part of the address; the others get the memo of the run.
    case when payee.memo is not null then payee.memo_type when run.memo is not null then 'text' end,
    coalesce(payee.memo, run.memo),
    case when payee.operation_type = 'create_claimable_balance' then run.reclaim_after_days end
  from public.payroll_runs as run
  cross join lateral private.judged_payees(run.*::public.payroll_runs, private.next_payees(run.id,
    least(greatest(planned_operations.max_operations, 1), 100))) as payee
  where run.id = planned_operations.payroll_run_id;
$$;
comment on function private.planned_operations(bigint, integer) is
  'The next payments of a run that nothing can have paid yet, all with one memo, in a fixed order.';

create type public.claimed_disbursement as (
  payroll_run_id bigint,
  organization_id bigint,
  source_account text,
  channel_account text,
  lease_token uuid,
  asset_code text,
  asset_issuer text,
  memo text,
  network_passphrase text,
  horizon_url text,
  rpc_url text,
  second_horizon_url text,
  max_fee_stroops bigint,
  used_sequence_number text,
  used_in_ledger bigint,
  open_sequence_number text,
  signing_seconds integer,
  signers text[],
  transaction jsonb,
  refund jsonb
);
comment on type public.claimed_disbursement is
  'A leased treasury, or a channel account of it, with the run to pay and its live transaction, if there is one, or '
  'with a balance to take back.';

create function private.has_unplanned_items(payroll_run_id bigint)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from public.payroll_items as item
    where item.payroll_run_id = has_unplanned_items.payroll_run_id
      and item.status = 'pending'
      and item.transaction_operation_id is null);
$$;
comment on function private.has_unplanned_items(bigint) is
  'Whether a run has something to pay that no transaction on its way pays.';

create function private.channel_is_due(treasury text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- What other channels pay already is not planned again. When nothing is left and nothing is on its way, the run ends.
  select exists (
    select from public.payroll_runs as run
    where run.source_account = channel_is_due.treasury
      and run.status = 'processing'
      and run.stop_requested is null
      and (private.has_unplanned_items(run.id) or not exists (
        select from public.transactions as live
        where live.organization_id = run.organization_id and live.payroll_run_id = run.id and live.is_live)));
$$;
comment on function private.channel_is_due(text) is
  'Whether a channel account of the treasury with nothing on its way would find something to pay.';

create function private.source_account_is_due(account private.source_accounts)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  -- Work is due where a live transaction must be looked at, or a processing run has nothing on its way, or somebody
  -- wants to take back what nobody claimed.
  return (account.leased_until is null or account.leased_until < now())
    and account.next_check_at <= now()
    and not private.source_account_is_held(account.account_id)
    and case
      when exists (select from public.transactions as live
        where live.sequence_account = account.account_id and live.is_live)
      then exists (
        select from public.transactions as due
        where due.sequence_account = account.account_id and due.is_live
          and due.submission_state in ('prepared', 'awaiting_signature', 'submitting')
          and due.next_check_at <= now()
          -- What a person paused before it was sent rests until the run is resumed, or until it can be proven that it
          -- was never applied.
          and (due.attempts > 0 or due.max_time < now() or not exists (
            select from public.payroll_runs as paused
            where paused.organization_id = due.organization_id and paused.id = due.payroll_run_id
              and paused.stop_requested = 'pause')))
      when account.channel_of is not null
      then account.retired_at is null and private.channel_is_due(account.channel_of)
        and not private.waits_for_funds(account.channel_of)
      else (not private.has_usable_channels(account.account_id) and not private.waits_for_funds(account.account_id)
        and exists (
          select from public.payroll_runs as run
          where run.source_account = account.account_id and run.status = 'processing' and run.stop_requested is null))
        or exists (select from private.due_reclaims as due where due.sponsor = account.account_id)
    end;
end;
$$;
comment on function private.source_account_is_due(private.source_accounts) is
  'Whether a worker that claims the account would find something to pay or to look at.';

create function private.claim_disbursement(lease_seconds integer)
returns setof public.claimed_disbursement
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_settings private.settings;
  v_account private.source_accounts;
  v_treasury text;
  v_transaction public.transactions;
  v_run public.payroll_runs;
  v_used private.sequence_numbers;
  v_refund jsonb;
begin
  select settings.* into v_settings from private.settings as settings;

  if v_settings.network_passphrase is null then
    perform private.refuse('network_not_configured');
  end if;

  select account.* into v_account
  from private.source_accounts as account
  where private.source_account_is_due(account)
  order by account.last_claimed_at nulls first, account.account_id
  limit 1
  for update skip locked;

  if not found then
    return;
  end if;

  update private.source_accounts as account
  set lease_token = gen_random_uuid(),
      leased_until = now() + make_interval(secs => least(greatest(claim_disbursement.lease_seconds, 10), 600)),
      last_claimed_at = now(),
      counted_up_to = null
  where account.account_id = v_account.account_id
  returning account.* into v_account;

  select live.* into v_transaction
  from public.transactions as live
  where live.sequence_account = v_account.account_id and live.is_live;

  v_treasury := coalesce(v_account.channel_of, v_account.account_id);

  select run.* into v_run
  from public.payroll_runs as run
  where case
    when v_transaction.id is not null then run.id = v_transaction.payroll_run_id
    else run.source_account = v_treasury and run.status = 'processing' and run.stop_requested is null
      and (v_account.channel_of is not null or not private.has_usable_channels(v_treasury))
  end
  -- Of one run other channels may pay the last people already.
  order by v_account.channel_of is not null and not private.has_unplanned_items(run.id), run.id
  limit 1;

  -- People are paid first.
  if v_run.id is null and v_transaction.id is null and v_account.channel_of is null then
    select jsonb_build_object('id', due.id, 'claimable_balance_id', due.claimable_balance_id,
      'payroll_run_id', due.payroll_run_id, 'asset_code', due.asset_code, 'asset_issuer', due.asset_issuer)
    into v_refund
    from private.due_reclaims as due
    where due.sponsor = v_account.account_id
    order by due.reclaim_requested_at, due.id
    limit 1;
  end if;

  select used.* into v_used
  from private.sequence_numbers as used
  where used.source_account = v_account.account_id and used.tx_hash is not null
  order by used.sequence_number desc
  limit 1;

  return next row(
    -- What is taken back was meant for a run, which may have ended long ago.
    coalesce(v_run.id, (v_refund ->> 'payroll_run_id')::bigint, (
      select operation.payroll_run_id
      from public.transaction_operations as operation
      where operation.transaction_id = v_transaction.id
      limit 1)), v_account.organization_id, v_treasury,
    case when v_account.channel_of is not null then v_account.account_id end, v_account.lease_token,
    coalesce(v_run.asset_code, v_transaction.asset_code, v_refund ->> 'asset_code'),
    coalesce(v_run.asset_issuer, v_transaction.asset_issuer, v_refund ->> 'asset_issuer'),
    v_run.memo,
    v_settings.network_passphrase, v_settings.horizon_url, v_settings.rpc_url, v_settings.second_horizon_url,
    v_settings.max_fee_stroops,
    v_used.sequence_number::text, v_used.ledger, (
      select min(open.sequence_number)::text
      from private.sequence_numbers as open
      where open.source_account = v_account.account_id and open.tx_hash is null), (
      -- How long people have to sign, where wallets do; a worker signs where nothing stands here.
      select custody.signing_seconds
      from private.wallet_custody as custody
      where custody.account_id = v_account.account_id and custody.signed_by = 'wallet'),
    private.signers_of(v_account.account_id),
    case when v_transaction.id is not null then jsonb_build_object(
      'id', v_transaction.id,
      'tx_hash', v_transaction.tx_hash,
      'envelope_xdr', v_transaction.envelope_xdr,
      'signed_envelope_xdr', v_transaction.signed_envelope_xdr,
      'sequence_number', v_transaction.sequence_number,
      'max_ledger', v_transaction.max_ledger,
      'max_time', v_transaction.max_time,
      'fee_bid_stroops', v_transaction.fee_bid_stroops::text,
      'required_fee_stroops', v_transaction.required_fee_stroops::text,
      'memo_type', v_transaction.memo_type,
      'memo', v_transaction.memo,
      'operations', private.stored_operations(v_transaction.id),
      'attempts', v_transaction.attempts,
      'last_code', v_transaction.last_code,
      'submission_state', v_transaction.submission_state) end,
    v_refund
  )::public.claimed_disbursement;
end;
$$;
grant execute on function private.claim_disbursement(integer) to service_role;

create function private.stored_operations(transaction_id bigint)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_agg(jsonb_build_object(
    'operation_index', operation.operation_index, 'employee_id', operation.employee_id,
    'operation_type', operation.operation_type, 'destination', operation.destination,
    'asset_code', operation.asset_code, 'asset_issuer', operation.asset_issuer, 'amount', operation.amount::text,
    'claimable_balance_id', operation.claimable_balance_id,
    'reclaimable_at_seconds', extract(epoch from operation.reclaimable_at)::bigint)
    order by operation.operation_index)
  from public.transaction_operations as operation
  where operation.transaction_id = stored_operations.transaction_id;
$$;
comment on function private.stored_operations(bigint) is
  'What a prepared transaction pays, so that a worker can compare its envelope with it before every signature.';

create function public.claim_disbursement(lease_seconds integer default 20)
returns setof public.claimed_disbursement
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_disbursement(lease_seconds); $$;
comment on function public.claim_disbursement(integer) is
  'For workers: leases one source account, or one of its channel accounts, that has work due.';
revoke all on function public.claim_disbursement(integer) from public, anon, authenticated, service_role;
grant execute on function public.claim_disbursement(integer) to service_role;

create function private.leased_run(payroll_run_id bigint, lease_token uuid)
returns public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_source_account text;
  v_run public.payroll_runs;
begin
  select run.source_account into v_source_account
  from public.payroll_runs as run
  where run.id = leased_run.payroll_run_id;

  -- Locks are taken in one order everywhere: account, run, transaction, items.
  perform private.require_lease_for(v_source_account, leased_run.lease_token);

  select run.* into v_run
  from public.payroll_runs as run
  where run.id = leased_run.payroll_run_id
  for update;

  return v_run;
end;
$$;
comment on function private.leased_run(bigint, uuid) is
  'The run whose source account, or a channel account of it, is leased with the token; both are locked.';

create function private.fail_items_of_leavers(payroll_run_id bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_failed bigint[];
begin
  with failed as (
    update public.payroll_items as item
    set status = 'failed', failure_code = 'employee_not_payable', failure_reason = 'The employee is no longer active.'
    from public.employees as employee
    where item.payroll_run_id = fail_items_of_leavers.payroll_run_id
      and item.status = 'pending'
      and item.transaction_operation_id is null
      and employee.organization_id = item.organization_id
      and employee.id = item.employee_id
      and (employee.status <> 'active' or employee.deleted_at is not null)
    returning item.id
  )
  select array_agg(failed.id) into v_failed from failed;

  perform private.tell_failed_items(v_failed);
end;
$$;
comment on function private.fail_items_of_leavers(bigint) is
  'Fails what a run would pay to people who left after it was started and whom no transaction pays yet.';

create function private.act_for_number(treasury text, lease_token uuid)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform set_config('payd.sequence_account',
    (private.require_lease_for(act_for_number.treasury, act_for_number.lease_token)).account_id, true);
end;
$$;
comment on function private.act_for_number(text, uuid) is
  'Says to what plans in this database transaction whose sequence number is used.';

create function private.plan_operations(payroll_run_id bigint, lease_token uuid, max_operations integer)
returns table (operation_index integer, employee_id bigint, operation_type text, destination text, asset_code text,
  asset_issuer text, amount text, memo_type text, memo text, reclaim_after_days integer)
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs := private.leased_run(plan_operations.payroll_run_id, plan_operations.lease_token);
begin
  if v_run.status <> 'processing' or v_run.stop_requested is not null then
    return;
  end if;

  perform private.act_for_number(v_run.source_account, plan_operations.lease_token);
  perform private.fail_items_of_leavers(v_run.id);
  perform private.refuse_known_failures(v_run);

  return query
    select planned.operation_index, planned.employee_id, planned.operation_type, planned.destination,
      v_run.asset_code, v_run.asset_issuer, planned.amount::numeric(20, 7)::text, planned.memo_type, planned.memo,
      planned.reclaim_after_days
    from private.planned_operations(v_run.id, plan_operations.max_operations) as planned
    order by planned.operation_index;

  -- Nothing left to plan: the run may be at its end.
  if not found then
    perform private.finish_payroll_run(v_run.id);
  end if;
end;
$$;
grant execute on function private.plan_operations(bigint, uuid, integer) to service_role;

create function public.plan_operations(payroll_run_id bigint, lease_token uuid, max_operations integer default 100)
returns table (operation_index integer, employee_id bigint, operation_type text, destination text, asset_code text,
  asset_issuer text, amount text, memo_type text, memo text, reclaim_after_days integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.plan_operations(payroll_run_id, lease_token, max_operations); $$;
comment on function public.plan_operations(bigint, uuid, integer) is
  'For workers: the operations of the next transaction of a run.';
revoke all on function public.plan_operations(bigint, uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.plan_operations(bigint, uuid, integer) to service_role;

create function private.disbursement_is_due()
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (select from private.settings as settings where settings.network_passphrase is not null)
    and (
      exists (select from private.source_accounts as account where private.source_account_is_due(account))
      or exists (select from private.channel_wishes as wish where wish.next_look_at <= now())
      or exists (
        select from private.preflight_work as work
        where work.next_look_at <= now()
          and coalesce(work.leased_until <= now(), true)));
$$;
comment on function private.disbursement_is_due() is
  'Whether payroll-disburse has anything to do: a run to pay, a transaction to look at, a report to write or a '
  'channel account to confirm.';

insert into private.scheduled_jobs (name, kind, target, every_seconds, due) values
  ('payroll-disburse', 'function', 'payroll-disburse', 5, 'select private.disbursement_is_due()');
