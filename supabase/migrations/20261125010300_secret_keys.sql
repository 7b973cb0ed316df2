-- migration: secret keys
-- A Stellar secret key that somebody pastes by mistake is recognised wherever text enters, so that it is never stored,
-- logged or echoed. The rule, which the SDK and the workers follow too: blanks and invisible characters are passed
-- over, small letters count as capitals, and 56 characters in a row that are a StrKey of kind S are a key, whatever
-- stands around them. The cost is linear in the text, whatever it is made of.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125010000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.run_holds_secret_key(run text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  -- The CRC16-XModem remainders of the values of one base32 character, and those of a character that 52 others follow.
  v_remainders constant integer[] :=
    '{0,4129,8258,12387,16516,20645,24774,28903,33032,37161,41290,45419,49548,53677,57806,61935,4657,'
    '528,12915,8786,21173,17044,29431,25302,37689,33560,45947,41818,54205,50076,62463,58334}'::integer[];
  v_leavers constant integer[] :=
    '{0,23752,47504,58712,25345,16329,55953,34393,50690,39626,32658,9050,42243,63947,7315,16475,39973,'
    '49389,9653,31101,65316,41964,18100,6780,23079,1775,58295,49023,14630,26094,32950,56446}'::integer[];
  -- The low five bits of every byte are the value of its character.
  v_values constant bytea := convert_to(translate(upper(run_holds_secret_key.run),
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_'), 'UTF8');
  v_crc integer := 0;
  v_key_crc integer;
  v_shared integer;
begin
  -- One step a character: v_crc is the checksum of the last 52 characters, the first of which is at v_last - 51.
  for v_last in 0..length(v_values) - 5 loop
    v_crc := ((v_crc << 5) & 65535) # v_remainders[((v_crc >> 11) # (get_byte(v_values, v_last) & 31)) + 1];

    if v_last >= 52 then
      v_crc := v_crc # v_leavers[(get_byte(v_values, v_last - 52) & 31) + 1];
    end if;

    -- A secret key begins with S and one of A to D (18, and 0 to 3).
    if v_last >= 51
      and get_byte(v_values, v_last - 51) & 31 = 18
      and get_byte(v_values, v_last - 50) & 31 < 4 then
      -- Four more bits belong to the key; the checksum is stored behind them, its low byte first.
      v_shared := get_byte(v_values, v_last + 1) & 31;
      v_key_crc := ((v_crc << 4) & 65535) # v_remainders[((v_crc >> 12) # (v_shared >> 1)) + 1];

      if (((v_shared & 1) << 15) | ((get_byte(v_values, v_last + 2) & 31) << 10)
        | ((get_byte(v_values, v_last + 3) & 31) << 5) | (get_byte(v_values, v_last + 4) & 31))
        = (((v_key_crc & 255) << 8) | (v_key_crc >> 8)) then
        return true;
      end if;
    end if;
  end loop;

  return false;
end;
$$;
comment on function private.run_holds_secret_key(text) is
  'Whether a secret key stands in a run of base32 characters: one step a character, whatever they are.';

create function private.holds_secret_key(value text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_letters text;
  v_suspect text;
begin
  if holds_secret_key.value is null or octet_length(holds_secret_key.value) < 56 then
    return false;
  end if;

  v_letters := private.without_blanks(holds_secret_key.value);

  -- Addresses are as long as a key and begin otherwise; of what a ledger tells, nothing passes here.
  if v_letters !~ '[Ss][A-Da-d][A-Za-z2-7]{54}' then
    return false;
  end if;

  -- Nearly no text has so many characters of a key in a row. A key that was wrapped or copied from a page is still one.
  for v_suspect in
    select distinct suspect.letters[1]
    from regexp_matches(v_letters, '[A-Za-z2-7]{56,}', 'g') as suspect (letters)
    where suspect.letters[1] ~ '[Ss][A-Da-d].{54}'
  loop
    if private.run_holds_secret_key(v_suspect) then
      return true;
    end if;
  end loop;

  return false;
end;
$$;
comment on function private.holds_secret_key(text) is
  'Whether a Stellar secret key (S…) stands anywhere in the text, also with blanks inside.';

create function private.json_holds_secret_key(value jsonb)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
declare v_text text;
begin
  if pg_column_size(json_holds_secret_key.value) < 56 then
    return false;
  end if;

  v_text := json_holds_secret_key.value::text;

  -- JSON writes a line end inside a text as two characters, which would hide what they split.
  if strpos(v_text, '\') > 0 then
    v_text := regexp_replace(v_text, '\\(u[0-9a-fA-F]{4}|.)', '', 'g');
  end if;

  return private.holds_secret_key(v_text);
end;
$$;
comment on function private.json_holds_secret_key(jsonb) is
  'Whether a Stellar secret key stands in any key or text of the document.';

create function private.without_secret_key(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case
    when private.holds_secret_key(without_secret_key.value) then 'A Stellar secret key stood here. It was not stored.'
    else without_secret_key.value
  end;
end;
$$;
comment on function private.without_secret_key(text) is
  'What others told a worker, fit to be stored: a text that holds a secret key is replaced as a whole.';

create function private.stored_text(value text, max_length integer)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- What is not stored needs no look; a key that begins in what is stored ends in twice as much.
  return left(private.without_secret_key(left(stored_text.value, greatest(2 * stored_text.max_length, 200))),
    stored_text.max_length);
end;
$$;
comment on function private.stored_text(text, integer) is
  'The beginning of what others told a worker, without a secret key; the rest is not even read.';

create function private.json_without_secret_key(value jsonb)
returns jsonb
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case
    when private.json_holds_secret_key(json_without_secret_key.value)
      then to_jsonb(text 'A Stellar secret key stood here. It was not stored.')
    else json_without_secret_key.value
  end;
end;
$$;
comment on function private.json_without_secret_key(jsonb) is 'Like without_secret_key, for a document.';
