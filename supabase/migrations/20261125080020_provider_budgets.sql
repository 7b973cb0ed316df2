-- migration: how often a provider is asked
-- A provider allows so many requests in a time and sends away who asks more, and all workers of a project count as one.
-- So they draw their requests from one budget here (GCRA: a rate, and a burst that is saved up while nothing is asked).
-- Payments may use all of it, everything else leaves a fifth for them. When a provider sends one worker away, no
-- worker asks again before the time that it named.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.error_codes, private.provider_budgets, private.standstills
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.provider_budgets (
  provider text primary key,
  requests_per_second numeric not null default 100,
  burst integer not null default 1000,
  used_until timestamptz not null default now(),
  sent_away_until timestamptz,
  sent_away_count bigint not null default 0,
  last_sent_away_at timestamptz,
  constraint provider_budgets_provider_is_an_address
    check (provider ~ '^https?://[^[:space:]]+$' and length(provider) <= 500),
  constraint provider_budgets_requests_per_second_is_a_rate check (requests_per_second between 0.01 and 10000),
  constraint provider_budgets_burst_is_a_number_of_requests check (burst between 5 and 100000),
  constraint provider_budgets_sent_away_says_when
    check ((sent_away_until is null) = (last_sent_away_at is null)
      and (last_sent_away_at is null) = (sent_away_count = 0))
);
comment on table private.provider_budgets is
  'How often each provider may be asked by all workers together, and until when it wants to be left alone.';
comment on column private.provider_budgets.used_until is
  'The theoretical arrival time of the algorithm: so far ahead of now as requests of the burst are used.';
alter table private.provider_budgets enable row level security;
alter table private.provider_budgets force row level security;

-- The servers of the Stellar Development Foundation allow one request a second and a burst of a hundred.
insert into private.provider_budgets (provider, requests_per_second, burst, used_until) values
  ('https://horizon.stellar.org', 1, 100, '2026-01-01 00:00:00+00'),
  ('https://horizon-testnet.stellar.org', 1, 100, '2026-01-01 00:00:00+00'),
  ('https://horizon-futurenet.stellar.org', 1, 100, '2026-01-01 00:00:00+00');

insert into private.error_codes (code, http_status, message, hint) values
  ('provider_unknown', 404,
    'The address is none of the providers of this project.',
    'Use the address that private.configure_network was given.'),
  ('invalid_provider_budget', 422,
    'The budget is not 0.01 to 10000 requests a second with a burst of 5 to 100000.',
    'Ask the provider how many requests it allows.');

create function private.locked_provider_budget(provider text)
returns private.provider_budgets
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_provider text := rtrim(left(locked_provider_budget.provider, 501), '/');
  v_budget private.provider_budgets;
begin
  if not exists (
    select from private.settings as settings
    where v_provider in (rtrim(settings.horizon_url, '/'), rtrim(settings.rpc_url, '/'), settings.second_horizon_url)
  ) then
    perform private.refuse('provider_unknown');
  end if;

  insert into private.provider_budgets as budget (provider)
  values (v_provider)
  on conflict on constraint provider_budgets_pkey do nothing;

  select budget.* into v_budget
  from private.provider_budgets as budget
  where budget.provider = v_provider
  for update;

  return v_budget;
end;
$$;
comment on function private.locked_provider_budget(text) is
  'The budget of a provider of this project, locked; made when it is first asked for.';

create function private.take_provider_requests(provider text, requests integer, is_urgent boolean)
returns table (granted integer, wait_ms integer)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_budget private.provider_budgets := private.locked_provider_budget(take_provider_requests.provider);
  v_now timestamptz := clock_timestamp();
  v_interval interval := interval '1 second' / v_budget.requests_per_second::double precision;
  v_used_until timestamptz := greatest(v_budget.used_until, v_now);
  v_burst integer := case when take_provider_requests.is_urgent then v_budget.burst else v_budget.burst * 4 / 5 end;
  v_free integer;
begin
  if v_budget.sent_away_until > v_now then
    granted := 0;
    wait_ms := ceil(extract(epoch from v_budget.sent_away_until - v_now) * 1000);
    return next;
    return;
  end if;

  v_free := floor(v_burst - extract(epoch from v_used_until - v_now) / extract(epoch from v_interval));
  granted := greatest(least(take_provider_requests.requests, v_free, 100), 0);
  wait_ms := case when granted > 0 then 0
    else ceil(extract(epoch from v_used_until - v_now - v_interval * (v_burst - 1)) * 1000) end;

  update private.provider_budgets as budget
  set used_until = v_used_until + v_interval * granted
  where budget.provider = v_budget.provider;

  return next;
end;
$$;
comment on function private.take_provider_requests(text, integer, boolean) is
  'Takes up to so many requests from the budget of a provider; when there is none, says after how long one is.';
grant execute on function private.take_provider_requests(text, integer, boolean) to service_role;

create function public.take_provider_requests(provider text, requests integer, is_urgent boolean)
returns table (granted integer, wait_ms integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.take_provider_requests(provider, requests, is_urgent); $$;
comment on function public.take_provider_requests(text, integer, boolean) is
  'For workers: how many requests a provider may be sent now.';
revoke all on function public.take_provider_requests(text, integer, boolean)
  from public, anon, authenticated, service_role;
grant execute on function public.take_provider_requests(text, integer, boolean) to service_role;

create function private.report_sent_away(provider text, retry_after_seconds integer)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_budget private.provider_budgets := private.locked_provider_budget(report_sent_away.provider);
begin
  -- A provider that names no time gets ten seconds. No answer of a provider stops payments for more than an hour.
  update private.provider_budgets as budget
  set sent_away_until = greatest(
        coalesce(v_budget.sent_away_until, '-infinity'),
        clock_timestamp() + make_interval(secs => least(greatest(
          coalesce(report_sent_away.retry_after_seconds, 10), 1), 3600))),
      sent_away_count = v_budget.sent_away_count + 1,
      last_sent_away_at = clock_timestamp()
  where budget.provider = v_budget.provider;
end;
$$;
comment on function private.report_sent_away(text, integer) is
  'Keeps every worker from a provider until the time that it named.';
grant execute on function private.report_sent_away(text, integer) to service_role;

create function public.report_sent_away(provider text, retry_after_seconds integer)
returns void
language sql volatile security invoker
set search_path = ''
as $$ select private.report_sent_away(provider, retry_after_seconds); $$;
comment on function public.report_sent_away(text, integer) is
  'For workers: a provider answered 429; nobody asks it again before the time that it named.';
revoke all on function public.report_sent_away(text, integer) from public, anon, authenticated, service_role;
grant execute on function public.report_sent_away(text, integer) to service_role;

create function private.configure_provider_budget(provider text, requests_per_second numeric, burst integer)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
begin
  if not coalesce(configure_provider_budget.requests_per_second between 0.01 and 10000, false)
    or not coalesce(configure_provider_budget.burst between 5 and 100000, false) then
    perform private.refuse('invalid_provider_budget');
  end if;

  perform private.locked_provider_budget(configure_provider_budget.provider);

  update private.provider_budgets as budget
  set requests_per_second = configure_provider_budget.requests_per_second,
      burst = configure_provider_budget.burst,
      used_until = now(),
      sent_away_until = null,
      last_sent_away_at = null,
      sent_away_count = 0
  where budget.provider = rtrim(configure_provider_budget.provider, '/');
end;
$$;
comment on function private.configure_provider_budget(text, numeric, integer) is
  'How many requests a second a provider allows, and how many at once. For the operator (role postgres). It starts '
  'the budget anew.';

create function private.check_provider_budgets(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  -- Providers are the business of the operator, who sees every organization.
  select null::bigint, case when budget.sent_away_until > now() + interval '5 minutes' then 'alert' else 'warning' end,
    'provider_sends_away', 'provider', budget.provider, budget.last_sent_away_at,
    format('The provider %s has sent PayD away %s times and wants to be left alone.', budget.provider,
      budget.sent_away_count),
    'Nothing needs to be done; work goes on by itself. If it happens often, set the rate that the provider allows.',
    'the time that the provider named', budget.sent_away_until, 'private.configure_provider_budget'
  from private.provider_budgets as budget
  where check_provider_budgets.organization_id is null
    and budget.sent_away_until > now()

  union all
  select null::bigint, 'warning', 'provider_budget_used', 'provider', budget.provider, null::timestamptz,
    format('All but a fifth of what the provider %s allows (%s requests a second, %s at once) is used.',
      budget.provider, budget.requests_per_second, budget.burst),
    'Payments go first and wallets are read later. Name a provider that allows more, or raise the rate if it does.',
    'the next second', budget.used_until, 'private.configure_provider_budget'
  from private.provider_budgets as budget
  where check_provider_budgets.organization_id is null
    and extract(epoch from budget.used_until - now()) * budget.requests_per_second >= budget.burst * 4 / 5;
$$;
comment on function private.check_provider_budgets(bigint) is
  'Providers that sent PayD away, and those whose budget is used.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_provider_budgets', 'A provider that wants to be left alone keeps payments waiting.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('provider_sends_away', 'private.check_provider_budgets', 'payroll.waiting', '{}');
