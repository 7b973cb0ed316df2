-- migration: writing a transaction ahead
-- claim an account -> plan the next operations -> persist the transaction -> sign and submit -> record what the ledger
-- proves. The database plans, so a worker cannot choose what to pay; it recomputes the plan when the transaction is
-- persisted and refuses any difference.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125010300, 20261125010400, 20261125060000, 20261125060100,
--   20261125060200, 20261125070100, 20261125070300
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('operations_differ_from_plan', 409,
    'The operations of the transaction are not the planned ones.',
    'Plan again and build the transaction from exactly those rows.'),
  ('live_transaction_exists', 409,
    'The account %s has a transaction whose end is not yet known.',
    'Follow that transaction to its end first.'),
  ('invalid_transaction', 422,
    'The transaction is incomplete: %s.',
    'Give hash, envelope, sequence number, fee and both bounds.'),
  ('transaction_not_found', 404, 'There is no transaction %s.', 'Check the id.'),
  ('transaction_is_final', 409, 'Transaction %s is %s and cannot be submitted again.', 'Nothing needs to be done.');

create function private.persist_transaction(
  payroll_run_id bigint, lease_token uuid, tx_hash text, envelope_xdr text, sequence_number text,
  fee_bid_stroops bigint, max_ledger bigint, max_time timestamptz, operations jsonb
)
returns setof public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_run public.payroll_runs := private.leased_run(persist_transaction.payroll_run_id, persist_transaction.lease_token);
  v_count integer;
  v_transaction public.transactions;
begin
  -- A repeat after a lost answer returns what was persisted.
  select persisted.* into v_transaction
  from public.transactions as persisted
  where persisted.tx_hash = persist_transaction.tx_hash
    and persisted.payroll_run_id = v_run.id;

  if found then
    return next v_transaction;
    return;
  end if;

  if v_run.status <> 'processing' then
    perform private.refuse('transition_not_allowed', 'Payroll run', v_run.id::text, v_run.status, 'paying',
      'only a processing run is paid');
  end if;

  if exists (select from public.transactions as live
    where live.source_account = v_run.source_account and live.is_live) then
    perform private.refuse('live_transaction_exists', v_run.source_account);
  end if;

  if jsonb_typeof(persist_transaction.operations) is distinct
    from 'array' or jsonb_array_length(persist_transaction.operations) not between 1 and 100 then
    perform private.refuse('invalid_transaction', 'it needs 1 to 100 operations');
  end if;

  -- Where a number belongs, PostgreSQL would repeat what stands there instead.
  if private.json_holds_secret_key(persist_transaction.operations) then
    perform private.refuse('secret_key_refused', 'The list of operations');
  end if;

  if coalesce(persist_transaction.tx_hash, '') !~ '^[0-9a-f]{64}$' then
    perform private.refuse('invalid_transaction', 'its hash is not 64 hexadecimal digits');
  end if;

  if not private.is_xdr(persist_transaction.envelope_xdr) then
    perform private.refuse('invalid_transaction', 'its envelope is not XDR in base64');
  end if;

  if coalesce(persist_transaction.sequence_number, '') !~ '^[1-9][0-9]{0,18}$'
    or persist_transaction.sequence_number::numeric > 9223372036854775807 then
    perform private.refuse('invalid_transaction', 'its sequence number is not a positive int64');
  end if;

  if coalesce(persist_transaction.fee_bid_stroops, 0) < 1 then
    perform private.refuse('invalid_transaction', 'it offers no fee');
  end if;

  if persist_transaction.max_time is null or persist_transaction.max_ledger is null
    or persist_transaction.max_ledger < 1 then
    perform private.refuse('invalid_transaction', 'without bounds its end could never be proven');
  end if;

  v_count := jsonb_array_length(persist_transaction.operations);

  -- What the worker built must be what the database planned, to the last stroop and in the same order.
  if exists (
    select planned.operation_index, planned.employee_id, 'payment', planned.destination, v_run.asset_code,
    v_run.asset_issuer, planned.amount::numeric(20, 7)::text
    from private.planned_operations(v_run.id, v_count) as planned
    except
    select given.operation_index, given.employee_id, given.operation_type, given.destination, given.asset_code,
    given.asset_issuer, given.amount
    from jsonb_to_recordset(persist_transaction.operations) as given (
      operation_index integer, employee_id bigint, operation_type text, destination text, asset_code text,
      asset_issuer text, amount text)
  ) or (select count(*) from private.planned_operations(v_run.id, v_count)) <> v_count then
    perform private.refuse('operations_differ_from_plan');
  end if;

  insert into public.transactions (
    organization_id, payroll_run_id, tx_hash, amount, asset_code, asset_issuer, source_account, sequence_number,
    envelope_xdr, memo,
    operation_count, fee_bid_stroops, max_ledger, max_time)
  select
    v_run.organization_id, v_run.id, persist_transaction.tx_hash, sum(planned.amount), v_run.asset_code,
    v_run.asset_issuer, v_run.source_account,
    persist_transaction.sequence_number, persist_transaction.envelope_xdr, v_run.memo, v_count,
    persist_transaction.fee_bid_stroops,
    persist_transaction.max_ledger, persist_transaction.max_time
  from private.planned_operations(v_run.id, v_count) as planned
  returning * into v_transaction;

  with operation as (
    insert into public.transaction_operations (
      organization_id, transaction_id, operation_index, payroll_run_id, employee_id, destination, asset_code,
      asset_issuer, amount)
    select v_run.organization_id, v_transaction.id, planned.operation_index, v_run.id, planned.employee_id,
    planned.destination,
      v_run.asset_code, v_run.asset_issuer, planned.amount
    from private.planned_operations(v_run.id, v_count) as planned
    returning id, employee_id
  )
  update public.payroll_items as item
  set transaction_operation_id = operation.id
  from operation
  where item.payroll_run_id = v_run.id
    and item.employee_id = operation.employee_id
    and item.status = 'pending'
    and item.transaction_operation_id is null;

  return next v_transaction;
end;
$$;
grant execute on function private.persist_transaction(bigint, uuid, text, text, text, bigint, bigint, timestamptz,
  jsonb) to service_role;

create function public.persist_transaction(
  payroll_run_id bigint, lease_token uuid, tx_hash text, envelope_xdr text, sequence_number text,
  fee_bid_stroops bigint, max_ledger bigint, max_time timestamptz, operations jsonb
)
returns setof public.transactions
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.persist_transaction(
    payroll_run_id, lease_token, tx_hash, envelope_xdr, sequence_number, fee_bid_stroops, max_ledger, max_time,
    operations);
$$;
comment on function public.persist_transaction(bigint, uuid, text, text, text, bigint, bigint, timestamptz, jsonb) is
  'For workers: writes a transaction before it is signed.';
revoke all on function public.persist_transaction(bigint, uuid, text, text, text, bigint, bigint, timestamptz, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.persist_transaction(bigint, uuid, text, text, text, bigint, bigint, timestamptz,
  jsonb) to service_role;

create function private.leased_transaction(transaction_id bigint, lease_token uuid)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_source_account text;
  v_transaction public.transactions;
begin
  select transaction.source_account into v_source_account
  from public.transactions as transaction
  where transaction.id = leased_transaction.transaction_id;

  if not found then
    perform private.refuse('transaction_not_found', coalesce(leased_transaction.transaction_id::text, 'without id'));
  end if;

  perform private.require_lease(v_source_account, leased_transaction.lease_token);

  select transaction.* into v_transaction
  from public.transactions as transaction
  where transaction.id = leased_transaction.transaction_id
  for update;

  return v_transaction;
end;
$$;
comment on function private.leased_transaction(bigint, uuid) is
  'The transaction whose source account is leased with the token, both locked.';

create function private.begin_submission(transaction_id bigint, lease_token uuid, signed_envelope_xdr text)
returns setof public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_transaction public.transactions :=
  private.leased_transaction(begin_submission.transaction_id, begin_submission.lease_token);
begin
  if not v_transaction.is_live then
    perform private.refuse('transaction_is_final', v_transaction.id::text, v_transaction.submission_state);
  end if;

  if not private.is_xdr(begin_submission.signed_envelope_xdr) then
    perform private.refuse('invalid_transaction', 'the signed envelope is not XDR in base64');
  end if;

  -- Written before anything is sent: from here on the transaction may be in a ledger, whatever becomes of the worker.
  update public.transactions as transaction
  set submission_state = 'submitting',
      signed_envelope_xdr = begin_submission.signed_envelope_xdr,
      attempts = transaction.attempts + 1,
      next_check_at = now() + interval '5 seconds'
  where transaction.id = v_transaction.id
  returning transaction.* into v_transaction;

  return next v_transaction;
end;
$$;
grant execute on function private.begin_submission(bigint, uuid, text) to service_role;

create function public.begin_submission(transaction_id bigint, lease_token uuid, signed_envelope_xdr text)
returns setof public.transactions
language sql volatile security invoker
set search_path = ''
as $$ select * from private.begin_submission(transaction_id, lease_token, signed_envelope_xdr); $$;
comment on function public.begin_submission(bigint, uuid, text) is
  'For workers: notes an attempt before the envelope is sent.';
revoke all on function public.begin_submission(bigint, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.begin_submission(bigint, uuid, text) to service_role;

create function private.record_submission(
  transaction_id bigint, lease_token uuid, http_status integer, transaction_code text, operation_codes text[],
  retry_after_seconds integer
)
returns table (action text, next_check_at timestamptz)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions := private.leased_transaction(record_submission.transaction_id,
    record_submission.lease_token);
  v_wait_seconds integer;
begin
  -- No answer of a submission proves anything; it only says when to look again. The wait doubles up to 50 seconds.
  v_wait_seconds := greatest(
    least(coalesce(record_submission.retry_after_seconds, 0), 600),
    least(50, case when record_submission.http_status = 200 then 0
      else (2 ^ least(v_transaction.attempts, 6))::integer end));

  if v_transaction.is_live then
    update public.transactions as transaction
    set last_code = private.stored_text(coalesce((
          select given.code
          from unnest(record_submission.operation_codes) with ordinality as given (code, position)
          where given.code <> 'op_success'
          order by given.position
          limit 1
        ), record_submission.transaction_code, 'http_' || record_submission.http_status), 100),
        last_http_status = record_submission.http_status,
        next_check_at = now() + make_interval(secs => v_wait_seconds)
    where transaction.id = v_transaction.id
    returning transaction.* into v_transaction;
  end if;

  return query select 'poll'::text, v_transaction.next_check_at;
end;
$$;
grant execute on function private.record_submission(bigint, uuid, integer, text, text[], integer) to service_role;

create function public.record_submission(
  transaction_id bigint, lease_token uuid, http_status integer, transaction_code text default null,
  operation_codes text[] default null, retry_after_seconds integer default null
)
returns table (action text, next_check_at timestamptz)
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.record_submission(transaction_id, lease_token, http_status, transaction_code, operation_codes,
    retry_after_seconds);
$$;
comment on function public.record_submission(bigint, uuid, integer, text, text[], integer) is
  'For workers: notes the answer of a submission, which proves nothing.';
revoke all on function public.record_submission(bigint, uuid, integer, text, text[], integer)
  from public, anon, authenticated, service_role;
grant execute on function public.record_submission(bigint, uuid, integer, text, text[], integer) to service_role;
