-- migration: the queue of webhooks
-- Fan-out happens in the transaction that writes the event. What is due stands in ready, where one row holds what
-- one statement wrote for an endpoint; what waits for another attempt in retry; what a worker holds in one row for
-- each claim, whose id is the fence; what was given up in dead. Rows refer to nothing by foreign keys: events and
-- subscriptions are never removed, and only the functions of the queue write here. Every attempt is one narrow row
-- that tenants read as webhook_delivery_logs, with the exact body of the event.
-- author: PayD | date: 2026-11-25
-- tables: private.retention_rules, private.webhook_dead, private.webhook_heads, private.webhook_leases,
--   private.webhook_numbers, private.webhook_ready, private.webhook_retry, private.webhook_waiting, public.events,
--   public.webhook_attempts
-- depends: 20261125000000, 20261125000400, 20261125000800, 20261125020200, 20261125030000, 20261125030100,
--   20261125100000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.webhook_ready (
  endpoint_id bigint not null,
  id bigint generated always as identity (increment by 64),
  event_id bigint not null,
  following bigint[],
  number bigint,
  attempts smallint not null default 0,
  claimed smallint not null default 0,
  came_back boolean not null default false,
  -- The first delivery of a row may come back while others of the row are still due. How many were claimed stands in no
  -- index, so that to claim a part of a row writes to none.
  constraint webhook_ready_is_ordered_by_endpoint primary key (endpoint_id, id, came_back),
  -- The ids up to the next one that the table gives belong to this row.
  constraint webhook_ready_holds_at_most_64_deliveries check (cardinality(following) between 1 and 63)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.5);
comment on table private.webhook_ready is
  'Deliveries that are due, oldest first for each endpoint; what one statement wrote for it stands in few rows.';
comment on column private.webhook_ready.id is 'The first delivery of the row; each one after it has the next id.';
comment on column private.webhook_ready.following is 'The events of the deliveries after the first one.';
comment on column private.webhook_ready.claimed is
  'How many of them, from the first one on, are no longer due; with the last one the row goes.';
comment on column private.webhook_ready.came_back is
  'Whether it is one delivery that was claimed before and has come back under its own id.';
comment on column private.webhook_ready.number is
  'The number of the first delivery for its endpoint, each one after it has the next: 1, 2, 3 without gaps; empty for '
  'tests and for what is sent once more.';
alter table private.webhook_ready enable row level security;
alter table private.webhook_ready force row level security;

create view private.webhook_ready_deliveries with (security_invoker = true) as
select
  ready.endpoint_id,
  ready.id + held.place - 1 as id,
  held.event_id,
  ready.number + held.place - 1 as number,
  ready.attempts
from private.webhook_ready as ready
cross join lateral unnest(ready.event_id || ready.following) with ordinality as held (event_id, place)
where held.place > ready.claimed;
comment on view private.webhook_ready_deliveries is 'Deliveries that are due, one row for each.';

create table private.webhook_retry (
  id bigint primary key,
  endpoint_id bigint not null,
  event_id bigint not null,
  number bigint,
  attempts smallint not null,
  due_at timestamptz not null
);
comment on table private.webhook_retry is
  'Deliveries that wait for their time; the next claim moves those that are due.';
create index webhook_retry_due_at_idx on private.webhook_retry (due_at);
create index webhook_retry_endpoint_id_idx on private.webhook_retry (endpoint_id, event_id);
alter table private.webhook_retry enable row level security;
alter table private.webhook_retry force row level security;

create table private.webhook_leases (
  id bigint generated always as identity primary key,
  expires_at timestamptz not null,
  signed_at bigint not null,
  endpoint_ids bigint[] not null,
  delivery_ids bigint[] not null,
  event_ids bigint[] not null,
  numbers bigint[] not null,
  attempts smallint[] not null,
  finished bigint[] not null default '{}'
);
comment on table private.webhook_leases is
  'What a worker holds: one row for each claim. Without it no result is written.';
alter table private.webhook_leases enable row level security;
alter table private.webhook_leases force row level security;

create table private.webhook_dead (
  id bigint primary key,
  organization_id bigint not null,
  endpoint_id bigint not null,
  event_id bigint not null,
  number bigint,
  attempts smallint not null,
  dead_at timestamptz not null default now()
);
comment on table private.webhook_dead is 'Deliveries that were given up; a person can have them sent again.';
create index webhook_dead_endpoint_id_idx on private.webhook_dead (endpoint_id, dead_at);
create index webhook_dead_dead_at_brin on private.webhook_dead using brin (dead_at);
alter table private.webhook_dead enable row level security;
alter table private.webhook_dead force row level security;

create table private.webhook_heads (
  endpoint_id bigint not null,
  key text not null,
  constraint webhook_heads_are_one_per_resource primary key (endpoint_id, key)
);
comment on table private.webhook_heads is
  'Resources of which an event is under way to an endpoint that wants them in order.';
alter table private.webhook_heads enable row level security;
alter table private.webhook_heads force row level security;

create table private.webhook_waiting (
  endpoint_id bigint not null,
  key text not null,
  id bigint generated always as identity,
  event_id bigint not null,
  number bigint,
  constraint webhook_waiting_is_ordered_by_resource primary key (endpoint_id, key, id)
);
comment on table private.webhook_waiting is 'Events that wait behind an earlier one of the same resource.';
alter table private.webhook_waiting enable row level security;
alter table private.webhook_waiting force row level security;

-- No row of the worker: what writes events locks it until its commit, and no endpoint waits for that.
create table private.webhook_numbers (
  endpoint_id bigint primary key,
  last_number bigint not null
) with (fillfactor = 50);
comment on table private.webhook_numbers is
  'How many deliveries each endpoint was given, so that a receiver sees from the numbers what it did not get.';
alter table private.webhook_numbers enable row level security;
alter table private.webhook_numbers force row level security;

create table public.webhook_attempts (
  organization_id bigint not null,
  endpoint_id bigint not null,
  delivered_at timestamptz not null default now(),
  id bigint generated always as identity,
  event_id bigint not null,
  delivery_number bigint,
  signed_at bigint,
  attempt_number smallint not null,
  response_status smallint,
  outcome text not null,
  duration_ms smallint,
  resolve_ms smallint,
  connect_ms smallint,
  tls_ms smallint,
  wait_ms smallint,
  read_ms smallint,
  peer_address inet,
  dialler text,
  error_class text,
  error_message text,
  response_body text,
  constraint webhook_attempts_are_ordered_by_time primary key (organization_id, endpoint_id, delivered_at, id),
  constraint webhook_attempts_outcome_is_known check (outcome in ('delivered', 'retrying', 'dead')),
  constraint webhook_attempts_response_body_has_at_most_16384_bytes check (octet_length(response_body) <= 16384),
  constraint webhook_attempts_error_message_has_at_most_1000_characters check (length(error_message) <= 1000)
);
comment on table public.webhook_attempts is
  'Every attempt to deliver an event, as public.webhook_delivery_logs shows it.';
comment on column public.webhook_attempts.delivery_number is
  'What the header webhook-number carried: the number of the delivery for its subscription; empty for tests and for '
  'what a person had sent once more.';
-- Without the organization: an event has one, and events that grow are put at the end of the index.
create index webhook_attempts_event_idx on public.webhook_attempts (event_id);
-- Without the id: every row of a call has the same time, so that a call writes to this index once and not for each row.
create index webhook_attempts_delivered_at_brin on public.webhook_attempts using brin (delivered_at);
alter table public.webhook_attempts enable row level security;
alter table public.webhook_attempts force row level security;
revoke all on table public.webhook_attempts from public, anon, authenticated, service_role;
revoke all on sequence public.webhook_attempts_id_seq from public, anon, authenticated, service_role;
grant select on table public.webhook_attempts to authenticated, service_role;

create policy "Managers can read the attempts of their organization"
  on public.webhook_attempts for select to authenticated
  using (organization_id = (select private.organization_id_as('manager')));

create view public.webhook_delivery_logs with (security_invoker = true) as
select
  attempt.id,
  attempt.organization_id,
  subscription.id as subscription_id,
  attempt.event_id,
  event.type as event_type,
  event.body as payload,
  attempt.response_status::integer as response_status,
  attempt.response_body,
  attempt.error_message,
  attempt.attempt_number::integer as attempt_number,
  attempt.outcome,
  attempt.duration_ms,
  attempt.delivered_at,
  attempt.error_class,
  attempt.resolve_ms,
  attempt.connect_ms,
  attempt.tls_ms,
  attempt.wait_ms,
  attempt.read_ms,
  host(attempt.peer_address) as peer_address,
  coalesce(attempt.dialler, 'pinned') as dialler,
  encode(sha256(convert_to(event.body, 'UTF8')), 'hex') as body_sha256,
  attempt.delivery_number
from public.webhook_attempts as attempt
join public.webhook_subscriptions as subscription
  on subscription.organization_id = attempt.organization_id and subscription.endpoint_id = attempt.endpoint_id
join public.events as event
  on event.organization_id = attempt.organization_id and event.id = attempt.event_id;
comment on view public.webhook_delivery_logs is
  'Every attempt to deliver an event, with the exact text that was sent.';
revoke all on table public.webhook_delivery_logs from public, anon, authenticated, service_role;
grant select on table public.webhook_delivery_logs to authenticated, service_role;

create function private.enqueue_in_order(endpoint_id bigint, key text, event_id bigint, number bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_is_first boolean;
begin
  -- The session that finishes the earlier event waits for this lock, and then sees what waits behind it.
  insert into private.webhook_heads as head (endpoint_id, key)
  values (enqueue_in_order.endpoint_id, enqueue_in_order.key)
  on conflict on constraint webhook_heads_are_one_per_resource do update set key = excluded.key
  returning head.xmax = 0 into v_is_first;

  if v_is_first then
    insert into private.webhook_ready (endpoint_id, event_id, number)
    values (enqueue_in_order.endpoint_id, enqueue_in_order.event_id, enqueue_in_order.number);
  else
    insert into private.webhook_waiting (endpoint_id, key, event_id, number)
    values (enqueue_in_order.endpoint_id, enqueue_in_order.key, enqueue_in_order.event_id, enqueue_in_order.number);
  end if;
end;
$$;
comment on function private.enqueue_in_order(bigint, text, bigint, bigint) is
  'Queues an event behind the earlier ones of the same resource.';

create function private.advance_in_order(endpoint_id bigint, key text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform from private.webhook_heads as head
  where head.endpoint_id = advance_in_order.endpoint_id and head.key = advance_in_order.key
  for update;

  with following as (
    delete from private.webhook_waiting as waiting
    where waiting.endpoint_id = advance_in_order.endpoint_id
      and waiting.key = advance_in_order.key
      and waiting.id = (
        select min(earliest.id) from private.webhook_waiting as earliest
        where earliest.endpoint_id = advance_in_order.endpoint_id and earliest.key = advance_in_order.key)
    returning waiting.event_id, waiting.number
  )
  insert into private.webhook_ready (endpoint_id, event_id, number)
  select advance_in_order.endpoint_id, following.event_id, following.number from following;

  if not found then
    delete from private.webhook_heads as head
    where head.endpoint_id = advance_in_order.endpoint_id and head.key = advance_in_order.key;
  end if;
end;
$$;
comment on function private.advance_in_order(bigint, text) is
  'Lets the next event of a resource go once the earlier one was delivered or given up.';

create function private.forget_order(endpoint_id bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- The heads first: a session that queues behind one of them is waited for, and what it queued is seen below.
  delete from private.webhook_heads as head where head.endpoint_id = forget_order.endpoint_id;

  with freed as (
    delete from private.webhook_waiting as waiting
    where waiting.endpoint_id = forget_order.endpoint_id
    returning waiting.id, waiting.event_id, waiting.number
  )
  insert into private.webhook_ready (endpoint_id, event_id, number)
  select forget_order.endpoint_id, freed.event_id, freed.number from freed order by freed.id;
end;
$$;
comment on function private.forget_order(bigint) is
  'Makes everything ready that waits behind an earlier event of its resource: the subscription changed whether it '
  'wants order.';

-- The worker looks again before it ends, so a burst of events calls it once in a quarter of a second.
create sequence private.webhook_dispatch_rung_at minvalue 0 start 0;
revoke all on sequence private.webhook_dispatch_rung_at from public, anon, authenticated, service_role;

create function private.fan_out_events()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_count bigint;
  v_endpoints bigint[];
  v_events bigint[];
  v_numbers bigint[];
  v_keys text[];
begin
  -- A filter is the only reason to read a body. What a subscription is told about itself goes to the others. Whoever
  -- writes events of an organization holds its counter, so that numbers grow as the events do.
  -- Patterns are made once for each type, and not for each event and subscription.
  with kind as materialized (
    select known.type, private.event_patterns(known.type) as patterns,
      known.type in ('test.ping', 'webhook.challenge') as is_own
    from (select distinct added.type from rows_after as added) as known
  ),
  wanted as materialized (
    select subscription.endpoint_id, event.id, not kind.is_own as is_numbered,
      case when subscription.is_ordered and not kind.is_own
        then event.resource_type || ' ' || event.resource_id end as key
    from rows_after as event
    join kind on kind.type = event.type
    join public.webhook_subscriptions as subscription
      on subscription.organization_id = event.organization_id
        and case when kind.is_own
          then subscription.id = event.resource_id and subscription.deleted_at is null
          else subscription.is_active
            and subscription.events && kind.patterns
            and not (event.resource_type = 'webhook_subscription' and event.resource_id = subscription.id)
            and (subscription.filter is null or (event.body::jsonb -> 'data') @> subscription.filter) end
  ),
  counted as (
    insert into private.webhook_numbers as known (endpoint_id, last_number)
    select wanted.endpoint_id, count(*)
    from wanted
    where wanted.is_numbered
    group by wanted.endpoint_id
    order by wanted.endpoint_id
    on conflict (endpoint_id) do update set last_number = known.last_number + excluded.last_number
    returning known.endpoint_id, known.last_number
  ),
  numbered as (
    select wanted.endpoint_id, wanted.id, wanted.key,
      case when wanted.is_numbered then counted.last_number + 1 - row_number() over (
        partition by wanted.endpoint_id, wanted.is_numbered order by wanted.id desc) end as number
    from wanted
    left join counted on counted.endpoint_id = wanted.endpoint_id
  ),
  queued as (
    insert into private.webhook_ready (endpoint_id, event_id, following, number)
    select part.endpoint_id, part.events[1], nullif(part.events[2:], '{}'), part.number
    from (
      select numbered.endpoint_id, array_agg(numbered.id order by numbered.id) as events, min(numbered.number) as number
      from numbered
      where numbered.key is null
      -- At most 64 in a row: their numbers have no gaps, because an endpoint that wants order has nothing else here.
      group by numbered.endpoint_id, numbered.number / 64, case when numbered.number is null then numbered.id end
    ) as part
    order by part.endpoint_id, part.events[1]
  )
  select count(*),
    array_agg(numbered.endpoint_id order by numbered.id, numbered.endpoint_id) filter (where numbered.key is not null),
    array_agg(numbered.id order by numbered.id, numbered.endpoint_id) filter (where numbered.key is not null),
    array_agg(numbered.number order by numbered.id, numbered.endpoint_id) filter (where numbered.key is not null),
    array_agg(numbered.key order by numbered.id, numbered.endpoint_id) filter (where numbered.key is not null)
  into v_count, v_endpoints, v_events, v_numbers, v_keys
  from numbered;

  for i in 1..coalesce(cardinality(v_events), 0) loop
    perform private.enqueue_in_order(v_endpoints[i], v_keys[i], v_events[i], v_numbers[i]);
  end loop;

  if v_count > 0 then
    perform private.ring('webhook-dispatch');
  end if;

  return null;
end;
$$;
comment on function private.fan_out_events() is
  'Statement trigger: queues new events for the endpoints that want them.';

create trigger events_fan_out
  after insert on public.events
  referencing new table as rows_after
  for each statement execute function private.fan_out_events();

create function private.webhook_retry_delay(attempts integer, delivery_id bigint, schedule integer[])
returns interval
language sql immutable security invoker
set search_path = ''
as $$
  -- The schedule of the specification or the subscription's own, with a jitter of 20 % that is the same whenever it is
  -- computed.
  select (coalesce(webhook_retry_delay.schedule,
      array[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]))[webhook_retry_delay.attempts]
    * (0.8 + 0.4 * (abs(hashint8(webhook_retry_delay.delivery_id * 31
      + webhook_retry_delay.attempts)::numeric) / 2147483648))
    * interval '1 second';
$$;
comment on function private.webhook_retry_delay(integer, bigint, integer[]) is
  'How long to wait after so many failed attempts; null when there is no further one. Without a schedule these are '
  '10 attempts over 75 hours.';

create function private.webhook_signature(
  organization_id bigint, subscription_id text, message text, signed_at timestamptz default now()
)
returns text
language sql stable security definer
set search_path = ''
as $$
  -- One token for each key that was valid then, so that a rotation never breaks a consumer (Standard Webhooks 1.0.0).
  select string_agg('v1,' || encode(extensions.hmac(convert_to(webhook_signature.message, 'UTF8'), secret.signing_key,
    'sha256'), 'base64'), ' ' order by secret.id desc)
  from private.webhook_secrets as secret
  where secret.organization_id = webhook_signature.organization_id
    and secret.subscription_id = webhook_signature.subscription_id
    and secret.kind = 'v1'
    and date_trunc('second', secret.created_at) <= webhook_signature.signed_at
    and (secret.expires_at is null or secret.expires_at > webhook_signature.signed_at);
$$;
comment on function private.webhook_signature(bigint, text, text, timestamptz) is
  'The v1 tokens of the header webhook-signature as they were at that time.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.webhook_attempts', 'delete', '90 days',
    'delete from public.webhook_attempts where ctid = any (array(select old.ctid from public.webhook_attempts as '
    'old where old.delivered_at < $1 limit $2))',
    'Attempts are looked at while an integration is being mended.'),
  ('private.webhook_dead', 'delete', '90 days',
    'delete from private.webhook_dead where ctid = any (array(select old.ctid from private.webhook_dead as old where '
    'old.dead_at < $1 limit $2))',
    'What no admin sent again in that time can still be read from the table events.');
