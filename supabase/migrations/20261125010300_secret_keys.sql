-- migration: secret keys
-- A Stellar secret key that somebody pastes by mistake is recognised wherever text enters, so that it is never stored,
-- logged or echoed.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125010000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.holds_secret_key(value text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  -- A key that was wrapped, spaced or copied from a page is still a key.
  v_text text := private.without_blanks(holds_secret_key.value);
  v_suspect text;
  v_found text;
begin
  -- Nearly every text fails this cheap test, so that the checksum is computed only for suspects.
  if v_text is null or v_text !~* 'S[A-D][A-Z2-7]{54}' then
    return false;
  end if;

  -- Overlapping candidates are tried too: a key glued to other letters is still a key.
  for v_suspect in
    select upper(suspect.letters[1]) from regexp_matches(v_text, '[A-Z2-7]{56,}', 'gi') as suspect (letters)
  loop
    for i in 1..length(v_suspect) - 55 loop
      v_found := substr(v_suspect, i, 56);
      if left(v_found, 1) = 'S' and private.is_strkey(v_found, 'S') then
        return true;
      end if;
    end loop;
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
begin
  -- JSON writes a line end inside a text as two characters, which would hide what they split.
  return private.holds_secret_key(regexp_replace(json_holds_secret_key.value::text, '\\(u[0-9a-fA-F]{4}|.)', '', 'g'));
end;
$$;
comment on function private.json_holds_secret_key(jsonb) is
  'Whether a Stellar secret key stands in any key or text of the document.';

create function private.without_secret_key(value text)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  select case
    when private.holds_secret_key(without_secret_key.value) then 'A Stellar secret key stood here. It was not stored.'
    else without_secret_key.value
  end;
$$;
comment on function private.without_secret_key(text) is
  'What others told a worker, fit to be stored: a text that holds a secret key is replaced as a whole.';

create function private.json_without_secret_key(value jsonb)
returns jsonb
language sql immutable security invoker
set search_path = ''
as $$
  select case
    when private.json_holds_secret_key(json_without_secret_key.value)
      then to_jsonb(text 'A Stellar secret key stood here. It was not stored.')
    else json_without_secret_key.value
  end;
$$;
comment on function private.json_without_secret_key(jsonb) is 'Like without_secret_key, for a document.';
