-- migration: the end of a transaction
-- Only evidence from the ledger ends a transaction: it was found by its hash; or one state response past its bounds
-- shows its sequence number unused; or another transaction holds that number. Hashes, accounts, numbers and codes are
-- read from the bytes of envelopes and results, and signatures are checked; what stands beside them is not believed.
-- The evidence is kept. What each result code means for the item and the run is data.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.error_codes, private.notification_templates, private.standstills,
--   private.transaction_evidence
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125000600, 20261125001100,
--   20261125010000, 20261125010300, 20261125030000, 20261125060000, 20261125060100, 20261125060200, 20261125070050,
--   20261125070100, 20261125070150, 20261125070155, 20261125070200, 20261125070240, 20261125070300, 20261125070400,
--   20261125070450, 20261125070500
-- class: add-table, data-migration, code | breaking: no
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
  ('ledger_contradicts', 409,
    'What the provider says of the account %s contradicts what it said before.',
    'Nothing more is paid from it. Compare its transactions with the ledger through another provider.'),
  ('second_provider_missing', 409,
    'The end of transaction %s is told by one provider, and this project has two.',
    'Ask the second provider for its own record, and bring both.'),
  ('providers_disagree', 409,
    'The two providers of this project tell different ends of transaction %s.',
    'Keep asking both; it ends when they agree.'),
  ('outcome_conflicts', 409,
    'Transaction %s ended as %s, and the evidence says otherwise.',
    'Stop payments from this account and compare with the ledger by hand.');

create table private.transaction_evidence (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  transaction_id bigint not null,
  evidence jsonb not null,
  recorded_at timestamptz not null default now(),
  constraint transaction_evidence_transaction_belongs_to_the_organization
    foreign key (organization_id, transaction_id) references public.transactions (organization_id, id)
);
comment on table private.transaction_evidence is
  'What ended a transaction, as it was brought: the answer of the provider and who looked, or the decision of people.';
create index transaction_evidence_transaction_id_idx on private.transaction_evidence (organization_id, transaction_id);
alter table private.transaction_evidence enable row level security;
alter table private.transaction_evidence force row level security;

create trigger transaction_evidence_refuses_change
  before update or delete or truncate on private.transaction_evidence
  for each statement execute function private.refuse_change();
alter table private.transaction_evidence enable always trigger transaction_evidence_refuses_change;

create function private.keep_evidence(transaction public.transactions, outcome jsonb)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into private.transaction_evidence (organization_id, transaction_id, evidence)
  select (transaction).organization_id, (transaction).id, outcome || jsonb_build_object(
    'provider', settings.horizon_url, 'second_provider', settings.second_horizon_url)
  from private.settings as settings;
$$;
comment on function private.keep_evidence(public.transactions, jsonb) is
  'Keeps what was brought about a transaction, with the providers that were asked.';

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
      (record_outcome.outcome -> 'second' ->> 'observed_closed_at')::timestamptz;
  exception when data_exception then
    perform private.refuse('invalid_outcome');
  end;

  if private.json_holds_secret_key(record_outcome.outcome) then
    perform private.refuse('secret_key_refused', 'The outcome');
  end if;

  -- Only the worker that holds the account may say how its transaction ended.
  v_transaction := private.leased_transaction((record_outcome.outcome ->> 'transaction_id')::bigint,
    record_outcome.lease_token);

  v_state := private.proven_state(v_transaction, record_outcome.outcome);

  if v_state is null then
    perform private.refuse('invalid_outcome');
  end if;

  perform private.require_second_provider(v_transaction, record_outcome.outcome, v_state);

  if v_transaction.in_doubt_since is not null then
    perform private.keep_evidence(v_transaction, record_outcome.outcome);
    return next private.record_doubted_outcome(v_transaction, v_state, v_proof, record_outcome.outcome);
    return;
  end if;

  -- The same end twice is no news.
  if v_transaction.submission_state = v_state then
    return next v_transaction;
    return;
  end if;

  -- Proof of another end is an alarm; what proves nothing was refused above.
  if not v_transaction.is_live then
    perform private.refuse('outcome_conflicts', v_transaction.id::text, v_transaction.submission_state);
  end if;

  perform private.keep_evidence(v_transaction, record_outcome.outcome);

  return next private.end_transaction(v_transaction, v_state, v_proof, record_outcome.outcome);
end;
$$;
comment on function private.record_outcome(jsonb, uuid) is
  'Ends a transaction by evidence, its items and, when nothing is left, its run.';
grant execute on function private.record_outcome(jsonb, uuid) to service_role;

create function public.record_outcome(outcome jsonb, lease_token uuid)
returns setof public.transactions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.record_outcome(outcome, lease_token); $$;
comment on function public.record_outcome(jsonb, uuid) is
  'For workers: ends a transaction by evidence from the ledger.';
revoke all on function public.record_outcome(jsonb, uuid) from public, anon, authenticated, service_role;
grant execute on function public.record_outcome(jsonb, uuid) to service_role;

create function private.ledger_in(outcome jsonb, field text, transaction public.transactions)
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if coalesce(ledger_in.outcome ->> ledger_in.field, '') !~ '^[1-9][0-9]{0,9}$' then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'it names no ledger');
  end if;

  -- A ledger of the far future would be taken for proven, and every later one for a network that began again.
  if not private.ledger_is_plausible((ledger_in.outcome ->> ledger_in.field)::bigint) then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text,
      'a ledger of that number cannot exist yet');
  end if;

  return (ledger_in.outcome ->> ledger_in.field)::bigint;
end;
$$;
comment on function private.ledger_in(jsonb, text, public.transactions) is
  'The ledger that an outcome names; refuses one that names none or one that cannot exist yet.';

create function private.require_found(transaction public.transactions, outcome jsonb)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_ledger constant bigint := private.ledger_in(outcome, 'ledger', transaction);
  v_envelope record;
  v_result record;
begin
  if v_ledger >= (transaction).max_ledger then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'it was not valid in that ledger');
  end if;

  select opened.* into v_envelope from private.opened_envelope(outcome ->> 'envelope_xdr') as opened;

  if v_envelope.tx_hash is distinct from (transaction).tx_hash then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'its envelope is another transaction');
  end if;

  -- What was sent was checked before it was sent. Signatures of anything else are checked here.
  if outcome ->> 'envelope_xdr' is distinct from (transaction).signed_envelope_xdr
    and not (
      private.is_signed_for((transaction).source_account, v_envelope.transaction_xdr, v_envelope.signatures)
      and ((transaction).channel_account is null or private.carries_signature_of((transaction).channel_account,
        v_envelope.transaction_xdr, v_envelope.signatures))) then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'its envelope is not signed');
  end if;

  select opened.* into v_result from private.opened_result(outcome ->> 'result_xdr') as opened;

  if v_result.transaction_code is null
    or coalesce(v_result.inner_tx_hash, (transaction).tx_hash) <> (transaction).tx_hash then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'its result is unreadable');
  end if;

  if cardinality(v_result.operation_codes) not in (0, (transaction).operation_count) then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text,
      'it reports another number of operations');
  end if;

  return case v_result.transaction_code when 'tx_success' then 'applied' else 'applied_failed' end;
end;
$$;
comment on function private.require_found(public.transactions, jsonb) is
  'The end of a transaction that was found by its hash; refuses evidence that is not about it.';

create function private.require_unused_number(transaction public.transactions, outcome jsonb)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_ledger constant bigint := private.ledger_in(outcome, 'observed_ledger', transaction);
  v_closed_at constant timestamptz := (outcome ->> 'observed_closed_at')::timestamptz;
begin
  if coalesce(outcome ->> 'observed_sequence', '') !~ '^[0-9]{1,19}$'
    or (outcome ->> 'observed_sequence')::numeric >= (transaction).sequence_number::numeric
    or exists (
      select from private.sequence_numbers as used
      where used.source_account = (transaction).sequence_account
        and used.sequence_number >= (transaction).sequence_number::numeric
        and used.tx_hash is not null) then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'the sequence number is used');
  end if;

  -- A ledger decides: the transaction is valid before max_ledger only. The close time of that ledger decides as well,
  -- a worker's clock never.
  if v_ledger < (transaction).max_ledger and (v_closed_at is null or v_closed_at <= (transaction).max_time) then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text, 'it can still be included');
  end if;

  return 'never_applied';
end;
$$;
comment on function private.require_unused_number(public.transactions, jsonb) is
  'The end of a transaction whose number was unused after its bounds. Nobody can sign that, so the number stays open: '
  'whatever is built next must use it.';

create function private.require_other_user(transaction public.transactions, outcome jsonb)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_ledger constant bigint := private.ledger_in(outcome, 'other_ledger', transaction);
  v_envelope record;
begin
  select opened.* into v_envelope from private.opened_envelope(outcome ->> 'other_envelope_xdr') as opened;

  if v_envelope.tx_hash is null
    or v_envelope.tx_hash = (transaction).tx_hash
    or v_envelope.source_account <> (transaction).sequence_account
    or v_envelope.sequence_number <> (transaction).sequence_number then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text,
      'its envelope is no other transaction with that number');
  end if;

  if not private.is_released((transaction).sequence_account, v_envelope.transaction_xdr, v_envelope.signatures) then
    perform private.refuse('evidence_proves_nothing', (transaction).id::text,
      'its envelope is not signed by the source account');
  end if;

  -- An own transaction that never was in a ledger cannot have used the number: a provider was wrong, then or now.
  if exists (
    select from public.transactions as own
    where own.tx_hash = v_envelope.tx_hash
      and own.submission_state not in ('applied', 'applied_failed')
      -- Of one in doubt it is being looked for whether it was.
      and own.in_doubt_since is null
  ) then
    perform private.refuse('ledger_contradicts', (transaction).sequence_account);
  end if;

  return 'never_applied';
end;
$$;
comment on function private.require_other_user(public.transactions, jsonb) is
  'The end of a transaction whose number another signed transaction used; refuses an envelope that is not signed.';

create function private.proven_state(transaction public.transactions, evidence jsonb)
returns text
language sql stable security definer
set search_path = ''
as $$
  select case evidence ->> 'proof'
    when 'found_by_hash' then private.require_found(transaction, evidence)
    when 'sequence_unused_after_bounds' then private.require_unused_number(transaction, evidence)
    when 'sequence_used_by_other' then private.require_other_user(transaction, evidence)
  end;
$$;
comment on function private.proven_state(public.transactions, jsonb) is
  'The end that the evidence of one provider proves; null for a proof of an unknown kind, and refused when it proves '
  'nothing.';

create function private.require_second_provider(transaction public.transactions, outcome jsonb, state text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_second constant jsonb := outcome -> 'second';
begin
  if not exists (select from private.settings as settings where settings.second_horizon_url is not null) then
    return;
  end if;

  if jsonb_typeof(v_second) is distinct from 'object' then
    perform private.refuse('second_provider_missing', (transaction).id::text);
  end if;

  -- Its own record of the same transaction must prove the same, and in the same ledger with the same result.
  if v_second ->> 'proof' is distinct from outcome ->> 'proof'
    or private.proven_state(transaction, v_second) is distinct from require_second_provider.state
    or (v_second ->> 'ledger', v_second ->> 'other_ledger')
      is distinct from (outcome ->> 'ledger', outcome ->> 'other_ledger')
    or private.decoded_base64(v_second ->> 'result_xdr')
      is distinct from private.decoded_base64(outcome ->> 'result_xdr')
    or (private.opened_envelope(v_second ->> 'other_envelope_xdr')).tx_hash
      is distinct from (private.opened_envelope(outcome ->> 'other_envelope_xdr')).tx_hash then
    perform private.refuse('providers_disagree', (transaction).id::text);
  end if;
end;
$$;
comment on function private.require_second_provider(public.transactions, jsonb, text) is
  'Refuses an outcome without the same evidence from the second provider, where the project has one.';

create function private.end_transaction(transaction public.transactions, state text, proof text, outcome jsonb)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_transaction public.transactions;
begin
  if (transaction).transaction_type = 'refund' then
    v_transaction := private.end_refund(transaction, end_transaction.state, end_transaction.proof, outcome);
  elsif end_transaction.state = 'never_applied' then
    v_transaction := private.end_never_applied(transaction, end_transaction.proof);
  else
    v_transaction := private.end_found_by_hash(transaction, end_transaction.state, outcome);
  end if;

  perform private.note_sequence_number(v_transaction, outcome);

  perform private.emit_event(
    v_transaction.organization_id, 'transaction.' || v_transaction.status, 'transaction', v_transaction.id::text,
    'transaction.final:' || v_transaction.id, private.transaction_event(v_transaction));

  if v_transaction.payroll_run_id is not null then
    perform private.finish_payroll_run(v_transaction.payroll_run_id);
  end if;

  return v_transaction;
end;
$$;
comment on function private.end_transaction(public.transactions, text, text, jsonb) is
  'Ends a transaction in that state, its items and, when nothing is left, its run.';

create function private.transaction_event(transaction public.transactions)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'transaction_id', (transaction).id,
    'tx_hash', (transaction).tx_hash,
    'payroll_run_id', (transaction).payroll_run_id,
    'amount', (transaction).amount::text,
    'asset_code', (transaction).asset_code,
    'asset_issuer', (transaction).asset_issuer,
    'submission_state', (transaction).submission_state,
    'ledger', (transaction).ledger,
    'code', (transaction).last_code,
    'reason', (transaction).held_reason));
$$;
comment on function private.transaction_event(public.transactions) is 'What an event tells of a transaction.';

create function private.note_sequence_number(transaction public.transactions, outcome jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_envelope_xdr constant text := outcome ->> 'other_envelope_xdr';
  v_hash constant text := case (transaction).proof
    when 'found_by_hash' then (transaction).tx_hash
    when 'sequence_used_by_other' then (
      select opened.tx_hash from private.opened_envelope(v_envelope_xdr) as opened)
  end;
begin
  insert into private.sequence_numbers as noted (source_account, sequence_number, tx_hash, ledger, envelope_xdr)
  values (
    (transaction).sequence_account, (transaction).sequence_number::numeric, v_hash,
    case when v_hash is not null then coalesce((transaction).ledger, (outcome ->> 'other_ledger')::bigint) end,
    v_envelope_xdr)
  on conflict (source_account, sequence_number) do update
  set tx_hash = excluded.tx_hash, ledger = excluded.ledger, envelope_xdr = excluded.envelope_xdr
  where noted.tx_hash is null and excluded.tx_hash is not null;
end;
$$;
comment on function private.note_sequence_number(public.transactions, jsonb) is
  'Notes which transaction used the number, or that it is open.';

create function private.record_sequence_holder(
  source_account text, lease_token uuid, envelope_xdr text, ledger bigint
)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_envelope record;
begin
  perform private.require_lease(record_sequence_holder.source_account, record_sequence_holder.lease_token);

  select opened.* into v_envelope from private.opened_envelope(record_sequence_holder.envelope_xdr) as opened;

  if v_envelope.source_account is distinct from record_sequence_holder.source_account
    or not private.ledger_is_plausible(record_sequence_holder.ledger)
    or not private.is_released(record_sequence_holder.source_account, v_envelope.transaction_xdr,
      v_envelope.signatures) then
    perform private.refuse('evidence_proves_nothing', 'of that number',
      'its envelope is not signed by the source account');
  end if;

  -- An own transaction that never was in a ledger cannot have used the number: a provider was wrong, then or now.
  if exists (
    select from public.transactions as own
    where own.tx_hash = v_envelope.tx_hash and own.submission_state not in ('applied', 'applied_failed')
  ) then
    perform private.contradict_by_payment(v_envelope.tx_hash, record_sequence_holder.ledger);
    return;
  end if;

  update private.sequence_numbers as noted
  set tx_hash = v_envelope.tx_hash,
      ledger = record_sequence_holder.ledger,
      envelope_xdr = record_sequence_holder.envelope_xdr
  where noted.source_account = record_sequence_holder.source_account
    and noted.sequence_number = v_envelope.sequence_number::numeric
    and noted.tx_hash is null;
end;
$$;
comment on function private.record_sequence_holder(text, uuid, text, bigint) is
  'Closes an open number by the signed transaction that used it.';
grant execute on function private.record_sequence_holder(text, uuid, text, bigint) to service_role;

create function public.record_sequence_holder(
  source_account text, lease_token uuid, envelope_xdr text, ledger bigint
)
returns void
language sql volatile security invoker
set search_path = ''
as $$ select private.record_sequence_holder(source_account, lease_token, envelope_xdr, ledger); $$;
comment on function public.record_sequence_holder(text, uuid, text, bigint) is
  'For workers: names the signed transaction that used an open sequence number.';
revoke all on function public.record_sequence_holder(text, uuid, text, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.record_sequence_holder(text, uuid, text, bigint) to service_role;

create function private.run_goes_in_circles(transaction public.transactions)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- Every tenth in a row, so that a person who retries the run gets ten more.
  select count(*) > 0 and count(*) % 10 = 0
  from public.transactions as rebuilt
  where rebuilt.organization_id = (transaction).organization_id
    and rebuilt.payroll_run_id = (transaction).payroll_run_id
    and rebuilt.submission_state = 'never_applied'
    and rebuilt.id > coalesce((
      select max(included.id)
      from public.transactions as included
      where included.organization_id = (transaction).organization_id
        and included.payroll_run_id = (transaction).payroll_run_id
        and included.submission_state in ('applied', 'applied_failed')), 0);
$$;
comment on function private.run_goes_in_circles(public.transactions) is
  'Whether the run of a transaction has been built ten times in a row without reaching a ledger.';

create function private.end_never_applied(transaction public.transactions, proof text)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions;
  v_meaning private.result_codes;
  v_failed bigint[];
begin
  update public.transactions as ended
  set submission_state = 'never_applied', status = 'failed', proof = end_never_applied.proof, held_reason = null,
      held_since = null
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
  select meaning.* into v_meaning from private.meaning_of_last(v_transaction) as meaning;

  -- To build it again would only go round in circles.
  if private.fee_is_above_cap(v_transaction) or private.run_goes_in_circles(v_transaction) then
    select meaning.* into v_meaning
    from private.result_codes as meaning
    where meaning.kind = 'provider'
      and meaning.code = case when private.fee_is_above_cap(v_transaction) then 'fee_above_cap'
        else 'never_included' end;
  end if;

  if v_meaning.action = 'item' and v_transaction.last_operation_index is not null then
    -- The network refused it before any ledger and named the operation: only that employee's items fail.
    with failed as (
      update public.payroll_items as item
      set status = 'failed', failure_code = v_meaning.code, failure_reason = v_meaning.sentence || ' ' || v_meaning.hint
      from public.transaction_operations as operation
      where operation.transaction_id = (transaction).id
        and operation.operation_index = v_transaction.last_operation_index
        and item.payroll_run_id = operation.payroll_run_id
        and item.employee_id = operation.employee_id
        and item.status = 'pending'
      returning item.id
    )
    select array_agg(failed.id) into v_failed from failed;

    perform private.tell_failed_items(v_failed);
  elsif v_transaction.channel_account is not null and v_meaning.kind = 'transaction'
    and v_meaning.code in ('tx_insufficient_balance', 'tx_no_source_account') then
    -- The channel pays the fee and gives the number, so it is what lacks; the others pay, or the treasury itself.
    perform private.note_channel_problem(v_transaction.channel_account,
      case v_meaning.code when 'tx_insufficient_balance' then 'short_of_fees' else 'account_missing' end);
  elsif v_meaning.action in ('stop', 'item') then
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
  v_result record;
  v_stop record;
begin
  select opened.* into v_result from private.opened_result(outcome ->> 'result_xdr') as opened;

  update public.transactions as ended
  set submission_state = end_found_by_hash.state,
      status = case end_found_by_hash.state when 'applied' then 'completed' else 'failed' end,
      proof = 'found_by_hash',
      held_reason = null,
      held_since = null,
      ledger = (outcome ->> 'ledger')::bigint,
      closed_at = (outcome ->> 'closed_at')::timestamptz,
      fee_charged_stroops = v_result.fee_charged,
      result_xdr = outcome ->> 'result_xdr',
      last_code = v_result.transaction_code
  where ended.id = (transaction).id
  returning ended.* into v_transaction;

  if end_found_by_hash.state = 'applied' then
    perform private.complete_items(v_transaction);
    return v_transaction;
  end if;

  -- The network executed every operation and reported each result, so every bad item is known at once.
  update public.transaction_operations as operation
  set is_live = false,
      -- A failed transaction undoes what its good operations did.
      result_code = case v_result.operation_codes[operation.operation_index + 1]
        when 'op_success' then 'op_undone' else v_result.operation_codes[operation.operation_index + 1] end
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
    coalesce(operation.result_code, v_transaction.last_code) as code,
    coalesce(meaning.sentence || ' ' || meaning.hint, private.unknown_result()) as reason
  into v_stop
  from public.transaction_operations as operation
  cross join lateral private.meaning_of(operation.operation_type,
    coalesce(operation.result_code, v_transaction.last_code)) as meaning
  where operation.transaction_id = (transaction).id
    and operation.result_code is distinct from 'op_undone'
    and coalesce(meaning.action, 'stop') <> 'item'
  order by operation.operation_index
  limit 1;

  if found then
    perform private.fail_payroll_run(v_transaction.payroll_run_id, v_stop.code, v_stop.reason);
  elsif not exists (
    select from public.transaction_operations as operation
    where operation.transaction_id = (transaction).id and operation.result_code <> 'op_undone'
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
    where operation.transaction_id = (transaction).id));
end;
$$;

create function private.payout_of(operation public.transaction_operations)
returns jsonb
language sql immutable security invoker
set search_path = ''
as $$
  select case when (operation).operation_type = 'create_claimable_balance'
    then jsonb_build_object('payout_method', 'claimable_balance', 'claimable_balance_id',
      (operation).claimable_balance_id, 'reclaimable_at', (operation).reclaimable_at)
    else jsonb_build_object('payout_method', 'payment') end;
$$;
comment on function private.payout_of(public.transaction_operations) is
  'How an operation pays, for the events about it: a claimable balance is paid, but not yet in the hands of the '
  'employee.';

create function private.fail_items(transaction public.transactions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.payroll_items as item
  set status = 'failed', failure_code = meaning.code, failure_reason = meaning.sentence || ' ' || meaning.hint
  from public.transaction_operations as operation
  cross join lateral private.meaning_of(operation.operation_type, operation.result_code) as meaning
  where meaning.action = 'item'
    and operation.transaction_id = (transaction).id
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
    cross join lateral private.meaning_of(operation.operation_type, operation.result_code) as meaning
    where meaning.action = 'item'
      and operation.transaction_id = (transaction).id));
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
  -- What other channel accounts have on its way is followed to its end; of the own account the end is not known yet.
  if exists (
    select from public.transactions as live
    join private.source_accounts as leased
      on leased.account_id = live.sequence_account and leased.lease_token = stop_disbursement.lease_token
    where live.organization_id = v_run.organization_id and live.payroll_run_id = v_run.id and live.is_live) then
    perform private.refuse('payroll_run_has_live_transaction', v_run.id::text);
  end if;

  perform private.fail_payroll_run(v_run.id, v_code, coalesce((
    select meaning.sentence || ' ' || meaning.hint from private.meaning_of('provider', v_code) as meaning
    where meaning.code is not null
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
insert into private.notification_templates
  (event_type, audience, required_role, preference_key, title, message, not_for)
values
  ('payment.completed', 'employee', null, null, 'You were paid {amount} {asset_code}',
    'It was sent to {destination} in transaction {tx_hash}.',
    -- That waits for the employee, as claimable_balance.created says.
    '{"payout_method": "claimable_balance"}');

create function private.check_unproven_transactions(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select transaction.organization_id, 'alert', 'transaction_unproven', 'transaction', transaction.id::text,
  transaction.created_at,
    format('Transaction %s was prepared %s ago and its end is not proven (last answer: %s).',
      left(transaction.tx_hash, 12), date_trunc('second', now() - transaction.created_at),
      coalesce(transaction.last_code, 'none')),
    'Check that payroll-disburse is rung and that the Horizon server answers; never pay these people another way '
    'before it is final.',
    'a proof from the ledger', null::timestamptz, 'pause_payroll_run, cancel_payroll_run'
  from public.transactions as transaction
  where transaction.is_live
    and transaction.submission_state not in ('held', 'awaiting_signature')
    and transaction.created_at < now() - interval '5 minutes'
    and (check_unproven_transactions.organization_id is null
      or transaction.organization_id = check_unproven_transactions.organization_id)

  union all
  -- Built again and again: a fee below the market, or a provider that takes nothing.
  select rebuilt.organization_id, 'alert', 'payroll_run_rebuilding', 'payroll_run', rebuilt.payroll_run_id::text,
  min(rebuilt.created_at),
    format('Payroll run %s was built %s times without reaching a ledger (last answer: %s).', rebuilt.payroll_run_id,
      count(*), coalesce(max(rebuilt.last_code), 'none')),
    'Check the fee limit in private.settings and the Horizon server; nobody is paid twice by it.',
    'a transaction that reaches a ledger', null::timestamptz, 'pause_payroll_run, cancel_payroll_run'
  from public.transactions as rebuilt
  join public.payroll_runs as run on run.id = rebuilt.payroll_run_id and run.status = 'processing'
  where rebuilt.submission_state = 'never_applied'
    -- What wallets did not sign in time was not sent either, and waits for people.
    and (rebuilt.attempts > 0 or not private.is_signed_by_wallets(rebuilt.source_account))
    and (check_unproven_transactions.organization_id is null
      or rebuilt.organization_id = check_unproven_transactions.organization_id)
  group by rebuilt.organization_id, rebuilt.payroll_run_id
  having count(*) >= 3;
$$;
comment on function private.check_unproven_transactions(bigint) is
  'Transactions whose end is not proven for long, and runs that are built again and again.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_unproven_transactions', 'A payment that nobody can prove must not be made in another way.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('transaction_unproven', 'private.check_unproven_transactions', 'payroll.waiting',
    '{pause_payroll_run, cancel_payroll_run}'),
  ('payroll_run_rebuilding', 'private.check_unproven_transactions', 'payroll.waiting',
    '{pause_payroll_run, cancel_payroll_run}');
