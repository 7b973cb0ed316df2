-- migration: claiming webhooks
-- A claim takes deliveries out of the ready ones, fairly between organizations and then between their endpoints,
-- passes over endpoints that fail, are paused, or already keep the worker busy, and answers one JSON document in which
-- every address and every body stands once. Its cost does not depend on how much waits, and no row can stop it. Plans
-- are made once for a session, because to make them takes longer than to claim a few deliveries, and by indexes also
-- while the tables are small, because they will not stay so.
-- author: PayD | date: 2026-11-25
-- tables: private.scheduled_jobs
-- depends: 20261125000000, 20261125000300, 20261125030000, 20261125100000, 20261125100100, 20261125100150
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.expire_webhook_lease(lease private.webhook_leases)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- One of these may have killed the worker, so the attempt counts; after a first attempt the next one comes at once.
  with lost as (
    select held.*, held.attempts + 1 as number, subscription.organization_id,
      case when held.attempts = 0 and coalesce(cardinality(subscription.retry_seconds), 1) > 0 then interval '0'
        else private.webhook_retry_delay(held.attempts + 1, held.id, subscription.retry_seconds) end as delay
    from unnest((lease).endpoint_ids, (lease).delivery_ids, (lease).event_ids, (lease).numbers, (lease).attempts)
      as held (endpoint_id, id, event_id, delivery_number, attempts)
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = held.endpoint_id
    where held.id not in (select done.id from unnest((lease).finished) as done (id))
  ),
  logged as (
    insert into public.webhook_attempts (organization_id, endpoint_id, delivered_at, event_id, delivery_number,
      signed_at, attempt_number, outcome, error_class, error_message)
    select lost.organization_id, lost.endpoint_id, (select clock_timestamp()), lost.event_id, lost.delivery_number,
      (lease).signed_at, lost.number,
      case when lost.delay is null then 'dead' else 'retrying' end, 'worker_lost',
      'The worker ended before it could say what became of this attempt.'
    from lost
  ),
  repeated as (
    insert into private.webhook_retry (id, endpoint_id, event_id, number, attempts, due_at)
    select lost.id, lost.endpoint_id, lost.event_id, lost.delivery_number, lost.number, now() + lost.delay
    from lost
    where lost.delay is not null
  )
  insert into private.webhook_dead (id, organization_id, endpoint_id, event_id, number, attempts)
  select lost.id, lost.organization_id, lost.endpoint_id, lost.event_id, lost.delivery_number, lost.number
  from lost
  where lost.delay is null;

  perform private.advance_in_order(subscription.endpoint_id, event.resource_type || ' ' || event.resource_id)
  from private.webhook_dead as dead
  join public.webhook_subscriptions as subscription on subscription.endpoint_id = dead.endpoint_id
    and subscription.is_ordered
  join public.events as event on event.id = dead.event_id
  where dead.id = any ((lease).delivery_ids) and dead.dead_at = now();
end;
$$;
comment on function private.expire_webhook_lease(private.webhook_leases) is
  'Has what a lost worker held repeated or given up; raises when one of its deliveries cannot be written.';

create function private.expire_webhook_lease_somehow(lease private.webhook_leases)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_one private.webhook_leases := lease;
begin
  begin
    perform private.expire_webhook_lease(lease);
    return;
  exception
    when serialization_failure or deadlock_detected or lock_not_available then raise;
    when others then null;
  end;

  for i in 1..cardinality((lease).delivery_ids) loop
    v_one.endpoint_ids := array[(lease).endpoint_ids[i]];
    v_one.delivery_ids := array[(lease).delivery_ids[i]];
    v_one.event_ids := array[(lease).event_ids[i]];
    v_one.numbers := array[(lease).numbers[i]];
    v_one.attempts := array[(lease).attempts[i]];

    begin
      perform private.expire_webhook_lease(v_one);
    exception
      when serialization_failure or deadlock_detected or lock_not_available then raise;
      -- A delivery of which not even the loss can be written is given up; an admin can have it sent again.
      when others then
        insert into private.webhook_dead (id, organization_id, endpoint_id, event_id, number, attempts)
        select v_one.delivery_ids[1], subscription.organization_id, subscription.endpoint_id, v_one.event_ids[1],
          v_one.numbers[1], v_one.attempts[1] + 1
        from public.webhook_subscriptions as subscription
        where subscription.endpoint_id = v_one.endpoint_ids[1]
          and v_one.delivery_ids[1] <> all (v_one.finished)
        on conflict do nothing;
    end;
  end loop;
end;
$$;
comment on function private.expire_webhook_lease_somehow(private.webhook_leases) is
  'Ends the deliveries of a lost worker; one that cannot be written is given up alone and stops no claim.';

create function private.give_back_what_waited(lease private.webhook_leases)
returns private.webhook_leases
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_lease private.webhook_leases := lease;
begin
  -- A worker sends what failed most often first, then the oldest, and has at most four of an endpoint under way. What
  -- stood behind them cannot have killed it, so that no attempt counts: a worker that dies again and again gives up
  -- nothing that it never sent.
  with held as (
    select one.*, row_number() over (partition by one.endpoint_id order by one.attempts desc, one.id) as place
    from unnest((lease).endpoint_ids, (lease).delivery_ids, (lease).event_ids, (lease).numbers, (lease).attempts)
      as one (endpoint_id, id, event_id, number, attempts)
    where one.id not in (select done.id from unnest((lease).finished) as done (id))
  ),
  given as (
    insert into private.webhook_ready (endpoint_id, id, event_id, number, attempts, came_back)
    overriding system value
    select held.endpoint_id, held.id, held.event_id, held.number, held.attempts, true
    from held
    where held.place > 4
    returning id
  )
  select (lease).finished || coalesce(array_agg(given.id), '{}') into v_lease.finished from given;

  return v_lease;
end;
$$;
comment on function private.give_back_what_waited(private.webhook_leases) is
  'Makes ready again what a lost worker held and did not send; answers the lease with the rest.';

create function private.expire_webhook_leases()
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_lease private.webhook_leases;
begin
  for v_lease in
    select lease.* from private.webhook_leases as lease
    where lease.expires_at < clock_timestamp()
    order by lease.id
    limit 20
    for update skip locked
  loop
    perform private.expire_webhook_lease_somehow(private.give_back_what_waited(v_lease));
    delete from private.webhook_leases as lease where lease.id = v_lease.id;
  end loop;
end;
$$;
comment on function private.expire_webhook_leases() is
  'Takes back what a worker held for too long; the attempt counts, so that a delivery that kills workers ends.';

create function private.move_due_webhooks(batch_size integer)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  with due as (
    delete from private.webhook_retry as retry
    where retry.ctid = any (array(
      select earliest.ctid from private.webhook_retry as earliest
      where earliest.due_at <= now()
      order by earliest.due_at
      limit move_due_webhooks.batch_size
      for update skip locked))
    returning retry.*
  )
  insert into private.webhook_ready (endpoint_id, id, event_id, number, attempts, came_back)
  overriding system value
  select due.endpoint_id, due.id, due.event_id, due.number, due.attempts, true from due;
end;
$$;
comment on function private.move_due_webhooks(integer) is 'Makes deliveries ready whose next attempt is due.';

create type private.webhook_share as (
  endpoint_id bigint, organization_id bigint, quota integer, share integer, is_trusted boolean
);

create function private.webhook_shares(batch_size integer, after bigint, busy bigint[], trusted_only boolean,
  out shares private.webhook_share[], out seen integer, out last_seen bigint)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  with recursive met as (
    (
      select ready.endpoint_id, 1 as number
      from private.webhook_ready as ready
      where ready.endpoint_id > webhook_shares.after
      order by ready.endpoint_id
      limit 1
    )
    union all
    select following.endpoint_id, met.number + 1
    from met
    cross join lateral (
      select ready.endpoint_id
      from private.webhook_ready as ready
      where ready.endpoint_id > met.endpoint_id
      order by ready.endpoint_id
      limit 1
    ) as following
    where met.number < 512
  ),
  open as (
    select met.endpoint_id, endpoint.organization_id, endpoint.trusted_from <= clock_timestamp() as is_trusted,
      least(
        coalesce(endpoint.batch_limit, webhook_shares.batch_size),
        -- An endpoint with a rate gets what has come together since its last claim, at most that of a second.
        case when subscription.max_per_second is not null then floor(least(subscription.max_per_second,
          coalesce(endpoint.tokens, subscription.max_per_second) + subscription.max_per_second
          * coalesce(extract(epoch from clock_timestamp() - endpoint.tokens_at), 1)))::integer end,
        webhook_shares.batch_size) as quota
    from met
    join private.webhook_endpoints as endpoint on endpoint.id = met.endpoint_id
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = met.endpoint_id
    where (subscription.is_active or endpoint.challenge is not null)
      and (endpoint.open_until is null or endpoint.open_until <= clock_timestamp())
      and met.endpoint_id <> all (webhook_shares.busy)
      and (not webhook_shares.trusted_only or endpoint.trusted_from <= clock_timestamp())
  ),
  chosen as (
    select open.* from open where open.quota > 0 order by open.endpoint_id limit 256
  )
  select
    (select array_agg(row(chosen.endpoint_id, chosen.organization_id, chosen.quota,
      ceil(webhook_shares.batch_size::numeric / fair.organizations / fair.endpoints)::integer,
      chosen.is_trusted)::private.webhook_share)
      from chosen
      join (
        select counted.organization_id, count(*) as endpoints,
          (select count(distinct each.organization_id) from chosen as each) as organizations
        from chosen as counted
        group by counted.organization_id
      ) as fair on fair.organization_id = chosen.organization_id),
    (select count(*)::integer from met),
    (select case when count(*) < 256 then (select max(met.endpoint_id) from met) else max(chosen.endpoint_id) end
      from chosen)
  into shares, seen, last_seen;
end;
$$;
comment on function private.webhook_shares(integer, bigint, bigint[], boolean) is
  'The endpoints after this one that may get something, and the share of each: equal between organizations, then equal '
  'between their endpoints. Those that are new or were slow are passed over where enough waits for such ones.';

create function private.claim_webhook_deliveries(
  batch_size integer, lease_seconds integer, after bigint, busy bigint[], trusted_only boolean
)
returns json
language plpgsql volatile security definer
set search_path = ''
set lock_timeout = '5s'
set plan_cache_mode = 'force_generic_plan'
set enable_seqscan = 'off'
as $$
declare
  v_batch integer := least(greatest(claim_webhook_deliveries.batch_size, 1), 1000);
  v_lease_seconds integer := least(greatest(claim_webhook_deliveries.lease_seconds, 10), 300);
  v_busy bigint[] := coalesce(claim_webhook_deliveries.busy, '{}');
  v_trusted_only boolean := coalesce(claim_webhook_deliveries.trusted_only, false);
  v_found record;
  v_wrapped record;
  v_after bigint := coalesce(claim_webhook_deliveries.after, 0);
  v_left integer := v_batch;
  v_factor integer := 1;
  v_taken integer;
  v_rows record;
  v_endpoints bigint[] := '{}';
  v_ids bigint[] := '{}';
  v_events bigint[] := '{}';
  v_numbers bigint[] := '{}';
  v_attempts smallint[] := '{}';
  v_signed_at bigint := floor(extract(epoch from clock_timestamp()));
  v_lease_id bigint;
begin
  -- One claim at a time: it takes milliseconds, and two would only wait for each other's rows.
  perform pg_advisory_xact_lock(hashtextextended('payd.webhook_claim', 0));

  perform private.expire_webhook_leases();
  perform private.move_due_webhooks(1000);
  perform private.feed_webhook_replays();

  select found.* into v_found from private.webhook_shares(v_batch, v_after, v_busy, v_trusted_only) as found;

  -- At the end of the list it begins again.
  if v_after > 0 and v_found.seen < 512 and coalesce(cardinality(v_found.shares), 0) < 256 then
    select found.* into v_wrapped from private.webhook_shares(v_batch, 0, v_busy, v_trusted_only) as found;
    if coalesce(cardinality(v_wrapped.shares), 0) > 0 then
      v_found := v_wrapped;
    end if;
  end if;

  while v_left > 0 and v_found.shares is not null and v_factor <= v_batch loop
    with picked as materialized (
      select chosen.place, count(*)::integer as count, count(*) = chosen.size as is_whole
      from (
        select row_number() over (partition by ready.organization_id order by ready.number, ready.endpoint_id) as turn,
          ready.place, ready.size
        from (
          select share.organization_id, share.endpoint_id, oldest.number, oldest.place, oldest.size
          from unnest(v_found.shares) as share
          cross join lateral (
            select due.place, due.size, row_number() over (order by due.id, due.nth) as number
            from (
              select ready.ctid as place, ready.id, due.nth,
                coalesce(cardinality(ready.following), 0) + 1 - ready.claimed as size
              from private.webhook_ready as ready
              cross join lateral generate_series(ready.claimed, coalesce(cardinality(ready.following), 0)) as due (nth)
              where ready.endpoint_id = share.endpoint_id
              order by ready.id, due.nth
              limit greatest(least(share.share * v_factor, share.quota - (
                select count(*) from unnest(v_endpoints) as taken where taken = share.endpoint_id)), 0)
            ) as due
          ) as oldest
        ) as ready
        order by turn
        limit v_left
      ) as chosen
      group by chosen.place, chosen.size
    ),
    emptied as (
      delete from private.webhook_ready as ready
      where ready.ctid = any (array(select picked.place from picked where picked.is_whole))
      returning ready.endpoint_id, ready.id, ready.event_id || ready.following as events, ready.number, ready.attempts,
        ready.claimed as before, coalesce(cardinality(ready.following), 0) + 1 as until
    ),
    -- Of every other row the first ones; nothing but their count is written.
    shortened as (
      update private.webhook_ready as ready
      set claimed = ready.claimed + picked.count
      from picked
      where ready.ctid = picked.place and not picked.is_whole
      returning ready.endpoint_id, ready.id, ready.event_id || ready.following as events, ready.number, ready.attempts,
        ready.claimed - picked.count as before, ready.claimed as until
    ),
    taken as (
      select one.endpoint_id, one.id + held.nth as id, one.events[held.nth + 1] as event_id,
        one.number + held.nth as number, one.attempts
      from (select * from emptied union all select * from shortened) as one
      cross join lateral generate_series(one.before, one.until - 1) as held (nth)
    )
    select count(*)::integer as count, array_agg(taken.endpoint_id order by taken.id) as endpoints,
      array_agg(taken.id order by taken.id) as ids, array_agg(taken.event_id order by taken.id) as events,
      array_agg(taken.number order by taken.id) as numbers, array_agg(taken.attempts order by taken.id) as attempts
    into v_rows
    from taken;

    exit when v_rows.count = 0;
    v_left := v_left - v_rows.count;
    v_endpoints := v_endpoints || v_rows.endpoints;
    v_ids := v_ids || v_rows.ids;
    v_events := v_events || v_rows.events;
    v_numbers := v_numbers || v_rows.numbers;
    v_attempts := v_attempts || v_rows.attempts;
    v_factor := v_factor * 4;
  end loop;

  v_taken := v_batch - v_left;
  if v_taken > 0 then
    insert into private.webhook_leases (expires_at, signed_at, endpoint_ids, delivery_ids, event_ids, numbers, attempts)
    values (clock_timestamp() + make_interval(secs => v_lease_seconds), v_signed_at, v_endpoints, v_ids, v_events,
      v_numbers, v_attempts)
    returning id into v_lease_id;

    update private.webhook_endpoints as endpoint
    set tokens = least(subscription.max_per_second, coalesce(endpoint.tokens, subscription.max_per_second)
          + subscription.max_per_second * coalesce(extract(epoch from clock_timestamp() - endpoint.tokens_at), 1))
          - taken.count,
        tokens_at = clock_timestamp()
    from (
      select one.endpoint_id, count(*) as count from unnest(v_endpoints) as one (endpoint_id) group by one.endpoint_id
    ) as taken
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = taken.endpoint_id
    where endpoint.id = taken.endpoint_id
      and subscription.max_per_second is not null;
  end if;

  return private.webhook_claim(v_endpoints, v_ids, v_events, v_numbers, v_attempts, json_build_object(
    'lease_id', v_lease_id, 'lease_ms', v_lease_seconds * 1000, 'timestamp', v_signed_at,
    'after', coalesce(v_found.last_seen, 0),
    'untrusted', array(select share.endpoint_id from unnest(v_found.shares) as share where not share.is_trusted),
    -- There may be more when the batch is full, or when so many endpoints were passed over that the rest was not seen.
    'is_more', v_left = 0 or (v_taken = 0 and v_found.seen >= 512)));
end;
$$;
grant execute on function private.claim_webhook_deliveries(integer, integer, bigint, bigint[], boolean) to service_role;

create function private.held_webhooks(
  endpoint_ids bigint[], delivery_ids bigint[], event_ids bigint[], numbers bigint[], attempts smallint[]
)
returns table (endpoint_id bigint, id bigint, event_id bigint, number bigint, attempts smallint)
language sql immutable security definer rows 500
set search_path = ''
as $$
  select one.endpoint_id, one.id, one.event_id, one.number, one.attempts
  from unnest(held_webhooks.endpoint_ids, held_webhooks.delivery_ids, held_webhooks.event_ids, held_webhooks.numbers,
    held_webhooks.attempts) as one (endpoint_id, id, event_id, number, attempts);
$$;
comment on function private.held_webhooks(bigint[], bigint[], bigint[], bigint[], smallint[]) is
  'What stands in a lease, one row for each delivery.';

create function private.webhook_claim(
  endpoint_ids bigint[], delivery_ids bigint[], event_ids bigint[], numbers bigint[], attempts smallint[], head json
)
returns json
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_signed_at text := '.' || (webhook_claim.head ->> 'timestamp') || '.';
  v_document json;
begin
  -- Every endpoint and every event is read once, by its key; the limit keeps any other way to read them from being
  -- chosen while the tables are small. Then all of it is joined by hashes, for which held_webhooks says its size.
  with held as materialized (
    select one.*
    from private.held_webhooks(webhook_claim.endpoint_ids, webhook_claim.delivery_ids, webhook_claim.event_ids,
      webhook_claim.numbers, webhook_claim.attempts) as one
  ),
  destination as materialized (
    select one.endpoint_id, subscription.url, subscription.timeout_ms, endpoint.headers, keys.v1, keys.v1a
    from (select distinct held.endpoint_id from held) as one
    cross join lateral (
      select known.* from public.webhook_subscriptions as known where known.endpoint_id = one.endpoint_id limit 1
    ) as subscription
    cross join lateral (
      select known.headers from private.webhook_endpoints as known where known.id = one.endpoint_id limit 1
    ) as endpoint
    cross join lateral (
      select array_agg(secret.signing_key order by secret.id desc)
          filter (where secret.kind = 'v1' and subscription.signature <> 'v1a') as v1,
        json_agg(encode(secret.signing_key, 'base64') order by secret.id desc)
          filter (where secret.kind = 'v1a' and subscription.signature <> 'v1') as v1a
      from private.webhook_secrets as secret
      where secret.organization_id = subscription.organization_id
        and secret.subscription_id = subscription.id
        and (secret.expires_at is null or secret.expires_at > now())
    ) as keys
  ),
  told as materialized (
    select event.id, event.event_id, event.sequence, event.body
    from (select distinct held.event_id from held order by held.event_id) as one
    cross join lateral (
      select known.id, known.event_id, known.sequence, known.body
      from public.events as known
      where known.id = one.event_id
      limit 1
    ) as event
  )
  select json_build_object(
    'head', webhook_claim.head,
    'endpoints', coalesce((select json_agg(json_build_object('id', destination.endpoint_id, 'url', destination.url,
      'timeout_ms', destination.timeout_ms, 'headers', destination.headers, 'v1a', coalesce(destination.v1a, '[]')))
      from destination), '[]'),
    'events', coalesce((
      select json_agg(json_build_array(told.id, told.event_id, told.sequence, told.body)) from told), '[]'),
    'deliveries', coalesce((
      select json_agg(json_build_array(signed.id, signed.endpoint_id, signed.event_id, signed.attempts + 1,
        signed.signature, signed.number) order by signed.attempts desc, signed.id)
      from (
        select held.id, held.endpoint_id, held.event_id, held.attempts, held.number,
          case when cardinality(destination.v1) = 1
            then 'v1,' || encode(extensions.hmac(convert_to(told.event_id || v_signed_at || told.body, 'UTF8'),
              destination.v1[1], 'sha256'), 'base64')
            else (
              select coalesce(string_agg('v1,' || encode(extensions.hmac(
                convert_to(told.event_id || v_signed_at || told.body, 'UTF8'), key.bytes, 'sha256'), 'base64'),
                ' ' order by key.number), '')
              from unnest(destination.v1) with ordinality as key (bytes, number)) end as signature
        from held
        join destination on destination.endpoint_id = held.endpoint_id
        join told on told.id = held.event_id
        -- Signed before they are put in order, so that no body is.
        offset 0
      ) as signed), '[]'))
  into v_document;

  return v_document;
end;
$$;
comment on function private.webhook_claim(bigint[], bigint[], bigint[], bigint[], smallint[], json) is
  'What was claimed as the document that the worker gets.';

create function public.claim_webhook_deliveries(
  batch_size integer default 100, lease_seconds integer default 20, after bigint default 0, busy bigint[] default '{}',
  trusted_only boolean default false
)
returns json
language sql volatile security invoker
set search_path = ''
as $$ select private.claim_webhook_deliveries(batch_size, lease_seconds, after, busy, trusted_only); $$;
comment on function public.claim_webhook_deliveries(integer, integer, bigint, bigint[], boolean) is
  'For workers: leases deliveries that are due, with everything that is needed to send them.';
revoke all on function public.claim_webhook_deliveries(integer, integer, bigint, bigint[], boolean)
  from public, anon, authenticated, service_role;
grant execute on function public.claim_webhook_deliveries(integer, integer, bigint, bigint[], boolean) to service_role;

create function private.webhooks_are_due()
returns boolean
language sql volatile security definer
set search_path = ''
set enable_seqscan = 'off'
as $$
  select coalesce((
      select retry.due_at from private.webhook_retry as retry order by retry.due_at limit 1) <= now(), false)
    or exists (select from private.webhook_leases as lease where lease.expires_at < now())
    or exists (
      select from private.webhook_replays as replay
      join private.webhook_endpoints as endpoint on endpoint.id = replay.endpoint_id
      join public.webhook_subscriptions as subscription on subscription.endpoint_id = replay.endpoint_id
      where subscription.is_active and replay.created_at <= now()
        and (endpoint.open_until is null or endpoint.open_until <= now()))
    or (select coalesce(cardinality(found.shares), 0) > 0 or found.seen >= 512
      from private.webhook_shares(1, 0, '{}', false) as found);
$$;
comment on function private.webhooks_are_due() is 'Whether a worker would find something to send.';

insert into private.scheduled_jobs (name, kind, target, every_seconds, due) values
  ('webhook-dispatch', 'function', 'webhook-dispatch', 10, 'select private.webhooks_are_due()');
