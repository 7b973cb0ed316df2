-- migration: wallet balances as the ledger has them
-- Addresses are leased stalest first; what the ledger says is written only if it is newer than what is known, so that
-- a lagging node never overwrites newer state. An unchanged balance costs nothing but the time stamp. An answer that
-- cannot be used keeps the old balance, says so on the wallet and makes the address wait, twice as long each time, so
-- that a lagging, frozen or lying provider costs at most one request for each address and turn.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.error_codes, private.ledger_head, private.limits,
--   private.notification_templates, private.personal_data, private.preference_defaults, private.retention_rules,
--   private.scheduled_jobs, private.wallet_reads, public.sync_requests, public.wallets
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125000300, 20261125000400,
--   20261125000800, 20261125000900, 20261125001000, 20261125001100, 20261125001200, 20261125010000, 20261125010300,
--   20261125010400, 20261125020000, 20261125020100, 20261125020200, 20261125020250, 20261125020400, 20261125030000,
--   20261125050000, 20261125060000, 20261125060100
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.wallet_reads (
  account_id text primary key,
  lease_token uuid not null,
  leased_until timestamptz not null,
  asked_at timestamptz not null default now(),
  useless_answers integer not null default 0,
  ask_again_at timestamptz,
  constraint wallet_reads_useless_answers_is_not_negative check (useless_answers >= 0),
  constraint wallet_reads_wait_after_a_useless_answer check ((useless_answers = 0) = (ask_again_at is null))
);
comment on table private.wallet_reads is
  'Addresses that a worker reads from the ledger right now, and those that wait because the last answer was useless.';
create index wallet_reads_lease_token_idx on private.wallet_reads (lease_token);
alter table private.wallet_reads enable row level security;
alter table private.wallet_reads force row level security;

create table private.ledger_head (
  is_the_only_row boolean primary key default true,
  ledger bigint not null,
  seen_at timestamptz not null default now(),
  constraint ledger_head_is_one_row check (is_the_only_row),
  constraint ledger_head_ledger_is_positive check (ledger > 0)
);
comment on table private.ledger_head is 'The newest ledger that an answer about a wallet came from, and when.';
alter table private.ledger_head enable row level security;
alter table private.ledger_head force row level security;

create table public.sync_requests (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  requested_by bigint,
  requested_at timestamptz not null default clock_timestamp(),
  state text not null default 'waiting',
  wallets_read integer,
  wallets_unreadable integer,
  completed_at timestamptz,
  constraint sync_requests_requester_is_a_member_of_the_organization
    foreign key (organization_id, requested_by) references public.users (organization_id, id),
  constraint sync_requests_state_is_known check (state in ('waiting', 'done', 'incomplete')),
  constraint sync_requests_completed_ones_say_when_and_what
    check ((state = 'waiting') = (completed_at is null) and (completed_at is null) = (wallets_read is null)
      and (completed_at is null) = (wallets_unreadable is null))
);
comment on table public.sync_requests is
  'Wishes of people to have the wallets and accounts of their organization read now, and when that was done.';
comment on column public.sync_requests.state is
  'waiting; done: everything was read after the request; incomplete: something could not be read in a quarter of an '
  'hour.';
create unique index sync_requests_one_waiting_per_organization_key
  on public.sync_requests (organization_id) where state = 'waiting';
create index sync_requests_organization_id_idx on public.sync_requests (organization_id, requested_at desc, id desc);
create index sync_requests_requested_by_idx on public.sync_requests (organization_id, requested_by);
alter table public.sync_requests enable row level security;
alter table public.sync_requests force row level security;
revoke all on table public.sync_requests from public, anon, authenticated, service_role;
revoke all on sequence public.sync_requests_id_seq from public, anon, authenticated, service_role;
grant select on table public.sync_requests to authenticated, service_role;
create policy "Members can read the sync requests of their organization"
  on public.sync_requests for select to authenticated
  using (organization_id = (select private.organization_id()));

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_wallet_states', 422,
    'The wallet states are not an array of 1 to 1000 objects.',
    'Send what was read for each leased address.');

create function private.request_sync()
returns setof public.sync_requests
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('viewer');
  v_request public.sync_requests;
begin
  -- Who asks while a request waits joins it.
  insert into public.sync_requests (organization_id, requested_by)
  values (v_member.organization_id, v_member.id)
  on conflict do nothing;

  if found then
    perform private.count_use('sync_requests_per_person_and_hour', v_member);
  end if;

  select request.* into v_request
  from public.sync_requests as request
  where request.organization_id = v_member.organization_id
    and request.state = 'waiting';

  update private.history_walks as walk
  set next_read_at = now()
  from public.account_histories as history
  where history.organization_id = v_member.organization_id
    and walk.account_id = history.account_id
    and walk.gap_id is null
    and walk.useless_answers = 0
    and walk.next_read_at > now();

  perform private.ring('horizon-sync');
  return next v_request;
end;
$$;
grant execute on function private.request_sync() to authenticated;

create function public.request_sync()
returns setof public.sync_requests
language sql volatile security invoker
set search_path = ''
as $$ select * from private.request_sync(); $$;
comment on function public.request_sync() is
  'Asks for everything of the organization to be read now; the row says when it was done.';
revoke all on function public.request_sync() from public, anon, authenticated, service_role;
grant execute on function public.request_sync() to authenticated;

create function private.finish_sync_requests()
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_request public.sync_requests;
  v_waits boolean;
begin
  for v_request in
    select request.*
    from public.sync_requests as request
    where request.state = 'waiting'
    order by request.organization_id
  loop
    v_waits := exists (
      select from public.wallets as wallet
      where wallet.organization_id = v_request.organization_id
        and wallet.is_active
        and coalesce(greatest(wallet.last_synced_at, wallet.asked_at) < v_request.requested_at, true)
    ) or exists (
      select from public.account_histories as history
      where history.organization_id = v_request.organization_id
        and history.state not in ('unreadable', 'stopped')
        and coalesce(history.read_at < v_request.requested_at, true));

    if v_waits and v_request.requested_at > now() - interval '15 minutes' then
      continue;
    end if;

    update public.sync_requests as request
    set state = case when v_waits or counted.unreadable > 0 then 'incomplete' else 'done' end,
        wallets_read = counted.readable,
        wallets_unreadable = counted.unreadable,
        completed_at = now()
    from (
      select
        count(*) filter (where wallet.last_synced_at >= v_request.requested_at) as readable,
        count(*) filter (where coalesce(wallet.last_synced_at < v_request.requested_at, true)) as unreadable
      from public.wallets as wallet
      where wallet.organization_id = v_request.organization_id
        and wallet.is_active
    ) as counted
    where request.id = v_request.id
      and request.state = 'waiting'
    returning request.* into v_request;

    if found then
      perform private.emit_event(v_request.organization_id, 'sync.completed', 'sync_request', v_request.id::text,
        'sync.completed:' || v_request.id, jsonb_build_object('sync_request_id', v_request.id, 'state',
          v_request.state, 'wallets_read', v_request.wallets_read, 'wallets_unreadable',
          v_request.wallets_unreadable));
    end if;
  end loop;
end;
$$;
comment on function private.finish_sync_requests() is
  'Ends the requests whose organization was read completely, and those that waited for too long.';

-- Organizations in which something is about to be paid, or that asked: their wallets are read every few minutes, the
-- others every hour.
create function private.busy_organizations()
returns setof bigint
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id
  from public.payroll_runs as run
  where run.status in ('pending', 'processing')
  union
  select request.organization_id
  from public.sync_requests as request
  where request.state = 'waiting';
$$;
comment on function private.busy_organizations() is
  'Organizations with a run that is submitted or being paid, or with a sync request that waits.';

create function private.wallet_read_waits(account_id text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from private.wallet_reads as read
    where read.account_id = wallet_read_waits.account_id
      and (read.leased_until > now() or read.ask_again_at > now()));
$$;
comment on function private.wallet_read_waits(text) is
  'Whether a worker reads the address now, or its last answer was useless and it waits.';

create function private.stale_wallets(wanted integer)
returns table (wallet_address text, last_synced_at timestamptz, rank integer)
language sql stable security definer
set search_path = ''
as $$
  -- The accounts of organizations come before the wallets of employees: what can be paid depends on them.
  (select wallet.wallet_address, wallet.last_synced_at, 0
   from public.wallets as wallet
   where wallet.is_active
     and wallet.wallet_type <> 'employee'
     and coalesce(wallet.last_synced_at < now() - (select make_interval(secs => settings.wallet_sync_seconds)
       from private.settings as settings), true)
     and not private.wallet_read_waits(wallet.wallet_address)
   order by wallet.last_synced_at nulls first
   limit stale_wallets.wanted)
  union all
  (select wallet.wallet_address, wallet.last_synced_at, 1
   from private.busy_organizations() as busy (organization_id)
   cross join lateral (
     select known.wallet_address, known.last_synced_at
     from public.wallets as known
     where known.organization_id = busy.organization_id
       and known.is_active
       and coalesce(known.last_synced_at < greatest(
         now() - (select make_interval(secs => settings.wallet_sync_seconds) from private.settings as settings),
         (select request.requested_at from public.sync_requests as request
           where request.organization_id = busy.organization_id and request.state = 'waiting')), true)
       and not private.wallet_read_waits(known.wallet_address)
     order by known.last_synced_at nulls first
     limit stale_wallets.wanted
   ) as wallet
   limit stale_wallets.wanted)
  union all
  (select wallet.wallet_address, wallet.last_synced_at, 1
   from public.wallets as wallet
   where wallet.is_active
     and wallet.wallet_type = 'employee'
     and coalesce(wallet.last_synced_at < now() - (select make_interval(secs => greatest(settings.wallet_sync_seconds,
       3600)) from private.settings as settings), true)
     and not private.wallet_read_waits(wallet.wallet_address)
   order by wallet.last_synced_at nulls first
   limit stale_wallets.wanted);
$$;
comment on function private.stale_wallets(integer) is
  'The wallets that are due and that no worker reads, the stalest first; the indexes give them in that order.';

create function private.claim_wallets_for_sync(batch_size integer, lease_seconds integer)
returns table (
  account_id text, lease_token uuid, horizon_url text, rpc_url text, network_passphrase text, is_own boolean,
  assets jsonb
)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_settings private.settings;
  v_token uuid := gen_random_uuid();
  v_batch integer;
begin
  select settings.* into v_settings from private.settings as settings;

  if v_settings.network_passphrase is null then
    perform private.refuse('network_not_configured');
  end if;

  -- One question to an RPC server reads many accounts; Horizon reads one.
  v_batch := least(greatest(claim_wallets_for_sync.batch_size, 1),
    case when v_settings.rpc_url is null then 20 else 200 end);

  return query
  with due as (
    -- An address with several assets is read once.
    select stale.wallet_address
    from private.stale_wallets(4 * v_batch) as stale
    group by stale.wallet_address
    order by min(stale.rank), min(coalesce(stale.last_synced_at, '-infinity'))
    limit v_batch
  ),
  leased as (
    insert into private.wallet_reads (account_id, lease_token, leased_until)
    select due.wallet_address, v_token,
      now() + make_interval(secs => least(greatest(claim_wallets_for_sync.lease_seconds, 10), 600))
    from due
    order by due.wallet_address
    on conflict (account_id) do update
    set lease_token = excluded.lease_token, leased_until = excluded.leased_until, asked_at = now()
    where wallet_reads.leased_until <= now()
      and coalesce(wallet_reads.ask_again_at <= now(), true)
    returning wallet_reads.account_id
  )
  select leased.account_id, v_token, v_settings.horizon_url, v_settings.rpc_url, v_settings.network_passphrase,
    held.is_own, held.assets
  from leased
  cross join lateral (
    select coalesce(bool_or(wallet.wallet_type <> 'employee'), false) as is_own,
      coalesce(jsonb_agg(distinct jsonb_build_object('asset_code', wallet.asset_code, 'asset_issuer',
        wallet.asset_issuer)) filter (where wallet.asset_issuer <> ''), '[]') as assets
    from public.wallets as wallet
    where wallet.wallet_address = leased.account_id
      and wallet.is_active
  ) as held;

  -- When nothing is due any more, what people asked for may be done.
  if not found then
    perform private.finish_sync_requests();
  end if;
end;
$$;
grant execute on function private.claim_wallets_for_sync(integer, integer) to service_role;

create function public.claim_wallets_for_sync(batch_size integer default 20, lease_seconds integer default 20)
returns table (
  account_id text, lease_token uuid, horizon_url text, rpc_url text, network_passphrase text, is_own boolean,
  assets jsonb
)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_wallets_for_sync(batch_size, lease_seconds); $$;
comment on function public.claim_wallets_for_sync(integer, integer) is 'For workers: leases the stalest addresses.';
revoke all on function public.claim_wallets_for_sync(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.claim_wallets_for_sync(integer, integer) to service_role;

-- The network closes a ledger in about five seconds, never in less than one on average since it began. The newest
-- ledger that was seen narrows that: between two looks it cannot have run far ahead.
create function private.ledger_is_plausible(ledger bigint)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare v_head private.ledger_head;
begin
  if ledger_is_plausible.ledger is null or ledger_is_plausible.ledger < 1
    or ledger_is_plausible.ledger > extract(epoch from now() - timestamptz '2015-09-30 00:00:00+00') then
    return false;
  end if;

  select head.* into v_head from private.ledger_head as head;

  return v_head.ledger is null
    or ledger_is_plausible.ledger <= v_head.ledger + 1000 + 50 * extract(epoch from now() - v_head.seen_at);
end;
$$;
comment on function private.ledger_is_plausible(bigint) is
  'Whether a ledger of that number can exist by now; a provider that names another is not believed.';

create function private.ledger_amount(value jsonb)
returns numeric
language plpgsql immutable security definer
set search_path = ''
as $$
begin
  if jsonb_typeof(ledger_amount.value) = 'string' and ledger_amount.value #>> '{}' ~ '^[0-9]{1,12}(\.[0-9]{1,7})?$'
    and (ledger_amount.value #>> '{}')::numeric <= 922337203685.4775807 then
    return (ledger_amount.value #>> '{}')::numeric;
  end if;

  return null;
end;
$$;
comment on function private.ledger_amount(jsonb) is
  'An amount as a provider wrote it, as text; null when it is none, which says that it is not known.';

-- One balance line of an account as a provider wrote it. Fields of a wrong kind are empty, and then the line is
-- unreadable: nothing is read into it, and nothing about its asset is concluded from it.
create function private.read_balance_line(line jsonb)
returns table (
  asset_code text, asset_issuer text, balance numeric, trust_limit numeric, buying_liabilities numeric,
  selling_liabilities numeric, is_authorized boolean, is_readable boolean
)
language plpgsql immutable security definer
set search_path = ''
as $$
begin
  asset_code := case when jsonb_typeof(read_balance_line.line -> 'asset_code') = 'string'
    then read_balance_line.line ->> 'asset_code' end;
  asset_issuer := case when jsonb_typeof(read_balance_line.line -> 'asset_issuer') = 'string'
    then read_balance_line.line ->> 'asset_issuer' end;
  balance := private.ledger_amount(read_balance_line.line -> 'balance');
  trust_limit := private.ledger_amount(read_balance_line.line -> 'limit');
  buying_liabilities := private.ledger_amount(read_balance_line.line -> 'buying_liabilities');
  selling_liabilities := private.ledger_amount(read_balance_line.line -> 'selling_liabilities');
  is_authorized := case when jsonb_typeof(read_balance_line.line -> 'is_authorized') = 'boolean'
    then (read_balance_line.line ->> 'is_authorized')::boolean end;
  is_readable := asset_code is not null
    and asset_issuer is not null
    and private.asset_problem(asset_code, asset_issuer) is null
    and balance is not null
    and is_authorized is not null;
  return next;
end;
$$;
comment on function private.read_balance_line(jsonb) is
  'The asset, balance and authorization that a line says, and whether all of them can be read.';

create function private.apply_wallet_states(states jsonb)
returns table (updated integer, unchanged integer, stale integer, unreadable integer)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if jsonb_typeof(apply_wallet_states.states) is distinct from 'array'
    or jsonb_array_length(apply_wallet_states.states) not between 1 and 1000 then
    perform private.refuse('invalid_wallet_states');
  end if;

  perform private.require_size('The list of wallet states', apply_wallet_states.states, 4096);

  -- Where a number belongs, PostgreSQL would repeat what stands there instead.
  if private.json_holds_secret_key(apply_wallet_states.states) then
    perform private.refuse('secret_key_refused', 'The list of wallet states');
  end if;

  -- Whoever changes an organization's wallets holds its event counter first, as an import does; in the other order the
  -- two could wait for each other for ever.
  perform private.hold_event_counters(array(
    select wallet.organization_id
    from jsonb_array_elements(apply_wallet_states.states) as state
    join public.wallets as wallet on wallet.wallet_address = state.value ->> 'account_id'));

  -- What the accounts that payrolls are paid from have become is compared with what was recorded as paid.
  perform private.compare_accounts_with_payments(apply_wallet_states.states);
  perform private.note_account_states(apply_wallet_states.states);

  -- Only what was read under a lease that is still held counts. An answer from no plausible ledger is not looked at.
  return query
  with given as (
    select
      state.value ->> 'account_id' as account_id,
      state.value ->> 'lease_token' as lease_token,
      case when jsonb_typeof(state.value -> 'ledger') = 'number' and state.value ->> 'ledger' ~ '^[0-9]{1,18}$'
        then (state.value ->> 'ledger')::bigint end as ledger,
      case when jsonb_typeof(state.value -> 'account_exists') = 'boolean'
        then (state.value ->> 'account_exists')::boolean end as account_exists,
      case when jsonb_typeof(state.value -> 'balances') = 'array' then state.value -> 'balances'
        else '[]'::jsonb end as balances,
      case when jsonb_typeof(state.value -> 'memo_required') = 'boolean'
        then (state.value ->> 'memo_required')::boolean end as memo_required,
      -- Where only some assets were asked for, nothing is said about the others.
      case when jsonb_typeof(state.value -> 'assets') = 'array' then state.value -> 'assets' end as assets,
      state.value ->> 'problem' as problem
    from jsonb_array_elements(apply_wallet_states.states) as state
  ),
  held as (
    select read.account_id, read.useless_answers, given.ledger, given.account_exists, given.balances,
      given.memo_required, given.assets,
      case
        when given.problem in ('no_answer', 'balance_unreadable') then given.problem
        when given.account_exists is null then 'balance_unreadable'
        when not private.ledger_is_plausible(given.ledger) then 'ledger_implausible'
      end as problem
    from private.wallet_reads as read
    join given on given.account_id = read.account_id and given.lease_token = read.lease_token::text
    for update of read
  ),
  line as (
    -- An account has one line for each asset; two that contradict each other are as good as none.
    select held.account_id, held.ledger, holding.asset_code, holding.asset_issuer, max(holding.balance) as balance,
      max(holding.trust_limit) as trust_limit, max(holding.buying_liabilities) as buying_liabilities,
      max(holding.selling_liabilities) as selling_liabilities,
      bool_and(holding.is_authorized) as is_authorized, bool_and(holding.is_readable) and count(*) = 1 as is_readable
    from held
    cross join lateral jsonb_array_elements(held.balances) as holdings (value)
    cross join lateral private.read_balance_line(holdings.value) as holding
    where held.problem is null
    group by held.account_id, held.ledger, holding.asset_code, holding.asset_issuer
  ),
  compared as (
    select
      wallet.id, held.account_id, held.ledger, held.account_exists, line.balance, line.is_authorized,
      line.trust_limit, line.buying_liabilities, line.selling_liabilities,
      case when held.account_exists then held.memo_required else false end as memo_required,
      case
        when held.problem is not null then held.problem
        when wallet.synced_ledger > held.ledger then 'provider_lags'
        -- A line that cannot be read may be that of the asset, so its absence is not seen either. Every account that
        -- exists has a line of native XLM.
        when held.account_exists and not coalesce(line.is_readable, false)
          and (line.account_id is not null or wallet.asset_issuer = '' or exists (
            select from line as other where other.account_id = held.account_id and not other.is_readable))
          then 'balance_unreadable'
      end as problem
    from public.wallets as wallet
    join held on held.account_id = wallet.wallet_address
    left join line
      on line.account_id = wallet.wallet_address and line.asset_code = wallet.asset_code
        and line.asset_issuer = wallet.asset_issuer
    where held.assets is null or wallet.asset_issuer = '' or held.assets @> jsonb_build_array(
      jsonb_build_object('asset_code', wallet.asset_code, 'asset_issuer', wallet.asset_issuer))
  ),
  state as (
    select
      compared.id, compared.ledger, compared.trust_limit, compared.buying_liabilities, compared.selling_liabilities,
      compared.memo_required,
      coalesce(compared.balance, 0) as balance,
      not coalesce(compared.is_authorized, true) as is_frozen,
      case when compared.account_exists then 'exists' else 'missing' end as account_state,
      case when wallet.asset_issuer = '' then 'not_needed' when compared.balance is not null then 'exists'
        else 'missing' end as trustline_state
    from compared
    join public.wallets as wallet on wallet.id = compared.id
    where compared.problem is null
  ),
  changed as (
    update public.wallets as wallet
    set balance = state.balance,
        is_frozen = state.is_frozen,
        account_state = state.account_state,
        gone_since_ledger = case when state.account_state = 'exists' then null
          when wallet.account_state = 'exists' then state.ledger else wallet.gone_since_ledger end,
        trustline_state = state.trustline_state,
        trust_limit = state.trust_limit,
        buying_liabilities = state.buying_liabilities,
        selling_liabilities = state.selling_liabilities,
        memo_required = state.memo_required,
        synced_ledger = state.ledger,
        last_synced_at = now(),
        asked_at = now(),
        read_problem = null
    from state
    where wallet.id = state.id
      and (wallet.balance::numeric, wallet.is_frozen, wallet.account_state, wallet.trustline_state,
        wallet.trust_limit::numeric, wallet.buying_liabilities::numeric, wallet.selling_liabilities::numeric,
        wallet.memo_required)
        is distinct from (state.balance, state.is_frozen, state.account_state, state.trustline_state,
          state.trust_limit, state.buying_liabilities, state.selling_liabilities, state.memo_required)
    returning wallet.id
  ),
  stamped as (
    update public.wallets as wallet
    set synced_ledger = state.ledger, last_synced_at = now(), asked_at = now(), read_problem = null
    from state
    where wallet.id = state.id
      and (wallet.balance::numeric, wallet.is_frozen, wallet.account_state, wallet.trustline_state,
        wallet.trust_limit::numeric, wallet.buying_liabilities::numeric, wallet.selling_liabilities::numeric,
        wallet.memo_required)
        is not distinct from (state.balance, state.is_frozen, state.account_state, state.trustline_state,
          state.trust_limit, state.buying_liabilities, state.selling_liabilities, state.memo_required)
    returning wallet.id
  ),
  kept as (
    -- The old value stays, and the wallet says why.
    update public.wallets as wallet
    set asked_at = now(), read_problem = compared.problem
    from compared
    where wallet.id = compared.id and compared.problem is not null
    returning wallet.id, compared.problem
  ),
  discovered as (
    -- An account of the organization shows every asset it holds, also those that were not entered.
    insert into public.wallets
      (organization_id, wallet_address, wallet_type, asset_code, asset_issuer, balance, trust_limit,
        buying_liabilities, selling_liabilities, is_frozen, account_state, trustline_state, synced_ledger,
        last_synced_at, asked_at)
    select own.organization_id, own.wallet_address, own.wallet_type, line.asset_code, line.asset_issuer, line.balance,
      line.trust_limit, line.buying_liabilities, line.selling_liabilities, not line.is_authorized,
      'exists', 'exists', line.ledger, now(), now()
    from line
    join public.wallets as own on own.wallet_address = line.account_id and own.asset_issuer = ''
      and own.wallet_type <> 'employee'
    where line.is_readable
      and line.asset_issuer <> ''
      and coalesce(own.synced_ledger <= line.ledger, true)
    on conflict on constraint wallets_address_and_asset_are_unique_in_organization do nothing
    returning id
  ),
  useless as (
    select held.account_id
    from held
    where held.problem is not null
      or exists (
        select from compared where compared.account_id = held.account_id and compared.problem is not null)
  ),
  waiting as (
    -- Half a minute, then twice as long after each useless answer, up to an hour.
    update private.wallet_reads as read
    set leased_until = now(),
        useless_answers = read.useless_answers + 1,
        ask_again_at = now() + least(interval '1 hour', interval '30 seconds' * 2 ^ least(read.useless_answers, 7))
    from useless
    where read.account_id = useless.account_id
    returning read.account_id
  ),
  finished as (
    delete from private.wallet_reads as read
    using held
    where read.account_id = held.account_id
      and not exists (select from useless where useless.account_id = held.account_id)
    returning read.account_id
  ),
  head as (
    insert into private.ledger_head as known (ledger)
    select max(state.ledger) from state having max(state.ledger) is not null
    on conflict (is_the_only_row) do update
    set ledger = excluded.ledger, seen_at = now()
    where known.ledger < excluded.ledger
    returning known.ledger
  )
  select
    ((select count(*) from changed) + (select count(*) from discovered))::integer,
    (select count(*) from stamped)::integer,
    (select count(*) from kept where kept.problem in ('provider_lags', 'ledger_implausible'))::integer,
    (select count(*) from kept where kept.problem in ('no_answer', 'balance_unreadable'))::integer;
end;
$$;
comment on function private.apply_wallet_states(jsonb) is
  'Writes what could be read about leased addresses; what could not keeps its old value and says so.';
grant execute on function private.apply_wallet_states(jsonb) to service_role;

create function public.apply_wallet_states(states jsonb)
returns table (updated integer, unchanged integer, stale integer, unreadable integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.apply_wallet_states(states); $$;
comment on function public.apply_wallet_states(jsonb) is
  'For workers: writes what the ledger says about leased addresses.';
revoke all on function public.apply_wallet_states(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.apply_wallet_states(jsonb) to service_role;

create function private.forget_wallet_reads(above_ledger bigint, reason text)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reason text := private.required_text('The reason', forget_wallet_reads.reason, 1000);
  v_organization_id bigint;
  v_wallets integer;
begin
  -- What a provider claimed to know of later ledgers is no longer believed: the balances stay until the next answer,
  -- which any honest ledger may now give.
  with forgotten as (
    update public.wallets as wallet
    set synced_ledger = null, last_synced_at = null
    where wallet.synced_ledger > forget_wallet_reads.above_ledger
    returning wallet.organization_id
  )
  select count(*)::integer into v_wallets from forgotten;

  delete from private.wallet_reads;
  update private.ledger_head as head
  set ledger = forget_wallet_reads.above_ledger, seen_at = now()
  where head.ledger > forget_wallet_reads.above_ledger;

  for v_organization_id in
    select distinct wallet.organization_id
    from public.wallets as wallet
    where wallet.synced_ledger is null
    order by wallet.organization_id
  loop
    perform private.write_audit(v_organization_id, 'wallets.reads_forgotten', 'organization', v_organization_id::text,
      jsonb_build_object('above_ledger', forget_wallet_reads.above_ledger, 'reason', v_reason));
  end loop;

  return v_wallets;
end;
$$;
comment on function private.forget_wallet_reads(bigint, text) is
  'For the operator (role postgres): forgets what was read above a ledger, after a provider lied or the network was '
  'reset; answers how many wallets are read anew.';

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

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('sync_requests_per_person_and_hour', 120, 'requests for fresh balances in an hour',
    'Wait: the balances are read by themselves as well.');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.wallets.frozen', 'boolean', 'true', 'Trustlines that an issuer froze.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('wallet.frozen', 'members', 'manager', 'notifications.wallets.frozen', 'The issuer froze {asset_code} of a wallet',
    'The wallet {wallet_address} can neither send nor receive {asset_code} until the issuer allows it again.');

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.sync_requests', 'delete', '90 days',
    'delete from public.sync_requests where ctid = any (array(select old.ctid from public.sync_requests as old '
    'where old.requested_at < $1 and old.state <> ''waiting'' limit $2))',
    'Who asked for fresh balances is of no interest after a while.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.sync_requests', 'member', 'requested_by', '{}', 'When the member asked for fresh balances.');

create function private.sync_is_due()
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return exists (select from private.settings as settings where settings.network_passphrase is not null)
    and (
      exists (select from private.stale_wallets(1))
      or exists (
        select from private.history_walks as walk
        where walk.next_read_at <= now()
          and coalesce(walk.leased_until <= now(), true))
      or exists (select from public.transactions as paying where paying.is_live)
      or exists (
        select from private.contract_walks as walk
        where walk.next_read_at <= now()
          and exists (select from private.settings as settings where settings.rpc_url is not null))
      or exists (select from public.sync_requests as request where request.state = 'waiting'));
end;
$$;
comment on function private.sync_is_due() is
  'Whether horizon-sync has anything to do: in a project in which nothing happens it is not even called.';

-- While something is paid every ledger is followed, and a ledger closes in five seconds.
insert into private.scheduled_jobs (name, kind, target, every_seconds, due) values
  ('horizon-sync', 'function', 'horizon-sync', 5, 'select private.sync_is_due()');

create function private.check_stale_wallets(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select wallet.organization_id, 'info', 'wallets_stale', 'organization', wallet.organization_id::text,
  min(wallet.last_synced_at),
    format('%s wallets were not read from the ledger for over an hour.', count(*)),
    'Check that horizon-sync is rung and that the Horizon server answers.',
    null::text, null::timestamptz, null::text
  from public.wallets as wallet
  where wallet.is_active
    and (wallet.last_synced_at < now() - interval '1 hour'
      or (wallet.last_synced_at is null and wallet.created_at < now() - interval '1 hour'))
    and (check_stale_wallets.organization_id is null or wallet.organization_id = check_stale_wallets.organization_id)
  group by wallet.organization_id;
$$;
comment on function private.check_stale_wallets(bigint) is
  'Wallets that were not read for long.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_stale_wallets', 'A balance that is an hour old misleads.');
