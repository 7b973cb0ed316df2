-- migration: what each result code means
-- What a result code of the network means for the item and for the run is data, by the kind of operation that was
-- answered with it: without a trustline a payment is the destination's fault, a claimable balance the source's. The
-- numbers are those of the network's own results, so that the codes are read from the bytes and never from a sentence
-- beside them.
-- author: PayD | date: 2026-11-25
-- tables: private.result_codes | depends: 20261125000000, 20261125060100, 20261125070050
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.result_codes (
  kind text not null,
  code text not null,
  xdr_number integer,
  action text not null,
  sentence text not null,
  hint text not null,
  constraint result_codes_are_listed_once primary key (kind, code),
  constraint result_codes_kind_is_known
    check (kind in ('transaction', 'operation', 'payment', 'create_account', 'create_claimable_balance',
      'claim_claimable_balance', 'provider')),
  constraint result_codes_action_is_known check (action in ('paid', 'item', 'again', 'stop'))
);
comment on table private.result_codes is
  'What a Stellar result code means: paid; this item fails; build again; or stop the run for a person.';
comment on column private.result_codes.kind is
  'The kind of operation that has the code; operation is every kind, transaction the whole, provider an answer of '
  'Horizon or of PayD itself.';
alter table private.result_codes enable row level security;
alter table private.result_codes force row level security;

insert into private.result_codes (kind, code, xdr_number, action, sentence, hint) values
  ('transaction', 'tx_success', 0, 'paid',
    'Paid.',
    'Nothing needs to be done.'),
  ('transaction', 'tx_failed', -1, 'again',
    'An operation failed.',
    'Each operation says why.'),
  ('transaction', 'tx_too_early', -2, 'again',
    'The transaction was sent too early.',
    'PayD builds it again.'),
  ('transaction', 'tx_too_late', -3, 'again',
    'The transaction was not included in time.',
    'PayD builds it again.'),
  ('transaction', 'tx_missing_operation', -4, 'stop',
    'The transaction has no operation.',
    'Please report this; it is a defect of PayD.'),
  ('transaction', 'tx_bad_seq', -5, 'again',
    'Another transaction used the sequence number.',
    'PayD builds it again.'),
  ('transaction', 'tx_bad_auth', -6, 'stop',
    'The signature is not valid for the source account or network.',
    'Check the signing key, the thresholds and the network.'),
  ('transaction', 'tx_insufficient_balance', -7, 'stop',
    'The source account cannot pay the fee and keep its reserve.',
    'Add XLM to the treasury account, then retry the run.'),
  ('transaction', 'tx_no_source_account', -8, 'stop',
    'The source account does not exist on this network.',
    'Check the treasury account and the network.'),
  ('transaction', 'tx_insufficient_fee', -9, 'again',
    'The network asked for a higher fee.',
    'PayD sends it again with a higher fee.'),
  ('transaction', 'tx_bad_auth_extra', -10, 'stop',
    'The transaction carries a signature that nobody needs.',
    'Check the signers of the treasury account.'),
  ('transaction', 'tx_internal_error', -11, 'again',
    'The network had an internal error.',
    'PayD builds it again.'),
  ('transaction', 'tx_not_supported', -12, 'stop',
    'The network does not support the transaction.',
    'Please report this; it is a defect of PayD.'),
  ('transaction', 'tx_bad_sponsorship', -14, 'stop',
    'The transaction has an unfinished sponsorship.',
    'Please report this; it is a defect of PayD.'),
  ('transaction', 'tx_bad_minseq_age_or_gap', -15, 'stop',
    'A precondition of the transaction does not hold.',
    'Please report this; it is a defect of PayD.'),
  ('transaction', 'tx_malformed', -16, 'stop',
    'The transaction is malformed.',
    'Please report this; it is a defect of PayD.'),
  ('transaction', 'tx_soroban_invalid', -17, 'stop',
    'The transaction is not a valid contract call.',
    'Please report this; it is a defect of PayD.'),
  ('transaction', 'tx_frozen_key_accessed', -18, 'stop',
    'An account of the transaction is frozen by the network.',
    'Find the frozen account and remove it from the run.'),
  ('operation', 'op_success', null, 'paid',
    'Paid.',
    'Nothing needs to be done.'),
  ('operation', 'op_undone', null, 'again',
    'The operation was good, but another of its transaction failed, so nothing was paid.',
    'PayD pays it in the next transaction.'),
  ('operation', 'op_bad_auth', -1, 'stop',
    'The signature is not valid for the source account.',
    'Check the signing key and the thresholds of the treasury account.'),
  ('operation', 'op_no_source_account', -2, 'stop',
    'The source account does not exist.',
    'Check the treasury account and the network.'),
  ('operation', 'op_not_supported', -3, 'stop',
    'The network does not support the operation.',
    'Please report this; it is a defect of PayD.'),
  ('operation', 'op_too_many_subentries', -4, 'stop',
    'The source account has too many entries.',
    'Use another treasury account.'),
  ('operation', 'op_too_many_sponsoring', -6, 'stop',
    'The source account sponsors too many entries.',
    'Use another treasury account.'),
  ('operation', 'op_exceeded_work_limit', -5, 'again',
    'The network did not finish the operation.',
    'PayD builds it again.'),
  ('payment', 'op_malformed', -1, 'item',
    'The operation is not valid for this destination or amount.',
    'Check the address and the amount of the employee.'),
  ('payment', 'op_underfunded', -2, 'stop',
    'The source account does not hold enough of the asset.',
    'Fund the treasury account, then retry the run.'),
  ('payment', 'op_src_no_trust', -3, 'stop',
    'The source account has no trustline for the asset.',
    'Add the trustline to the treasury account, then retry the run.'),
  ('payment', 'op_src_not_authorized', -4, 'stop',
    'The issuer has not authorized the source account to send this asset.',
    'Ask the issuer of the asset, then retry the run.'),
  ('payment', 'op_no_destination', -5, 'item',
    'The destination account does not exist.',
    'Ask the employee to fund the account, or to give another address.'),
  ('payment', 'op_no_trust', -6, 'item',
    'The destination account does not accept this asset.',
    'Ask the employee to add a trustline for the asset, then retry.'),
  ('payment', 'op_not_authorized', -7, 'item',
    'The issuer has not authorized the destination to hold this asset.',
    'Ask the issuer of the asset to authorize the account, then retry.'),
  ('payment', 'op_line_full', -8, 'item',
    'The trustline of the destination has no room for this amount.',
    'Ask the employee to raise the limit of the trustline, then retry.'),
  ('payment', 'op_no_issuer', -9, 'stop',
    'The issuer of the asset does not exist.',
    'Check the asset; the run cannot be paid in it.'),
  ('create_account', 'op_malformed', -1, 'item',
    'The operation is not valid for this destination or amount.',
    'Check the address and the amount of the employee.'),
  ('create_account', 'op_underfunded', -2, 'stop',
    'The source account does not hold enough of the asset.',
    'Fund the treasury account, then retry the run.'),
  ('create_account', 'op_low_reserve', -3, 'item',
    'The amount is less than a new account must hold.',
    'Pay at least the minimum balance, or ask the employee to fund the account first.'),
  ('create_account', 'op_already_exists', -4, 'item',
    'The destination account exists already.',
    'Retry; it will be paid instead of created.'),
  ('create_claimable_balance', 'op_malformed', -1, 'item',
    'The operation is not valid for this destination or amount.',
    'Check the address and the amount of the employee.'),
  ('create_claimable_balance', 'op_low_reserve', -2, 'stop',
    'The source account cannot reserve the XLM that a claimable balance needs.',
    'Add XLM to the treasury account, then retry the run.'),
  ('create_claimable_balance', 'op_no_trust', -3, 'stop',
    'The source account has no trustline for the asset.',
    'Add the trustline to the treasury account, then retry the run.'),
  ('create_claimable_balance', 'op_not_authorized', -4, 'stop',
    'The issuer has not authorized the source account to send this asset.',
    'Ask the issuer of the asset, then retry the run.'),
  ('create_claimable_balance', 'op_underfunded', -5, 'stop',
    'The source account does not hold enough of the asset.',
    'Fund the treasury account, then retry the run.'),
  ('claim_claimable_balance', 'op_does_not_exist', -1, 'stop',
    'The balance is not on the ledger any more: the employee claimed it, or the issuer took it back.',
    'Look at the balance again; horizon-sync says what became of it.'),
  ('claim_claimable_balance', 'op_cannot_claim', -2, 'stop',
    'The treasury account may not claim the balance yet.',
    'Wait until the time from which on it can be taken back.'),
  ('claim_claimable_balance', 'op_line_full', -3, 'stop',
    'The trustline of the treasury account has no room for the amount.',
    'Raise the limit of the trustline, then ask for it again.'),
  ('claim_claimable_balance', 'op_no_trust', -4, 'stop',
    'The treasury account has no trustline for the asset.',
    'Add the trustline to the treasury account, then ask for it again.'),
  ('claim_claimable_balance', 'op_not_authorized', -5, 'stop',
    'The issuer has not authorized the treasury account to hold this asset.',
    'Ask the issuer of the asset, then ask for it again.'),
  ('provider', 'transaction_malformed', null, 'stop',
    'The provider could not read the transaction.',
    'Please report this; it is a defect of PayD.'),
  ('provider', 'bad_request', null, 'stop',
    'The provider refused the request.',
    'Check the address of the Horizon server.'),
  ('provider', 'sequence_numbers_exhausted', null, 'stop',
    'The sequence number of the source account cannot grow any more.',
    'Retry the run from another treasury account.'),
  ('provider', 'signing_key_missing', null, 'stop',
    'No worker has the key of the source account.',
    'Add the key to the secrets of payroll-disburse, then retry the run.'),
  ('provider', 'network_mismatch', null, 'stop',
    'The Horizon server serves another Stellar network than this project.',
    'Configure a server of the right network, then retry the run.'),
  ('provider', 'source_account_not_found', null, 'stop',
    'The source account does not exist on this network.',
    'Create and fund the treasury account, then retry the run.'),
  ('provider', 'fee_above_cap', null, 'stop',
    'The network asks a higher fee for an operation than this project allows.',
    'Wait until the network is calmer, or let the operator raise the limit with private.configure_fee_limit; then '
    'retry the run.'),
  ('provider', 'never_included', null, 'stop',
    'Ten transactions in a row reached no ledger, although nothing was wrong with them.',
    'Check the Horizon server and the fee limit, then retry the run.'),
  ('provider', 'transaction_submission_disabled', null, 'stop',
    'The provider accepts no transactions.',
    'Configure another Horizon server.');

create function private.meaning_of(operation_type text, code text)
returns private.result_codes
language sql stable security definer
set search_path = ''
as $$
  -- The row of this kind of operation, else the one of all kinds.
  select meaning.*
  from private.result_codes as meaning
  where meaning.code = meaning_of.code
    and (meaning.kind = meaning_of.operation_type or meaning.kind in ('operation', 'transaction', 'provider'))
  order by meaning.kind = meaning_of.operation_type desc
  limit 1;
$$;
comment on function private.meaning_of(text, text) is 'What a code means for an operation of that kind.';

create function private.meaning_of_last(transaction public.transactions)
returns private.result_codes
language sql stable security definer
set search_path = ''
as $$
  -- The last code of a transaction may be that of any of its operations; the strictest meaning counts.
  select meaning.*
  from (
    select distinct operation.operation_type
    from public.transaction_operations as operation
    where operation.transaction_id = (transaction).id
  ) as kind
  cross join lateral private.meaning_of(kind.operation_type, (transaction).last_code) as meaning
  where meaning.code is not null
  order by meaning.action = 'stop' desc, meaning.action = 'item' desc
  limit 1;
$$;
comment on function private.meaning_of_last(public.transactions) is
  'What the last answer to a transaction means for it.';

create function private.unknown_result()
returns text
language sql immutable security invoker
set search_path = ''
as $$ select 'Stellar answered with a result that PayD does not know. Look at the transaction before you retry.'; $$;

create function private.code_of(kind text, xdr_number integer)
returns text
language sql stable security definer
set search_path = ''
as $$
  select coalesce(
    (
      select meaning.code from private.result_codes as meaning
      where meaning.kind = code_of.kind and meaning.xdr_number = code_of.xdr_number),
    case when code_of.kind = 'transaction' then 'tx' else 'op' end || '_unknown_' || abs(code_of.xdr_number));
$$;
comment on function private.code_of(text, integer) is 'The code of a number in a result of the network.';

create function private.opened_result(
  result_xdr text, out fee_charged bigint, out transaction_code text, out operation_codes text[], out inner_tx_hash text
)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_bytes bytea := private.decoded_base64(result_xdr);
  v_number integer := private.int4_at(v_bytes, 9);
  v_at integer := 13;
  v_kind integer;
begin
  fee_charged := private.int8_at(v_bytes, 1);

  -- The result of a fee bump holds the hash and the result of the transaction inside.
  if v_number in (1, -13) then
    inner_tx_hash := encode(substr(v_bytes, 13, 32), 'hex');
    v_number := private.int4_at(v_bytes, 53);
    v_at := 57;
  end if;

  if v_number in (0, -1) then
    operation_codes := '{}';

    for operation in 1..least(coalesce(private.int4_at(v_bytes, v_at), 0), 100) loop
      -- Either a code that every kind of operation may have, or the kind, its own code and what it brought.
      if private.int4_at(v_bytes, v_at + 4) <> 0 then
        operation_codes := operation_codes || private.code_of('operation', private.int4_at(v_bytes, v_at + 4));
        v_at := v_at + 4;
      else
        v_kind := private.int4_at(v_bytes, v_at + 8);
        operation_codes := operation_codes || case private.int4_at(v_bytes, v_at + 12)
          when 0 then 'op_success'
          else private.code_of(
            case v_kind when 0 then 'create_account' when 1 then 'payment' when 14 then 'create_claimable_balance'
              when 15 then 'claim_claimable_balance' end,
            private.int4_at(v_bytes, v_at + 12))
        end;
        v_at := v_at + 12
          + case when v_kind = 14 and private.int4_at(v_bytes, v_at + 12) = 0 then 36 else 0 end;
      end if;
    end loop;
  end if;

  transaction_code := private.code_of('transaction', v_number);

  -- Behind the result stand four bytes and nothing else, or these were not the bytes of a result. A fee bump has four
  -- more, for the result inside.
  if fee_charged is null or transaction_code is null
    or length(v_bytes) <> (v_at + case when operation_codes is null then 3 else 7 end
      + case when inner_tx_hash is null then 0 else 4 end) then
    transaction_code := null;
    operation_codes := null;
  end if;
end;
$$;
comment on function private.opened_result(text) is
  'What the bytes of a result say: the fee and the code of the transaction and of each operation, or null.';
