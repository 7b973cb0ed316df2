-- migration: webhook deliveries
-- Fan-out happens in the transaction that writes the event. A delivery is leased with a token, signed by Standard
-- Webhooks in the database, and completed by whoever still holds the token; every attempt is logged. At least once: a
-- consumer removes repeats by webhook-id.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.retention_rules, private.scheduled_jobs, private.webhook_deliveries,
--   public.events, public.webhook_delivery_logs, public.webhook_subscriptions
-- depends: 20261125000000, 20261125000100, 20261125000300, 20261125000400, 20261125000800, 20261125010300,
--   20261125020000, 20261125020200, 20261125030000, 20261125100000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- db-ignore foreign-key-without-index: subscriptions are ended and never removed.
create table private.webhook_deliveries (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  subscription_id text not null,
  event_id bigint not null,
  state text not null default 'pending',
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  lease_token uuid,
  created_at timestamptz not null default now(),
  constraint webhook_deliveries_subscription_belongs_to_the_organization
    foreign key (organization_id, subscription_id) references public.webhook_subscriptions (organization_id, id),
  constraint webhook_deliveries_event_belongs_to_the_organization
    foreign key (organization_id, event_id) references public.events (organization_id, id),
  constraint webhook_deliveries_event_is_delivered_once_to_a_subscription unique (event_id, subscription_id),
  constraint webhook_deliveries_state_is_known check (state in ('pending', 'delivered', 'dead', 'parked')),
  constraint webhook_deliveries_attempts_is_not_negative check (attempts >= 0)
);
comment on table private.webhook_deliveries is 'What must still be sent to whom, and what was.';
comment on column private.webhook_deliveries.next_attempt_at is
  'When it is due; while it is leased, when the lease ends.';
create index webhook_deliveries_next_attempt_at_idx_when_pending
  on private.webhook_deliveries (next_attempt_at, id) where state = 'pending';
create index webhook_deliveries_subscription_id_idx_when_pending
  on private.webhook_deliveries (organization_id, subscription_id) where state in ('pending', 'parked');
-- Those that were given up stay, and must not be looked for in the whole table.
create index webhook_deliveries_subscription_id_idx_when_dead
  on private.webhook_deliveries (organization_id, subscription_id, created_at) where state = 'dead';
create index webhook_deliveries_event_idx on private.webhook_deliveries (organization_id, event_id);
alter table private.webhook_deliveries enable row level security;
alter table private.webhook_deliveries force row level security;

create table public.webhook_delivery_logs (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  subscription_id text not null,
  event_id bigint not null,
  event_type text not null,
  payload jsonb not null,
  response_status integer,
  response_body text,
  error_message text,
  attempt_number integer not null default 1,
  outcome text not null,
  duration_ms integer,
  delivered_at timestamptz not null default now(),
  constraint webhook_delivery_logs_subscription_belongs_to_the_organization
    foreign key (organization_id, subscription_id) references public.webhook_subscriptions (organization_id, id),
  constraint webhook_delivery_logs_event_belongs_to_the_organization
    foreign key (organization_id, event_id) references public.events (organization_id, id),
  constraint webhook_delivery_logs_outcome_is_known check (outcome in ('delivered', 'retrying', 'dead')),
  constraint webhook_delivery_logs_response_body_has_at_most_16384_bytes check (octet_length(response_body) <= 16384),
  constraint webhook_delivery_logs_error_message_has_at_most_1000_characters check (length(error_message) <= 1000)
);
comment on table public.webhook_delivery_logs is 'Every attempt to deliver an event.';
create index idx_webhook_delivery_logs_sub
  on public.webhook_delivery_logs (organization_id, subscription_id, delivered_at desc, id desc);
create index webhook_delivery_logs_event_idx on public.webhook_delivery_logs (organization_id, event_id);
create index webhook_delivery_logs_delivered_at_brin on public.webhook_delivery_logs using brin (delivered_at);

alter table public.webhook_delivery_logs enable row level security;
alter table public.webhook_delivery_logs force row level security;
revoke all on table public.webhook_delivery_logs from public, anon, authenticated, service_role;
revoke all on sequence public.webhook_delivery_logs_id_seq from public, anon, authenticated, service_role;
grant select on table public.webhook_delivery_logs to authenticated, service_role;

create policy "Managers can read the delivery log of their organization"
  on public.webhook_delivery_logs for select to authenticated
  using (organization_id = (select private.organization_id_as('manager')));

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_delivery_results', 422,
    'The results are not an array of 1 to 1000 objects.',
    'Send one object for each delivery that was attempted.');

create function private.event_matches(type text, patterns text[])
returns boolean
language sql immutable security invoker
set search_path = ''
as $$
  select exists (
    select from unnest(event_matches.patterns) as pattern
    where pattern = '*'
      or pattern = event_matches.type
      or (right(pattern, 2) = '.*' and starts_with(event_matches.type, left(pattern, -1))));
$$;
comment on function private.event_matches(text, text[]) is
  'Whether one of the patterns (payroll.completed, payroll.*, *) names the event type.';

create function private.fan_out_events()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into private.webhook_deliveries (organization_id, subscription_id, event_id)
  select event.organization_id, subscription.id, event.id
  from rows_after as event
  join public.webhook_subscriptions as subscription
    on subscription.organization_id = event.organization_id and subscription.is_active
  where private.event_matches(event.type, subscription.events)
  order by event.id, subscription.id;

  if found then
    perform private.ring('webhook-dispatch');
  end if;

  return null;
end;
$$;

create trigger events_fan_out
  after insert on public.events
  referencing new table as rows_after
  for each statement execute function private.fan_out_events();

create type public.claimed_webhook_delivery as (
  delivery_id bigint,
  lease_token uuid,
  attempt_number integer,
  url text,
  headers jsonb,
  body text,
  timeout_ms integer
);
comment on type public.claimed_webhook_delivery is 'A leased delivery as the request to send.';

create function private.webhook_signature(organization_id bigint, subscription_id text, message text)
returns text
language sql stable security definer
set search_path = ''
as $$
  -- One token for each key that is still valid, so that a rotation never breaks a consumer (Standard Webhooks 1.0.0).
  select string_agg('v1,' || encode(extensions.hmac(convert_to(webhook_signature.message, 'UTF8'), secret.signing_key,
    'sha256'), 'base64'), ' ' order by secret.id desc)
  from private.webhook_secrets as secret
  where secret.organization_id = webhook_signature.organization_id
    and secret.subscription_id = webhook_signature.subscription_id
    and (secret.expires_at is null or secret.expires_at > now());
$$;
comment on function private.webhook_signature(bigint, text, text) is 'The value of the header webhook-signature.';

create function private.claim_webhook_deliveries(batch_size integer, lease_seconds integer)
returns setof public.claimed_webhook_delivery
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_token uuid := gen_random_uuid();
  v_timestamp text := floor(extract(epoch from clock_timestamp()))::bigint::text;
begin
  return query
  with due as (
    select delivery.id, subscription.is_active
    from private.webhook_deliveries as delivery
    join public.webhook_subscriptions as subscription on subscription.id = delivery.subscription_id
    where delivery.state = 'pending'
      and delivery.next_attempt_at <= now()
    order by delivery.next_attempt_at, delivery.id
    limit least(greatest(claim_webhook_deliveries.batch_size, 1), 500)
    for update of delivery skip locked
  ),
  -- An event that was committed just after its subscription ended still found it active.
  parked as (
    update private.webhook_deliveries as delivery
    set state = 'parked', lease_token = null
    from due
    where delivery.id = due.id and not due.is_active
  ),
  leased as (
    update private.webhook_deliveries as delivery
    set lease_token = v_token,
        next_attempt_at = now() + make_interval(secs => least(greatest(claim_webhook_deliveries.lease_seconds, 35),
          300))
    from due
    where delivery.id = due.id and due.is_active
    returning delivery.*
  )
  select
    leased.id, v_token, leased.attempts + 1, subscription.url,
    jsonb_build_object(
      'content-type', 'application/json',
      'user-agent', 'PayD-Webhooks/1',
      'webhook-id', event.event_id,
      'webhook-timestamp', v_timestamp,
      'webhook-signature', private.webhook_signature(leased.organization_id, leased.subscription_id,
        event.event_id || '.' || v_timestamp || '.' || event.body)),
    event.body, subscription.timeout_ms
  from leased
  join public.events as event on event.id = leased.event_id
  join public.webhook_subscriptions as subscription on subscription.id = leased.subscription_id
    and subscription.is_active
  order by leased.id;
end;
$$;
grant execute on function private.claim_webhook_deliveries(integer, integer) to service_role;

create function public.claim_webhook_deliveries(batch_size integer default 100, lease_seconds integer default 45)
returns setof public.claimed_webhook_delivery
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_webhook_deliveries(batch_size, lease_seconds); $$;
comment on function public.claim_webhook_deliveries(integer, integer) is
  'For workers: leases deliveries that are due, as signed requests.';
revoke all on function public.claim_webhook_deliveries(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.claim_webhook_deliveries(integer, integer) to service_role;

create function private.webhook_retry_delay(attempts integer, delivery_id bigint)
returns interval
language sql immutable security invoker
set search_path = ''
as $$
  -- The schedule of the specification, with a jitter of 20 % that is the same whenever it is computed.
  select (array[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400])[webhook_retry_delay.attempts]
    * (0.8 + 0.4 * (abs(hashint8(webhook_retry_delay.delivery_id * 31
      + webhook_retry_delay.attempts)::numeric) / 2147483648))
    * interval '1 second';
$$;
comment on function private.webhook_retry_delay(integer, bigint) is
  'How long to wait after so many failed attempts; null when there is no further one (10 attempts over 75 hours).';

create function private.complete_webhook_deliveries(results jsonb)
returns table (delivered integer, retrying integer, dead integer, stale integer)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare v_results integer;
begin
  if jsonb_typeof(complete_webhook_deliveries.results) is distinct from 'array'
    or jsonb_array_length(complete_webhook_deliveries.results) not between 1 and 1000 then
    perform private.refuse('invalid_delivery_results');
  end if;

  -- What a receiver answered is stored without it; where a number belongs, PostgreSQL would repeat what stands there
  -- instead.
  if exists (
    select from jsonb_array_elements(complete_webhook_deliveries.results) as result
    where jsonb_typeof(result) <> 'object'
  ) then
    perform private.refuse('invalid_delivery_results');
  end if;

  if exists (
    select from jsonb_array_elements(complete_webhook_deliveries.results) as result
    where private.json_holds_secret_key(result - 'response_body' - 'error_message')
  ) then
    perform private.refuse('secret_key_refused', 'The list of results');
  end if;

  v_results := jsonb_array_length(complete_webhook_deliveries.results);

  -- A subscription that ends parks what waits for it: it is locked before its deliveries, here as when a person deletes
  -- it, so that two workers cannot wait for each other for ever.
  perform from public.webhook_subscriptions as subscription
  where subscription.id in (
    select delivery.subscription_id
    from jsonb_to_recordset(complete_webhook_deliveries.results) as given (delivery_id bigint, response_status integer)
    join private.webhook_deliveries as delivery on delivery.id = given.delivery_id
    where given.response_status = 410)
  order by subscription.id
  for no key update;

  return query
  with result as (
    select distinct on (given.delivery_id) given.*
    from jsonb_to_recordset(complete_webhook_deliveries.results) as given (
      delivery_id bigint, lease_token uuid, response_status integer, response_body text, error_message text,
      duration_ms integer, retry_after_seconds integer)
  ),
  held as (
    -- Locked in one order, and only where the token still fits: whoever lost the lease changes nothing.
    select delivery.id, delivery.organization_id, delivery.subscription_id, delivery.event_id,
    delivery.attempts + 1 as attempts, result.*
    from private.webhook_deliveries as delivery
    join result on result.delivery_id = delivery.id and result.lease_token = delivery.lease_token
    where delivery.state = 'pending'
    order by delivery.id
    for update of delivery
  ),
  judged as (
    select
      held.*,
      case
        when held.response_status between 200 and 299 then 'delivered'
        when held.response_status = 410 or private.webhook_retry_delay(held.attempts, held.id) is null then 'dead'
        else 'retrying'
      end as outcome,
      greatest(
        private.webhook_retry_delay(held.attempts, held.id),
        make_interval(secs => least(coalesce(held.retry_after_seconds, 0), 86400)),
        case when held.response_status in (429, 502, 504) then interval '60 seconds' end
      ) as delay
    from held
  ),
  moved as (
    update private.webhook_deliveries as delivery
    set state = case judged.outcome when 'retrying' then 'pending' else judged.outcome end,
        attempts = judged.attempts,
        lease_token = null,
        next_attempt_at = case judged.outcome when 'retrying' then now() + judged.delay else now() end
    from judged
    where delivery.id = judged.id
    returning delivery.id
  ),
  logged as (
    insert into public.webhook_delivery_logs (
      organization_id, subscription_id, event_id, event_type, payload, response_status, response_body, error_message,
      attempt_number, outcome, duration_ms)
    select
      judged.organization_id, judged.subscription_id, judged.event_id, event.type, event.body::jsonb,
      judged.response_status,
      -- 4096 characters are at most 16 kilobytes.
      private.stored_text(judged.response_body, 4096),
      private.stored_text(judged.error_message, 1000), judged.attempts, judged.outcome, judged.duration_ms
    from judged
    join public.events as event on event.id = judged.event_id
    order by judged.id
    returning outcome
  ),
  gone as (
    -- 410 means that the consumer wants no more.
    update public.webhook_subscriptions as subscription
    set is_active = false
    where subscription.id in (select judged.subscription_id from judged where judged.response_status = 410)
      and subscription.is_active
    returning subscription.id
  )
  select
    (count(*) filter (where logged.outcome = 'delivered'))::integer,
    (count(*) filter (where logged.outcome = 'retrying'))::integer,
    (count(*) filter (where logged.outcome = 'dead'))::integer,
    (v_results - count(*))::integer
  from logged;
end;
$$;
grant execute on function private.complete_webhook_deliveries(jsonb) to service_role;

create function public.complete_webhook_deliveries(results jsonb)
returns table (delivered integer, retrying integer, dead integer, stale integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.complete_webhook_deliveries(results); $$;
comment on function public.complete_webhook_deliveries(jsonb) is 'For workers: writes what came of leased deliveries.';
revoke all on function public.complete_webhook_deliveries(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.complete_webhook_deliveries(jsonb) to service_role;

create function private.release_webhook_deliveries(delivery_ids bigint[], lease_token uuid)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_released integer;
begin
  update private.webhook_deliveries as delivery
  set lease_token = null, next_attempt_at = now()
  where delivery.id = any(release_webhook_deliveries.delivery_ids)
    and delivery.lease_token = release_webhook_deliveries.lease_token
    and delivery.state = 'pending';

  get diagnostics v_released = row_count;

  return v_released;
end;
$$;
grant execute on function private.release_webhook_deliveries(bigint[], uuid) to service_role;

create function public.release_webhook_deliveries(delivery_ids bigint[], lease_token uuid)
returns integer
language sql volatile security invoker
set search_path = ''
as $$ select private.release_webhook_deliveries(delivery_ids, lease_token); $$;
comment on function public.release_webhook_deliveries(bigint[], uuid) is
  'For workers: gives back deliveries that were not attempted.';
revoke all on function public.release_webhook_deliveries(bigint[], uuid) from public, anon, authenticated, service_role;
grant execute on function public.release_webhook_deliveries(bigint[], uuid) to service_role;

-- When a subscription ends, what waits for it is parked, so that no claim ever meets it.
create function private.park_deliveries()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update private.webhook_deliveries as delivery
  set state = case when subscription.is_active then 'pending' else 'parked' end,
      lease_token = null,
      next_attempt_at = now()
  from rows_after as subscription
  join rows_before as earlier on earlier.id = subscription.id
  where delivery.organization_id = subscription.organization_id
    and delivery.subscription_id = subscription.id
    and subscription.is_active <> earlier.is_active
    and delivery.state = case when subscription.is_active then 'parked' else 'pending' end;

  return null;
end;
$$;

create trigger webhook_subscriptions_park_deliveries
  after update on public.webhook_subscriptions
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.park_deliveries();

-- The other tables that lose rows have an index on their time already. A BRIN index reads a table once and fast, and
-- holds nobody up for long.
-- squawk-ignore require-concurrent-index-creation
create index webhook_deliveries_created_at_brin on private.webhook_deliveries using brin (created_at);

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.webhook_delivery_logs', 'delete', '90 days',
    'delete from public.webhook_delivery_logs where ctid = any (array(select old.ctid from '
    'public.webhook_delivery_logs as old where old.delivered_at < $1 limit $2))',
    'Attempts are looked at while an integration is being mended.'),
  ('private.webhook_deliveries', 'delete', '90 days',
    'delete from private.webhook_deliveries where ctid = any (array(select old.ctid from private.webhook_deliveries '
    'as old where old.created_at < $1 and old.state = ''delivered'' limit $2))',
    'Delivered ones have nothing left to do; the others stay until somebody decides.');

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('webhook-dispatch', 'function', 'webhook-dispatch', 10);
