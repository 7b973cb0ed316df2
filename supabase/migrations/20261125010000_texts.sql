-- migration: texts that people type
-- Text that people type is measured before it is read, brought into one form (NFC, trimmed), and free of control
-- characters and secret keys before it is stored. A message repeats only what cannot be a secret key.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes | depends: 20261125000000, 20261125000100
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('control_character_refused', 422,
    '%s holds a control character, or one that changes the direction of the text.',
    'Type the text again instead of copying it.'),
  ('document_too_large', 422, '%s is larger than %s kB.', 'Send less at once.');

-- What is invisible: blanks, control characters, and the code points that Unicode calls Default_Ignorable.
create function private.without_blanks(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
-- Blanks are many and cheap to take out; a regular expression costs some microseconds for each of them.
declare v_text constant text := replace(without_blanks.value, ' ', '');
begin
  if octet_length(v_text) = length(v_text) then
    return case
      when v_text ~ '[\u0001-\u001f\u007f]' then translate(v_text,
        E'\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012'
        '\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f', '')
      else v_text
    end;
  end if;

  return regexp_replace(v_text,
    '[[:space:]\u0001-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f'
    '\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3'
    '\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+', '', 'g');
end;
$$;
comment on function private.without_blanks(text) is
  'The text without blanks, line ends and invisible characters.';

create function private.tidy_text(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- Text in ASCII has one form only.
  if octet_length(tidy_text.value) = length(tidy_text.value) then
    return btrim(tidy_text.value, E' \t\n\u000b\f\r');
  end if;

  return btrim(normalize(tidy_text.value, nfc),
    E' \t\n\u000b\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028'
    '\u2029\u202f\u205f\u2060\u3000\ufeff');
end;
$$;
comment on function private.tidy_text(text) is
  'The text in NFC, so that what looks the same is the same, and without blanks around it.';

create function private.tidy_name(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  if octet_length(tidy_name.value) = length(tidy_name.value) then
    return private.tidy_text(tidy_name.value);
  end if;

  -- Joiners and variation selectors stay: letters of some scripts, and pictures, are written with them.
  return private.tidy_text(regexp_replace(tidy_name.value,
    '[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8'
    '\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]+', '', 'g'));
end;
$$;
comment on function private.tidy_name(text) is
  'The name of a person in NFC, trimmed, and without what nobody sees: who looks the same is called the same.';

create function private.holds_control_character(value text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- Marks that change the direction make one text look like another; they stand in no name.
  return coalesce(holds_control_character.value ~
    '[\u0001-\u0008\u000b-\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]',
    false);
end;
$$;
comment on function private.holds_control_character(text) is
  'Whether a character stands in the text that only machines use; tabs and line ends are none.';

create function private.folded_text(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  if octet_length(folded_text.value) = length(folded_text.value) then
    return lower(folded_text.value);
  end if;

  -- Decomposed, the accents are characters of their own; some letters have no decomposition. What nobody sees makes no
  -- other text.
  return replace(replace(replace(replace(
    translate(
      lower(regexp_replace(normalize(folded_text.value, nfkd),
        '[\u0300-\u036f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f'
        '\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a'
        '\U000e0000-\U000e0fff]+', '', 'g')),
      'øłđðħıŧ', 'olddhit'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
end;
$$;
comment on function private.folded_text(text) is
  'The text in small letters without accents, for comparisons that must not depend on how it was typed.';

create function private.lookalike_text(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return translate(private.folded_text(lookalike_text.value),
    '10iавекмнорстухѕіјһԁԛԝѵӏαβεζηικμνορτυχɑɡ',
    'lolabekmhopctyxsljhdqwvlabezhlkmvoptuxag');
end;
$$;
comment on function private.lookalike_text(text) is
  'The folded text with one letter for all that look like it, of whatever alphabet: to compare, never to show.';

create function private.is_quotable(value text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return private.without_blanks(is_quotable.value) !~* 'S[A-Z0-9]{24}';
end;
$$;
comment on function private.is_quotable(text) is
  'Whether the text can be repeated: a secret key with a typing mistake is still most of a secret key.';

create function private.quotable(value text, max_length integer default 40)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
-- What is not repeated needs no look: of a long text only the beginning is read.
declare v_beginning constant text := left(quotable.value, quotable.max_length + 400);
begin
  return case
    when coalesce(private.without_blanks(v_beginning), '') = '' then 'Nothing'
    when private.is_quotable(v_beginning) then left(v_beginning, quotable.max_length)
    else 'The given text'
  end;
end;
$$;
comment on function private.quotable(text, integer) is
  'What a message may repeat of what somebody typed: its beginning, and nothing of what could be a secret key.';

create function private.is_oversized(value text, max_length integer)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- Bytes are known without reading the text; a character has at most four, and blanks around it are forgiven.
  return coalesce(octet_length(is_oversized.value) > 4 * is_oversized.max_length + 1000, false);
end;
$$;
comment on function private.is_oversized(text, integer) is
  'Whether the text is so long that nothing needs to read it: the first question about every text.';

create function private.require_size(label text, document jsonb, max_kilobytes integer)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  -- The size is known without reading the document.
  if pg_column_size(require_size.document) > 1024 * require_size.max_kilobytes then
    perform private.refuse('document_too_large', require_size.label, require_size.max_kilobytes::text);
  end if;
end;
$$;
comment on function private.require_size(text, jsonb, integer) is
  'Refuses a document that is too large before anything reads it.';

create function private.required_text(label text, value text, max_length integer)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_value text;
begin
  if private.is_oversized(required_text.value, required_text.max_length) then
    perform private.refuse('text_too_long', required_text.label, required_text.max_length::text);
  end if;

  v_value := private.tidy_text(required_text.value);

  if coalesce(private.without_blanks(v_value), '') = '' then
    perform private.refuse('text_missing', required_text.label);
  end if;

  if length(v_value) > required_text.max_length then
    perform private.refuse('text_too_long', required_text.label, required_text.max_length::text);
  end if;

  if private.holds_secret_key(v_value) then
    perform private.refuse('secret_key_refused', required_text.label);
  end if;

  if private.holds_control_character(v_value) then
    perform private.refuse('control_character_refused', required_text.label);
  end if;

  return v_value;
end;
$$;
comment on function private.required_text(text, text, integer) is
  'The text in NFC and trimmed; refuses an empty or oversized one, control characters and a pasted secret key.';

create function private.optional_text(label text, value text, max_length integer)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if optional_text.value is null
    or (not private.is_oversized(optional_text.value, optional_text.max_length)
      and private.tidy_text(optional_text.value) = '') then
    return null;
  end if;

  return private.required_text(optional_text.label, optional_text.value, optional_text.max_length);
end;
$$;
comment on function private.optional_text(text, text, integer) is 'Like required_text, but an absent value is null.';

create function private.is_email(value text)
returns boolean
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  if is_email.value is null or octet_length(is_email.value) > 1020 or length(is_email.value) not between 3 and 255 then
    return false;
  end if;

  -- Nearly every address is as plain as this.
  if is_email.value ~ '^[a-z0-9_+]+([.-][a-z0-9_+]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,24}$' then
    return strpos(is_email.value, '@') <= 65;
  end if;

  return coalesce(
    -- Nothing that is not seen, and one form of what two people could type differently.
    is_email.value = private.without_blanks(is_email.value)
    and not private.holds_control_character(is_email.value)
    and is_email.value is nfkc normalized
    -- Letters of two alphabets in one word are there to look like others.
    and is_email.value !~ '[a-z\u00df-\u024f][^.@]*[\u0370-\u058f\u13a0-\u13ff]'
    and is_email.value !~ '[\u0370-\u058f\u13a0-\u13ff][^.@]*[a-z\u00df-\u024f]'
    and is_email.value ~ '^[^@<>()\[\],;:"\\.]+(\.[^@<>()\[\],;:"\\.]+)*@[^@<>()\[\],;:"\\.]+(\.[^@<>()\[\],;:"\\.]+)+$'
    and length(split_part(is_email.value, '@', 1)) <= 64
    -- A label of a host neither begins nor ends with a hyphen, and the last one is no number.
    and split_part(is_email.value, '@', 2) !~ '(^|\.)-|-(\.|$)|_|\.[0-9]+$',
    false);
end;
$$;
comment on function private.is_email(text) is
  'Whether the text has the form name@host.domain, in one form (NFKC), each word in one alphabet, and without an '
  'invisible character.';

create function private.spreadsheet_text(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- Spreadsheets pass over blanks and line ends before a formula, and read the signs of full width like plain ones.
  return case
    when spreadsheet_text.value
      ~ '^[[:space:]\u0001-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060\u3000\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−]'
      or spreadsheet_text.value ~ '^[\t\r\n]'
      then '''' || spreadsheet_text.value
    else spreadsheet_text.value
  end;
end;
$$;
comment on function private.spreadsheet_text(text) is
  'The text, marked where a spreadsheet would take it for a formula.';
grant execute on function private.spreadsheet_text(text) to authenticated, service_role;
