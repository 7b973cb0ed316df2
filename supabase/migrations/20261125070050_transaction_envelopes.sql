-- migration: transaction envelopes
-- A Stellar transaction is a fixed sequence of bytes (XDR). The database writes the bytes of what it planned itself and
-- compares them with the envelope that a worker brings, and it reads hash, account, sequence number and signatures out
-- of the bytes of an envelope that is brought as evidence. What somebody says beside an envelope is never believed.
-- author: PayD | date: 2026-11-30
-- tables: none | depends: 20261125000000, 20261125000200, 20261125010400, 20261125010600
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.strkey_payload(address text)
returns bytea
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare
  v_alphabet constant text := 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  v_padded constant text := rpad(address, (length(address) + 7) / 8 * 8, 'A');
  v_bytes bytea := '';
  v_group bigint;
begin
  -- Eight characters of five bits are five bytes.
  for start in 0..length(v_padded) / 8 - 1 loop
    v_group := 0;

    for character in start * 8 + 1..start * 8 + 8 loop
      v_group := (v_group << 5) | (strpos(v_alphabet, substr(v_padded, character, 1)) - 1);
    end loop;

    v_bytes := v_bytes || substr(int8send(v_group), 4);
  end loop;

  -- Without the version byte in front and the checksum behind.
  return substr(v_bytes, 2, length(address) * 5 / 8 - 3);
end;
$$;
comment on function private.strkey_payload(text) is
  'What a valid address holds: the 32 bytes of a key, and behind them the 8 bytes of the id in a muxed address.';

create function private.strkey_of_account(public_key bytea)
returns text
language plpgsql immutable strict security invoker
set search_path = ''
as $$
declare
  v_alphabet constant text := 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  v_bytes bytea := '\x30'::bytea || public_key;
  v_crc integer := 0;
  v_group bigint;
  v_address text := '';
begin
  for index in 0..32 loop
    v_crc := v_crc # (get_byte(v_bytes, index) << 8);

    for bit in 1..8 loop
      v_crc := ((v_crc << 1) # (case when v_crc & 32768 <> 0 then 4129 else 0 end)) & 65535;
    end loop;
  end loop;

  -- The checksum is stored with its low byte first.
  v_bytes := v_bytes || set_byte(set_byte('\x0000'::bytea, 0, v_crc & 255), 1, v_crc >> 8);

  for start in 0..6 loop
    v_group := ('x' || encode(substr(v_bytes, start * 5 + 1, 5), 'hex'))::bit(40)::bigint;

    for character in reverse 7..0 loop
      v_address := v_address || substr(v_alphabet, ((v_group >> (character * 5)) & 31)::integer + 1, 1);
    end loop;
  end loop;

  return v_address;
end;
$$;
comment on function private.strkey_of_account(bytea) is 'The address (G…) of an account with this public key.';

create function private.int4_at(bytes bytea, start integer)
returns integer
language sql immutable strict security invoker
set search_path = ''
as $$
  -- As in substr, a place before or behind the bytes gives null instead of an error.
  select case when length(substr(bytes, start, 4)) = 4 and start > 0
    then ('x' || encode(substr(bytes, start, 4), 'hex'))::bit(32)::integer end;
$$;
comment on function private.int4_at(bytea, integer) is 'The int32 whose first byte has this place, counted from 1.';

create function private.int8_at(bytes bytea, start integer)
returns bigint
language sql immutable strict security invoker
set search_path = ''
as $$
  select case when length(substr(bytes, start, 8)) = 8 and start > 0
    then ('x' || encode(substr(bytes, start, 8), 'hex'))::bit(64)::bigint end;
$$;
comment on function private.int8_at(bytea, integer) is 'The int64 whose first byte has this place, counted from 1.';

create function private.decoded_base64(value text)
returns bytea
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case when private.is_xdr(value) and length(value) <= 200000 then decode(value, 'base64') end;
exception when data_exception then
  return null;
end;
$$;
comment on function private.decoded_base64(text) is 'The bytes of a text in base64, or null when it is none.';

create function private.xdr_account(address text)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$
  select case
    when starts_with(address, 'M')
      then '\x00000100'::bytea || substr(private.strkey_payload(address), 33) || substr(private.strkey_payload(address),
        1, 32)
    else '\x00000000'::bytea || private.strkey_payload(address)
  end;
$$;
comment on function private.xdr_account(text) is 'An account (G…) or a muxed account (M…) in XDR.';

create function private.xdr_asset(code text, issuer text)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$
  select case
    when issuer = '' then '\x00000000'::bytea
    else case when length(code) <= 4 then '\x00000001'::bytea else '\x00000002'::bytea end
      || convert_to(code, 'UTF8')
      || decode(repeat('00', case when length(code) <= 4 then 4 else 12 end - length(code)), 'hex')
      || private.xdr_account(issuer)
  end;
$$;
comment on function private.xdr_asset(text, text) is 'An asset in XDR; without issuer it is native XLM.';

create function private.xdr_memo(memo_type text, memo text)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$
  select case
    when memo is null then '\x00000000'::bytea
    -- An id has 64 bits and no sign.
    when memo_type = 'id' then '\x00000002'::bytea
      || int8send((memo::numeric - case when memo::numeric > 9223372036854775807 then 18446744073709551616 else 0
        end)::bigint)
    else '\x00000001'::bytea || int4send(octet_length(memo)) || convert_to(memo, 'UTF8')
      || decode(repeat('00', (4 - octet_length(memo) % 4) % 4), 'hex')
  end;
$$;
comment on function private.xdr_memo(text, text) is 'A memo of text or a number in XDR, or no memo.';

create function private.xdr_operation(
  operation_type text, destination text, asset_code text, asset_issuer text, amount numeric
)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$
  -- No source of its own: the account of the transaction pays.
  select '\x00000000'::bytea || case operation_type
    when 'payment' then '\x00000001'::bytea || private.xdr_account(destination)
      || private.xdr_asset(asset_code, asset_issuer)
    when 'create_account' then '\x00000000'::bytea || private.xdr_account(destination)
  end || int8send((amount * 10000000)::bigint);
$$;
comment on function private.xdr_operation(text, text, text, text, numeric) is
  'An operation in XDR: a payment, or a new account with its first balance.';

create function private.xdr_claimable_balance(
  destination text, asset_code text, asset_issuer text, amount numeric, sponsor text, reclaimable_at timestamptz
)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$
  select '\x000000000000000e'::bytea || private.xdr_asset(asset_code, asset_issuer)
    || int8send((amount * 10000000)::bigint)
    -- Two claimants: the payee at any time, and the account that pays, but not before that time.
    || '\x00000002'::bytea
    || '\x00000000'::bytea || private.xdr_account(destination) || '\x00000000'::bytea
    || '\x00000000'::bytea || private.xdr_account(sponsor) || '\x000000030000000100000004'::bytea
    || int8send(extract(epoch from reclaimable_at)::bigint);
$$;
comment on function private.xdr_claimable_balance(text, text, text, numeric, text, timestamptz) is
  'An operation in XDR that sets an amount aside: for its payee without condition, and from a time on also for the '
  'account that pays.';

create function private.xdr_claim(claimable_balance_id text)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$ select '\x000000000000000f'::bytea || decode(claimable_balance_id, 'hex'); $$;
comment on function private.xdr_claim(text) is 'An operation in XDR that claims a balance.';

create function private.xdr_operation_of(account text, operation_xdr bytea)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$
  -- The bytes of an operation begin with whether it names an account; those above name none.
  select case when account is null then operation_xdr
    else '\x00000001'::bytea || private.xdr_account(account) || substr(operation_xdr, 5) end;
$$;
comment on function private.xdr_operation_of(text, bytea) is
  'An operation that acts for an account of its own; without one it acts for the account of the transaction.';

create function private.claimable_balance_id(source_account text, sequence_number text, operation_index integer)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  -- The network names a balance by the operation that creates it, so its name is known before it exists.
  select '00000000' || encode(sha256('\x00000006'::bytea || private.xdr_account(source_account)
    || int8send(sequence_number::bigint) || int4send(operation_index)), 'hex');
$$;
comment on function private.claimable_balance_id(text, text, integer) is
  'The id of the balance that an operation creates: from the account that gives the number of its transaction, that '
  'number and its place there, whichever account the operation acts for.';

create function private.xdr_transaction(
  source_account text, sequence_number text, fee_bid_stroops bigint, max_ledger bigint, max_time timestamptz,
  memo_type text, memo text, operations bytea[]
)
returns bytea
language sql immutable security invoker
set search_path = ''
as $$
  select private.xdr_account(source_account)
    || substr(int8send(fee_bid_stroops), 5)
    || int8send(sequence_number::bigint)
    -- Preconditions of the second kind: from any time to max_time, from any ledger to before max_ledger, nothing else.
    || '\x000000020000000100000000000000000000'::bytea
    || substr(int8send(extract(epoch from max_time)::bigint), 3)
    || '\x0000000100000000'::bytea || substr(int8send(max_ledger), 5)
    || '\x00000000000000000000000000000000'::bytea || '\x00000000'::bytea
    || private.xdr_memo(memo_type, memo)
    || int4send(cardinality(operations))
    || (select string_agg(operation.xdr, ''::bytea order by operation.position)
      from unnest(operations) with ordinality as operation (xdr, position))
    || '\x00000000'::bytea;
$$;
comment on function private.xdr_transaction(text, text, bigint, bigint, timestamptz, text, text, bytea[]) is
  'A transaction in XDR, without its signatures.';

create function private.signed_bytes(transaction_xdr bytea)
returns bytea
language sql stable security definer
set search_path = ''
as $$
  select sha256(sha256(convert_to(settings.network_passphrase, 'UTF8')) || '\x00000002'::bytea || transaction_xdr)
  from private.settings as settings;
$$;
comment on function private.signed_bytes(bytea) is
  'The hash of a transaction on the network of this project: what is signed, and by which the ledger knows it.';

create function private.opened_envelope(
  envelope_xdr text, out transaction_xdr bytea, out signatures bytea[], out tx_hash text, out source_account text,
  out sequence_number text
)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_bytes bytea := private.decoded_base64(envelope_xdr);
  v_start integer;
begin
  -- A fee bump holds a complete envelope between its own fee source and its own signatures; that one is opened.
  if private.int4_at(v_bytes, 1) = 5 then
    v_start := case private.int4_at(v_bytes, 5) when 0 then 49 when 256 then 57 end;
    v_bytes := substr(v_bytes, v_start, private.signatures_start(v_bytes) - 4 - v_start);
  end if;

  v_start := private.signatures_start(v_bytes);

  if v_start is null then
    return;
  end if;

  -- Envelopes of the first protocol leave out the kind of their account, and are signed as if they said it.
  transaction_xdr := case private.int4_at(v_bytes, 1)
    when 2 then substr(v_bytes, 5, v_start - 5)
    when 0 then '\x00000000'::bytea || substr(v_bytes, 5, v_start - 5)
  end;
  v_start := case private.int4_at(transaction_xdr, 1) when 0 then 5 when 256 then 13 end;

  if v_start is null or private.int8_at(transaction_xdr, v_start + 36) is null then
    transaction_xdr := null;
    return;
  end if;

  signatures := private.signatures_of(v_bytes);
  tx_hash := encode(private.signed_bytes(transaction_xdr), 'hex');
  source_account := private.strkey_of_account(substr(transaction_xdr, v_start, 32));
  sequence_number := private.int8_at(transaction_xdr, v_start + 36)::text;
end;
$$;
comment on function private.opened_envelope(text) is
  'What the bytes of an envelope say: its inner transaction with hash, account and sequence number, and signatures.';

create function private.signatures_start(envelope bytea)
returns integer
language sql immutable strict security invoker
set search_path = ''
as $$
  -- An envelope ends with the number of its signatures and then 72 bytes for each: hint, length and 64 bytes.
  select length(envelope) - 72 * number.of_signatures - 3
  from generate_series(0, 20) as number (of_signatures)
  where private.int4_at(envelope, length(envelope) - 72 * number.of_signatures - 3) = number.of_signatures
    and not exists (
      select from generate_series(1, number.of_signatures) as place (of_signature)
      where private.int4_at(envelope, length(envelope) - 72 * place.of_signature + 5) is distinct from 64)
  order by number.of_signatures desc
  limit 1;
$$;
comment on function private.signatures_start(bytea) is
  'The place of the list of signatures in an envelope, or null when it does not end with one.';

create function private.signatures_of(envelope bytea)
returns bytea[]
language sql immutable strict security invoker
set search_path = ''
as $$
  select coalesce(array_agg(substr(envelope, place.of_signature, 4) || substr(envelope, place.of_signature + 8, 64)
    order by place.of_signature), '{}')
  from generate_series(private.signatures_start(envelope) + 4, length(envelope) - 71, 72) as place (of_signature);
$$;
comment on function private.signatures_of(bytea) is
  'The signatures at the end of an envelope, each with its hint, the last four bytes of a key, in front.';

create function private.is_signature_of(address text, signed_bytes bytea, signature bytea)
returns boolean
language sql immutable strict security invoker
set search_path = ''
as $$
  -- The network looks at the hint first, so a signature under the hint of another key is none. Two keys may have one
  -- hint; each is tried. A verification costs much more than this comparison.
  select case when substr(private.strkey_payload(address), 29) = substr(signature, 1, 4)
    then private.is_ed25519_signature(private.strkey_payload(address), signed_bytes, substr(signature, 5))
    else false end;
$$;
comment on function private.is_signature_of(text, bytea, bytea) is
  'Whether a signature with its hint in front was made by an account.';

create function private.carries_signature_of(account_id text, transaction_xdr bytea, signatures bytea[])
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from unnest(carries_signature_of.signatures) as given (signature)
    where private.is_signature_of(carries_signature_of.account_id,
      private.signed_bytes(carries_signature_of.transaction_xdr), given.signature));
$$;
comment on function private.carries_signature_of(text, bytea, bytea[]) is
  'Whether one of the signatures of a transaction is a valid one of the account.';

create function private.is_signed_by(transaction_xdr bytea, signatures bytea[], signers text[])
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- Every signature is one of a given signer, and there is at least one: the network refuses any that is superfluous.
  select cardinality(signatures) > 0 and not exists (
    select from unnest(signatures) as given (signature)
    where not exists (
      select from unnest(signers) as signer (address)
      where private.is_signature_of(signer.address, private.signed_bytes(transaction_xdr), given.signature)));
$$;
comment on function private.is_signed_by(bytea, bytea[], text[]) is
  'Whether a transaction carries signatures, each a valid one of the given accounts.';
