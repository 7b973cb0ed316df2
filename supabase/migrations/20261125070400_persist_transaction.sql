-- migration: writing a transaction ahead
-- claim an account -> plan the next operations -> persist the transaction -> sign and submit -> record what the ledger
-- proves. The database plans, so a worker cannot choose what to pay; it recomputes the plan when the transaction is
-- persisted, writes its bytes itself, and refuses any difference. What is sent must be that transaction, signed by the
-- source account; the database checks the signature too. Where a channel account is leased, its number is used and it
-- pays the fee: every operation names the treasury, and both accounts must have signed.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125010300, 20261125010400, 20261125060000, 20261125060100,
--   20261125060200, 20261125070050, 20261125070100, 20261125070150, 20261125070300
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
  ('envelope_differs_from_plan', 409,
    'The envelope is not the planned transaction: its %s differs.',
    'Build the transaction from exactly the planned operations; nothing else is stored or sent.'),
  ('signature_invalid', 409,
    'The envelope does not carry exactly the valid signatures of the account %s.',
    'Sign the prepared transaction with the key of the source account, and with no other.'),
  ('channel_account_removed', 409,
    'The channel account %s was removed.',
    'Release it; another channel account, or the treasury itself, pays what is left.'),
  ('sequence_number_open', 409,
    'Number %2$s of the account %1$s may have been used.',
    'Use that number, or find the transaction that used it.'),
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
  v_run public.payroll_runs;
  v_leased private.source_accounts;
  v_channel text;
  v_count integer;
  v_transaction public.transactions;
begin
  -- Before anything else is locked: two channels of one treasury would otherwise wait for each other.
  perform private.lock_treasury_alone((
    select run.source_account from public.payroll_runs as run where run.id = persist_transaction.payroll_run_id));
  v_run := private.leased_run(persist_transaction.payroll_run_id, persist_transaction.lease_token);

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

  if v_run.stop_requested is not null then
    perform private.refuse('payroll_run_stopped', v_run.id::text);
  end if;

  -- Whoever holds the lease of a channel uses the numbers of that channel, and of no other account.
  v_leased := private.require_lease_for(v_run.source_account, persist_transaction.lease_token);
  v_channel := case when v_leased.channel_of is not null then v_leased.account_id end;
  perform private.act_for_number(v_run.source_account, persist_transaction.lease_token);

  if v_leased.retired_at is not null then
    perform private.refuse('channel_account_removed', v_leased.account_id);
  end if;

  perform private.require_explained_balance(v_run.source_account);

  if exists (select from public.transactions as live
    where live.sequence_account = v_leased.account_id and live.is_live) then
    perform private.refuse('live_transaction_exists', v_leased.account_id);
  end if;

  perform private.require_counted_funds(v_leased);

  if jsonb_typeof(persist_transaction.operations) is distinct
    from 'array' or jsonb_array_length(persist_transaction.operations) not between 1 and 100 then
    perform private.refuse('invalid_transaction', 'it needs 1 to 100 operations');
  end if;

  -- Where a number belongs, PostgreSQL would repeat what stands there instead.
  if private.json_holds_secret_key(persist_transaction.operations) then
    perform private.refuse('secret_key_refused', 'The list of operations');
  end if;

  perform private.require_transaction_header(
    persist_transaction.tx_hash, persist_transaction.envelope_xdr, persist_transaction.sequence_number,
    persist_transaction.fee_bid_stroops, persist_transaction.max_ledger, persist_transaction.max_time);

  v_count := jsonb_array_length(persist_transaction.operations);

  -- What the worker built must be what the database planned, to the last stroop and in the same order.
  if exists (
    select planned.operation_index, planned.employee_id, planned.operation_type, planned.destination, v_run.asset_code,
    v_run.asset_issuer, planned.amount::numeric(20, 7)::text, planned.memo_type, planned.memo,
    planned.reclaim_after_days
    from private.planned_operations(v_run.id, v_count) as planned
    except
    select given.operation_index, given.employee_id, given.operation_type, given.destination, given.asset_code,
    given.asset_issuer, given.amount, given.memo_type, given.memo, given.reclaim_after_days
    from jsonb_to_recordset(persist_transaction.operations) as given (
      operation_index integer, employee_id bigint, operation_type text, destination text, asset_code text,
      asset_issuer text, amount text, memo_type text, memo text, reclaim_after_days integer)
  ) or (select count(*) from private.planned_operations(v_run.id, v_count)) <> v_count then
    perform private.refuse('operations_differ_from_plan');
  end if;

  perform private.require_planned_envelope(
    v_run, v_channel, v_count, persist_transaction.tx_hash, persist_transaction.envelope_xdr,
    persist_transaction.sequence_number, persist_transaction.fee_bid_stroops, persist_transaction.max_ledger,
    persist_transaction.max_time);

  perform private.require_closed_sequence_numbers(v_leased.account_id, persist_transaction.sequence_number);

  insert into public.transactions (
    organization_id, payroll_run_id, tx_hash, amount, asset_code, asset_issuer, source_account, channel_account,
    sequence_number,
    envelope_xdr, memo_type, memo,
    operation_count, fee_bid_stroops, max_ledger, max_time, submission_state)
  select
    v_run.organization_id, v_run.id, persist_transaction.tx_hash, sum(planned.amount), v_run.asset_code,
    v_run.asset_issuer, v_run.source_account, v_channel,
    persist_transaction.sequence_number, persist_transaction.envelope_xdr, min(planned.memo_type), min(planned.memo),
    v_count,
    persist_transaction.fee_bid_stroops,
    persist_transaction.max_ledger, persist_transaction.max_time,
    case when private.is_signed_by_wallets(v_run.source_account) then 'awaiting_signature' else 'prepared' end
  from private.planned_operations(v_run.id, v_count) as planned
  returning * into v_transaction;

  with operation as (
    insert into public.transaction_operations (
      organization_id, transaction_id, operation_index, payroll_run_id, employee_id, operation_type, destination,
      asset_code, asset_issuer, amount, claimable_balance_id, reclaimable_at)
    select v_run.organization_id, v_transaction.id, planned.operation_index, v_run.id, planned.employee_id,
      planned.operation_type, planned.destination, v_run.asset_code, v_run.asset_issuer, planned.amount,
      case when planned.operation_type = 'create_claimable_balance' then private.claimable_balance_id(
        v_leased.account_id, persist_transaction.sequence_number, planned.operation_index) end,
      private.reclaimable_at(persist_transaction.max_time, planned.reclaim_after_days)
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

  delete from private.funding_waits as waiting
  where waiting.source_account = v_run.source_account;

  -- Whatever was wrong with the channel is not any more.
  update private.source_accounts as channel
  set problem = null, problem_since = null
  where channel.account_id = v_channel
    and channel.problem is not null;

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

create function private.require_transaction_header(
  tx_hash text, envelope_xdr text, sequence_number text, fee_bid_stroops bigint, max_ledger bigint,
  max_time timestamptz
)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if coalesce(require_transaction_header.tx_hash, '') !~ '^[0-9a-f]{64}$' then
    perform private.refuse('invalid_transaction', 'its hash is not 64 hexadecimal digits');
  end if;

  if not private.is_xdr(require_transaction_header.envelope_xdr) then
    perform private.refuse('invalid_transaction', 'its envelope is not XDR in base64');
  end if;

  if coalesce(require_transaction_header.sequence_number, '') !~ '^[1-9][0-9]{0,18}$'
    or require_transaction_header.sequence_number::numeric > 9223372036854775807 then
    perform private.refuse('invalid_transaction', 'its sequence number is not a positive int64');
  end if;

  if coalesce(require_transaction_header.fee_bid_stroops, 0) < 1 then
    perform private.refuse('invalid_transaction', 'it offers no fee');
  end if;

  if require_transaction_header.max_time is null or require_transaction_header.max_ledger is null
    or require_transaction_header.max_ledger not between 1 and 4294967295
    or not isfinite(require_transaction_header.max_time) then
    perform private.refuse('invalid_transaction', 'without bounds its end could never be proven');
  end if;

  if require_transaction_header.fee_bid_stroops > 4294967295
    or date_trunc('second', require_transaction_header.max_time) <> require_transaction_header.max_time then
    perform private.refuse('invalid_transaction', 'its fee or its last time cannot be written in a transaction');
  end if;
end;
$$;
comment on function private.require_transaction_header(text, text, text, bigint, bigint, timestamptz) is
  'Refuses a transaction whose hash, envelope, number, fee or bounds are none.';

create function private.reclaimable_at(max_time timestamptz, reclaim_after_days integer)
returns timestamptz
language sql immutable security invoker
set search_path = ''
as $$
  -- Days of 24 hours: a day of the calendar is as long as the time zone of the session says.
  select max_time + make_interval(hours => 24 * reclaim_after_days);
$$;
comment on function private.reclaimable_at(timestamptz, integer) is
  'From when on a claimable balance can be taken back: so many days after the last moment at which its transaction can '
  'be applied.';

create function private.require_planned_envelope(
  run public.payroll_runs, channel_account text, operation_count integer, tx_hash text, envelope_xdr text,
  sequence_number text, fee_bid_stroops bigint, max_ledger bigint, max_time timestamptz
)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_planned constant bytea := private.xdr_transaction(
    coalesce(require_planned_envelope.channel_account, (run).source_account),
    require_planned_envelope.sequence_number, require_planned_envelope.fee_bid_stroops,
    require_planned_envelope.max_ledger, require_planned_envelope.max_time, (
      select min(planned.memo_type)
      from private.planned_operations((run).id, 1) as planned), (
      select min(planned.memo)
      from private.planned_operations((run).id, 1) as planned), (
      select array_agg(
        private.xdr_operation_of(
          case when require_planned_envelope.channel_account is not null then (run).source_account end,
          case planned.operation_type
            when 'create_claimable_balance' then private.xdr_claimable_balance(planned.destination, (run).asset_code,
              (run).asset_issuer, planned.amount, (run).source_account,
              private.reclaimable_at(require_planned_envelope.max_time, planned.reclaim_after_days))
            else private.xdr_operation(planned.operation_type, planned.destination, (run).asset_code,
              (run).asset_issuer, planned.amount)
          end)
        order by planned.operation_index)
      from private.planned_operations((run).id, require_planned_envelope.operation_count) as planned));
begin
  perform private.require_same_envelope(v_planned, require_planned_envelope.envelope_xdr,
    require_planned_envelope.tx_hash);
end;
$$;
comment on function private.require_planned_envelope(public.payroll_runs, text, integer, text, text, text, bigint,
  bigint, timestamptz) is
  'Writes the transaction that was planned and refuses an envelope or a hash that is not exactly that.';

create function private.require_same_envelope(planned_xdr bytea, envelope_xdr text, tx_hash text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  -- Kind of envelope, the transaction, and an empty list of signatures.
  if private.decoded_base64(require_same_envelope.envelope_xdr)
    is distinct from '\x00000002'::bytea || require_same_envelope.planned_xdr || '\x00000000'::bytea then
    perform private.refuse('envelope_differs_from_plan', 'content');
  end if;

  if encode(private.signed_bytes(require_same_envelope.planned_xdr), 'hex') <> require_same_envelope.tx_hash then
    perform private.refuse('envelope_differs_from_plan', 'hash');
  end if;
end;
$$;
comment on function private.require_same_envelope(bytea, text, text) is
  'Refuses an unsigned envelope or a hash that is not exactly that of the planned transaction.';

create function private.require_closed_sequence_numbers(source_account text, sequence_number text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_open constant numeric := (
    select min(open.sequence_number)
    from private.sequence_numbers as open
    where open.source_account = require_closed_sequence_numbers.source_account
      and open.tx_hash is null);
begin
  if require_closed_sequence_numbers.sequence_number::numeric > v_open then
    perform private.refuse('sequence_number_open', require_closed_sequence_numbers.source_account, v_open::text);
  end if;
end;
$$;
comment on function private.require_closed_sequence_numbers(text, text) is
  'Refuses a transaction behind a number of which only a provider says that nobody used it: if the provider was wrong, '
  'only the same number or a lower one cannot pay a second time.';

create function private.leased_transaction(transaction_id bigint, lease_token uuid)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_sequence_account text;
  v_transaction public.transactions;
begin
  select transaction.sequence_account into v_sequence_account
  from public.transactions as transaction
  where transaction.id = leased_transaction.transaction_id;

  if not found then
    perform private.refuse('transaction_not_found', coalesce(leased_transaction.transaction_id::text, 'without id'));
  end if;

  -- Locks are taken in one order everywhere: account, run, transaction, items.
  perform private.lock_treasury_of(v_sequence_account);
  perform private.require_lease(v_sequence_account, leased_transaction.lease_token);

  perform from public.payroll_runs as run
  where run.id = (select transaction.payroll_run_id from public.transactions as transaction
    where transaction.id = leased_transaction.transaction_id)
  for update;

  select transaction.* into v_transaction
  from public.transactions as transaction
  where transaction.id = leased_transaction.transaction_id
  for update;

  return v_transaction;
end;
$$;
comment on function private.leased_transaction(bigint, uuid) is
  'The transaction whose source or channel account is leased with the token; account, run and transaction are locked.';

create function private.require_signed_transaction(transaction public.transactions, signed_envelope_xdr text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_envelope record;
begin
  select opened.* into v_envelope
  from private.opened_envelope(require_signed_transaction.signed_envelope_xdr) as opened;

  if v_envelope.tx_hash is distinct from (transaction).tx_hash then
    perform private.refuse('envelope_differs_from_plan', 'hash');
  end if;

  if not private.is_signed_by_both(transaction, v_envelope.transaction_xdr, v_envelope.signatures) then
    perform private.refuse('signature_invalid', concat_ws(' and the account ', (transaction).source_account,
      (transaction).channel_account));
  end if;
end;
$$;
comment on function private.require_signed_transaction(public.transactions, text) is
  'Refuses an envelope that is not the stored transaction with valid signatures of its source account, and of its '
  'channel account where it has one.';

create function private.is_signed_by_both(transaction public.transactions, transaction_xdr bytea, signatures bytea[])
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- No signature of anybody else, and one of each account.
  select private.is_signed_by(transaction_xdr, signatures,
      array_remove(array[(transaction).source_account, (transaction).channel_account], null))
    and ((transaction).channel_account is null or cardinality(signatures) = 2
      and private.carries_signature_of((transaction).source_account, transaction_xdr, signatures)
      and private.carries_signature_of((transaction).channel_account, transaction_xdr, signatures));
$$;
comment on function private.is_signed_by_both(public.transactions, bytea, bytea[]) is
  'Whether the bytes of a transaction carry exactly the signatures of the accounts that it takes: of its treasury, and '
  'of its channel account where it has one.';

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

  -- What wallets sign is put together from what was collected, and nothing else of it is ever sent.
  if v_transaction.submission_state = 'awaiting_signature' or (
    private.is_signed_by_wallets(v_transaction.source_account)
    and v_transaction.signed_envelope_xdr is distinct from begin_submission.signed_envelope_xdr) then
    perform private.refuse('signatures_missing', v_transaction.id::text);
  end if;

  -- What was never sent is not sent any more, and ends by itself after its last ledger. What was sent is followed.
  if v_transaction.attempts = 0 and exists (
    select from public.payroll_runs as run
    where run.id = v_transaction.payroll_run_id and run.stop_requested is not null) then
    perform private.refuse('payroll_run_stopped', v_transaction.payroll_run_id::text);
  end if;

  if not private.is_xdr(begin_submission.signed_envelope_xdr) then
    perform private.refuse('invalid_transaction', 'the signed envelope is not XDR in base64');
  end if;

  -- An envelope that was checked before need not be checked again.
  if private.is_fee_bump(begin_submission.signed_envelope_xdr) then
    perform private.require_signed_fee_bump(v_transaction, begin_submission.signed_envelope_xdr);
  elsif v_transaction.signed_envelope_xdr is distinct from begin_submission.signed_envelope_xdr then
    perform private.require_signed_transaction(v_transaction, begin_submission.signed_envelope_xdr);
  end if;

  -- Written before anything is sent: from here on the transaction may be in a ledger, whatever becomes of the worker.
  update public.transactions as transaction
  set submission_state = 'submitting',
      -- Around which a higher fee may be put, and which stays what it is.
      signed_envelope_xdr = case when private.is_fee_bump(begin_submission.signed_envelope_xdr)
        then transaction.signed_envelope_xdr else begin_submission.signed_envelope_xdr end,
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
  retry_after_seconds integer, required_fee_stroops bigint
)
returns table (action text, next_check_at timestamptz)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_transaction public.transactions := private.leased_transaction(record_submission.transaction_id,
    record_submission.lease_token);
  v_wait_seconds integer;
  v_required bigint;
begin
  -- No answer of a submission proves anything; it only says when to look again. The wait doubles up to 50 seconds.
  v_wait_seconds := greatest(
    least(coalesce(record_submission.retry_after_seconds, 0), 600),
    least(50, case when record_submission.http_status = 200 then 0
      else (2 ^ least(v_transaction.attempts, 6))::integer end));

  if v_transaction.is_live then
    -- A fee bump is charged as one more operation than it pays.
    v_required := ceil(nullif(greatest(record_submission.required_fee_stroops, 0), 0)::numeric
      / (v_transaction.operation_count + case when private.last_fee_bump(v_transaction) is null then 0 else 1 end));

    update public.transactions as transaction
    set required_fee_stroops = coalesce(v_required, transaction.required_fee_stroops),
        last_code = private.stored_text(coalesce((
          select given.code
          from unnest(record_submission.operation_codes) with ordinality as given (code, position)
          where given.code <> 'op_success'
          order by given.position
          limit 1
        ), record_submission.transaction_code, 'http_' || record_submission.http_status), 100),
        last_operation_index = (
          select min(given.position) - 1
          from unnest(record_submission.operation_codes) with ordinality as given (code, position)
          where given.code <> 'op_success'),
        last_http_status = record_submission.http_status,
        next_check_at = now() + make_interval(secs => v_wait_seconds)
    where transaction.id = v_transaction.id
    returning transaction.* into v_transaction;

    -- With a fee that the project allows it is sent again at once.
    if v_required is not null and not private.fee_is_above_cap(v_transaction) then
      update public.transactions as transaction
      set next_check_at = now()
      where transaction.id = v_transaction.id
      returning transaction.* into v_transaction;
    end if;
  end if;

  return query select 'poll'::text, v_transaction.next_check_at;
end;
$$;
grant execute on function private.record_submission(bigint, uuid, integer, text, text[], integer, bigint)
  to service_role;

create function public.record_submission(
  transaction_id bigint, lease_token uuid, http_status integer, transaction_code text default null,
  operation_codes text[] default null, retry_after_seconds integer default null,
  required_fee_stroops bigint default null
)
returns table (action text, next_check_at timestamptz)
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.record_submission(transaction_id, lease_token, http_status, transaction_code, operation_codes,
    retry_after_seconds, required_fee_stroops);
$$;
comment on function public.record_submission(bigint, uuid, integer, text, text[], integer, bigint) is
  'For workers: notes the answer of a submission, which proves nothing.';
revoke all on function public.record_submission(bigint, uuid, integer, text, text[], integer, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.record_submission(bigint, uuid, integer, text, text[], integer, bigint)
  to service_role;
