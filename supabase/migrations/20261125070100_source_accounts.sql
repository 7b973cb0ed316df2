-- migration: source accounts
-- The accounts that payrolls are paid from. An account belongs to one organization of the whole project: the functions
-- may hold its key, and nobody may spend another company's money by naming its address. The row is also the lease of
-- the account: whoever works on it holds the token, and a worker that was overtaken is refused by its old token. A
-- channel account stands here beside its treasury, because it is leased and counted like one; it pays nobody.
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
  channel_of text,
  retired_at timestamptz,
  problem text,
  problem_since timestamptz,
  lease_token uuid,
  leased_until timestamptz,
  counted_up_to bigint,
  last_claimed_at timestamptz,
  next_check_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint source_accounts_account_id_is_unique_in_organization unique (organization_id, account_id),
  constraint source_accounts_account_id_is_an_account check (private.is_account_id(account_id)),
  constraint source_accounts_channel_is_of_a_treasury_of_the_organization
    foreign key (organization_id, channel_of) references private.source_accounts (organization_id, account_id),
  constraint source_accounts_channel_is_another_account check (channel_of <> account_id),
  constraint source_accounts_only_channels_retire_or_have_problems
    check (channel_of is not null or (retired_at is null and problem is null)),
  constraint source_accounts_problem_is_known
    check (problem in ('account_missing', 'key_missing', 'short_of_fees', 'weight_too_low', 'numbers_exhausted')),
  constraint source_accounts_problem_says_since_when check ((problem is null) = (problem_since is null)),
  constraint source_accounts_lease_has_an_end check ((lease_token is null) = (leased_until is null))
);
comment on table private.source_accounts is
  'Accounts that payrolls are paid from, each bound to one organization and leased by one worker at a time.';
comment on column private.source_accounts.channel_of is
  'The treasury for which this account gives sequence numbers and pays fees; null for a treasury.';
comment on column private.source_accounts.retired_at is
  'Since when a channel account was removed: what is on its way through it is followed, and nothing new is sent.';
comment on column private.source_accounts.problem is
  'Why nothing new could be sent through the channel account when it was last tried; null when it could.';
comment on column private.source_accounts.counted_up_to is
  'The newest transaction of the treasury that the holder of the lease has counted against its money; null before it '
  'has counted.';
create index source_accounts_organization_id_idx on private.source_accounts (organization_id, channel_of);
create index source_accounts_channel_of_idx on private.source_accounts (channel_of) where channel_of is not null;
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
    'The account is enrolled for another organization, or as a channel account.',
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
      and account.channel_of is null
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

create function private.lock_treasury_of(account_id text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  -- Its own row before that of its channel, and shared, so that several channels pay at the same time.
  select from private.source_accounts as treasury
  where treasury.account_id = (
    select channel.channel_of
    from private.source_accounts as channel
    where channel.account_id = lock_treasury_of.account_id)
  for share;
$$;
comment on function private.lock_treasury_of(text) is
  'Keeps the treasury of a channel account as it is until the transaction ends; nothing for a treasury itself.';

create function private.lock_treasury_alone(treasury text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select from private.source_accounts as account
  where account.account_id = lock_treasury_alone.treasury
  for no key update;
$$;
comment on function private.lock_treasury_alone(text) is
  'Lets one transaction of a treasury be written after the other, so that each is written with those before it '
  'counted.';

create function private.require_lease_for(treasury text, lease_token uuid)
returns private.source_accounts
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_leased constant text := (
    select leased.account_id
    from private.source_accounts as leased
    where require_lease_for.treasury in (leased.account_id, leased.channel_of)
      and leased.lease_token = require_lease_for.lease_token);
begin
  perform private.lock_treasury_of(v_leased);

  return private.require_lease(coalesce(v_leased, require_lease_for.treasury), require_lease_for.lease_token);
end;
$$;
comment on function private.require_lease_for(text, uuid) is
  'The leased account that acts for a treasury, itself or one of its channels, locked; refuses every other worker.';

create function private.account_family(account_id text)
returns setof text
language sql stable security definer
set search_path = ''
as $$
  select coalesce(own.channel_of, own.account_id)
  from private.source_accounts as own
  where own.account_id = account_family.account_id
  union all
  select channel.account_id
  from private.source_accounts as own
  join private.source_accounts as channel on channel.channel_of = coalesce(own.channel_of, own.account_id)
  where own.account_id = account_family.account_id;
$$;
comment on function private.account_family(text) is
  'A treasury with all its channel accounts, from any of them: what is wrong with one says something about all.';

create function private.has_usable_channels(treasury text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from private.source_accounts as channel
    where channel.channel_of = has_usable_channels.treasury
      and channel.retired_at is null
      and channel.problem is null);
$$;
comment on function private.has_usable_channels(text) is
  'Whether payments of a treasury go through channel accounts; with none that can be used its own numbers are taken.';

create function private.release_lease(account_id text, lease_token uuid, next_check_seconds integer)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update private.source_accounts as account
  set lease_token = null,
      leased_until = null,
      -- What was found out meanwhile may have put it off already.
      next_check_at = greatest(account.next_check_at,
        now() + make_interval(secs => greatest(coalesce(release_lease.next_check_seconds, 0), 0)))
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
