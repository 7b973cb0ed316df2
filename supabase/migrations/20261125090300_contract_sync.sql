-- migration: contracts as the ledger has them
-- Each registered contract is walked: the events it emitted since the stored place, and the code that it runs. Events
-- and place are written in one transaction. Code that differs from the registered code is named; an upgrade ends when
-- the ledger shows its code. What the server no longer keeps is a gap with its ledgers.
-- author: PayD | date: 2026-11-30
-- tables: private.contract_gaps, private.contract_walks, private.doctor_checks, private.error_codes,
--   public.contract_events, public.contract_registry
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125010000, 20261125030000,
--   20261125070100, 20261125080000, 20261125090000, 20261125090100, 20261125090200
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.contract_walks (
  contract_id text primary key references public.contract_registry (contract_id),
  place text,
  lease_token uuid,
  leased_until timestamptz,
  next_read_at timestamptz not null default now(),
  quiet_reads integer not null default 0,
  useless_answers integer not null default 0,
  problem text,
  deployed_wasm_hash text,
  deployment text not null default 'unverified',
  verified_ledger bigint,
  verified_at timestamptz,
  constraint contract_walks_place_has_the_form_of_the_rpc_server check (place ~ '^[0-9]{19}-[0-9]{10}$'),
  constraint contract_walks_lease_has_an_end check ((lease_token is null) = (leased_until is null)),
  constraint contract_walks_deployment_is_known
    check (deployment in ('unverified', 'matches', 'differs', 'missing', 'not_wasm')),
  constraint contract_walks_deployed_wasm_hash_is_a_hash check (deployed_wasm_hash ~ '^[0-9a-f]{64}$'),
  constraint contract_walks_verified_ones_say_when
    check ((deployment = 'unverified') = (verified_ledger is null)
      and (verified_ledger is null) = (verified_at is null))
);
comment on table private.contract_walks is
  'Up to where the events of each contract are known, and which code the ledger shows that it runs.';
create index contract_walks_next_read_at_idx on private.contract_walks (next_read_at);
alter table private.contract_walks enable row level security;
alter table private.contract_walks force row level security;

create table private.contract_gaps (
  contract_id text not null references public.contract_registry (contract_id),
  from_ledger bigint not null,
  to_ledger bigint not null,
  found_at timestamptz not null default now(),
  constraint contract_gaps_are_listed_once primary key (contract_id, from_ledger),
  constraint contract_gaps_range_is_in_order check (from_ledger <= to_ledger)
);
comment on table private.contract_gaps is 'Ledgers whose events of a contract the server did not keep long enough.';
alter table private.contract_gaps enable row level security;
alter table private.contract_gaps force row level security;

create function private.begin_contract_walks()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into private.contract_walks (contract_id)
  select registered.contract_id from rows_after as registered
  on conflict do nothing;

  return null;
end;
$$;

create trigger contract_registry_begin_walks
  after insert on public.contract_registry
  referencing new table as rows_after
  for each statement execute function private.begin_contract_walks();

insert into private.contract_walks (contract_id)
select registered.contract_id from public.contract_registry as registered;

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_contract_page', 422,
    'The page of a contract cannot be recorded: %s.',
    'Send what follows the place of the claimed contract; nothing of the page was written.');

create function private.claim_contract_walks(batch_size integer, lease_seconds integer)
returns table (
  contract_id text, place text, lease_token uuid, rpc_url text, horizon_url text, network_passphrase text,
  upgrade_tx_hash text
)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_settings private.settings;
  v_token uuid := gen_random_uuid();
begin
  select settings.* into v_settings from private.settings as settings;

  -- Only an RPC server knows the code and the events of contracts.
  if v_settings.rpc_url is null then
    return;
  end if;

  return query
  with due as (
    select walk.contract_id
    from private.contract_walks as walk
    join public.contract_registry as contract on contract.contract_id = walk.contract_id
    where walk.next_read_at <= now()
      and coalesce(walk.leased_until <= now(), true)
      and contract.network = private.project_network()
    order by walk.next_read_at
    limit least(greatest(claim_contract_walks.batch_size, 1), 50)
    for update of walk skip locked
  )
  update private.contract_walks as walk
  set lease_token = v_token,
      leased_until = now() + make_interval(secs => least(greatest(claim_contract_walks.lease_seconds, 10), 600))
  from due
  where walk.contract_id = due.contract_id
  returning walk.contract_id, walk.place, v_token, v_settings.rpc_url, v_settings.horizon_url,
    v_settings.network_passphrase, (
      select upgrade.tx_hash
      from public.contract_upgrade_logs as upgrade
      join public.contract_registry as contract on contract.id = upgrade.registry_id
      where contract.contract_id = walk.contract_id
        and upgrade.status = 'executing');
end;
$$;
comment on function private.claim_contract_walks(integer, integer) is 'Leases the contracts that are due.';
grant execute on function private.claim_contract_walks(integer, integer) to service_role;

create function public.claim_contract_walks(batch_size integer default 10, lease_seconds integer default 20)
returns table (
  contract_id text, place text, lease_token uuid, rpc_url text, horizon_url text, network_passphrase text,
  upgrade_tx_hash text
)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_contract_walks(batch_size, lease_seconds); $$;
comment on function public.claim_contract_walks(integer, integer) is
  'For workers: leases contracts, each with the place up to which its events are known.';
revoke all on function public.claim_contract_walks(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.claim_contract_walks(integer, integer) to service_role;

create function private.contract_page_problem(page jsonb)
returns text
language sql immutable security definer
set search_path = ''
as $$
  select case
    when jsonb_typeof(page) is distinct from 'object' then 'it is no object'
    when coalesce(page ->> 'contract_id', '') !~ '^C[A-Z2-7]{55}$' then 'its contract_id is no contract'
    when coalesce(page ->> 'lease_token', '') !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      then 'its lease_token is none'
    when page ->> 'place' !~ '^[0-9]{19}-[0-9]{10}$' or page ->> 'next_place' !~ '^[0-9]{19}-[0-9]{10}$'
      then 'its place is none'
    when coalesce(page ->> 'outcome', '') not in ('more', 'end', 'out_of_range', 'no_answer')
      then 'its outcome has no name'
    when coalesce(page ->> 'oldest_ledger', '1') !~ '^[1-9][0-9]{0,9}$'
      or coalesce(page ->> 'verified_ledger', '1') !~ '^[1-9][0-9]{0,9}$' then 'its ledger is not a ledger number'
    when page ->> 'deployment' not in ('wasm', 'missing', 'not_wasm') then 'its deployment has no name'
    when coalesce(page ->> 'deployment', '') = 'wasm' and coalesce(page ->> 'wasm_hash', '') !~ '^[0-9a-f]{64}$'
      then 'its wasm_hash is no hash'
    when page ->> 'upgrade_failure' !~ '^[a-z][a-z0-9_]{0,63}$' then 'its upgrade_failure is no code'
    when jsonb_typeof(page -> 'events') is distinct from 'array' or jsonb_array_length(page -> 'events') > 1000
      then 'its events are not an array of at most 1000'
  end;
$$;
comment on function private.contract_page_problem(jsonb) is 'Why the frame of a page cannot be used, or null.';

create function private.contract_page_is_plausible(page jsonb)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select coalesce(bool_and(private.ledger_is_plausible(named.ledger)), true)
  from (
    select (page ->> 'verified_ledger')::bigint as ledger
    where page ->> 'verified_ledger' is not null
    union all
    select div(split_part(page ->> 'next_place', '-', 1)::numeric, 4294967296)::bigint
    where page ->> 'next_place' is not null
    union all
    select (page ->> 'oldest_ledger')::bigint
    where page ->> 'outcome' = 'out_of_range' and page ->> 'oldest_ledger' is not null
  ) as named;
$$;
comment on function private.contract_page_is_plausible(jsonb) is
  'Whether every ledger that moves the walk of a contract can exist by now.';

create function private.apply_contract_walk(page jsonb)
returns table (recorded integer, repeated integer)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_walk private.contract_walks;
  v_outcome text := page ->> 'outcome';
  v_place text := page ->> 'next_place';
begin
  perform private.require_size('The page of a contract', page, 16384);

  if private.contract_page_problem(page) is not null then
    perform private.refuse('invalid_contract_page', private.contract_page_problem(page));
  end if;

  select walk.* into v_walk
  from private.contract_walks as walk
  where walk.contract_id = page ->> 'contract_id'
    and walk.lease_token = (page ->> 'lease_token')::uuid
  for update;

  if not found then
    perform private.refuse('lease_lost', page ->> 'contract_id');
  end if;

  recorded := 0;
  repeated := 0;

  -- A page that was told before is told again after an answer that was lost.
  if v_walk.place is distinct from page ->> 'place' then
    return next;
    return;
  end if;

  -- A ledger that cannot exist yet is no evidence of anything: a place there would hide all that happens before it, and
  -- code that is known as of it would be the last that is ever looked at.
  if not private.contract_page_is_plausible(page) then
    return query
      select * from private.apply_contract_walk(page || '{"outcome": "no_answer", "next_place": null, "events": [],
        "oldest_ledger": null, "deployment": null, "wasm_hash": null, "verified_ledger": null,
        "upgrade_failure": null}');
    return;
  end if;

  if jsonb_array_length(page -> 'events') > 0 then
    select told.recorded, told.repeated into recorded, repeated
    from private.record_contract_events((
      select jsonb_agg(private.attributed_contract_event(event.value) order by event.ordinality)
      from jsonb_array_elements(page -> 'events') with ordinality as event)) as told;
  end if;

  -- The server no longer keeps what follows: that is named, and the walk goes on from the oldest that it keeps.
  if v_outcome = 'out_of_range' then
    if v_walk.place is not null
      and div(split_part(v_walk.place, '-', 1)::numeric, 4294967296) + 1 < (page ->> 'oldest_ledger')::bigint then
      insert into private.contract_gaps (contract_id, from_ledger, to_ledger)
      values (v_walk.contract_id, div(split_part(v_walk.place, '-', 1)::numeric, 4294967296)::bigint + 1,
        (page ->> 'oldest_ledger')::bigint - 1)
      on conflict do nothing;
    end if;
    v_place := null;
  end if;

  update private.contract_walks as walk
  set place = case when v_outcome = 'out_of_range' then null else coalesce(v_place, walk.place) end,
      lease_token = case when v_outcome = 'more' then walk.lease_token end,
      leased_until = case when v_outcome = 'more' then now() + interval '20 seconds' end,
      quiet_reads = case when recorded > 0 then 0 when v_outcome = 'end' then walk.quiet_reads + 1
        else walk.quiet_reads end,
      useless_answers = case when v_outcome = 'no_answer' then walk.useless_answers + 1 else 0 end,
      problem = case when v_outcome in ('out_of_range', 'no_answer') then v_outcome end,
      next_read_at = now() + case v_outcome
        when 'end' then least(interval '15 minutes', interval '10 seconds' * 2 ^ least(walk.quiet_reads, 7))
        when 'no_answer' then least(interval '1 hour', interval '30 seconds' * 2 ^ least(walk.useless_answers, 7))
        else interval '0' end
  where walk.contract_id = v_walk.contract_id;

  perform private.verify_contract_code(page);
  return next;
end;
$$;
comment on function private.apply_contract_walk(jsonb) is
  'Writes the events of a contract with the place behind them, and what its code is on the ledger.';
grant execute on function private.apply_contract_walk(jsonb) to service_role;

create function public.apply_contract_walk(page jsonb)
returns table (recorded integer, repeated integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.apply_contract_walk(page); $$;
comment on function public.apply_contract_walk(jsonb) is 'For workers: records what follows the place of a contract.';
revoke all on function public.apply_contract_walk(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.apply_contract_walk(jsonb) to service_role;

create function private.attributed_contract_event(event jsonb)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  -- An event that names the account of one organization is that organization's; every other one is everybody's.
  select (event - 'accounts') || jsonb_build_object('organization_id', (
    select min(account.organization_id)
    from private.source_accounts as account
    where account.account_id in (
      select named.value from jsonb_array_elements_text(case when jsonb_typeof(event -> 'accounts') = 'array'
        then event -> 'accounts' else '[]' end) as named)
    having count(distinct account.organization_id) = 1));
$$;
comment on function private.attributed_contract_event(jsonb) is 'The event with the organization that it concerns.';

create function private.verify_contract_code(page jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_contract public.contract_registry;
  v_upgrade public.contract_upgrade_logs;
begin
  select contract.* into v_contract
  from public.contract_registry as contract
  where contract.contract_id = page ->> 'contract_id';

  select upgrade.* into v_upgrade
  from public.contract_upgrade_logs as upgrade
  where upgrade.registry_id = v_contract.id
    and upgrade.status = 'executing';

  -- The ledger ends an upgrade: with its code it is done, with a failed transaction it failed.
  if v_upgrade.id is not null and page ->> 'deployment' = 'wasm'
    and page ->> 'wasm_hash' = v_upgrade.new_wasm_hash then
    perform private.record_contract_upgrade(v_upgrade.id, 'completed', null, null, null, null, null);
    v_contract.current_wasm_hash := v_upgrade.new_wasm_hash;
  elsif v_upgrade.id is not null and page ->> 'upgrade_failure' is not null then
    perform private.record_contract_upgrade(v_upgrade.id, 'failed', null, null, null,
      format('The transaction failed on the ledger: %s.', page ->> 'upgrade_failure'), null);
  end if;

  if page ->> 'deployment' is null or page ->> 'verified_ledger' is null then
    return;
  end if;

  update private.contract_walks as walk
  set deployed_wasm_hash = page ->> 'wasm_hash',
      deployment = case
        when page ->> 'deployment' <> 'wasm' then page ->> 'deployment'
        when page ->> 'wasm_hash' = v_contract.current_wasm_hash then 'matches'
        else 'differs' end,
      verified_ledger = (page ->> 'verified_ledger')::bigint,
      verified_at = now()
  where walk.contract_id = v_contract.contract_id
    and coalesce(walk.verified_ledger <= (page ->> 'verified_ledger')::bigint, true);
end;
$$;
comment on function private.verify_contract_code(jsonb) is
  'Compares the code of a contract on the ledger with the registered one, and ends an upgrade that the ledger shows.';

create function private.announce_contract_events()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_organization_id bigint;
begin
  for v_organization_id in
    select distinct added.organization_id
    from rows_after as added
    where added.organization_id is not null
    order by added.organization_id
  loop
    perform private.emit_events(v_organization_id, (
      select array_agg(row('contract.event', 'contract_event', added.event_id, 'contract.event:' || added.event_id,
        jsonb_build_object('event_id', added.event_id, 'contract_id', added.contract_id, 'event_type',
          added.event_type, 'tx_hash', added.tx_hash, 'ledger', added.ledger_sequence))::private.event_input
        order by added.event_id)
      from rows_after as added
      where added.organization_id = v_organization_id));
  end loop;

  return null;
end;
$$;
comment on function private.announce_contract_events() is
  'Statement trigger: tells an organization of the events of contracts that concern it.';

create trigger contract_events_announce_inserts
  after insert on public.contract_events
  referencing new table as rows_after
  for each statement execute function private.announce_contract_events();

create function private.check_contracts(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select null::bigint, 'alert', 'contract_code_' || walk.deployment, 'contract', walk.contract_id, walk.verified_at,
    format('In ledger %s the contract %s does not run the registered code %s (%s).', walk.verified_ledger,
      walk.contract_id, contract.current_wasm_hash, coalesce(walk.deployed_wasm_hash, walk.deployment)),
    'Find out who changed it. If it was meant, record the upgrade.', 'an upgrade that is recorded', null::timestamptz,
    'start_contract_upgrade'
  from private.contract_walks as walk
  join public.contract_registry as contract on contract.contract_id = walk.contract_id
  where check_contracts.organization_id is null
    and walk.deployment in ('differs', 'missing', 'not_wasm')

  union all
  select null::bigint, 'warning', 'contract_events_missed', 'contract', gap.contract_id, gap.found_at,
    format('The RPC server did not keep the events of the contract %s in the ledgers %s to %s.', gap.contract_id,
      gap.from_ledger, gap.to_ledger),
    'Read them from a server that keeps them and record them with record_contract_events.', 'the events',
    null::timestamptz, 'record_contract_events'
  from private.contract_gaps as gap
  where check_contracts.organization_id is null;
$$;
comment on function private.check_contracts(bigint) is
  'Contracts that run other code than the registered one, and events that were missed.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_contracts', 'A contract that runs other code may do other things.');
