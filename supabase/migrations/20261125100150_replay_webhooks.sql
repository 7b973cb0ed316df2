-- migration: replaying webhooks
-- What was missed can be sent again: one event, those that were given up, those that were never delivered, or those
-- of the time in which a subscription was off. Replays are fed into the queue in small batches, so that they do
-- not delay new events; a consumer can also pull its events after a number, and an attempt is reproduced byte by byte.
-- author: PayD | date: 2026-11-25
-- tables: private.webhook_replays
-- depends: 20261125000000, 20261125020000, 20261125030000, 20261125030100, 20261125100000, 20261125100100
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.webhook_replays (
  endpoint_id bigint primary key,
  organization_id bigint not null references public.organizations (id),
  after_sequence bigint not null,
  until_sequence bigint not null,
  created_at timestamptz not null default now()
);
comment on table private.webhook_replays is
  'Events that are still to be looked through for an endpoint; each that it misses is queued.';
create index webhook_replays_organization_id_idx on private.webhook_replays (organization_id);
alter table private.webhook_replays enable row level security;
alter table private.webhook_replays force row level security;

create function private.plan_webhook_replay(subscription public.webhook_subscriptions, after_sequence bigint)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into private.webhook_replays as replay (endpoint_id, organization_id, after_sequence, until_sequence)
  select (subscription).endpoint_id, (subscription).organization_id, plan_webhook_replay.after_sequence,
    counter.last_sequence
  from private.event_counters as counter
  where counter.organization_id = (subscription).organization_id
    and counter.last_sequence > plan_webhook_replay.after_sequence
  on conflict (endpoint_id) do update
  set after_sequence = least(replay.after_sequence, excluded.after_sequence),
      until_sequence = greatest(replay.until_sequence, excluded.until_sequence);
$$;
comment on function private.plan_webhook_replay(public.webhook_subscriptions, bigint) is
  'Has the events after this number looked through and those that are missing queued.';

create function private.is_webhook_missing(organization_id bigint, endpoint_id bigint, event_id bigint)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select not exists (
      select from public.webhook_attempts as attempt
      where attempt.organization_id = is_webhook_missing.organization_id
        and attempt.event_id = is_webhook_missing.event_id
        and attempt.endpoint_id = is_webhook_missing.endpoint_id
        and attempt.outcome = 'delivered')
    and not exists (
      select from private.webhook_ready as ready
      where ready.endpoint_id = is_webhook_missing.endpoint_id
        and is_webhook_missing.event_id = any ((ready.event_id || ready.following)[ready.claimed + 1:]))
    and not exists (
      select from private.webhook_retry as retry
      where retry.endpoint_id = is_webhook_missing.endpoint_id and retry.event_id = is_webhook_missing.event_id)
    and not exists (
      select from private.webhook_waiting as waiting
      where waiting.endpoint_id = is_webhook_missing.endpoint_id and waiting.event_id = is_webhook_missing.event_id)
    and not exists (
      select from private.webhook_leases as lease
      where is_webhook_missing.event_id = any (lease.event_ids)
        and exists (
          select from unnest(lease.endpoint_ids, lease.event_ids, lease.delivery_ids)
            as held (endpoint_id, event_id, id)
          where held.endpoint_id = is_webhook_missing.endpoint_id
            and held.event_id = is_webhook_missing.event_id
            and held.id <> all (lease.finished)));
$$;
comment on function private.is_webhook_missing(bigint, bigint, bigint) is
  'Whether the event was neither delivered to the endpoint nor is on its way to it.';

create function private.queue_webhook(subscription public.webhook_subscriptions, event public.events)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_number bigint;
begin
  -- What was given up keeps its number, so that a receiver closes the gap it left.
  delete from private.webhook_dead as dead
  where dead.endpoint_id = (subscription).endpoint_id and dead.event_id = (event).id
  returning dead.number into v_number;

  if (subscription).is_ordered then
    perform private.enqueue_in_order((subscription).endpoint_id, (event).resource_type || ' ' || (event).resource_id,
      (event).id, v_number);
  else
    insert into private.webhook_ready (endpoint_id, event_id, number)
    values ((subscription).endpoint_id, (event).id, v_number);
  end if;
end;
$$;
comment on function private.queue_webhook(public.webhook_subscriptions, public.events) is
  'Queues an event for a subscription once more.';

create function private.subscription_wants(subscription public.webhook_subscriptions, event public.events)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$
  select (event).type not in ('test.ping', 'webhook.challenge')
    and (subscription).events && private.event_patterns((event).type)
    and not ((event).resource_type = 'webhook_subscription' and (event).resource_id = (subscription).id)
    and ((subscription).filter is null or ((event).body::jsonb -> 'data') @> (subscription).filter);
$$;
comment on function private.subscription_wants(public.webhook_subscriptions, public.events) is
  'Whether the subscription names the event, by type and by filter.';

create function private.feed_webhook_replay(replay private.webhook_replays)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_subscription public.webhook_subscriptions;
  v_event public.events;
  v_last bigint := (replay).until_sequence;
begin
  select subscription.* into v_subscription
  from public.webhook_subscriptions as subscription
  where subscription.endpoint_id = (replay).endpoint_id;

  for v_event in
    select event.* from public.events as event
    where event.organization_id = (replay).organization_id
      and event.sequence > (replay).after_sequence
      and event.sequence <= (replay).until_sequence
    order by event.sequence
    limit 100
  loop
    v_last := v_event.sequence;
    if private.subscription_wants(v_subscription, v_event)
      and private.is_webhook_missing((replay).organization_id, (replay).endpoint_id, v_event.id) then
      perform private.queue_webhook(v_subscription, v_event);
    end if;
  end loop;

  if v_last >= (replay).until_sequence then
    delete from private.webhook_replays as done where done.endpoint_id = (replay).endpoint_id;
  else
    update private.webhook_replays as going
    set after_sequence = v_last
    where going.endpoint_id = (replay).endpoint_id;
  end if;
end;
$$;
comment on function private.feed_webhook_replay(private.webhook_replays) is 'Queues the next 100 events of a replay.';

create function private.feed_webhook_replays()
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_replay private.webhook_replays;
begin
  for v_replay in
    select replay.* from private.webhook_replays as replay
    join private.webhook_endpoints as endpoint on endpoint.id = replay.endpoint_id
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = replay.endpoint_id
      and subscription.is_active
    where (endpoint.open_until is null or endpoint.open_until <= clock_timestamp())
      and replay.created_at <= now()
    order by replay.created_at
    limit 4
    for update of replay skip locked
  loop
    -- What is new goes first, so a replay adds little to what waits already.
    continue when (
      select count(*) from (
        select from private.webhook_ready_deliveries as ready where ready.endpoint_id = v_replay.endpoint_id limit 500
      ) as waiting
    ) >= 500;

    begin
      perform private.feed_webhook_replay(v_replay);
    exception
      when serialization_failure or deadlock_detected or lock_not_available then raise;
      -- A replay that cannot go on stops no claim: it is left behind the others and tried again in a minute.
      when others then
        raise warning 'The replay of the endpoint % failed: %', v_replay.endpoint_id, sqlerrm;
        update private.webhook_replays as replay
        set created_at = now() + interval '1 minute'
        where replay.endpoint_id = v_replay.endpoint_id;
    end;
  end loop;
end;
$$;
comment on function private.feed_webhook_replays() is 'Queues the next events of the replays that are due, 100 each.';
