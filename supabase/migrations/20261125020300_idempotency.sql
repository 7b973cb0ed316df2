-- migration: idempotency keys
-- A client that lost an answer repeats the call with the same key and gets the first result; the same key with other
-- arguments is a mistake and is refused. Keys belong to the person who used them and to the organization they were
-- used in: what a person commands in one company is neither answered nor shown in another. Only the command that
-- creates an organization has none yet.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.idempotency_keys, private.personal_data, private.retention_rules
-- depends: 20261125000000, 20261125000100, 20261125000800, 20261125000900, 20261125010300, 20261125020000,
--   20261125020200
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- db-ignore foreign-key-without-index: organizations are closed and never removed.
create table private.idempotency_keys (
  id bigint generated always as identity primary key,
  organization_id bigint references public.organizations (id),
  auth_user_id uuid not null,
  operation text not null,
  key text not null,
  arguments_hash text not null,
  result_id text,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_key_is_unique_per_person_and_organization
    unique nulls not distinct (auth_user_id, operation, key, organization_id),
  constraint idempotency_keys_key_has_1_to_255_characters check (length(key) between 1 and 255)
);
comment on table private.idempotency_keys is 'The first result of every command that was sent with a key.';
comment on column private.idempotency_keys.organization_id is
  'Where the command was given, or empty for the command that creates an organization.';
create index idempotency_keys_created_at_idx on private.idempotency_keys using brin (created_at);
alter table private.idempotency_keys enable row level security;
alter table private.idempotency_keys force row level security;
revoke all on sequence private.idempotency_keys_id_seq from public, anon, authenticated, service_role;

insert into private.error_codes (code, http_status, message, hint) values
  ('idempotency_key_reused', 409,
    'The idempotency key was already used with other arguments.',
    'Use a new key for a new command, and repeat a key only with exactly the same arguments.'),
  ('invalid_idempotency_key', 422, 'The idempotency key is empty or longer than 255 characters.', 'Use a random UUID.');

create function private.claim_idempotency_key(
  operation text, key text, arguments jsonb, organization_id bigint default private.organization_id()
)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_arguments_hash text := md5(claim_idempotency_key.arguments::text);
  v_first private.idempotency_keys;
begin
  if claim_idempotency_key.key is null then
    return null;
  end if;

  if length(claim_idempotency_key.key) not between 1 and 255 then
    perform private.refuse('invalid_idempotency_key');
  end if;

  if private.holds_secret_key(claim_idempotency_key.key) then
    perform private.refuse('secret_key_refused', 'The idempotency key');
  end if;

  -- A second call with the key waits here until the first commits, and then finds its result.
  insert into private.idempotency_keys (organization_id, auth_user_id, operation, key, arguments_hash)
  values (claim_idempotency_key.organization_id, v_auth_user_id, claim_idempotency_key.operation,
    claim_idempotency_key.key, v_arguments_hash)
  on conflict do nothing;

  if found then
    return null;
  end if;

  select used.* into v_first
  from private.idempotency_keys as used
  where used.auth_user_id = v_auth_user_id
    and used.operation = claim_idempotency_key.operation
    and used.key = claim_idempotency_key.key
    and used.organization_id is not distinct from claim_idempotency_key.organization_id;

  if v_first.arguments_hash <> v_arguments_hash then
    perform private.refuse('idempotency_key_reused');
  end if;

  return v_first.result_id;
end;
$$;
comment on function private.claim_idempotency_key(text, text, jsonb, bigint) is
  'The id of the first result if the key was used with these arguments, else null.';

create function private.keep_idempotent_result(
  operation text, key text, result_id text, organization_id bigint default private.organization_id()
)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update private.idempotency_keys as used
  set result_id = keep_idempotent_result.result_id
  where used.auth_user_id = private.auth_user_id()
    and used.operation = keep_idempotent_result.operation
    and used.key = keep_idempotent_result.key
    and used.organization_id is not distinct from keep_idempotent_result.organization_id;
$$;
comment on function private.keep_idempotent_result(text, text, text, bigint) is
  'Remembers the id that a repeated call with the key returns.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('private.idempotency_keys', 'delete', '30 days',
    'delete from private.idempotency_keys where ctid = any (array(select old.ctid from private.idempotency_keys as '
    'old where old.created_at < $1 limit $2))',
    'A command is not repeated after a month.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('private.idempotency_keys', 'account', 'auth_user_id',
    '{arguments_hash,key}',
    'Commands of the last 30 days; retention removes them.');
