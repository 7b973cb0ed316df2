-- migration: collected signatures
-- A transaction of a treasury that wallets sign for waits in the state awaiting_signature. Its envelope is handed out,
-- signed envelopes come back from several people in any order, and each must be byte for byte the prepared one with
-- valid signatures of named signers. The database itself puts the signatures together, only so many as are needed,
-- because the network refuses superfluous ones; a worker sends exactly that. What the signers weigh is read again
-- before every attempt, so a signer who was removed meanwhile does not count.
-- author: PayD | date: 2026-11-30
-- tables: private.collected_signatures, private.doctor_checks, private.error_codes, private.notification_templates,
--   private.preference_defaults, private.standstills, public.transactions
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125000400, 20261125000600,
--   20261125001000, 20261125001100, 20261125010200, 20261125010300, 20261125010400, 20261125010600, 20261125020100,
--   20261125020200, 20261125020400, 20261125030000, 20261125040000, 20261125060000, 20261125060100, 20261125070050,
--   20261125070100, 20261125070150, 20261125070400
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.collected_signatures (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  transaction_id bigint not null,
  signer text not null,
  signature bytea not null,
  given_by bigint not null,
  given_at timestamptz not null default now(),
  constraint collected_signatures_transaction_belongs_to_the_organization
    foreign key (organization_id, transaction_id) references public.transactions (organization_id, id),
  constraint collected_signatures_member_belongs_to_the_organization
    foreign key (organization_id, given_by) references public.users (organization_id, id),
  constraint collected_signatures_one_of_each_signer unique (transaction_id, signer),
  constraint collected_signatures_signature_has_64_bytes check (length(signature) = 64)
);
comment on table private.collected_signatures is
  'Valid signatures of a prepared transaction, one of each signer, with the member who brought it.';
create index collected_signatures_organization_id_transaction_id_idx
  on private.collected_signatures (organization_id, transaction_id);
create index collected_signatures_organization_id_given_by_idx
  on private.collected_signatures (organization_id, given_by);
alter table private.collected_signatures enable row level security;
alter table private.collected_signatures force row level security;

create trigger collected_signatures_refuse_change
  before update or delete or truncate on private.collected_signatures
  for each statement execute function private.refuse_change();
alter table private.collected_signatures enable always trigger collected_signatures_refuse_change;

insert into private.error_codes (code, http_status, message, hint) values
  ('signatures_missing', 409,
    'Transaction %s waits for signatures of its wallets.',
    'Collect them with signing_requests and submit_signature; no worker signs for this account.'),
  ('signature_not_awaited', 409,
    'Transaction %s is %s, so no signature is collected for it.',
    'List signing_requests for the transactions that wait.'),
  ('signatures_complete', 409,
    'Transaction %s has all the signatures that it needs.',
    'Nothing needs to be done; a superfluous signature would make the network refuse it.'),
  ('signing_time_over', 409,
    'The time to sign transaction %s ended at %s.',
    'PayD prepares it anew once the ledger proves that the old one can no longer be applied. Sign the new one.'),
  ('signed_envelope_unreadable', 422,
    'What was given is not a signed Stellar transaction (XDR in base64).',
    'Give the signed envelope as the wallet returned it.'),
  ('signed_envelope_is_fee_bump', 422,
    'The envelope pays the fee of another one (a fee bump).',
    'Sign the transaction that PayD handed out, and nothing around it.'),
  ('signed_envelope_differs', 409,
    'The signed envelope is not transaction %s as PayD prepared it.',
    'Sign the envelope of the signing request without changing anything; one other byte is another payment.'),
  ('envelope_not_signed', 422,
    'The envelope carries no signature.',
    'Sign it in the wallet first.'),
  ('signer_not_named', 409,
    'The envelope carries a signature of nobody who signs for the account %s.',
    'Sign with one of the signers that the signing request lists; an admin changes them with set_treasury_custody.'),
  ('signature_repeated', 409,
    'The envelope carries two signatures of %s.',
    'Each signer counts once. Give an envelope with one signature of each.'),
  ('signer_without_weight', 409,
    'The signer %s has no weight on the account any more.',
    'Sign with another signer, or give this one weight on the ledger again.'),
  ('signature_for_other_network', 409,
    'The signature of %s is for another Stellar network.',
    'Switch the wallet to the network of the signing request and sign again.'),
  ('wallet_signature_invalid', 409,
    'The signature of %s does not fit the transaction.',
    'Sign the envelope of the signing request again.');

create function private.tell_signers()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.emit_event(
    new.organization_id,
    case new.submission_state when 'never_applied' then 'transaction.signing_expired'
      else 'transaction.awaiting_signature' end,
    'transaction', new.id::text,
    'transaction.' || new.submission_state || ':' || new.id || ':' || extract(epoch from clock_timestamp()),
    private.transaction_event(new) || jsonb_build_object('sign_before', private.sign_before(new)));

  return null;
end;
$$;
comment on function private.tell_signers() is
  'Row trigger: tells that a transaction waits for signatures, or that it ended before enough of them came.';

create trigger transactions_tell_that_signatures_are_awaited
  after insert on public.transactions
  for each row when (new.submission_state = 'awaiting_signature')
  execute function private.tell_signers();

create trigger transactions_tell_signers
  after update of submission_state on public.transactions
  for each row
  when (
    old.submission_state <> new.submission_state
    and (new.submission_state = 'awaiting_signature'
      or (old.submission_state = 'awaiting_signature' and new.submission_state = 'never_applied')))
  execute function private.tell_signers();

create function private.sign_before(transaction public.transactions)
returns timestamptz
language sql stable security definer
set search_path = ''
as $$
  -- The last ledger is counted with five seconds for each, so it does not close before this.
  select least((transaction).created_at + make_interval(secs => custody.signing_seconds), (transaction).max_time)
  from private.wallet_custody as custody
  where custody.account_id = (transaction).source_account;
$$;
comment on function private.sign_before(public.transactions) is
  'Until when people can count on it that a signature still arrives in time.';

create function private.locked_transaction(transaction_id bigint, organization_id bigint)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_transaction public.transactions;
begin
  select transaction.* into v_transaction
  from public.transactions as transaction
  where transaction.id = locked_transaction.transaction_id
    and transaction.organization_id = locked_transaction.organization_id;

  if not found then
    perform private.refuse('transaction_not_found', coalesce(locked_transaction.transaction_id::text, 'without id'));
  end if;

  -- Locks are taken in one order everywhere: account, run, transaction, items.
  perform private.lock_treasury_of(v_transaction.sequence_account);
  perform from private.source_accounts as account
  where account.account_id = v_transaction.sequence_account
  for update;

  perform from public.payroll_runs as run
  where run.id = v_transaction.payroll_run_id
  for update;

  select transaction.* into v_transaction
  from public.transactions as transaction
  where transaction.id = v_transaction.id
  for update;

  return v_transaction;
end;
$$;
comment on function private.locked_transaction(bigint, bigint) is
  'A transaction of the organization, locked with its account and run; refuses any other.';

create function private.counted_signatures(transaction public.transactions)
returns table (signer text, signature bytea, weight integer, weight_before bigint)
language sql stable security definer
set search_path = ''
as $$
  -- The heaviest first: so none of those that are needed is superfluous.
  select given.signer, given.signature, named.weight,
    sum(named.weight) over (order by named.weight desc, given.signer) - named.weight
  from private.collected_signatures as given
  join private.wallet_signers as named
    on named.account_id = (transaction).source_account and named.signer = given.signer
  where given.organization_id = (transaction).organization_id
    and given.transaction_id = (transaction).id
    and named.weight > 0;
$$;
comment on function private.counted_signatures(public.transactions) is
  'The collected signatures that weigh something as the account was last read, the heaviest first.';

create function private.assembled_envelope(transaction public.transactions)
returns text
language sql stable security definer
set search_path = ''
as $$
  -- Null as long as the weight does not suffice.
  select replace(encode(
    substr(private.decoded_base64((transaction).envelope_xdr), 1,
      length(private.decoded_base64((transaction).envelope_xdr)) - 4)
    || int4send(count(*)::integer)
    -- Each with its hint, the end of the public key, and its length.
    || string_agg(substr(private.strkey_payload(counted.signer), 29) || int4send(64) || counted.signature, ''::bytea
      order by counted.weight_before),
    'base64'), e'\n', '')
  from private.counted_signatures(transaction) as counted
  cross join (
    select kept.threshold
    from private.wallet_custody as kept
    where kept.account_id = (transaction).source_account) as custody
  where counted.weight_before < custody.threshold
  having sum(counted.weight) >= min(custody.threshold);
$$;
comment on function private.assembled_envelope(public.transactions) is
  'The prepared envelope with just so many signatures as a payment needs; null as long as they do not suffice.';

create function private.review_signatures(transaction public.transactions)
returns public.transactions
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_envelope constant text := private.assembled_envelope(transaction);
  v_transaction public.transactions;
begin
  if (transaction).submission_state not in ('awaiting_signature', 'prepared', 'submitting') then
    return transaction;
  end if;

  if v_envelope is null then
    -- Not enough, or not any more. What was sent keeps its envelope, because a ledger may still take it.
    update public.transactions as waiting
    set submission_state = 'awaiting_signature',
        signed_envelope_xdr = case when waiting.attempts > 0 then waiting.signed_envelope_xdr end
    where waiting.id = (transaction).id;
  else
    update public.transactions as signed
    set submission_state = case signed.submission_state when 'awaiting_signature' then 'prepared'
          else signed.submission_state end,
        signed_envelope_xdr = v_envelope,
        next_check_at = case signed.submission_state when 'awaiting_signature' then now() else signed.next_check_at end
    where signed.id = (transaction).id;
  end if;

  select reviewed.* into v_transaction from public.transactions as reviewed where reviewed.id = (transaction).id;

  return v_transaction;
end;
$$;
comment on function private.review_signatures(public.transactions) is
  'Lets a transaction be sent when the weight of its signatures suffices, and wait for more when it does not.';

create function private.record_signers(
  source_account text, lease_token uuid, ledger bigint, threshold integer, signers jsonb
)
returns table (
  named_weight bigint, needed_weight integer, transaction_id bigint, submission_state text, signed_envelope_xdr text
)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_live public.transactions;
begin
  perform private.require_lease(record_signers.source_account, record_signers.lease_token);

  if private.json_holds_secret_key(record_signers.signers) then
    perform private.refuse('secret_key_refused', 'The list of signers');
  end if;

  if not exists (
    select from private.wallet_custody as custody where custody.account_id = record_signers.source_account) then
    perform private.refuse('custody_is_server', record_signers.source_account);
  end if;

  if coalesce(record_signers.ledger, 0) not between 1 and 4294967295
    or coalesce(record_signers.threshold, -1) not between 0 and 255
    or jsonb_typeof(record_signers.signers) is distinct from 'array'
    or jsonb_array_length(record_signers.signers) > 21
    or exists (
      select from jsonb_array_elements(record_signers.signers) as given (signer)
      where not coalesce(private.is_account_id(given.signer ->> 'key'), false)
        or coalesce(given.signer ->> 'weight', '') !~ '^([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$') then
    perform private.refuse('invalid_signer_state');
  end if;

  -- The network asks for one valid signature even where the threshold is 0.
  update private.wallet_custody as custody
  set threshold = greatest(record_signers.threshold, 1), read_ledger = record_signers.ledger, read_at = now()
  where custody.account_id = record_signers.source_account;

  update private.wallet_signers as named
  set weight = coalesce((
    select max((given.signer ->> 'weight')::integer)
    from jsonb_array_elements(record_signers.signers) as given (signer)
    where given.signer ->> 'key' = named.signer), 0)
  where named.account_id = record_signers.source_account;

  select live.* into v_live
  from public.transactions as live
  where live.source_account = record_signers.source_account and live.is_live;

  -- What a worker signs needs nobody else's signature.
  if found and private.is_signed_by_wallets(record_signers.source_account) then
    v_live := private.review_signatures(private.leased_transaction(v_live.id, record_signers.lease_token));
  end if;

  return query
    select coalesce(sum(named.weight), 0), min(custody.threshold), v_live.id, v_live.submission_state,
      v_live.signed_envelope_xdr
    from private.wallet_signers as named
    join private.wallet_custody as custody on custody.account_id = named.account_id
    where named.account_id = record_signers.source_account;
end;
$$;
comment on function private.record_signers(text, uuid, bigint, integer, jsonb) is
  'Notes what the signers of a leased account weigh on the ledger, and counts the signatures of its live transaction '
  'anew.';
grant execute on function private.record_signers(text, uuid, bigint, integer, jsonb) to service_role;

create function public.record_signers(
  source_account text, lease_token uuid, ledger bigint, threshold integer, signers jsonb
)
returns table (
  named_weight bigint, needed_weight integer, transaction_id bigint, submission_state text, signed_envelope_xdr text
)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.record_signers(source_account, lease_token, ledger, threshold, signers); $$;
comment on function public.record_signers(text, uuid, bigint, integer, jsonb) is
  'For workers: what the signers of a treasury weigh on the ledger, and whether the collected signatures suffice.';
revoke all on function public.record_signers(text, uuid, bigint, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.record_signers(text, uuid, bigint, integer, jsonb) to service_role;

create type public.signing_request as (
  transaction_id bigint,
  organization_id bigint,
  payroll_run_id bigint,
  batch_id text,
  source_account text,
  tx_hash text,
  network_passphrase text,
  envelope_xdr text,
  submission_state text,
  sequence_number text,
  fee_bid_stroops text,
  max_ledger bigint,
  max_time timestamptz,
  sign_before timestamptz,
  memo_type text,
  memo text,
  amount public.amount,
  asset_code text,
  asset_issuer text,
  threshold integer,
  weight bigint,
  signers jsonb,
  operations jsonb,
  created_at timestamptz
);
comment on type public.signing_request is
  'A prepared transaction for wallets to sign: its envelope, what it pays to whom, and who has signed.';

create function private.signing_request_rows(organization_id bigint, transaction_id bigint, payroll_run_id bigint)
returns setof public.signing_request
language sql stable security definer
set search_path = ''
as $$
  select waiting.id, waiting.organization_id, run.id, run.batch_id, waiting.source_account,
    waiting.tx_hash, settings.network_passphrase, waiting.envelope_xdr, waiting.submission_state,
    waiting.sequence_number, waiting.fee_bid_stroops::text, waiting.max_ledger, waiting.max_time,
    private.sign_before(waiting.*::public.transactions), waiting.memo_type, waiting.memo, waiting.amount,
    waiting.asset_code, waiting.asset_issuer, custody.threshold, (
      select coalesce(sum(counted.weight), 0)
      from private.counted_signatures(waiting.*::public.transactions) as counted), (
      select jsonb_agg(jsonb_build_object('signer', named.signer, 'weight', named.weight, 'signed_at', given.given_at)
        order by named.signer)
      from private.wallet_signers as named
      left join private.collected_signatures as given
        on given.transaction_id = waiting.id and given.signer = named.signer
      where named.account_id = waiting.source_account), (
      select jsonb_agg(jsonb_build_object(
        'operation_index', operation.operation_index, 'employee_id', operation.employee_id,
        'employee_name', employee.first_name || ' ' || employee.last_name,
        'operation_type', operation.operation_type, 'destination', operation.destination,
        'asset_code', operation.asset_code, 'asset_issuer', operation.asset_issuer,
        'amount', operation.amount::text, 'claimable_balance_id', operation.claimable_balance_id,
        'reclaimable_at_seconds', extract(epoch from operation.reclaimable_at)::bigint)
        order by operation.operation_index)
      from public.transaction_operations as operation
      join public.employees as employee
        on employee.organization_id = operation.organization_id and employee.id = operation.employee_id
      where operation.organization_id = waiting.organization_id and operation.transaction_id = waiting.id),
    waiting.created_at
  from public.transactions as waiting
  join private.wallet_custody as custody on custody.account_id = waiting.source_account
  -- What is taken back was meant for a run as well.
  join public.payroll_runs as run on run.id = coalesce(waiting.payroll_run_id, (
    select min(operation.payroll_run_id)
    from public.transaction_operations as operation
    where operation.organization_id = waiting.organization_id and operation.transaction_id = waiting.id))
  cross join private.settings as settings
  where waiting.organization_id = signing_request_rows.organization_id
    and (waiting.is_live or waiting.id = signing_request_rows.transaction_id)
    and (signing_request_rows.transaction_id is null or waiting.id = signing_request_rows.transaction_id)
    and (signing_request_rows.payroll_run_id is null or run.id = signing_request_rows.payroll_run_id)
  order by waiting.id;
$$;
comment on function private.signing_request_rows(bigint, bigint, bigint) is
  'The transactions of an organization that wallets sign and that have not ended, or the one that is named.';

create function private.signing_requests(payroll_run_id bigint)
returns setof public.signing_request
language plpgsql stable security definer
set search_path = ''
as $$
declare v_member constant public.users := private.require_member('manager');
begin
  if signing_requests.payroll_run_id is not null and not exists (
    select from public.payroll_runs as run
    where run.organization_id = v_member.organization_id and run.id = signing_requests.payroll_run_id
  ) then
    perform private.refuse('payroll_run_not_found', signing_requests.payroll_run_id::text);
  end if;

  return query
    select * from private.signing_request_rows(v_member.organization_id, null, signing_requests.payroll_run_id);
end;
$$;
comment on function private.signing_requests(bigint) is 'The signing requests of the caller''s organization.';
grant execute on function private.signing_requests(bigint) to authenticated;

create function public.signing_requests(payroll_run_id bigint default null)
returns setof public.signing_request
language sql stable security invoker
set search_path = ''
as $$ select * from private.signing_requests(payroll_run_id); $$;
comment on function public.signing_requests(bigint) is
  'The transactions that wallets of the organization are to sign, with what each pays and who has signed.';
revoke all on function public.signing_requests(bigint) from public, anon, authenticated, service_role;
grant execute on function public.signing_requests(bigint) to authenticated;

create function private.given_signatures(transaction public.transactions, signed_envelope bytea)
returns table (hint bytea, signature bytea)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_prepared constant bytea := private.decoded_base64((transaction).envelope_xdr);
  v_start constant integer := private.signatures_start(given_signatures.signed_envelope);
begin
  if v_start is null then
    perform private.refuse('signed_envelope_unreadable');
  end if;

  if private.int4_at(given_signatures.signed_envelope, 1) = 5 then
    perform private.refuse('signed_envelope_is_fee_bump');
  end if;

  -- Everything but the list of signatures, which the prepared one leaves empty.
  if substr(given_signatures.signed_envelope, 1, v_start - 1) <> substr(v_prepared, 1, length(v_prepared) - 4) then
    perform private.refuse('signed_envelope_differs', (transaction).id::text);
  end if;

  if v_start + 4 > length(given_signatures.signed_envelope) then
    perform private.refuse('envelope_not_signed');
  end if;

  return query
    select substr(given_signatures.signed_envelope, place.of_signature, 4),
      substr(given_signatures.signed_envelope, place.of_signature + 8, 64)
    from generate_series(v_start + 4, length(given_signatures.signed_envelope) - 71, 72) as place (of_signature)
    order by place.of_signature;
end;
$$;
comment on function private.given_signatures(public.transactions, bytea) is
  'The signatures of an envelope that is byte for byte the prepared one, each with its hint; refuses any other.';

create function private.is_wallet_signature(transaction public.transactions, signer text, signature bytea)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select private.is_ed25519_signature(private.strkey_payload(signer), private.signed_bytes(
    substr(prepared.bytes, 5, length(prepared.bytes) - 8)), signature)
  from private.decoded_base64((transaction).envelope_xdr) as prepared (bytes);
$$;
comment on function private.is_wallet_signature(public.transactions, text, bytea) is
  'Whether a signature is one of the signer for the prepared transaction on the network of this project.';

create function private.require_wallet_signature(transaction public.transactions, signer text, signature bytea)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_key constant bytea := private.strkey_payload(signer);
  v_prepared constant bytea := private.decoded_base64((transaction).envelope_xdr);
  v_transaction constant bytea := substr(v_prepared, 5, length(v_prepared) - 8);
begin
  if private.is_wallet_signature(transaction, signer, signature) then
    return;
  end if;

  -- The commonest mistake has a sentence of its own.
  if exists (
    select from unnest(array['Test SDF Network ; September 2015', 'Public Global Stellar Network ; September 2015',
      'Test SDF Future Network ; October 2022']) as known (passphrase)
    where private.is_ed25519_signature(v_key,
      sha256(sha256(convert_to(known.passphrase, 'UTF8')) || '\x00000002'::bytea || v_transaction), signature)
  ) then
    perform private.refuse('signature_for_other_network', signer);
  end if;

  perform private.refuse('wallet_signature_invalid', signer);
end;
$$;
comment on function private.require_wallet_signature(public.transactions, text, bytea) is
  'Refuses a signature that is not one of the signer for the prepared transaction on the network of this project.';

create function private.submit_signature(transaction_id bigint, signed_envelope_xdr text)
returns setof public.signing_request
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_member constant public.users := private.require_member('manager');
  v_transaction public.transactions;
  v_given record;
  v_signer text;
  v_weight integer;
  v_known bytea;
  v_seen text[] := '{}';
  v_is_new boolean := false;
begin
  -- Checked first, so that no message or log ever holds one.
  if private.holds_secret_key(left(submit_signature.signed_envelope_xdr, 200)) then
    perform private.refuse('secret_key_refused', 'The signed envelope');
  end if;

  if length(submit_signature.signed_envelope_xdr) > 100000
    or not private.is_xdr(submit_signature.signed_envelope_xdr) then
    perform private.refuse('signed_envelope_unreadable');
  end if;

  v_transaction := private.locked_transaction(submit_signature.transaction_id, v_member.organization_id);

  if not private.is_signed_by_wallets(v_transaction.source_account) then
    perform private.refuse('custody_is_server', v_transaction.source_account);
  end if;

  if v_transaction.submission_state not in ('awaiting_signature', 'prepared', 'submitting') then
    perform private.refuse('signature_not_awaited', v_transaction.id::text, v_transaction.submission_state);
  end if;

  for v_given in
    select given.hint, given.signature
    from private.given_signatures(v_transaction, private.decoded_base64(submit_signature.signed_envelope_xdr)) as given
  loop
    -- Two signers may have one hint. Then it is the one whose signature it is, or else the first of them.
    select named.signer, named.weight into v_signer, v_weight
    from (
      select listed.signer, listed.weight, count(*) over () as with_the_hint
      from private.wallet_signers as listed
      where listed.account_id = v_transaction.source_account
        and substr(private.strkey_payload(listed.signer), 29) = v_given.hint
    ) as named
    order by
      case when named.with_the_hint > 1
        then private.is_wallet_signature(v_transaction, named.signer, v_given.signature) end desc, named.signer
    limit 1;

    if not found then
      perform private.refuse('signer_not_named', v_transaction.source_account);
    end if;

    if v_signer = any (v_seen) then
      perform private.refuse('signature_repeated', v_signer);
    end if;

    v_seen := v_seen || v_signer;

    select earlier.signature into v_known
    from private.collected_signatures as earlier
    where earlier.transaction_id = v_transaction.id and earlier.signer = v_signer;

    -- What was collected before was checked before; a repeat is no news.
    if found and v_known = v_given.signature then
      continue;
    end if;

    perform private.require_wallet_signature(v_transaction, v_signer, v_given.signature);

    if v_known is not null then
      continue;
    end if;

    if coalesce(v_weight, 0) = 0 then
      perform private.refuse('signer_without_weight', v_signer);
    end if;

    if v_transaction.submission_state <> 'awaiting_signature' then
      perform private.refuse('signatures_complete', v_transaction.id::text);
    end if;

    if exists (
      select from public.payroll_runs as run
      where run.id = v_transaction.payroll_run_id and run.stop_requested is not null) then
      perform private.refuse('payroll_run_stopped', v_transaction.payroll_run_id::text);
    end if;

    if v_transaction.max_time <= now() then
      perform private.refuse('signing_time_over', v_transaction.id::text,
        to_char(v_transaction.max_time at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'));
    end if;

    insert into private.collected_signatures (organization_id, transaction_id, signer, signature, given_by)
    values (v_transaction.organization_id, v_transaction.id, v_signer, v_given.signature, v_member.id);

    perform private.write_audit(v_transaction.organization_id, 'transaction.signature_collected', 'transaction',
      v_transaction.id::text, jsonb_build_object('signer', v_signer, 'tx_hash', v_transaction.tx_hash));

    v_is_new := true;
  end loop;

  if v_is_new then
    v_transaction := private.review_signatures(v_transaction);

    if v_transaction.submission_state = 'prepared' then
      update private.source_accounts as account
      set next_check_at = now()
      where account.account_id = v_transaction.source_account;

      perform private.ring('payroll-disburse');
    end if;
  end if;

  return query
    select *
    from private.signing_request_rows(v_member.organization_id, v_transaction.id, null);
end;
$$;
comment on function private.submit_signature(bigint, text) is
  'Collects the signatures of an envelope for a prepared transaction, and lets it be sent when their weight suffices.';
grant execute on function private.submit_signature(bigint, text) to authenticated;

create function public.submit_signature(transaction_id bigint, signed_envelope_xdr text)
returns setof public.signing_request
language sql volatile security invoker
set search_path = ''
as $$ select * from private.submit_signature(transaction_id, signed_envelope_xdr); $$;
comment on function public.submit_signature(bigint, text) is
  'Hands in the signed envelope of a signing request; it is sent once its signatures weigh enough.';
revoke all on function public.submit_signature(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.submit_signature(bigint, text) to authenticated;

create function private.check_signatures(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select waiting.organization_id, case when waiting.sign_before < now() then 'warning' else 'info' end,
    'signatures_awaited', 'transaction', waiting.id::text, waiting.created_at,
    format('Transaction %s of %s waits for signatures: %s of the weight %s has signed%s.', left(waiting.tx_hash, 12),
      coalesce('payroll run ' || waiting.payroll_run_id, 'a refund'), waiting.weight, coalesce(waiting.threshold, 1),
      case when waiting.earlier > 0 then format('; the time to sign ended %s times before', waiting.earlier)
        else '' end),
    'Let its signers sign it in their wallets. If it is not signed in time it is prepared anew; if it must not be '
    'paid, cancel the run.',
    'the wallets of its signers', waiting.sign_before, 'signing_requests, submit_signature, cancel_payroll_run'
  from (
    select live.*, custody.threshold, private.sign_before(live.*::public.transactions) as sign_before, (
      select coalesce(sum(counted.weight), 0)
      from private.counted_signatures(live.*::public.transactions) as counted) as weight, (
      select count(*)
      from public.transactions as before
      where before.organization_id = live.organization_id
        and before.payroll_run_id = live.payroll_run_id
        and before.submission_state = 'never_applied'
        and before.attempts = 0) as earlier
    from public.transactions as live
    join private.wallet_custody as custody on custody.account_id = live.source_account
    where live.is_live
      and live.submission_state = 'awaiting_signature'
      and (check_signatures.organization_id is null or live.organization_id = check_signatures.organization_id)
  ) as waiting;
$$;
comment on function private.check_signatures(bigint) is 'Transactions that wait for the signatures of wallets.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_signatures', 'A payment that wallets sign waits until people have signed it.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('signatures_awaited', 'private.check_signatures', 'transaction.awaiting_signature',
    '{signing_requests, submit_signature, cancel_payroll_run}');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.transaction.awaiting_signature', 'boolean', 'true', 'Payments that wait for signatures of wallets.'),
  ('notifications.transaction.signing_expired', 'boolean', 'true', 'Payments that were not signed in time.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('transaction.awaiting_signature', 'members', 'manager', 'notifications.transaction.awaiting_signature',
    'A payment of {amount} {asset_code} waits for signatures',
    'Compare transaction {tx_hash} with the payroll run and sign it before {sign_before}.'),
  ('transaction.signing_expired', 'members', 'manager', 'notifications.transaction.signing_expired',
    'A payment of {amount} {asset_code} was not signed in time',
    'Nothing was paid by transaction {tx_hash}. Unless the run was stopped, another one is prepared; sign that one.');
