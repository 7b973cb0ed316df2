-- migration: taking back what nobody claimed
-- From the time that the balance itself names, its treasury may claim it as well. A person asks for it; the worker that
-- pays builds, stores, signs and sends the claim like a payment, and evidence from the ledger ends it. What came back
-- is a refund among the transactions, and the item says so. It pays nobody again: that takes a new item in an approved
-- run.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.error_codes, private.state_transitions
-- depends: 20261125000000, 20261125000100, 20261125000250, 20261125000400, 20261125000500, 20261125010000,
--   20261125010300, 20261125020100, 20261125020200, 20261125020400, 20261125060100, 20261125070050, 20261125070100,
--   20261125070150, 20261125070400, 20261125070450, 20261125070455, 20261125070500, 20261125080057, 20261125080100
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('claimable_balance_not_found', 404,
    'There is no claimable balance %s.',
    'Use the id of a claimable balance of your organization.'),
  ('claimable_balance_ended', 409,
    'Claimable balance %s is %s, so it cannot be taken back.',
    'Nothing needs to be done.'),
  ('claimable_balance_not_reclaimable', 409,
    'Claimable balance %s cannot be taken back with PayD.',
    'Only what PayD paid from a treasury account of your organization can be; claim anything else with its wallet.'),
  ('claimable_balance_reclaimable_later', 409,
    'Claimable balance %s can be taken back from %s on.',
    'Until then only the employee can claim it. Ask again after that time.');

create view private.due_reclaims
with (security_invoker = true) as
select balance.*
from public.claimable_balances as balance
where balance.status in ('active', 'expired')
  and balance.reclaim_requested_at is not null
  and balance.reclaim_failure_code is null;
comment on view private.due_reclaims is 'Balances that a person asked back and that are still on the ledger.';
revoke all on table private.due_reclaims from public, anon, authenticated, service_role;

create function private.reclaim_claimable_balance(claimable_balance_id bigint)
returns setof public.claimable_balances
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member constant public.users := private.require_member('manager');
  v_balance public.claimable_balances;
begin
  select balance.* into v_balance
  from public.claimable_balances as balance
  where balance.id = reclaim_claimable_balance.claimable_balance_id
    and balance.organization_id = v_member.organization_id
  for update;

  if not found then
    perform private.refuse('claimable_balance_not_found',
      coalesce(reclaim_claimable_balance.claimable_balance_id::text, 'without id'));
  end if;

  -- A repeat is success, so that a retry is safe.
  if v_balance.status = 'reclaimed'
    or (v_balance.status in ('active', 'expired') and v_balance.reclaim_requested_at is not null
      and v_balance.reclaim_failure_code is null) then
    return next v_balance;
    return;
  end if;

  if v_balance.status not in ('active', 'expired') then
    perform private.refuse('claimable_balance_ended', v_balance.id::text, v_balance.status);
  end if;

  if v_balance.reclaimable_at is null or v_balance.employee_id is null or v_balance.payroll_run_id is null
    or not exists (
      select from private.source_accounts as account
      where account.account_id = v_balance.sponsor and account.organization_id = v_balance.organization_id) then
    perform private.refuse('claimable_balance_not_reclaimable', v_balance.id::text);
  end if;

  if v_balance.reclaimable_at > now() then
    perform private.refuse('claimable_balance_reclaimable_later', v_balance.id::text,
      to_char(v_balance.reclaimable_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS" UTC"'));
  end if;

  update public.claimable_balances as balance
  set reclaim_requested_at = now(), reclaim_requested_by = v_member.id, reclaim_failure_code = null,
      reclaim_failure_reason = null
  where balance.id = v_balance.id
  returning balance.* into v_balance;

  perform private.write_audit(v_balance.organization_id, 'claimable_balance.reclaim_requested', 'claimable_balance',
    v_balance.id::text, jsonb_build_object('amount', v_balance.amount::text, 'asset_code', v_balance.asset_code,
      'employee_id', v_balance.employee_id));
  perform private.ring('payroll-disburse');

  return next v_balance;
end;
$$;
comment on function private.reclaim_claimable_balance(bigint) is
  'Records the wish to take back what an employee did not claim in time; the worker does it.';
grant execute on function private.reclaim_claimable_balance(bigint) to authenticated;

create function public.reclaim_claimable_balance(claimable_balance_id bigint)
returns setof public.claimable_balances
language sql volatile security invoker
set search_path = ''
as $$ select * from private.reclaim_claimable_balance(claimable_balance_id); $$;
comment on function public.reclaim_claimable_balance(bigint) is
  'Takes back what an employee did not claim, once its time has come. It pays nobody again by itself.';
revoke all on function public.reclaim_claimable_balance(bigint) from public, anon, authenticated, service_role;
grant execute on function public.reclaim_claimable_balance(bigint) to authenticated;

create function private.leased_reclaim(claimable_balance_id bigint, lease_token uuid)
returns public.claimable_balances
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_sponsor text;
  v_balance public.claimable_balances;
begin
  select balance.sponsor into v_sponsor
  from public.claimable_balances as balance
  where balance.id = leased_reclaim.claimable_balance_id;

  if not found then
    perform private.refuse('claimable_balance_not_found',
      coalesce(leased_reclaim.claimable_balance_id::text, 'without id'));
  end if;

  perform private.require_lease(v_sponsor, leased_reclaim.lease_token);

  if exists (select from public.transactions as live where live.sequence_account = v_sponsor and live.is_live) then
    perform private.refuse('live_transaction_exists', v_sponsor);
  end if;

  select balance.* into v_balance
  from public.claimable_balances as balance
  where balance.id = leased_reclaim.claimable_balance_id
  for update;

  if v_balance.status not in ('active', 'expired') or v_balance.reclaim_requested_at is null
    or v_balance.reclaim_failure_code is not null then
    perform private.refuse('claimable_balance_ended', v_balance.id::text, v_balance.status);
  end if;

  return v_balance;
end;
$$;
comment on function private.leased_reclaim(bigint, uuid) is
  'The balance that a person asked back, locked, when its treasury account is leased with the token and idle.';

create function private.persist_refund(
  claimable_balance_id bigint, lease_token uuid, tx_hash text, envelope_xdr text, sequence_number text,
  fee_bid_stroops bigint, max_ledger bigint, max_time timestamptz
)
returns setof public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions;
  v_balance public.claimable_balances;
begin
  -- A repeat after a lost answer returns what was persisted.
  select persisted.* into v_transaction
  from public.transactions as persisted
  join private.source_accounts as account
    on account.account_id = persisted.source_account and account.lease_token = persist_refund.lease_token
  where persisted.tx_hash = persist_refund.tx_hash
    and persisted.transaction_type = 'refund';

  if found then
    return next v_transaction;
    return;
  end if;

  v_balance := private.leased_reclaim(persist_refund.claimable_balance_id, persist_refund.lease_token);

  perform private.require_explained_balance(v_balance.sponsor);
  perform private.require_counted_funds(private.require_lease(v_balance.sponsor, persist_refund.lease_token));

  perform private.require_transaction_header(
    persist_refund.tx_hash, persist_refund.envelope_xdr, persist_refund.sequence_number,
    persist_refund.fee_bid_stroops, persist_refund.max_ledger, persist_refund.max_time);

  perform private.require_same_envelope(
    private.xdr_transaction(v_balance.sponsor, persist_refund.sequence_number, persist_refund.fee_bid_stroops,
      persist_refund.max_ledger, persist_refund.max_time, null, null,
      array[private.xdr_claim(v_balance.claimable_balance_id)]),
    persist_refund.envelope_xdr, persist_refund.tx_hash);

  perform private.require_closed_sequence_numbers(v_balance.sponsor, persist_refund.sequence_number);

  insert into public.transactions (
    organization_id, employee_id, transaction_type, tx_hash, amount, asset_code, asset_issuer, source_account,
    sequence_number, envelope_xdr, operation_count, fee_bid_stroops, max_ledger, max_time, submission_state)
  values (
    v_balance.organization_id, v_balance.employee_id, 'refund', persist_refund.tx_hash, v_balance.amount,
    v_balance.asset_code, v_balance.asset_issuer, v_balance.sponsor, persist_refund.sequence_number,
    persist_refund.envelope_xdr, 1, persist_refund.fee_bid_stroops, persist_refund.max_ledger,
    persist_refund.max_time,
    case when private.is_signed_by_wallets(v_balance.sponsor) then 'awaiting_signature' else 'prepared' end)
  returning * into v_transaction;

  -- The run and the employee are those that it was meant for; the money goes to the account that paid it.
  insert into public.transaction_operations (
    organization_id, transaction_id, operation_index, payroll_run_id, employee_id, operation_type, destination,
    asset_code, asset_issuer, amount, claimable_balance_id)
  values (
    v_balance.organization_id, v_transaction.id, 0, v_balance.payroll_run_id, v_balance.employee_id,
    'claim_claimable_balance', v_balance.sponsor, v_balance.asset_code, v_balance.asset_issuer, v_balance.amount,
    v_balance.claimable_balance_id);

  return next v_transaction;
end;
$$;
comment on function private.persist_refund(bigint, uuid, text, text, text, bigint, bigint, timestamptz) is
  'Writes the transaction that takes a balance back before it is signed; it can be no other.';
grant execute on function private.persist_refund(bigint, uuid, text, text, text, bigint, bigint, timestamptz)
  to service_role;

create function public.persist_refund(
  claimable_balance_id bigint, lease_token uuid, tx_hash text, envelope_xdr text, sequence_number text,
  fee_bid_stroops bigint, max_ledger bigint, max_time timestamptz
)
returns setof public.transactions
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.persist_refund(
    claimable_balance_id, lease_token, tx_hash, envelope_xdr, sequence_number, fee_bid_stroops, max_ledger, max_time);
$$;
comment on function public.persist_refund(bigint, uuid, text, text, text, bigint, bigint, timestamptz) is
  'For workers: writes the transaction that takes a balance back before it is signed.';
revoke all on function public.persist_refund(bigint, uuid, text, text, text, bigint, bigint, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.persist_refund(bigint, uuid, text, text, text, bigint, bigint, timestamptz)
  to service_role;

create function private.fail_reclaim(claimable_balance_id text, code text, reason text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update public.claimable_balances as balance
  set reclaim_failure_code = fail_reclaim.code, reclaim_failure_reason = fail_reclaim.reason
  where balance.claimable_balance_id = fail_reclaim.claimable_balance_id
    and balance.status <> 'disproved'
    and balance.reclaim_requested_at is not null;
$$;
comment on function private.fail_reclaim(text, text, text) is
  'Says why a balance was not taken back; a person can ask for it again.';

create function private.stop_refund(claimable_balance_id bigint, lease_token uuid, code text, detail text)
returns setof public.claimable_balances
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_balance public.claimable_balances :=
    private.leased_reclaim(stop_refund.claimable_balance_id, stop_refund.lease_token);
  v_code text := private.required_text('The code', stop_refund.code, 100);
begin
  perform private.fail_reclaim(v_balance.claimable_balance_id, v_code, coalesce((
    select meaning.sentence || ' ' || meaning.hint from private.meaning_of('provider', v_code) as meaning
    where meaning.code is not null
  ), nullif(private.stored_text(stop_refund.detail, 1000), ''), 'It was not taken back: ' || v_code || '.'));

  return query
    select balance.* from public.claimable_balances as balance where balance.id = v_balance.id;
end;
$$;
comment on function private.stop_refund(bigint, uuid, text, text) is
  'Ends the wish to take a balance back, before anything was sent, with the reason.';
grant execute on function private.stop_refund(bigint, uuid, text, text) to service_role;

create function public.stop_refund(
  claimable_balance_id bigint, lease_token uuid, code text, detail text default null
)
returns setof public.claimable_balances
language sql volatile security invoker
set search_path = ''
as $$ select * from private.stop_refund(claimable_balance_id, lease_token, code, detail); $$;
comment on function public.stop_refund(bigint, uuid, text, text) is
  'For workers: says why a balance cannot be taken back, before anything was sent.';
revoke all on function public.stop_refund(bigint, uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function public.stop_refund(bigint, uuid, text, text) to service_role;

create function private.end_refund(transaction public.transactions, state text, proof text, outcome jsonb)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions;
  v_balance_id text;
  v_result record;
  v_code text;
  v_meaning private.result_codes;
begin
  select opened.* into v_result from private.opened_result(outcome ->> 'result_xdr') as opened;

  update public.transactions as ended
  set submission_state = end_refund.state,
      status = case end_refund.state when 'applied' then 'completed' else 'failed' end,
      proof = end_refund.proof,
      held_reason = null,
      held_since = null,
      ledger = (outcome ->> 'ledger')::bigint,
      closed_at = (outcome ->> 'closed_at')::timestamptz,
      fee_charged_stroops = v_result.fee_charged,
      result_xdr = outcome ->> 'result_xdr',
      last_code = coalesce(v_result.transaction_code, ended.last_code)
  where ended.id = (transaction).id
  returning ended.* into v_transaction;

  update public.transaction_operations as operation
  set is_live = end_refund.state = 'applied',
      result_code = v_result.operation_codes[operation.operation_index + 1]
  where operation.transaction_id = v_transaction.id
  returning operation.claimable_balance_id, operation.result_code into v_balance_id, v_code;

  if end_refund.state = 'applied' then
    perform private.record_taken_back(v_transaction);
    return v_transaction;
  end if;

  if end_refund.state = 'applied_failed' then
    v_code := coalesce(v_code, v_transaction.last_code, 'unknown');
    select meaning.* into v_meaning from private.meaning_of('claim_claimable_balance', v_code) as meaning;
  elsif end_refund.proof = 'resolved_by_people' then
    v_code := 'resolved_by_people';
    v_meaning.action := 'stop';
    v_meaning.sentence := 'Its transaction was resolved by two people as never applied.';
    v_meaning.hint := 'Ask for it again when the treasury account is in order.';
  else
    v_code := case when private.fee_is_above_cap(v_transaction) then 'fee_above_cap'
      when private.refund_goes_in_circles(v_transaction, v_balance_id) then 'never_included'
      else v_transaction.last_code end;
    select meaning.* into v_meaning from private.meaning_of('claim_claimable_balance', v_code) as meaning;
  end if;

  -- What never reached a ledger for a passing reason is built again; everything else is for a person.
  if end_refund.state = 'applied_failed' or v_meaning.action in ('stop', 'item')
    or (v_meaning.code is null and v_code ~ '^(tx|op)_') then
    perform private.fail_reclaim(v_balance_id, v_code,
      coalesce(v_meaning.sentence || ' ' || v_meaning.hint, private.unknown_result()));
  end if;

  return v_transaction;
end;
$$;
comment on function private.end_refund(public.transactions, text, text, jsonb) is
  'Ends a transaction that takes a balance back: the balance came back, is asked for again, or says why it did not.';

create function private.refund_goes_in_circles(transaction public.transactions, claimable_balance_id text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- Every tenth in a row, so that a person who asks again gets ten more.
  select count(*) > 0 and count(*) % 10 = 0
  from public.transaction_operations as operation
  join public.transactions as rebuilt on rebuilt.id = operation.transaction_id
  where operation.organization_id = (transaction).organization_id
    and operation.employee_id = (transaction).employee_id
    and operation.claimable_balance_id = refund_goes_in_circles.claimable_balance_id
    and operation.operation_type = 'claim_claimable_balance'
    and rebuilt.submission_state = 'never_applied';
$$;
comment on function private.refund_goes_in_circles(public.transactions, text) is
  'Whether ten transactions in a row that take the same balance back reached no ledger.';

create function private.record_taken_back(transaction public.transactions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.record_balance_states((transaction).organization_id, (
    select jsonb_agg(jsonb_build_object(
      'claimable_balance_id', operation.claimable_balance_id,
      'status', 'reclaimed',
      'ledger', (transaction).ledger,
      'closed_at', to_char(coalesce((transaction).closed_at, now()) at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'tx_hash', (transaction).tx_hash))
    from public.transaction_operations as operation
    where operation.transaction_id = (transaction).id));

  -- What hindered an earlier attempt is over.
  update public.claimable_balances as balance
  set reclaim_failure_code = null, reclaim_failure_reason = null
  from public.transaction_operations as operation
  where operation.transaction_id = (transaction).id
    and balance.organization_id = operation.organization_id
    and balance.claimable_balance_id = operation.claimable_balance_id
    and balance.status = 'reclaimed'
    and balance.reclaim_failure_code is not null;
end;
$$;
comment on function private.record_taken_back(public.transactions) is
  'Records that the balance of an applied refund came back.';

create function private.correct_refund(transaction public.transactions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.transaction_operations as operation
  set is_live = (transaction).submission_state = 'applied'
  where operation.transaction_id = (transaction).id;

  if (transaction).submission_state = 'applied' then
    perform private.record_taken_back(transaction);
    return;
  end if;

  -- It was recorded as taken back and still waits on the ledger: for the employee, and for whoever asks again.
  update public.claimable_balances as balance
  set status = 'active', ended_at = null, ended_tx_hash = null, reclaim_failure_code = 'payment_never_happened',
      reclaim_failure_reason = 'It was recorded as taken back, and the ledger proves that it was not. Ask for it again.'
  from public.transaction_operations as operation
  where operation.transaction_id = (transaction).id
    and balance.claimable_balance_id = operation.claimable_balance_id
    and balance.organization_id = operation.organization_id
    and balance.status = 'reclaimed'
    and balance.reclaim_requested_at is not null;
end;
$$;
comment on function private.correct_refund(public.transactions) is
  'Changes what is recorded of a balance whose refund ended otherwise than was recorded.';

-- Only proof that it was recorded wrongly leads out of a final state.
insert into private.state_transitions (entity, from_state, to_state, only_as_correction) values
  ('claimable_balance', 'reclaimed', 'active', true);

create function private.check_reclaims(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select balance.organization_id, 'warning',
    case when balance.reclaim_failure_code is null then 'reclaim_waits' else 'reclaim_failed' end,
    'claimable_balance', balance.id::text, balance.reclaim_requested_at,
    case when balance.reclaim_failure_code is null
      then format('Claimable balance %s has been asked back and is not back yet.', balance.id)
      else format('Claimable balance %s was not taken back: %s', balance.id, balance.reclaim_failure_reason) end,
    case when balance.reclaim_failure_code is null
      then 'Look whether payroll-disburse is rung and whether its treasury account is held; it comes back by itself.'
      else 'Mend the cause, then ask for it again.' end,
    case when balance.reclaim_failure_code is null then 'the worker that pays' else 'a person' end,
    null::timestamptz, 'reclaim_claimable_balance'
  from public.claimable_balances as balance
  where balance.status in ('active', 'expired')
    and balance.reclaim_requested_at is not null
    and (balance.reclaim_failure_code is not null or balance.reclaim_requested_at < now() - interval '15 minutes')
    and (check_reclaims.organization_id is null or balance.organization_id = check_reclaims.organization_id)
  order by balance.id
  limit 200;
$$;
comment on function private.check_reclaims(bigint) is 'Balances that were asked back and are not back.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_reclaims', 'Money that a person asked back must come back, or say why not.');
