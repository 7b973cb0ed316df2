-- migration: Stellar addresses
-- An address is a StrKey (SEP-23): a version byte, a key and a CRC16-XModem checksum in base32. A mistyped address is
-- caught here and not by a payment to nowhere. A secret key pasted by mistake is recognised, so that it is never
-- stored or echoed.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes | depends: 20261125000000, 20261125000100, 20261125010300
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.is_strkey(address text, kind text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  -- The CRC16-XModem remainders (polynomial 0x1021) of all values of one base32 character.
  v_remainders constant integer[] :=
    '{0,4129,8258,12387,16516,20645,24774,28903,33032,37161,41290,45419,49548,53677,57806,61935,4657,'
    '528,12915,8786,21173,17044,29431,25302,37689,33560,45947,41818,54205,50076,62463,58334}'::integer[];
  v_is_muxed constant boolean := coalesce(is_strkey.kind = 'M', false);
  -- The checksum starts inside a character: so many of that character's bits still belong to the key.
  v_whole constant integer := case when v_is_muxed then 65 else 52 end;
  v_split constant integer := case when v_is_muxed then 3 else 4 end;
  v_values bytea;
  v_shared integer;
  v_crc integer := 0;
  v_stored integer;
begin
  if is_strkey.address is null
    or is_strkey.kind is null
    or octet_length(is_strkey.address) <> v_whole + 4 then
    return false;
  end if;

  if is_strkey.kind not in ('G', 'M', 'C', 'S')
    or left(is_strkey.address, 1) <> is_strkey.kind
    or is_strkey.address !~ '^.[A-D][A-Z2-7]+$' then
    return false;
  end if;

  -- The low five bits of every byte are the value of its character.
  v_values := convert_to(translate(is_strkey.address,
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_'), 'UTF8');

  for v_place in 0..v_whole - 1 loop
    v_crc := ((v_crc << 5) & 65535) # v_remainders[((v_crc >> 11) # (get_byte(v_values, v_place) & 31)) + 1];
  end loop;

  -- The character that key and checksum share.
  v_shared := get_byte(v_values, v_whole) & 31;
  v_crc := ((v_crc << v_split) & 65535) # v_remainders[((v_crc >> (16 - v_split)) # (v_shared >> (5 - v_split))) + 1];
  v_stored := v_shared & ((1 << (5 - v_split)) - 1);

  for v_place in v_whole + 1..octet_length(is_strkey.address) - 1 loop
    v_stored := (v_stored << 5) | (get_byte(v_values, v_place) & 31);
  end loop;

  -- A muxed address ends in one unused bit, which must be zero.
  if v_is_muxed then
    if v_stored & 1 = 1 then
      return false;
    end if;
    v_stored := v_stored >> 1;
  end if;

  -- The checksum is stored with its low byte first.
  return v_stored = (((v_crc & 255) << 8) | (v_crc >> 8));
end;
$$;
comment on function private.is_strkey(text, text) is
  'Whether the text is a StrKey of that kind (G account, M muxed account, C contract, S secret seed), checksum '
  'included (SEP-23).';

create function private.is_account_id(address text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return private.is_strkey(is_account_id.address, 'G');
end;
$$;
comment on function private.is_account_id(text) is 'Whether the text is a Stellar account address (G…).';

create function private.wallet_address_problem(address text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case
    when wallet_address_problem.address is null or private.is_account_id(wallet_address_problem.address) then null
    when private.is_strkey(wallet_address_problem.address, 'M') then 'muxed_address_refused'
    else 'invalid_wallet_address'
  end;
end;
$$;
comment on function private.wallet_address_problem(text) is
  'The error code that says why the text is no address to pay to, or null.';

create function private.memo_problem(memo_type text, memo text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case
    when memo_problem.memo is null and memo_problem.memo_type is null then null
    when memo_problem.memo is null or memo_problem.memo_type is null then 'invalid_memo'
    when octet_length(memo_problem.memo) not between 1 and 28 then 'invalid_memo'
    when memo_problem.memo_type = 'text' then null
    when memo_problem.memo_type = 'id'
      and memo_problem.memo ~ '^(0|[1-9][0-9]{0,19})$'
      and memo_problem.memo::numeric <= 18446744073709551615 then null
    else 'invalid_memo'
  end;
end;
$$;
comment on function private.memo_problem(text, text) is
  'The error code that says why the two are no memo of a payment, or null: a text of at most 28 bytes, or a number of '
  '64 bits.';

create function private.is_xdr(value text)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$
  -- Base64 of a large transaction can look like a key in mixed case by chance; a real key is in capitals.
  select coalesce(
    is_xdr.value ~ '^[A-Za-z0-9+/]{4,}={0,2}$'
    and not (is_xdr.value ~ 'S[A-D][A-Z2-7]{54}' and private.holds_secret_key(is_xdr.value)),
    false);
$$;
comment on function private.is_xdr(text) is
  'Whether the text can be XDR in base64, and no secret key that was pasted instead.';

create function private.is_asset_code(code text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return coalesce(octet_length(is_asset_code.code) <= 12 and is_asset_code.code ~ '^[A-Za-z0-9]+$', false);
end;
$$;
comment on function private.is_asset_code(text) is 'Whether the text can be an asset code: 1 to 12 letters or digits.';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_wallet_address', 422,
    '%s is not a Stellar account address.',
    'An address starts with G, has 56 characters and a checksum; copy it again from the wallet.'),
  ('muxed_address_refused', 422,
    '%s is a muxed address, which PayD does not pay to.',
    'Give the address of the account (G…) and, as the memo, what the receiver asks for, often a number.'),
  ('invalid_memo', 422,
    '%s is not a memo of a payment.',
    'A memo of type text has at most 28 bytes, one of type id is a whole number up to 18446744073709551615.'),
  ('invalid_asset_code', 422, '%s is not an asset code.', 'An asset code has 1 to 12 letters or digits, such as USDC.'),
  ('invalid_asset_issuer', 422,
    'The asset %s needs the address of its issuer, and XLM must have none.',
    'Give the issuer''s G address for every asset but XLM, and leave it empty for XLM.');

-- The rule for an asset, as a code: native is XLM without issuer; everything else is a code with an issuer's address.
create function private.asset_problem(code text, issuer text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- Most pay is in XLM.
  if asset_problem.code = 'XLM' and asset_problem.issuer = '' then
    return null;
  end if;

  return case
    when not private.is_asset_code(asset_problem.code) then 'invalid_asset_code'
    when asset_problem.issuer = '' and asset_problem.code <> 'XLM' then 'invalid_asset_issuer'
    when asset_problem.issuer <> '' and not private.is_account_id(asset_problem.issuer) then 'invalid_asset_issuer'
    when asset_problem.issuer is null then 'invalid_asset_issuer'
  end;
end;
$$;
comment on function private.asset_problem(text, text) is
  'The error code that says why (code, issuer) names no asset, or null.';
