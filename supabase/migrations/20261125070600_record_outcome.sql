-- migration: the end of a transaction
-- Only evidence from the ledger ends a transaction: it was found by its hash; or one state response past its bounds
-- shows its sequence number unused; or another transaction holds that number. What each result code means for the item
-- and the run is data.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.notification_templates
-- depends: 20261125000000, 20261125000100, 20261125001100, 20261125010000, 20261125010300, 20261125010400,
--   20261125030000, 20261125060000, 20261125060100, 20261125060200, 20261125070100, 20261125070200, 20261125070300,
--   20261125070500
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_outcome', 422,
    'The outcome is incomplete or of an unknown kind.',
    'Give transaction_id, proof and the fields of that proof.'),
  ('evidence_proves_nothing', 409,
    'The evidence does not prove the end of transaction %s: %s.',
    'Keep looking; only the ledger ends a transaction.'),
  ('outcome_conflicts', 409,
    'Transaction %s ended as %s, and the evidence says otherwise.',
    'Stop payments from this account and compare with the ledger by hand.');

create function private.record_outcome(outcome jsonb, lease_token uuid)
returns setof public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_proof constant text := record_outcome.outcome ->> 'proof';
  v_transaction public.transactions;
  v_state text;
begin
  if coalesce(record_outcome.outcome ->> 'transaction_id', '') !~ '^[0-9]{1,18}$' or v_proof is null then
    perform private.refuse('invalid_outcome');
  end if;

  begin
    perform (record_outcome.outcome ->> 'closed_at')::timestamptz,
    (record_outcome.outcome ->> 'observed_closed_at')::timestamptz,
      (record_outcome.outcome ->> 'fee_charged_stroops')::bigint;
  exception when data_exception then
    perform private.refuse('invalid_outcome');
  end;

  v_transaction := private.locked_transaction((record_outcome.outcome ->> 'transaction_id')::bigint,
    record_outcome.lease_token);

  v_state := case
    when v_proof = 'found_by_hash' and record_outcome.outcome -> 'successful' = 'true'::jsonb then 'applied'
    when v_proof = 'found_by_hash' and record_outcome.outcome -> 'successful' = 'false'::jsonb then 'applied_failed'
    when v_proof in ('sequence_unused_after_bounds', 'sequence_used_by_other') then 'never_applied'
  end;

  if v_state is null then
    perform private.refuse('invalid_outcome');
  end if;

  -- The same end twice is no news.
  if v_transaction.submission_state = v_state then
    return next v_transaction;
    return;
  end if;

  perform private.require_evidence(v_transaction, record_outcome.outcome);

  -- Proof of another end is an alarm; what proves nothing was refused above.
  if not v_transaction.is_live then
    perform private.refuse('outcome_conflicts', v_transaction.id::text, v_transaction.submission_state);
  end if;

  if v_state = 'never_applied' then
    v_transaction := private.end_never_applied(v_transaction, v_proof);
  else
    v_transaction := private.end_found_by_hash(v_transaction, v_state, record_outcome.outcome);
  end if;

  perform private.emit_event(
    v_transaction.organization_id, 'transaction.' || v_transaction.status, 'transaction', v_transaction.id::text,
    'transaction.final:' || v_transaction.id,
    jsonb_strip_nulls(jsonb_build_object(
      'transaction_id', v_transaction.id, 'tx_hash', v_transaction.tx_hash, 'payroll_run_id',
      v_transaction.payroll_run_id,
      'amount', v_transaction.amount::text, 'asset_code', v_transaction.asset_code, 'asset_issuer',
      v_transaction.asset_issuer,
      'submission_state', v_transaction.submission_state, 'ledger', v_transaction.ledger, 'code',
      v_transaction.last_code)));

  perform private.finish_payroll_run(v_transaction.payroll_run_id);

  return next v_transaction;
end;
$$;
comment on function private.record_outcome(jsonb, uuid) is
  'Ends a transaction by evidence, its items and, when nothing is left, its run.';
grant execute on function private.record_outcome(jsonb, uuid) to service_role;

create function public.record_outcome(outcome jsonb, lease_token uuid default null)
returns setof public.transactions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.record_outcome(outcome, lease_token); $$;
comment on function public.record_outcome(jsonb, uuid) is
  'For workers: ends a transaction by evidence from the ledger.';
revoke all on function public.record_outcome(jsonb, uuid) from public, anon, authenticated, service_role;
grant execute on function public.record_outcome(jsonb, uuid) to service_role;

create function private.locked_transaction(transaction_id bigint, lease_token uuid)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_transaction public.transactions;
begin
  select transaction.* into v_transaction
  from public.transactions as transaction
  where transaction.id = locked_transaction.transaction_id;

  if not found then
    perform private.refuse('transaction_not_found', locked_transaction.transaction_id::text);
  end if;

  -- Evidence is true whoever brings it; a worker that says which lease it holds must still hold it.
  if locked_transaction.lease_token is not null then
    perform private.require_lease(v_transaction.source_account, locked_transaction.lease_token);
  else
    perform from private.source_accounts as account
    where account.account_id = v_transaction.source_account
    for update;
  end if;

  perform from public.payroll_runs as run
  where run.id = v_transaction.payroll_run_id
  for update;

  select transaction.* into v_transaction
  from public.transactions as transaction
  where transaction.id = locked_transaction.transaction_id
  for update;

  return v_transaction;
end;
$$;
comment on function private.locked_transaction(bigint, uuid) is
  'The transaction with its account and run, locked in that order.';

create function private.require_evidence(transaction public.transactions, outcome jsonb)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_field constant text := case outcome ->> 'proof'
    when 'found_by_hash' then 'ledger' when 'sequence_unused_after_bounds' then 'observed_ledger'
      when 'sequence_used_by_other' then 'other_ledger' end;
  v_ledger bigint := case when outcome ->> v_field ~ '^[0-9]{1,18}$' then (outcome ->> v_field)::bigint end;
  v_sequence numeric := case when outcome ->> 'observed_sequence' ~ '^[0-9]{1,19}$'
    then (outcome ->> 'observed_sequence')::numeric end;
  v_closed_at timestamptz := (outcome ->> 'observed_closed_at')::timestamptz;
begin
  if v_ledger is null then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'it names no ledger');
  end if;

  case outcome ->> 'proof'
    when 'found_by_hash' then
      if v_ledger >= (transaction).max_ledger then
        perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'it was not valid in that ledger');
      end if;

      if (outcome ->> 'successful')::boolean is false and jsonb_typeof(outcome -> 'operation_codes') = 'array'
        and jsonb_array_length(outcome -> 'operation_codes') not in (0, (transaction).operation_count) then
        perform private.refuse('evidence_proves_nothing', (transaction).id::text,
          'it reports another number of operations');
      end if;

    when 'sequence_unused_after_bounds' then
      if v_sequence is null or v_sequence >= (transaction).sequence_number::numeric then
        perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'the sequence number is used');
      end if;

      -- A ledger decides: the transaction is valid before max_ledger only. The close time of that ledger decides as
      -- well, a worker's clock never.
      if v_ledger < (transaction).max_ledger and (v_closed_at is null or v_closed_at <= (transaction).max_time) then
        perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'it can still be included');
      end if;

    when 'sequence_used_by_other' then
      if coalesce(outcome ->> 'other_tx_hash', '') !~ '^[0-9a-f]{64}$'
        or outcome ->> 'other_tx_hash' = (transaction).tx_hash then
        perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'it names no other transaction');
      end if;

    else
      perform private.refuse('invalid_outcome');
  end case;
end;
$$;
comment on function private.require_evidence(public.transactions, jsonb) is
  'Refuses what does not prove the end of the transaction.';

create function private.end_never_applied(transaction public.transactions, proof text)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions;
  v_meaning private.result_codes;
begin
  update public.transactions as ended
  set submission_state = 'never_applied', status = 'failed', proof = end_never_applied.proof
  where ended.id = (transaction).id
  returning ended.* into v_transaction;

  update public.transaction_operations as operation
  set is_live = false
  where operation.transaction_id = (transaction).id;

  update public.payroll_items as item
  set transaction_operation_id = null
  from public.transaction_operations as operation
  where operation.transaction_id = (transaction).id
    and item.transaction_operation_id = operation.id;

  -- The last answer says why it was never taken. What a person must mend first stops the run, and so does a result that
  -- PayD does not know, because the same transaction would be refused again and again. Otherwise it is built again.
  select meaning.* into v_meaning
  from private.result_codes as meaning
  where meaning.code = v_transaction.last_code;

  if v_meaning.action in ('stop', 'item') then
    perform private.fail_payroll_run(v_transaction.payroll_run_id, v_meaning.code,
      v_meaning.sentence || ' ' || v_meaning.hint);
  elsif v_meaning.code is null and v_transaction.last_code ~ '^(tx|op)_' then
    perform private.fail_payroll_run(v_transaction.payroll_run_id, v_transaction.last_code, private.unknown_result());
  end if;

  return v_transaction;
end;
$$;

create function private.end_found_by_hash(transaction public.transactions, state text, outcome jsonb)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions;
  v_stop record;
begin
  update public.transactions as ended
  set submission_state = end_found_by_hash.state,
      status = case end_found_by_hash.state when 'applied' then 'completed' else 'failed' end,
      proof = 'found_by_hash',
      ledger = (outcome ->> 'ledger')::bigint,
      closed_at = (outcome ->> 'closed_at')::timestamptz,
      fee_charged_stroops = (outcome ->> 'fee_charged_stroops')::bigint,
      result_xdr = case when private.is_xdr(outcome ->> 'result_xdr') then outcome ->> 'result_xdr' end,
      last_code = private.stored_text(coalesce(outcome ->> 'transaction_code', ended.last_code), 100)
  where ended.id = (transaction).id
  returning ended.* into v_transaction;

  if end_found_by_hash.state = 'applied' then
    perform private.complete_items(v_transaction);
    return v_transaction;
  end if;

  -- The network executed every operation and reported each result, so every bad item is known at once.
  update public.transaction_operations as operation
  set is_live = false,
      result_code = private.stored_text(outcome -> 'operation_codes' ->> operation.operation_index, 100)
  where operation.transaction_id = (transaction).id;

  perform private.fail_items(v_transaction);

  update public.payroll_items as item
  set transaction_operation_id = null
  from public.transaction_operations as operation
  where operation.transaction_id = (transaction).id
    and item.transaction_operation_id = operation.id
    and item.status = 'pending';

  -- Everything that is not the fault of single items stops the run: a source-side code, an unknown code, or no reason
  -- at all.
  select
    coalesce(operation.result_code, v_transaction.last_code, 'unknown') as code,
    coalesce(meaning.sentence || ' ' || meaning.hint, private.unknown_result()) as reason
  into v_stop
  from public.transaction_operations as operation
  left join private.result_codes as meaning on meaning.code = coalesce(operation.result_code, v_transaction.last_code)
  where operation.transaction_id = (transaction).id
    and coalesce(meaning.action, 'stop') not in ('paid', 'item')
  order by operation.operation_index
  limit 1;

  if found then
    perform private.fail_payroll_run(v_transaction.payroll_run_id, v_stop.code, v_stop.reason);
  elsif not exists (
    select from public.transaction_operations as operation
    where operation.transaction_id = (transaction).id and operation.result_code <> 'op_success'
  ) then
    -- It failed although every operation was good: building the same again would fail again.
    perform private.fail_payroll_run(v_transaction.payroll_run_id, coalesce(v_transaction.last_code, 'unknown'),
      private.unknown_result());
  end if;

  return v_transaction;
end;
$$;

create function private.complete_items(transaction public.transactions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.transaction_operations as operation
  set result_code = 'op_success'
  where operation.transaction_id = (transaction).id;

  update public.payroll_items as item
  set status = 'completed', tx_hash = (transaction).tx_hash
  from public.transaction_operations as operation
  where operation.transaction_id = (transaction).id
    and item.transaction_operation_id = operation.id
    and item.status = 'pending';

  perform private.emit_events((transaction).organization_id, (
    select array_agg(row(
      'payment.completed', 'transaction_operation', operation.id::text, 'payment.completed:' || operation.id,
      jsonb_build_object(
        'payroll_run_id', operation.payroll_run_id, 'employee_id', operation.employee_id, 'amount',
        operation.amount::text,
        'asset_code', operation.asset_code, 'asset_issuer', operation.asset_issuer, 'destination',
        operation.destination,
        'tx_hash', (transaction).tx_hash, 'operation_index', operation.operation_index, 'ledger', (transaction).ledger)
    )::private.event_input order by operation.operation_index)
    from public.transaction_operations as operation
    where operation.transaction_id = (transaction).id));
end;
$$;

create function private.fail_items(transaction public.transactions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.payroll_items as item
  set status = 'failed', failure_code = meaning.code, failure_reason = meaning.sentence || ' ' || meaning.hint
  from public.transaction_operations as operation
  join private.result_codes as meaning on meaning.code = operation.result_code and meaning.action = 'item'
  where operation.transaction_id = (transaction).id
    and item.transaction_operation_id = operation.id
    and item.status = 'pending';

  perform private.emit_events((transaction).organization_id, (
    select array_agg(row(
      'payment.failed', 'transaction_operation', operation.id::text, 'payment.failed:' || operation.id,
      jsonb_build_object(
        'payroll_run_id', operation.payroll_run_id, 'employee_id', operation.employee_id, 'amount',
        operation.amount::text,
        'asset_code', operation.asset_code, 'asset_issuer', operation.asset_issuer, 'destination',
        operation.destination,
        'tx_hash', (transaction).tx_hash, 'operation_index', operation.operation_index, 'code', operation.result_code)
    )::private.event_input order by operation.operation_index)
    from public.transaction_operations as operation
    join private.result_codes as meaning on meaning.code = operation.result_code and meaning.action = 'item'
    where operation.transaction_id = (transaction).id));
end;
$$;

create function private.stop_disbursement(payroll_run_id bigint, lease_token uuid, code text, detail text)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.leased_run(stop_disbursement.payroll_run_id, stop_disbursement.lease_token);
  v_code text := private.required_text('The code', stop_disbursement.code, 100);
begin
  if exists (select from public.transactions as live
    where live.source_account = v_run.source_account and live.is_live) then
    perform private.refuse('payroll_run_has_live_transaction', v_run.id::text);
  end if;

  perform private.fail_payroll_run(v_run.id, v_code, coalesce((
    select meaning.sentence || ' ' || meaning.hint from private.result_codes as meaning where meaning.code = v_code
  ), nullif(private.stored_text(stop_disbursement.detail, 1000), ''),
  'The run was stopped: ' || v_code || '.'));

  return query
    select run.* from public.payroll_runs as run where run.id = v_run.id;
end;
$$;
grant execute on function private.stop_disbursement(bigint, uuid, text, text) to service_role;

create function public.stop_disbursement(payroll_run_id bigint, lease_token uuid, code text, detail text default null)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.stop_disbursement(payroll_run_id, lease_token, code, detail); $$;
comment on function public.stop_disbursement(bigint, uuid, text, text) is
  'For workers: fails a run that cannot be paid before anything was sent.';
revoke all on function public.stop_disbursement(bigint, uuid, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.stop_disbursement(bigint, uuid, text, text) to service_role;

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('payment.completed', 'employee', null, null, 'You were paid {amount} {asset_code}',
    'It was sent to {destination} in transaction {tx_hash}.');
