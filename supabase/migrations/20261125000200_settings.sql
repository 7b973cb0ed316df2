-- migration: settings of the project
-- One Supabase project serves one Stellar network. Its passphrase and provider stand here, in the database that plans
-- the payments, and every worker checks them against what the provider says, so that a testnet run can never reach
-- mainnet.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.settings | depends: 20261125000000, 20261125000100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.is_secure_provider(url text)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$ select url ~ '^(https://|http://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?(/|$))'; $$;
comment on function private.is_secure_provider(text) is
  'Whether what a provider says is safe from changes on the way: https, or this machine.';

create table private.settings (
  is_the_only_row boolean primary key default true,
  network_passphrase text,
  horizon_url text,
  rpc_url text,
  second_horizon_url text,
  max_fee_stroops bigint not null default 100000,
  allow_http_webhooks boolean not null default false,
  wallet_sync_seconds integer not null default 300,
  trusted_proxies integer not null default 2,
  updated_at timestamptz not null default now(),
  constraint settings_is_one_row check (is_the_only_row),
  constraint settings_max_fee_stroops_is_a_fee check (max_fee_stroops between 100 and 10000000),
  constraint settings_wallet_sync_seconds_is_positive check (wallet_sync_seconds > 0),
  constraint settings_trusted_proxies_is_a_small_number check (trusted_proxies between 1 and 10),
  -- A stranger who can change what a provider says could change what is believed; only this machine needs no https.
  constraint settings_providers_are_secure check (
    private.is_secure_provider(coalesce(horizon_url, 'https://'))
    and private.is_secure_provider(coalesce(rpc_url, 'https://'))
    and private.is_secure_provider(coalesce(second_horizon_url, 'https://'))),
  constraint settings_network_has_a_provider check ((network_passphrase is null) = (horizon_url is null)),
  constraint settings_second_provider_is_another_one check (second_horizon_url <> horizon_url),
  constraint settings_second_provider_has_a_first check (second_horizon_url is null or horizon_url is not null)
);
comment on table private.settings is 'The Stellar network of this project, its providers and limits.';
comment on column private.settings.second_horizon_url is
  'Another provider of the same network. While there is one, no transaction ends on the word of the first alone.';
comment on column private.settings.max_fee_stroops is 'The highest fee PayD offers for one operation, in stroops.';
comment on column private.settings.trusted_proxies is
  'How many parts of the platform add an address to x-forwarded-for: the first of those is what the gateway saw.';
alter table private.settings enable row level security;
alter table private.settings force row level security;

insert into private.settings default values;

insert into private.error_codes (code, http_status, message, hint) values
  ('network_not_configured', 503,
    'No Stellar network is configured for this project.',
    'An operator must call private.configure_network once with the passphrase and the address of a Horizon server.'),
  ('provider_not_secure', 422,
    'The address of a Stellar provider must begin with https.',
    'Use an https address; plain http is only for a server on this machine.'),
  ('second_provider_is_the_first', 422,
    'The second provider has the address of the first, so it could confirm nothing.',
    'Name a Horizon server that somebody else runs.'),
  ('invalid_fee_limit', 422,
    'The limit for the fee of one operation is 100 to 10000000 stroops.',
    'Give the most that you would pay for one payment; 100000 stroops are 0.01 XLM.'),
  ('network_already_in_use', 409,
    'This project already has transactions on another Stellar network.',
    'Use a separate Supabase project for each network.');

create function private.configure_network(network_passphrase text, horizon_url text, rpc_url text default null)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- A project that has paid somebody stays on its network: hashes, sequences and addresses mean nothing on another.
  if exists (
    select from private.settings as settings
    where settings.network_passphrase is distinct from configure_network.network_passphrase
      and settings.network_passphrase is not null
  ) and exists (select from public.transactions) then
    perform private.refuse('network_already_in_use');
  end if;

  if exists (
    select from unnest(array[configure_network.horizon_url, configure_network.rpc_url]) as provider (url)
    where not private.is_secure_provider(provider.url)
  ) then
    perform private.refuse('provider_not_secure');
  end if;

  if exists (
    select from private.settings as settings
    where settings.second_horizon_url = rtrim(configure_network.horizon_url, '/')
  ) then
    perform private.refuse('second_provider_is_the_first');
  end if;

  update private.settings as settings
  set network_passphrase = configure_network.network_passphrase,
      horizon_url = rtrim(configure_network.horizon_url, '/'),
      rpc_url = configure_network.rpc_url,
      updated_at = now();
end;
$$;
comment on function private.configure_network(text, text, text) is
  'Names the Stellar network and its providers. For the operator (role postgres).';

create function private.configure_second_provider(horizon_url text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_settings private.settings;
  v_url constant text := rtrim(nullif(configure_second_provider.horizon_url, ''), '/');
begin
  select settings.* into v_settings from private.settings as settings for update;

  if v_settings.network_passphrase is null then
    perform private.refuse('network_not_configured');
  end if;

  if not private.is_secure_provider(v_url) then
    perform private.refuse('provider_not_secure');
  end if;

  if lower(v_url) in (lower(v_settings.horizon_url), lower(v_settings.rpc_url)) then
    perform private.refuse('second_provider_is_the_first');
  end if;

  update private.settings as settings
  set second_horizon_url = v_url,
      updated_at = now();
end;
$$;
comment on function private.configure_second_provider(text) is
  'Names a second Horizon server of the same network, without whose word no transaction ends; null for none. For the '
  'operator (role postgres).';

create function private.configure_fee_limit(max_fee_stroops bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_variable
begin
  if not coalesce(max_fee_stroops between 100 and 10000000, false) then
    perform private.refuse('invalid_fee_limit');
  end if;

  update private.settings as settings
  set max_fee_stroops = configure_fee_limit.max_fee_stroops,
      updated_at = now();
end;
$$;
comment on function private.configure_fee_limit(bigint) is
  'The highest fee that PayD offers for one operation, in stroops. For the operator (role postgres).';

create function private.configure_webhooks(allow_http boolean)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update private.settings as settings
  set allow_http_webhooks = configure_webhooks.allow_http,
      updated_at = now();
$$;
comment on function private.configure_webhooks(boolean) is
  'Whether webhook addresses may be http, which only a development stack should allow.';
