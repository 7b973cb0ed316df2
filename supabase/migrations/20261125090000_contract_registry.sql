-- migration: registry of contracts
-- The Soroban contracts that the platform uses. They belong to no tenant: members read them, and only the service
-- writes, through one door. The code of a registered contract changes by a completed upgrade and in no other way.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.retention_rules, public.contract_registry
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000600, 20261125000800, 20261125010000,
--   20261125010300, 20261125010400, 20261125010500, 20261125020200
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.contract_registry (
  id bigint generated always as identity primary key,
  name text not null,
  description text,
  network text not null,
  contract_id text not null,
  current_wasm_hash text not null,
  version text not null default '1.0.0',
  last_upgraded_at timestamptz,
  last_upgraded_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint contract_registry_name_is_unique unique (name),
  constraint contract_registry_contract_id_is_unique unique (contract_id),
  constraint contract_registry_name_has_1_to_100_characters check (length(name) between 1 and 100),
  constraint contract_registry_description_has_at_most_1000_characters check (length(description) <= 1000),
  constraint contract_registry_network_is_known check (network in ('TESTNET', 'MAINNET')),
  constraint contract_registry_contract_id_is_a_contract check (private.is_strkey(contract_id, 'C')),
  constraint contract_registry_current_wasm_hash_is_a_hash check (current_wasm_hash ~ '^[0-9a-f]{64}$'),
  constraint contract_registry_version_has_1_to_50_characters check (length(version) between 1 and 50),
  constraint contract_registry_last_upgrade_names_when_and_who
    check ((last_upgraded_at is null) = (last_upgraded_by is null)),
  constraint contract_registry_last_upgraded_by_has_at_most_255_characters check (length(last_upgraded_by) <= 255)
);
comment on table public.contract_registry is 'Soroban contracts of the platform and the code each one runs.';
comment on column public.contract_registry.contract_id is 'Address of the contract (C…).';
comment on column public.contract_registry.current_wasm_hash is
  'SHA-256 of the code, 64 lower-case hexadecimal digits.';
create index idx_contract_registry_network on public.contract_registry (network, created_at desc);

create trigger contract_registry_touch_updated_at
  before update on public.contract_registry
  for each row execute function private.touch_updated_at();

create trigger contract_registry_refuse_removal
  before delete or truncate on public.contract_registry
  for each statement execute function private.refuse_change();
alter table public.contract_registry enable always trigger contract_registry_refuse_removal;

alter table public.contract_registry enable row level security;
alter table public.contract_registry force row level security;
revoke all on table public.contract_registry from public, anon, authenticated, service_role;
revoke all on sequence public.contract_registry_id_seq from public, anon, authenticated, service_role;
grant select on table public.contract_registry to authenticated, service_role;

create policy "Members can read the contracts of the platform"
  on public.contract_registry for select to authenticated
  using ((select private.organization_id()) is not null);

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_contract_id', 422,
    '%s is not the address of a contract.',
    'A contract address starts with C, has 56 characters and a checksum; copy it again.'),
  ('invalid_wasm_hash', 422,
    '%s is not the hash of a contract''s code.',
    'Give the SHA-256 of the WASM as 64 hexadecimal digits.'),
  ('invalid_contract_version', 422, '%s is not a version.',
    'Write it as 1.2.3, with a suffix such as -rc.1 if needed.'),
  ('invalid_network', 422, '%s is not a Stellar network.', 'The networks are TESTNET and MAINNET.'),
  ('contract_network_mismatch', 409,
    'The contract is on %s, but this project runs on %s.',
    'Register it in the project that serves its network.'),
  ('contract_name_taken', 409, 'Another contract is registered under the name %s.', 'Choose another name.'),
  ('contract_already_registered', 409,
    'Contract %s is registered with other code or on another network.',
    'Record an upgrade instead of registering it again.'),
  ('contract_not_found', 404,
    'There is no registered contract %s.',
    'Register the contract first, or check its address.');

create function private.project_network()
returns text
language sql stable security definer
set search_path = ''
as $$
  -- Only the public network is real money; every other passphrase is a test network.
  select case settings.network_passphrase when 'Public Global Stellar Network ; September 2015' then 'MAINNET'
    else 'TESTNET' end
  from private.settings as settings
  where settings.network_passphrase is not null;
$$;
comment on function private.project_network() is 'TESTNET or MAINNET, or null while no network is configured.';

create function private.require_contract_id(contract_id text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_contract_id text := btrim(left(require_contract_id.contract_id, 1000));
begin
  if private.holds_secret_key(v_contract_id) then
    perform private.refuse('secret_key_refused', 'The contract address');
  end if;

  if not coalesce(private.is_strkey(v_contract_id, 'C'), false) then
    perform private.refuse('invalid_contract_id', private.quotable(v_contract_id, 80));
  end if;

  return v_contract_id;
end;
$$;
comment on function private.require_contract_id(text) is 'The trimmed contract address; refuses everything else.';

create function private.require_wasm_hash(wasm_hash text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_hash text := lower(btrim(left(require_wasm_hash.wasm_hash, 1000)));
begin
  if private.holds_secret_key(v_hash) then
    perform private.refuse('secret_key_refused', 'The hash');
  end if;

  if v_hash is null or v_hash !~ '^[0-9a-f]{64}$' then
    perform private.refuse('invalid_wasm_hash', private.quotable(v_hash, 80));
  end if;

  return v_hash;
end;
$$;
comment on function private.require_wasm_hash(text) is 'The hash in lower case; refuses everything else.';

create function private.require_contract_version(version text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_version text := private.required_text('The version', require_contract_version.version, 50);
begin
  if v_version !~ '^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$' then
    perform private.refuse('invalid_contract_version', v_version);
  end if;

  return v_version;
end;
$$;
comment on function private.require_contract_version(text) is 'The semantic version; refuses everything else.';

create function private.register_contract(
  name text, contract_id text, wasm_hash text, network text, version text, description text
)
returns setof public.contract_registry
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_name text := private.required_text('The name', register_contract.name, 100);
  v_description text := private.optional_text('The description', register_contract.description, 1000);
  v_contract_id text := private.require_contract_id(register_contract.contract_id);
  v_hash text := private.require_wasm_hash(register_contract.wasm_hash);
  v_version text := private.require_contract_version(coalesce(register_contract.version, '1.0.0'));
  v_network text := coalesce(register_contract.network, private.project_network());
  v_contract public.contract_registry;
begin
  if v_network is null then
    perform private.refuse('network_not_configured');
  end if;

  if v_network not in ('TESTNET', 'MAINNET') then
    perform private.refuse('invalid_network', private.quotable(v_network));
  end if;

  if v_network <> coalesce(private.project_network(), v_network) then
    perform private.refuse('contract_network_mismatch', v_network, private.project_network());
  end if;

  begin
    insert into public.contract_registry as contract (name, description, network, contract_id, current_wasm_hash,
      version)
    values (v_name, v_description, v_network, v_contract_id, v_hash, v_version)
    on conflict on constraint contract_registry_contract_id_is_unique
    do update set name = excluded.name, description = excluded.description
    where contract.current_wasm_hash = excluded.current_wasm_hash
      and contract.network = excluded.network
    returning contract.* into v_contract;
  exception when unique_violation then
    perform private.refuse('contract_name_taken', v_name);
  end;

  if v_contract.id is null then
    perform private.refuse('contract_already_registered', v_contract_id);
  end if;

  return next v_contract;
end;
$$;
grant execute on function private.register_contract(text, text, text, text, text, text) to service_role;

create function public.register_contract(
  name text, contract_id text, wasm_hash text, network text default null, version text default '1.0.0',
  description text default null
)
returns setof public.contract_registry
language sql volatile security invoker
set search_path = ''
as $$ select * from private.register_contract(name, contract_id, wasm_hash, network, version, description); $$;
comment on function public.register_contract(text, text, text, text, text, text) is
  'For the operator: registers a deployed contract; a repeat may correct its name and description.';
revoke all on function public.register_contract(text, text, text, text, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.register_contract(text, text, text, text, text, text) to service_role;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.contract_registry', 'keep', null, null, 'Indefinite: a few rows of the platform.');
