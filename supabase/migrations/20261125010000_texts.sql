-- migration: texts that people type
-- Texts are trimmed, bounded in length and free of secret keys before they are stored, and a message repeats only what
-- cannot be a secret key.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125000100
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.without_blanks(value text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return regexp_replace(without_blanks.value,
    '[[:space:][:cntrl:]\u00a0\u00ad\u180e\u200b-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]+', '', 'g');
end;
$$;
comment on function private.without_blanks(text) is
  'The text without blanks, line ends and characters that nobody sees.';

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
begin
  return case
    when coalesce(private.without_blanks(quotable.value), '') = '' then 'Nothing'
    when private.is_quotable(quotable.value) then left(quotable.value, quotable.max_length)
    else 'The given text'
  end;
end;
$$;
comment on function private.quotable(text, integer) is
  'What a message may repeat of what somebody typed: its beginning, and nothing of what could be a secret key.';

create function private.required_text(label text, value text, max_length integer)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_value text := btrim(required_text.value);
begin
  if v_value is null or v_value = '' then
    perform private.refuse('text_missing', required_text.label);
  end if;

  if length(v_value) > required_text.max_length then
    perform private.refuse('text_too_long', required_text.label, required_text.max_length::text);
  end if;

  if private.holds_secret_key(v_value) then
    perform private.refuse('secret_key_refused', required_text.label);
  end if;

  return v_value;
end;
$$;
comment on function private.required_text(text, text, integer) is
  'The trimmed value; refuses an empty or oversized one and a pasted secret key.';

create function private.optional_text(label text, value text, max_length integer)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if optional_text.value is null or btrim(optional_text.value) = '' then
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
  return coalesce(
    length(is_email.value) between 3 and 255
    -- Nothing that is not seen, or that two people could type differently.
    and is_email.value = private.without_blanks(is_email.value)
    and is_email.value ~ '^[^@<>()\[\],;:"\\.]+(\.[^@<>()\[\],;:"\\.]+)*@[^@<>()\[\],;:"\\.]+(\.[^@<>()\[\],;:"\\.]+)+$'
    and length(split_part(is_email.value, '@', 1)) <= 64
    -- A label of a host neither begins nor ends with a hyphen, and the last one is no number.
    and split_part(is_email.value, '@', 2) !~ '(^|\.)-|-(\.|$)|_|\.[0-9]+$',
    false);
end;
$$;
comment on function private.is_email(text) is 'Whether the text has the form name@host.domain.';

create function private.spreadsheet_text(value text)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  select case when spreadsheet_text.value ~ '^[=+\-@\t\r]' then '''' || spreadsheet_text.value
    else spreadsheet_text.value end;
$$;
comment on function private.spreadsheet_text(text) is
  'The text, marked where a spreadsheet would take it for a formula.';
grant execute on function private.spreadsheet_text(text) to authenticated, service_role;
