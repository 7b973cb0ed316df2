-- migration: error codes
-- Every refusal a person can meet is a row of private.error_codes, so that the sentence, the HTTP status and
-- docs/errors.md cannot drift apart. Each concept declares its own codes beside the functions that use them.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes | depends: 20261125000000
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

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
comment on table private.error_codes is
  'Every refusal: stable code, HTTP status, sentence (format() template) and what to do now.';
alter table private.error_codes enable row level security;
alter table private.error_codes force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('not_signed_in', 401, 'You are not signed in.', 'Sign in and send the access token with the request.'),
  ('no_organization', 403,
    'You are not a member of an organization, or not of the one that the header x-organization-id names.',
    'Create an organization, accept an invitation, or correct the header.'),
  ('role_too_low', 403,
    'This needs the role %s in the organization.',
    'Ask an admin of your organization to do it or to change your role.'),
  ('text_missing', 422, '%s must not be empty.', 'Give a value.'),
  ('text_too_long', 422, '%s is longer than %s characters.', 'Shorten it.'),
  ('invalid_date', 422, '%s is not a day from 1900-01-01 to 2200-12-31.', 'Give a day such as 2026-11-27.'),
  ('secret_key_refused', 422,
    '%s holds a Stellar secret key. It was not stored.',
    'Never share a secret key (S…). Give the public address (G…), and move the funds if the key was exposed.');

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
comment on function private.refuse(text, text[]) is
  'Raises the declared error of that code. PostgREST answers with its HTTP status.';
