-- migration: source accounts
-- The accounts that payrolls are paid from. An account belongs to one organization of the whole project: the functions
-- may hold its key, and nobody may spend another company's money by naming its address. The row is also the lease of
-- the account: whoever works on it holds the token, and a worker that was overtaken is refused by its old token.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.sequence_numbers, private.source_accounts
-- depends: 20261125000000, 20261125000100, 20261125010000, 20261125010300, 20261125010400, 20261125020000,
--   20261125020400, 20261125050000
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.source_accounts (
  account_id text primary key,
  organization_id bigint not null references public.organizations (id),
  lease_token uuid,
  leased_until timestamptz,
  last_claimed_at timestamptz,
  next_check_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint source_accounts_account_id_is_unique_in_organization unique (organization_id, account_id),
  constraint source_accounts_account_id_is_an_account check (private.is_account_id(account_id)),
  constraint source_accounts_lease_has_an_end check ((lease_token is null) = (leased_until is null))
);
comment on table private.source_accounts is
  'Accounts that payrolls are paid from, each bound to one organization and leased by one worker at a time.';
create index source_accounts_organization_id_idx on private.source_accounts (organization_id);
alter table private.source_accounts enable row level security;
alter table private.source_accounts force row level security;

create table private.sequence_numbers (
  source_account text not null references private.source_accounts (account_id),
  sequence_number numeric(19) not null,
  tx_hash text,
  ledger bigint,
  envelope_xdr text,
  recorded_at timestamptz not null default now(),
  constraint sequence_numbers_are_listed_once primary key (source_account, sequence_number),
  constraint sequence_numbers_used_name_transaction_and_ledger check ((tx_hash is null) = (ledger is null))
);
comment on table private.sequence_numbers is
  'Which transaction used a sequence number of a source account. A number without a transaction is open: a provider '
  'said that nobody used it, which nobody can sign. Whatever is built next must use that number or a lower one, so '
  'that it cannot pay again if the provider was wrong.';
comment on column private.sequence_numbers.envelope_xdr is
  'The signed envelope of a transaction that PayD did not build, as evidence.';
create index sequence_numbers_source_account_idx_when_open
  on private.sequence_numbers (source_account, sequence_number) where tx_hash is null;
alter table private.sequence_numbers enable row level security;
alter table private.sequence_numbers force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('organization_not_found', 404, 'There is no organization %s.', 'Check the id.'),
  ('source_account_taken', 409,
    'The account is enrolled for another organization.',
    'Use a separate treasury account for every organization.'),
  ('lease_lost', 409,
    'The lease of the account %s is held by another worker or has ended.',
    'Stop working on it; whoever holds the lease continues.');

create function private.enroll_source_account(organization_id bigint, account_id text)
returns setof public.wallets
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_wallet public.wallets;
begin
  if private.holds_secret_key(left(enroll_source_account.account_id, 1000)) then
    perform private.refuse('secret_key_refused', 'The address');
  end if;

  if not private.is_account_id(enroll_source_account.account_id) then
    perform private.refuse('invalid_wallet_address', private.quotable(enroll_source_account.account_id, 80));
  end if;

  if not exists (
    select from public.organizations as organization
    where organization.id = enroll_source_account.organization_id and organization.deleted_at is null
  ) then
    perform private.refuse('organization_not_found',
      coalesce(enroll_source_account.organization_id::text, 'without id'));
  end if;

  insert into private.source_accounts (account_id, organization_id)
  values (enroll_source_account.account_id, enroll_source_account.organization_id)
  on conflict do nothing;

  if not found and not exists (
    select from private.source_accounts as account
    where account.account_id = enroll_source_account.account_id
      and account.organization_id = enroll_source_account.organization_id
  ) then
    perform private.refuse('source_account_taken');
  end if;

  insert into public.wallets (organization_id, wallet_address, wallet_type, trustline_state)
  values (enroll_source_account.organization_id, enroll_source_account.account_id, 'treasury', 'not_needed')
  on conflict on constraint wallets_address_and_asset_are_unique_in_organization do nothing
  returning * into v_wallet;

  if found then
    perform private.write_audit(enroll_source_account.organization_id, 'source_account.enrolled', 'wallet',
      v_wallet.id::text,
      jsonb_build_object('account_id', enroll_source_account.account_id));
  end if;

  return query
    select wallet.*
    from public.wallets as wallet
    where wallet.organization_id = enroll_source_account.organization_id
      and wallet.wallet_address = enroll_source_account.account_id
      and wallet.asset_issuer = '';
end;
$$;
grant execute on function private.enroll_source_account(bigint, text) to service_role;

create function public.enroll_source_account(organization_id bigint, account_id text)
returns setof public.wallets
language sql volatile security invoker
set search_path = ''
as $$ select * from private.enroll_source_account(organization_id, account_id); $$;
comment on function public.enroll_source_account(bigint, text) is
  'For the operator: binds a treasury account to one organization.';
revoke all on function public.enroll_source_account(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.enroll_source_account(bigint, text) to service_role;

create function private.require_lease(account_id text, lease_token uuid)
returns private.source_accounts
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_account private.source_accounts;
begin
  select account.* into v_account
  from private.source_accounts as account
  where account.account_id = require_lease.account_id
    and account.lease_token = require_lease.lease_token
  for update;

  -- An expired lease that nobody took over is still the worker's own; a taken one has another token.
  if not found then
    perform private.refuse('lease_lost',
      coalesce(private.quotable(require_lease.account_id, 80), 'without address'));
  end if;

  return v_account;
end;
$$;
comment on function private.require_lease(text, uuid) is
  'The leased account, locked; refuses a worker whose lease was taken over.';

create function private.release_lease(account_id text, lease_token uuid, next_check_seconds integer)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update private.source_accounts as account
  set lease_token = null,
      leased_until = null,
      next_check_at = now() + make_interval(secs => greatest(coalesce(release_lease.next_check_seconds, 0), 0))
  where account.account_id = release_lease.account_id
    and account.lease_token = release_lease.lease_token;

  return found;
end;
$$;
comment on function private.release_lease(text, uuid, integer) is
  'Gives the account back; false if the lease was already taken over.';
grant execute on function private.release_lease(text, uuid, integer) to service_role;

create function private.extend_lease(account_id text, lease_token uuid, lease_seconds integer)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update private.source_accounts as account
  set leased_until = now() + make_interval(secs => least(greatest(extend_lease.lease_seconds, 10), 600))
  where account.account_id = extend_lease.account_id
    and account.lease_token = extend_lease.lease_token;

  return found;
end;
$$;
comment on function private.extend_lease(text, uuid, integer) is
  'Keeps the account for a worker that is still at work; false if the lease was already taken over.';
grant execute on function private.extend_lease(text, uuid, integer) to service_role;

create function public.extend_disbursement(source_account text, lease_token uuid, lease_seconds integer default 20)
returns boolean
language sql volatile security invoker
set search_path = ''
as $$ select private.extend_lease(source_account, lease_token, lease_seconds); $$;
comment on function public.extend_disbursement(text, uuid, integer) is
  'For workers: keeps a source account while a step takes longer than its lease.';
revoke all on function public.extend_disbursement(text, uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.extend_disbursement(text, uuid, integer) to service_role;

create function public.release_disbursement(source_account text, lease_token uuid, next_check_seconds integer default 0)
returns boolean
language sql volatile security invoker
set search_path = ''
as $$ select private.release_lease(source_account, lease_token, next_check_seconds); $$;
comment on function public.release_disbursement(text, uuid, integer) is 'For workers: gives a source account back.';
revoke all on function public.release_disbursement(text, uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.release_disbursement(text, uuid, integer) to service_role;
