-- migration: payments that never happened
-- When two people say that payments which the ledger contradicts were not made, their transactions are looked for once
-- more, as if they were still on their way: only a proof that the number was used otherwise, or by none, or that they
-- failed, takes back what was recorded. Then the employees count as unpaid, the run has failed, and a retry pays them.
-- A proof that they were applied ends the doubt instead. Nothing is paid from the account before.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.standstills, private.state_transitions
-- depends: 20261125000000, 20261125000250, 20261125000400, 20261125000500, 20261125020400, 20261125030000,
--   20261125060000, 20261125060100, 20261125060200, 20261125060500, 20261125070100, 20261125070200, 20261125070500,
--   20261125070600, 20261125080050
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- Only what two people doubt and the ledger disproves leaves a final state.
insert into private.state_transitions (entity, from_state, to_state, only_as_correction) values
  ('transaction', 'applied', 'never_applied', true),
  ('transaction', 'applied', 'applied_failed', true),
  ('transaction', 'applied_failed', 'never_applied', true),
  ('transaction', 'applied_failed', 'applied', true),
  ('transaction', 'never_applied', 'applied', true),
  ('transaction', 'never_applied', 'applied_failed', true),
  ('payroll_item', 'completed', 'failed', true),
  ('payroll_item', 'failed', 'completed', true),
  ('payroll_run', 'completed', 'failed', true);

create function private.doubt_payments(contradiction public.ledger_contradictions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.transactions as transaction
  set in_doubt_since = now(), next_check_at = now()
  from private.doubted_transactions(contradiction) as doubted
  where transaction.id = doubted.id;

  -- Their numbers are open again: whatever is built before the doubt has ended must use them first.
  update private.sequence_numbers as noted
  set tx_hash = null, ledger = null
  from public.transactions as transaction
  where (contradiction).source_account in (transaction.source_account, transaction.sequence_account)
    and transaction.in_doubt_since is not null
    and noted.source_account = transaction.sequence_account
    and noted.sequence_number = transaction.sequence_number::numeric
    and noted.tx_hash = transaction.tx_hash;

  perform private.ring('horizon-sync');
end;
$$;
comment on function private.doubt_payments(public.ledger_contradictions) is
  'Lets the transactions that a contradiction is about be looked for once more.';

create function private.end_doubts(source_account text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update private.sequence_numbers as noted
  set tx_hash = transaction.tx_hash, ledger = transaction.ledger
  from public.transactions as transaction
  where end_doubts.source_account in (transaction.source_account, transaction.sequence_account)
    and transaction.in_doubt_since is not null
    and transaction.submission_state in ('applied', 'applied_failed')
    and noted.source_account = transaction.sequence_account
    and noted.sequence_number = transaction.sequence_number::numeric
    and noted.tx_hash is null;

  update public.transactions as transaction
  set in_doubt_since = null
  where end_doubts.source_account in (transaction.source_account, transaction.sequence_account)
    and transaction.in_doubt_since is not null;
end;
$$;
comment on function private.end_doubts(text) is
  'Ends the search for transactions of an account that two people now call paid.';

create function private.record_doubted_outcome(transaction public.transactions, state text, proof text, outcome jsonb)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions := transaction;
  v_is_corrected constant boolean := record_doubted_outcome.state <> (transaction).submission_state;
begin
  if v_is_corrected and record_doubted_outcome.state <> 'never_applied' then
    perform private.end_others_of_the_number(v_transaction, outcome);
  end if;

  if v_is_corrected then
    v_transaction := private.correct_transaction(v_transaction, record_doubted_outcome.state,
      record_doubted_outcome.proof, outcome);
  end if;

  update public.transactions as ended
  set in_doubt_since = null
  where ended.id = v_transaction.id
  returning ended.* into v_transaction;

  perform private.note_sequence_number(v_transaction, outcome);
  perform private.finish_doubt(v_transaction.sequence_account, v_is_corrected);

  -- The doubt may be about the money of the treasury, or about the numbers of its channel account.
  if v_transaction.channel_account is not null then
    perform private.finish_doubt(v_transaction.source_account, v_is_corrected);
  end if;

  return v_transaction;
end;
$$;
comment on function private.record_doubted_outcome(public.transactions, text, text, jsonb) is
  'Ends the doubt about a transaction by evidence: as it was recorded, or corrected.';

create function private.end_others_of_the_number(transaction public.transactions, outcome jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_other public.transactions;
  v_evidence constant jsonb := jsonb_build_object('proof', 'sequence_used_by_other',
    'other_envelope_xdr', outcome ->> 'envelope_xdr', 'other_ledger', outcome -> 'ledger');
begin
  for v_other in
    select live.*
    from public.transactions as live
    where live.sequence_account = (transaction).sequence_account
      and live.sequence_number = (transaction).sequence_number
      and live.is_live
    for update
  loop
    perform private.keep_evidence(v_other, v_evidence);
    perform private.end_transaction(v_other, 'never_applied', 'sequence_used_by_other', v_evidence);
  end loop;
end;
$$;
comment on function private.end_others_of_the_number(public.transactions, jsonb) is
  'Ends what was built with the number of a transaction that turns out to have used it, so that it pays nobody.';

create function private.finish_doubt(source_account text, is_corrected boolean)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_contradiction public.ledger_contradictions;
begin
  update public.ledger_contradictions as contradiction
  set corrected_transactions = contradiction.corrected_transactions
    + case when finish_doubt.is_corrected then 1 else 0 end
  where contradiction.source_account = finish_doubt.source_account
    and contradiction.state = 'proving'
  returning contradiction.* into v_contradiction;

  if not found or exists (
    select from public.transactions as doubted
    where finish_doubt.source_account in (doubted.source_account, doubted.sequence_account)
      and doubted.in_doubt_since is not null) then
    return;
  end if;

  -- Every payment ended as it was recorded, and the balance still differs: the question is open again.
  if v_contradiction.kind = 'balance_differs' and v_contradiction.corrected_transactions = 0 then
    update public.ledger_contradictions as unexplained
    set state = 'open', proposed_verdict = null, proposed_by = null, proposed_reason = null, proposed_at = null,
        resolved_by = null, resolved_reason = null, resolved_at = null
    where unexplained.id = v_contradiction.id;

    perform private.write_audit(v_contradiction.organization_id, 'ledger.contradiction_unexplained',
      'ledger_contradiction', v_contradiction.id::text, '{}');
    return;
  end if;

  update public.ledger_contradictions as ended
  set state = case
    when ended.kind in ('balance_differs', 'payment_found')
      then case when ended.corrected_transactions > 0 then 'corrected' else 'as_recorded' end
    when ended.corrected_transactions > 0 then 'not_paid'
    else 'paid' end
  where ended.id = v_contradiction.id
  returning ended.* into v_contradiction;

  perform private.believe_seen_balance(v_contradiction);
  perform private.ring('payroll-disburse');

  perform private.write_audit(v_contradiction.organization_id, 'ledger.contradiction_proven', 'ledger_contradiction',
    v_contradiction.id::text, jsonb_build_object('state', v_contradiction.state));
  perform private.emit_ledger_contradiction(v_contradiction, 'ledger.contradiction_resolved');
end;
$$;
comment on function private.finish_doubt(text, boolean) is
  'Resolves a contradiction once every transaction that it is about is proven one way or the other.';

create function private.correct_transaction(transaction public.transactions, state text, proof text, outcome jsonb)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions;
  v_result record;
begin
  select opened.* into v_result from private.opened_result(outcome ->> 'result_xdr') as opened;
  perform set_config('payd.correction', pg_current_xact_id()::text, true);

  update public.transactions as corrected
  set submission_state = correct_transaction.state,
      status = case correct_transaction.state when 'applied' then 'completed' else 'failed' end,
      proof = correct_transaction.proof,
      ledger = (outcome ->> 'ledger')::bigint,
      closed_at = (outcome ->> 'closed_at')::timestamptz,
      fee_charged_stroops = v_result.fee_charged,
      result_xdr = outcome ->> 'result_xdr',
      last_code = coalesce(v_result.transaction_code, corrected.last_code)
  where corrected.id = (transaction).id
  returning corrected.* into v_transaction;

  if (transaction).transaction_type = 'refund' then
    perform private.correct_refund(v_transaction);
  elsif correct_transaction.state = 'applied' then
    perform private.pay_items_after_all(v_transaction);
  elsif (transaction).submission_state = 'applied' then
    perform private.take_payments_back(v_transaction, v_result.operation_codes);
  end if;

  perform set_config('payd.correction', '', true);

  perform private.emit_event(
    v_transaction.organization_id, 'transaction.' || v_transaction.status, 'transaction', v_transaction.id::text,
    'transaction.corrected:' || v_transaction.id || ':' || v_transaction.updated_at,
    private.transaction_event(v_transaction));

  return v_transaction;
end;
$$;
comment on function private.correct_transaction(public.transactions, text, text, jsonb) is
  'Changes the recorded end of a transaction in doubt, with its items and its run.';

create function private.take_payments_back(transaction public.transactions, operation_codes text[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs;
begin
  update public.payroll_items as item
  set status = 'failed',
      failure_code = 'payment_never_happened',
      failure_reason = 'It was recorded as paid, and the ledger proves that it was not. Retry the run.',
      tx_hash = null,
      transaction_operation_id = null
  from public.transaction_operations as operation
  where operation.transaction_id = (transaction).id
    and item.organization_id = operation.organization_id
    and item.transaction_operation_id = operation.id
    and item.status = 'completed';

  update public.transaction_operations as operation
  set is_live = false,
      result_code = case take_payments_back.operation_codes[operation.operation_index + 1]
        when 'op_success' then 'op_undone'
        else take_payments_back.operation_codes[operation.operation_index + 1] end
  where operation.transaction_id = (transaction).id;

  perform private.disprove_balances(transaction);

  perform private.emit_events((transaction).organization_id, (
    select array_agg(row(
      'payment.failed', 'transaction_operation', operation.id::text, 'payment.failed:' || operation.id,
      jsonb_build_object(
        'payroll_run_id', operation.payroll_run_id, 'employee_id', operation.employee_id, 'amount',
        operation.amount::text,
        'asset_code', operation.asset_code, 'asset_issuer', operation.asset_issuer, 'destination',
        operation.destination,
        'tx_hash', (transaction).tx_hash, 'operation_index', operation.operation_index,
        'code', 'payment_never_happened')
    )::private.event_input order by operation.operation_index)
    from public.transaction_operations as operation
    where operation.transaction_id = (transaction).id));

  update public.payroll_runs as run
  set status = 'failed',
      processed_at = null,
      failure_code = 'payment_never_happened',
      failure_reason = 'Payments that were recorded as made were not: two people looked, and the ledger proves it. '
        'Retry the run; only what was not paid is paid.'
  where run.id = (transaction).payroll_run_id
    and run.status in ('processing', 'completed')
  returning run.* into v_run;

  if found then
    perform private.payroll_run_event(v_run, 'payroll.failed', v_run.version::text);
  end if;
end;
$$;
comment on function private.take_payments_back(public.transactions, text[]) is
  'Counts the employees of a transaction that was not applied as unpaid, and its run as failed.';

create function private.pay_items_after_all(transaction public.transactions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Whoever was paid by another transaction since keeps that one: the first is money that left besides.
  update public.transaction_operations as operation
  set is_live = true, result_code = 'op_success'
  where operation.transaction_id = (transaction).id
    and not exists (
      select from public.transaction_operations as other
      where other.payroll_run_id = operation.payroll_run_id
        and other.employee_id = operation.employee_id
        and other.is_live);

  update public.payroll_items as item
  set status = 'completed', failure_code = null, failure_reason = null, tx_hash = (transaction).tx_hash,
      transaction_operation_id = operation.id
  from public.transaction_operations as operation
  where operation.transaction_id = (transaction).id
    and operation.is_live
    and item.payroll_run_id = operation.payroll_run_id
    and item.employee_id = operation.employee_id
    and item.status in ('pending', 'failed');

  perform private.record_created_balances(transaction);

  perform private.emit_events((transaction).organization_id, (
    select array_agg(row(
      'payment.completed', 'transaction_operation', operation.id::text, 'payment.completed:' || operation.id,
      jsonb_build_object(
        'payroll_run_id', operation.payroll_run_id, 'employee_id', operation.employee_id, 'amount',
        operation.amount::text,
        'asset_code', operation.asset_code, 'asset_issuer', operation.asset_issuer, 'destination',
        operation.destination,
        'tx_hash', (transaction).tx_hash, 'operation_index', operation.operation_index, 'ledger', (transaction).ledger)
      || private.payout_of(operation.*::public.transaction_operations)
    )::private.event_input order by operation.operation_index)
    from public.transaction_operations as operation
    where operation.transaction_id = (transaction).id and operation.is_live));

  perform private.finish_payroll_run((transaction).payroll_run_id);
end;
$$;
comment on function private.pay_items_after_all(public.transactions) is
  'Counts the employees of a transaction that was applied after all as paid, unless another one paid them since.';

create function private.check_doubted_payments(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select contradiction.organization_id, 'alert', 'payments_being_disproved', 'ledger_contradiction',
    contradiction.id::text, contradiction.resolved_at,
    format('Two people say that payments from the account %s did not end as recorded. %s transactions are looked for '
      'in the ledger once more.', contradiction.source_account, doubted.transactions),
    'Nothing more is paid from the account meanwhile. If the payments were made after all, two people say so.',
    'a proof from the ledger, which horizon-sync looks for', null::timestamptz, 'resolve_ledger_contradiction'
  from public.ledger_contradictions as contradiction
  cross join lateral (
    select count(*) as transactions
    from public.payments_in_doubt as payment
    where payment.contradiction_id = contradiction.id
  ) as doubted
  where contradiction.state = 'proving'
    and (check_doubted_payments.organization_id is null
      or contradiction.organization_id = check_doubted_payments.organization_id);
$$;
comment on function private.check_doubted_payments(bigint) is
  'Accounts from which nothing is paid until the ledger has disproved, or proven, payments that people doubt.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_doubted_payments', 'Payments that two people doubt stop their account until they are proven.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('payments_being_disproved', 'private.check_doubted_payments', 'payroll.waiting', '{resolve_ledger_contradiction}');
