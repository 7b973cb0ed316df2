-- migration: wallet balances as the ledger has them
-- Addresses are leased stalest first; what the ledger says is written only if it is newer than what is known, so that
-- a lagging node never overwrites newer state. An unchanged balance costs nothing but the time stamp.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.notification_templates, private.preference_defaults, private.scheduled_jobs,
--   private.sync_requests, private.wallet_sync_leases, public.wallets
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000300, 20261125000400, 20261125001000,
--   20261125001100, 20261125010000, 20261125010300, 20261125010400, 20261125020000, 20261125020100, 20261125020200,
--   20261125030000, 20261125050000
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.wallet_sync_leases (
  account_id text primary key,
  lease_token uuid not null,
  leased_until timestamptz not null
);
comment on table private.wallet_sync_leases is 'Addresses that a worker is reading from the ledger right now.';
alter table private.wallet_sync_leases enable row level security;
alter table private.wallet_sync_leases force row level security;

create table private.sync_requests (
  organization_id bigint primary key references public.organizations (id),
  requested_at timestamptz not null default now()
);
comment on table private.sync_requests is 'Organizations whose wallets a person asked to be refreshed now.';
alter table private.sync_requests enable row level security;
alter table private.sync_requests force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_wallet_states', 422,
    'The wallet states are not an array of 1 to 1000 objects.',
    'Send what was read for each leased address.');

create function private.request_sync()
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member public.users := private.require_member('viewer');
begin
  insert into private.sync_requests (organization_id)
  values (v_member.organization_id)
  on conflict (organization_id) do update set requested_at = now();

  perform private.ring('horizon-sync');
end;
$$;
grant execute on function private.request_sync() to authenticated;

create function public.request_sync()
returns void
language sql volatile security invoker
set search_path = ''
as $$ select private.request_sync(); $$;
comment on function public.request_sync() is 'Asks for fresh balances of the organization''s wallets.';
revoke all on function public.request_sync() from public, anon, authenticated, service_role;
grant execute on function public.request_sync() to authenticated;

create function private.claim_wallets_for_sync(batch_size integer, lease_seconds integer)
returns table (account_id text, lease_token uuid, horizon_url text, network_passphrase text)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_settings private.settings;
  v_token uuid := gen_random_uuid();
begin
  select settings.* into v_settings from private.settings as settings;

  if v_settings.network_passphrase is null then
    perform private.refuse('network_not_configured');
  end if;

  return query
  with candidate as (
    -- The accounts of organizations come before the wallets of employees: what can be paid depends on them.
    (select wallet.wallet_address, wallet.last_synced_at, wallet.organization_id, 0 as rank
     from public.wallets as wallet
     where wallet.is_active and wallet.wallet_type <> 'employee'
     order by wallet.last_synced_at nulls first
     limit 4 * least(greatest(claim_wallets_for_sync.batch_size, 1), 200))
    union all
    (select wallet.wallet_address, wallet.last_synced_at, wallet.organization_id, 1
     from public.wallets as wallet
     where wallet.is_active and wallet.wallet_type = 'employee'
       and (wallet.last_synced_at is null
         or wallet.last_synced_at < now() - make_interval(secs => v_settings.wallet_sync_seconds)
         or wallet.last_synced_at < (
           select request.requested_at from private.sync_requests as request
             where request.organization_id = wallet.organization_id))
       and not exists (
         select from private.wallet_sync_leases as lease
         where lease.account_id = wallet.wallet_address and lease.leased_until > now())
     order by wallet.last_synced_at nulls first
     limit 4 * least(greatest(claim_wallets_for_sync.batch_size, 1), 200))
  ),
  due as (
    -- The indexes give the stalest first; an address with several assets is read once.
    select stale.wallet_address
    from (
      select wallet.wallet_address, wallet.last_synced_at, wallet.rank
      from candidate as wallet
      where (wallet.last_synced_at is null
          or wallet.last_synced_at < now() - make_interval(secs => v_settings.wallet_sync_seconds)
          or wallet.last_synced_at < (
            select request.requested_at from private.sync_requests as request
              where request.organization_id = wallet.organization_id))
        and not exists (
          select from private.wallet_sync_leases as lease
          where lease.account_id = wallet.wallet_address and lease.leased_until > now())
    ) as stale
    group by stale.wallet_address
    order by min(stale.rank), min(coalesce(stale.last_synced_at, '-infinity'))
    limit least(greatest(claim_wallets_for_sync.batch_size, 1), 200)
  ),
  leased as (
    insert into private.wallet_sync_leases (account_id, lease_token, leased_until)
    select due.wallet_address, v_token,
    now() + make_interval(secs => least(greatest(claim_wallets_for_sync.lease_seconds, 10), 600))
    from due
    order by due.wallet_address
    on conflict (account_id) do update
    set lease_token = excluded.lease_token, leased_until = excluded.leased_until
    where wallet_sync_leases.leased_until <= now()
    returning wallet_sync_leases.account_id
  )
  select leased.account_id, v_token, v_settings.horizon_url, v_settings.network_passphrase
  from leased;
end;
$$;
grant execute on function private.claim_wallets_for_sync(integer, integer) to service_role;

create function public.claim_wallets_for_sync(batch_size integer default 20, lease_seconds integer default 60)
returns table (account_id text, lease_token uuid, horizon_url text, network_passphrase text)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_wallets_for_sync(batch_size, lease_seconds); $$;
comment on function public.claim_wallets_for_sync(integer, integer) is 'For workers: leases the stalest addresses.';
revoke all on function public.claim_wallets_for_sync(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.claim_wallets_for_sync(integer, integer) to service_role;

create function private.apply_wallet_states(states jsonb)
returns table (updated integer, unchanged integer, stale integer)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if jsonb_typeof(apply_wallet_states.states) is distinct
    from 'array' or jsonb_array_length(apply_wallet_states.states) not between 1 and 1000 then
    perform private.refuse('invalid_wallet_states');
  end if;

  perform private.require_size('The list of wallet states', apply_wallet_states.states, 4096);

  -- Where a number belongs, PostgreSQL would repeat what stands there instead.
  if private.json_holds_secret_key(apply_wallet_states.states) then
    perform private.refuse('secret_key_refused', 'The list of wallet states');
  end if;

  -- Whoever changes an organization's wallets holds its event counter first, as an import does; in the other order the
  -- two could wait for each other for ever.
  insert into private.event_counters (organization_id)
  select distinct wallet.organization_id
  from jsonb_to_recordset(apply_wallet_states.states) as state (account_id text)
  join public.wallets as wallet on wallet.wallet_address = state.account_id
  order by wallet.organization_id
  on conflict do nothing;

  perform from private.event_counters as counter
  where counter.organization_id in (
    select wallet.organization_id
    from jsonb_to_recordset(apply_wallet_states.states) as state (account_id text)
    join public.wallets as wallet on wallet.wallet_address = state.account_id)
  order by counter.organization_id
  for update;

  return query
  with seen as (
    -- Only what was read under a lease that is still held counts.
    delete from private.wallet_sync_leases as lease
    using jsonb_to_recordset(apply_wallet_states.states) as state (
      account_id text, lease_token uuid, ledger bigint, account_exists boolean, balances jsonb)
    where lease.account_id = state.account_id
      and lease.lease_token = state.lease_token
      and state.ledger is not null
      and state.account_exists is not null
    returning state.account_id, state.ledger, state.account_exists, coalesce(state.balances, '[]'::jsonb) as balances
  ),
  line as (
    select seen.account_id, seen.ledger, holding.asset_code, coalesce(holding.asset_issuer, '') as asset_issuer,
      holding.balance::numeric as balance, coalesce(holding.is_authorized, true) as is_authorized
    from seen
    cross join lateral jsonb_to_recordset(seen.balances) as holding (asset_code text, asset_issuer text, balance text,
      is_authorized boolean)
    where case when holding.balance ~ '^[0-9]{1,12}(\.[0-9]{1,7})?$'
      then holding.balance::numeric <= 922337203685.4775807 else false end
      and private.asset_problem(holding.asset_code, coalesce(holding.asset_issuer, '')) is null
  ),
  compared as (
    select
      wallet.id,
      seen.ledger,
      coalesce(line.balance, 0) as balance,
      not coalesce(line.is_authorized, true) as is_frozen,
      case when seen.account_exists then 'exists' else 'missing' end as account_state,
      case when wallet.asset_issuer = '' then 'not_needed' when line.account_id is not null then 'exists'
        else 'missing' end as trustline_state,
      coalesce(wallet.synced_ledger > seen.ledger, false) as is_stale,
      (wallet.balance::numeric, wallet.is_frozen, wallet.account_state, wallet.trustline_state) is distinct from (
        coalesce(line.balance, 0), not coalesce(line.is_authorized, true),
        case when seen.account_exists then 'exists' else 'missing' end,
        case when wallet.asset_issuer = '' then 'not_needed' when line.account_id is not null then 'exists'
          else 'missing' end) as differs
    from public.wallets as wallet
    join seen on seen.account_id = wallet.wallet_address
    left join line
      on line.account_id = wallet.wallet_address and line.asset_code = wallet.asset_code
        and line.asset_issuer = wallet.asset_issuer
  ),
  changed as (
    update public.wallets as wallet
    set balance = compared.balance,
        is_frozen = compared.is_frozen,
        account_state = compared.account_state,
        trustline_state = compared.trustline_state,
        synced_ledger = compared.ledger,
        last_synced_at = now()
    from compared
    where wallet.id = compared.id and compared.differs and not compared.is_stale
    returning wallet.id
  ),
  stamped as (
    update public.wallets as wallet
    set synced_ledger = compared.ledger, last_synced_at = now()
    from compared
    where wallet.id = compared.id and not compared.differs and not compared.is_stale
    returning wallet.id
  ),
  discovered as (
    -- An account of the organization shows every asset it holds, also those nobody entered.
    insert into public.wallets
      (organization_id, wallet_address, wallet_type, asset_code, asset_issuer, balance, is_frozen, account_state,
        trustline_state, synced_ledger, last_synced_at)
    select own.organization_id, own.wallet_address, own.wallet_type, line.asset_code, line.asset_issuer, line.balance,
    not line.is_authorized, 'exists', 'exists', line.ledger, now()
    from line
    join public.wallets as own on own.wallet_address = line.account_id and own.asset_issuer = ''
      and own.wallet_type <> 'employee'
    where line.asset_issuer <> ''
      and coalesce(own.synced_ledger <= line.ledger, true)
    on conflict on constraint wallets_address_and_asset_are_unique_in_organization do nothing
    returning id
  )
  select
    ((select count(*) from changed) + (select count(*) from discovered))::integer,
    (select count(*) from stamped)::integer,
    (select count(*) from compared where compared.is_stale)::integer;
end;
$$;
grant execute on function private.apply_wallet_states(jsonb) to service_role;

create function public.apply_wallet_states(states jsonb)
returns table (updated integer, unchanged integer, stale integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.apply_wallet_states(states); $$;
comment on function public.apply_wallet_states(jsonb) is
  'For workers: writes what the ledger says about leased addresses.';
revoke all on function public.apply_wallet_states(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.apply_wallet_states(jsonb) to service_role;

create function private.emit_wallet_events()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_organization_id bigint;
begin
  for v_organization_id in
    select distinct changed.organization_id
    from rows_after as changed
    join rows_before as earlier on earlier.id = changed.id
    where (changed.balance::numeric, changed.is_frozen) is distinct from (earlier.balance::numeric, earlier.is_frozen)
    order by changed.organization_id
  loop
    perform private.emit_events(v_organization_id, (
      select array_agg(row(kind.type, 'wallet', changed.id::text,
        kind.type || ':' || changed.id || ':' || changed.synced_ledger,
        jsonb_build_object(
          'wallet_id', changed.id, 'wallet_address', changed.wallet_address, 'wallet_type', changed.wallet_type,
          'asset_code', changed.asset_code, 'asset_issuer', changed.asset_issuer, 'balance', changed.balance::text,
          'is_frozen', changed.is_frozen, 'ledger', changed.synced_ledger))::private.event_input order by changed.id)
      from rows_after as changed
      join rows_before as earlier on earlier.id = changed.id
      cross join lateral (
        select case when changed.is_frozen and not earlier.is_frozen then 'wallet.frozen'
          else 'wallet.updated' end as type
      ) as kind
      where changed.organization_id = v_organization_id
        and changed.synced_ledger is not null
        and (changed.balance::numeric, changed.is_frozen) is distinct
          from (earlier.balance::numeric, earlier.is_frozen)));
  end loop;

  return null;
end;
$$;

create trigger wallets_emit_events
  after update on public.wallets
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.emit_wallet_events();

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.wallets.frozen', 'boolean', 'true', 'Trustlines that an issuer froze.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('wallet.frozen', 'members', 'manager', 'notifications.wallets.frozen', 'The issuer froze {asset_code} of a wallet',
    'The wallet {wallet_address} can neither send nor receive {asset_code} until the issuer allows it again.');

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('horizon-sync', 'function', 'horizon-sync', 30);
