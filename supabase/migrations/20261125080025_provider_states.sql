-- migration: how the providers are
-- A provider, Horizon or RPC, that shows an old ledger, the same ledger for minutes, a ledger that cannot exist yet,
-- another network or a network that began anew is named, and every organization whose accounts are read from it is told
-- once. Of one network the close time grows with the number of the ledger: a lower number that closed later belongs to
-- another history, and one that closed earlier to a server that lags. After a reset nothing is believed before an
-- operator has decided.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.provider_states, private.standstills
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125010000, 20261125020000,
--   20261125020400, 20261125030000, 20261125070100, 20261125080000
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.provider_states (
  provider text primary key,
  state text not null default 'well',
  since timestamptz not null default now(),
  changes integer not null default 0,
  silent_reports integer not null default 0,
  ledger bigint,
  closed_at timestamptz,
  ledger_since timestamptz,
  reported_at timestamptz not null default now(),
  constraint provider_states_state_is_known
    check (state in ('well', 'lagging', 'frozen', 'lying', 'unreachable', 'wrong_network', 'reset')),
  constraint provider_states_ledger_has_a_close_time
    check ((ledger is null) = (closed_at is null) and (ledger is null) = (ledger_since is null))
);
comment on table private.provider_states is 'How each provider is, and the newest ledger that it showed.';
comment on column private.provider_states.changes is 'How often the state changed; each change is told once.';
alter table private.provider_states enable row level security;
alter table private.provider_states force row level security;

create function private.is_provider(url text)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from private.settings as settings
    where is_provider.url in (rtrim(settings.horizon_url, '/'), rtrim(settings.second_horizon_url, '/'),
      rtrim(settings.rpc_url, '/')));
$$;
comment on function private.is_provider(text) is 'Whether the project reads the ledger from that address.';

-- The state that a report leads to. A report without an answer has no ledger.
create function private.judged_provider_state(
  known private.provider_states, network_passphrase text, ledger bigint, closed_at timestamptz
)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_expected text := (select settings.network_passphrase from private.settings as settings);
  v_newest private.provider_states;
begin
  if judged_provider_state.network_passphrase is null then
    return case when (known).silent_reports >= 2 then 'unreachable' else (known).state end;
  end if;

  if judged_provider_state.network_passphrase is distinct from v_expected then
    return 'wrong_network';
  end if;

  -- A reset is not over because the new network grew beyond the old one: only an operator ends it.
  if (known).state = 'reset' then
    return 'reset';
  end if;

  -- A ledger that cannot exist yet is no evidence of anything.
  if judged_provider_state.ledger is not null and not private.ledger_is_plausible(judged_provider_state.ledger) then
    return 'lying';
  end if;

  -- A server that the project no longer uses may have been one of another network.
  select other.* into v_newest
  from private.provider_states as other
  where other.ledger is not null
    and private.is_provider(other.provider)
  order by other.ledger desc
  limit 1;

  return case
    when judged_provider_state.ledger < v_newest.ledger and judged_provider_state.closed_at > v_newest.closed_at
      then 'reset'
    when judged_provider_state.closed_at < now() - interval '1 minute'
      and (known).ledger >= judged_provider_state.ledger and (known).ledger_since < now() - interval '2 minutes'
      then 'frozen'
    when judged_provider_state.closed_at < now() - interval '1 minute' then 'lagging'
    else 'well'
  end;
end;
$$;
comment on function private.judged_provider_state(private.provider_states, text, bigint, timestamptz) is
  'How a provider is after what it just said, or after it said nothing.';

create function private.report_provider(
  provider text, network_passphrase text, ledger bigint, closed_at timestamptz
)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_provider text := rtrim(left(report_provider.provider, 501), '/');
  v_known private.provider_states;
  v_state text;
begin
  if not private.is_provider(v_provider) then
    perform private.refuse('provider_unknown');
  end if;

  insert into private.provider_states (provider)
  values (v_provider)
  on conflict on constraint provider_states_pkey do nothing;

  select known.* into v_known
  from private.provider_states as known
  where known.provider = v_provider
  for update;

  v_state := private.judged_provider_state(v_known, report_provider.network_passphrase, report_provider.ledger,
    report_provider.closed_at);

  update private.provider_states as known
  set state = v_state,
      since = case when known.state = v_state then known.since else now() end,
      changes = known.changes + case when known.state = v_state then 0 else 1 end,
      silent_reports = case when report_provider.network_passphrase is null then known.silent_reports + 1 else 0 end,
      ledger = case when told.counts then report_provider.ledger else known.ledger end,
      closed_at = case when told.counts then report_provider.closed_at else known.closed_at end,
      ledger_since = case when told.counts then now() else known.ledger_since end,
      reported_at = now()
  from (
    select coalesce(
      report_provider.network_passphrase is not null
        and v_state not in ('wrong_network', 'reset', 'lying')
        and report_provider.closed_at is not null
        and report_provider.ledger > coalesce(v_known.ledger, 0), false) as counts
  ) as told
  where known.provider = v_provider
  returning known.* into v_known;

  perform private.emit_provider_state(v_known);

  return v_state;
end;
$$;
comment on function private.report_provider(text, text, bigint, timestamptz) is
  'Keeps what a provider said of itself, and answers how it is.';
grant execute on function private.report_provider(text, text, bigint, timestamptz) to service_role;

create function public.report_provider(
  provider text, network_passphrase text default null, ledger bigint default null, closed_at timestamptz default null
)
returns text
language sql volatile security invoker
set search_path = ''
as $$ select private.report_provider(provider, network_passphrase, ledger, closed_at); $$;
comment on function public.report_provider(text, text, bigint, timestamptz) is
  'For workers: what a provider said of itself, or that it said nothing; answers how it is.';
revoke all on function public.report_provider(text, text, bigint, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.report_provider(text, text, bigint, timestamptz) to service_role;

create function private.emit_provider_state(known private.provider_states)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_type text := 'provider.' || case (known).state when 'well' then 'recovered' else (known).state end;
  v_organization_id bigint;
begin
  -- What never was otherwise is no news; what was told is found by its key.
  if (known).changes = 0 or (known).since <> now() then
    return;
  end if;

  for v_organization_id in
    select distinct account.organization_id
    from private.source_accounts as account
    join public.organizations as organization on organization.id = account.organization_id
    where organization.deleted_at is null
    order by account.organization_id
  loop
    perform private.emit_event(v_organization_id, v_type, 'provider', (known).provider,
      concat_ws(':', 'provider', (known).provider, (known).changes),
      jsonb_strip_nulls(jsonb_build_object('provider', (known).provider, 'state', (known).state,
        'ledger', (known).ledger, 'closed_at', (known).closed_at)));
  end loop;
end;
$$;
comment on function private.emit_provider_state(private.provider_states) is
  'Tells the organizations whose accounts are read from a provider that it changed, once for each change.';

create function private.begin_network_anew(reason text)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_reason text := private.required_text('The reason', begin_network_anew.reason, 1000);
  v_organization_id bigint;
  v_accounts integer;
begin
  -- The books of the old network stay; those of the new one begin beside them.
  delete from private.history_walks as walk where walk.gap_id is not null;
  update private.history_walks as walk
  set place = 0, useless_answers = 0, quiet_reads = 0, lease_token = null, leased_until = null, next_read_at = now();
  delete from private.ledger_positions;
  delete from private.account_looks;
  -- Numbers of the old network say nothing about those of the new one.
  delete from private.sequence_numbers;

  update public.account_histories as history
  set epoch = history.epoch + 1,
      epoch_since = now(),
      state = 'reading',
      state_since = now(),
      problem = null,
      begins_at_ledger = null,
      complete_to_ledger = 0,
      last_sequence = null,
      seen_sequence = null,
      seen_ledger = null;
  get diagnostics v_accounts = row_count;

  -- The head first: a ledger 0, to which everything is forgotten, is none.
  delete from private.ledger_head;
  perform private.forget_wallet_reads(0, v_reason);
  update private.provider_states as known
  set state = 'well', since = now(), ledger = null, closed_at = null, ledger_since = null;

  for v_organization_id in
    select distinct account.organization_id from private.source_accounts as account order by account.organization_id
  loop
    perform private.write_audit(v_organization_id, 'network.begun_anew', 'organization', v_organization_id::text,
      jsonb_build_object('reason', v_reason));
  end loop;

  return v_accounts;
end;
$$;
comment on function private.begin_network_anew(text) is
  'For the operator (role postgres), after a test network was reset: histories and balances are read from its '
  'beginning, and the books of the old network stay. Answers how many accounts.';

create function private.check_provider_states(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select null::bigint, case when known.state in ('wrong_network', 'reset', 'lying') then 'alert' else 'warning' end,
    'provider_' || known.state, 'provider', known.provider, known.since,
    format('The provider %s is %s since %s; its newest ledger is %s, closed %s.', known.provider, known.state,
      known.since, coalesce(known.ledger::text, 'not known'), coalesce(known.closed_at::text, 'at an unknown time')),
    case known.state
      when 'wrong_network' then 'Nothing is believed. Give the address of a provider of the network.'
      when 'reset' then 'Nothing is believed. When the network really began anew, begin its books anew.'
      when 'lying' then 'It names a ledger that cannot exist yet, and nothing is believed. Name another provider.'
      else 'Old answers overwrite nothing. If it lasts, name another provider.' end,
    'the next answer', null::timestamptz,
    case known.state when 'reset' then 'private.begin_network_anew' else 'private.configure_network' end
  from private.provider_states as known
  where check_provider_states.organization_id is null
    and known.state <> 'well'
    and private.is_provider(known.provider);
$$;
comment on function private.check_provider_states(bigint) is 'Providers of the project that are not well.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_provider_states', 'What a provider does not show cannot be paid, read or compared.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('provider_lagging', 'private.check_provider_states', 'provider.lagging', '{}'),
  ('provider_frozen', 'private.check_provider_states', 'provider.frozen', '{}'),
  ('provider_lying', 'private.check_provider_states', 'provider.lying', '{}'),
  ('provider_unreachable', 'private.check_provider_states', 'provider.unreachable', '{}'),
  ('provider_wrong_network', 'private.check_provider_states', 'provider.wrong_network', '{}'),
  ('provider_reset', 'private.check_provider_states', 'provider.reset', '{}');
