-- migration: the foundation every later migration stands on
-- Schema private holds the workers, queues and helpers that no API exposes; schema public is the only exposed one.
-- Nothing is executable by everybody: each function says who may call it. Every refusal a person can meet is a row of
-- private.error_codes, so that the sentence, the HTTP status and docs/errors.md cannot drift apart.
-- author: PayD | date: 2026-11-20
-- tables: private.error_codes | depends: none
-- class: add-table, modify-rls, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create schema private;
comment on schema private is 'Workers, queues and helpers. Never exposed through the API.';
revoke all on schema private from public;
grant usage on schema private to authenticator, anon, authenticated, service_role;

-- The global form is needed: a per-schema one cannot take away the right that PostgreSQL gives PUBLIC by default.
alter default privileges revoke execute on functions from public;

create table private.error_codes (
  code text primary key,
  http_status integer not null,
  message text not null,
  hint text not null,
  constraint error_codes_code_is_snake_case check (code ~ '^[a-z][a-z0-9_]*$'),
  constraint error_codes_http_status_is_an_error check (http_status between 400 and 599),
  constraint error_codes_message_is_a_sentence check (message ~ '\.$'),
  constraint error_codes_hint_is_a_sentence check (hint ~ '\.$')
);
comment on table private.error_codes is 'Every refusal: stable code, HTTP status, sentence (format() template) and what to do now.';
alter table private.error_codes enable row level security;
alter table private.error_codes force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('not_signed_in', 401, 'You are not signed in.', 'Sign in and send the access token with the request.'),
  ('no_organization', 403, 'You are not a member of an organization, or not of the one that the header x-organization-id names.', 'Create an organization, accept an invitation, or correct the header.'),
  ('role_too_low', 403, 'This needs the role %s in the organization.', 'Ask an admin of your organization to do it or to change your role.'),
  ('text_missing', 422, '%s must not be empty.', 'Give a value.'),
  ('text_too_long', 422, '%s is longer than %s characters.', 'Shorten it.'),
  ('invalid_date', 422, '%s is not a day from 1900-01-01 to 2200-12-31.', 'Give a day such as 2026-11-27.'),
  ('secret_key_refused', 422, '%s holds a Stellar secret key. It was not stored.', 'Never share a secret key (S…). Give the public address (G…), and move the funds if the key was exposed.');

create function private.refuse(code text, variadic arguments text[] default '{}')
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_error private.error_codes;
begin
  select error.* into v_error
  from private.error_codes as error
  where error.code = refuse.code;

  if not found then
    raise sqlstate 'PT500' using
      message = format('The error code %s is not declared.', refuse.code),
      detail = 'unknown_error_code',
      hint = 'This is a defect of PayD. Please report it.';
  end if;

  raise exception using
    errcode = 'PT' || v_error.http_status,
    message = format(v_error.message, variadic refuse.arguments),
    detail = v_error.code,
    hint = format(v_error.hint, variadic refuse.arguments);
end;
$$;
comment on function private.refuse(text, text[]) is 'Raises the declared error of that code. PostgREST answers with its HTTP status.';

create function private.touch_updated_at()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
comment on function private.touch_updated_at() is 'Keeps updated_at the time of the last change.';

create function private.touch_version()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  new.updated_at := now();
  new.version := old.version + 1;
  return new;
end;
$$;
comment on function private.touch_version() is 'Counts changes of a row that people edit, so that nobody overwrites what they have not seen.';

create function private.without_blanks(value text)
returns text
language sql immutable security invoker
set search_path = ''
as $$ select regexp_replace(without_blanks.value, '[[:space:][:cntrl:]\u00a0\u00ad\u180e\u200b-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]+', '', 'g'); $$;
comment on function private.without_blanks(text) is 'The text without blanks, line ends and characters that nobody sees.';

create function private.is_quotable(value text)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$ select private.without_blanks(is_quotable.value) !~* 'S[A-Z0-9]{24}'; $$;
comment on function private.is_quotable(text) is 'Whether the text can be repeated: a secret key with a typing mistake is still most of a secret key.';

create function private.quotable(value text, max_length integer default 40)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  select case
    when coalesce(private.without_blanks(quotable.value), '') = '' then 'Nothing'
    when private.is_quotable(quotable.value) then left(quotable.value, quotable.max_length)
    else 'The given text'
  end;
$$;
comment on function private.quotable(text, integer) is 'What a message may repeat of what somebody typed: its beginning, and nothing of what could be a secret key.';

create function private.is_usable_date(value date)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$ select is_usable_date.value between date '1900-01-01' and date '2200-12-31'; $$;
comment on function private.is_usable_date(date) is 'Whether the day is one of this age: neither infinite nor before Christ nor a slip of the keyboard.';

create function private.require_date(label text, value date)
returns date
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if not coalesce(private.is_usable_date(require_date.value), false) then
    perform private.refuse('invalid_date', require_date.label);
  end if;

  return require_date.value;
end;
$$;
comment on function private.require_date(text, date) is 'The day; refuses none, an infinite one and one outside 1900 to 2200.';

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
comment on function private.required_text(text, text, integer) is 'The trimmed value; refuses an empty or oversized one and a pasted secret key.';

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
