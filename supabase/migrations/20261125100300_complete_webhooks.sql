-- migration: results of webhooks
-- A worker tells what came of its deliveries in arrays, under the lock of its lease: a worker that lost it changes
-- nothing. A result that cannot be stored is isolated, stored without its texts, and its attempt counts, so that one
-- receiver never holds up the results of others. Endpoints that fail get nothing for a while, then one delivery, then
-- more with every success.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125000400, 20261125010300, 20261125030000, 20261125100000,
--   20261125100100, 20261125100200
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_delivery_results', 422,
    'The results are not arrays of 1 to 1000 values of the same length.',
    'Send one value in each array for each delivery that was attempted.');

create type private.webhook_result as (
  delivery_id bigint,
  status integer,
  duration_ms integer,
  retry_after integer,
  resolve_ms integer,
  connect_ms integer,
  tls_ms integer,
  wait_ms integer,
  read_ms integer,
  peer text,
  dialler text,
  error_class text,
  error_message text,
  body text
);

create function private.stored_answer(value text, max_length integer)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- Cut first, so that the search for a secret key is short; a key that the cut would split is still found whole.
  return case
    when stored_answer.value is null or stored_answer.value = '' then null
    when length(stored_answer.value) < 56 then stored_answer.value
    else left(private.without_secret_key(left(stored_answer.value, stored_answer.max_length + 200)),
      stored_answer.max_length)
  end;
end;
$$;
comment on function private.stored_answer(text, integer) is 'What a receiver answered, cut and without a secret key.';

create function private.proven_results(lease private.webhook_leases, results private.webhook_result[])
returns private.webhook_result[]
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_unproven bigint[] := array(
    select endpoint.id from private.webhook_endpoints as endpoint
    where endpoint.id = any ((lease).endpoint_ids) and endpoint.challenge is not null);
begin
  if cardinality(v_unproven) = 0 then
    return proven_results.results;
  end if;

  -- Many receivers answer 200 to whatever comes. That proves nothing, and the challenge is sent again by its schedule.
  return array(
    select case
      when result.status between 200 and 299 and position(endpoint.challenge in coalesce(result.body, '')) = 0 then
        row(result.delivery_id, null, result.duration_ms, result.retry_after, result.resolve_ms, result.connect_ms,
          result.tls_ms, result.wait_ms, result.read_ms, result.peer, result.dialler, 'challenge_unanswered',
          format('The endpoint answered %s without the text of the challenge.', result.status),
          result.body)::private.webhook_result
      else result
    end
    from unnest(proven_results.results) as result
    join unnest((lease).endpoint_ids, (lease).delivery_ids) as held (endpoint_id, id) on held.id = result.delivery_id
    left join private.webhook_endpoints as endpoint
      on endpoint.id = held.endpoint_id and endpoint.id = any (v_unproven));
end;
$$;
comment on function private.proven_results(private.webhook_leases, private.webhook_result[]) is
  'The results, of which a good answer to a challenge that lacks its text is a failure.';

create function private.write_webhook_results(lease private.webhook_leases, results private.webhook_result[],
  out delivered integer, out retrying integer, out dead integer)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_results private.webhook_result[] := private.proven_results(write_webhook_results.lease,
    write_webhook_results.results);
  v_ended record;
begin
  with judged as (
    select result.*, held.endpoint_id, held.event_id, held.delivery_number, held.attempts + 1 as number,
      subscription.organization_id,
      subscription.id as subscription_id, subscription.is_ordered,
      case
        when result.status between 200 and 299 then 'delivered'
        when result.status = 410 or result.error_class in ('receiver_aborts', 'receiver_disables')
          or private.webhook_retry_delay(held.attempts + 1, result.delivery_id, subscription.retry_seconds) is null
          then 'dead'
        else 'retrying'
      end as outcome,
      -- Only what failed pays for the arithmetic of the schedule.
      case when result.status between 200 and 299 then null else now() + greatest(
        private.webhook_retry_delay(held.attempts + 1, result.delivery_id, subscription.retry_seconds),
        make_interval(secs => least(coalesce(result.retry_after, 0), 86400)),
        case when result.status in (429, 502, 504) then interval '60 seconds' end) end as due_at
    from unnest(v_results) as result
    join unnest((lease).endpoint_ids, (lease).delivery_ids, (lease).event_ids, (lease).numbers, (lease).attempts)
      as held (endpoint_id, id, event_id, delivery_number, attempts) on held.id = result.delivery_id
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = held.endpoint_id
  ),
  logged as (
    insert into public.webhook_attempts (organization_id, endpoint_id, delivered_at, event_id, delivery_number,
      signed_at, attempt_number, response_status, outcome, duration_ms, resolve_ms, connect_ms, tls_ms, wait_ms,
      read_ms, peer_address, dialler, error_class, error_message, response_body)
    -- One time for all of them, and never earlier than the moment in which they get their ids.
    select judged.organization_id, judged.endpoint_id, (select clock_timestamp()), judged.event_id,
      judged.delivery_number, (lease).signed_at, judged.number, judged.status, judged.outcome,
      -- A worker that stood still for half a minute says no more of it than that.
      case when judged.duration_ms > 32767 then 32767 else judged.duration_ms end,
      case when judged.resolve_ms > 32767 then 32767 else judged.resolve_ms end,
      case when judged.connect_ms > 32767 then 32767 else judged.connect_ms end,
      case when judged.tls_ms > 32767 then 32767 else judged.tls_ms end,
      case when judged.wait_ms > 32767 then 32767 else judged.wait_ms end,
      case when judged.read_ms > 32767 then 32767 else judged.read_ms end, judged.peer::inet,
      case when judged.dialler = 'fetch' then judged.dialler end,
      case when judged.error_class ~ '^[a-z0-9_]{1,40}$' then judged.error_class
        when judged.error_class is not null then 'other' end,
      case when judged.error_message is not null then private.stored_answer(judged.error_message, 1000) end,
      case when judged.body is not null then private.stored_answer(judged.body, 4096) end
    from judged
    order by judged.delivery_id
  ),
  repeated as (
    insert into private.webhook_retry (id, endpoint_id, event_id, number, attempts, due_at)
    select judged.delivery_id, judged.endpoint_id, judged.event_id, judged.delivery_number, judged.number, judged.due_at
    from judged
    where judged.outcome = 'retrying'
  ),
  given_up as (
    insert into private.webhook_dead (id, organization_id, endpoint_id, event_id, number, attempts)
    select judged.delivery_id, judged.organization_id, judged.endpoint_id, judged.event_id, judged.delivery_number,
      judged.number
    from judged
    where judged.outcome = 'dead'
  )
  select count(*) filter (where judged.outcome = 'delivered'), count(*) filter (where judged.outcome = 'retrying'),
    count(*) filter (where judged.outcome = 'dead')
  into delivered, retrying, dead
  from judged;

  perform private.judge_endpoints(write_webhook_results.lease, v_results);

  -- Only endpoints that want order have something behind what ended.
  for v_ended in
    select held.endpoint_id, event.resource_type || ' ' || event.resource_id as key
    from unnest(v_results) as result
    join unnest((lease).endpoint_ids, (lease).delivery_ids, (lease).event_ids)
      as held (endpoint_id, id, event_id) on held.id = result.delivery_id
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = held.endpoint_id
      and subscription.is_ordered
    join public.events as event on event.id = held.event_id
    where result.status between 200 and 299
      or (select true from private.webhook_dead as dead where dead.id = result.delivery_id limit 1)
    order by held.endpoint_id, key
  loop
    perform private.advance_in_order(v_ended.endpoint_id, v_ended.key);
  end loop;
end;
$$;
comment on function private.write_webhook_results(private.webhook_leases, private.webhook_result[]) is
  'Writes results of a lease and counts what came of them; raises when one of them cannot be stored.';

create function private.write_plain_results(
  lease private.webhook_leases, delivery_ids bigint[], statuses integer[], durations integer[], phases integer[],
  peers text[], diallers text[], error_classes text[], error_messages text[], bodies text[]
)
returns bigint[]
language plpgsql volatile security definer
set search_path = ''
set enable_nestloop = 'off'
as $$
declare v_written bigint[];
begin
  -- Almost all results are of this kind, and they cost a third of the others. Of an endpoint that failed, that has yet
  -- to be proven, or that wants order, more than the attempt must be written. Every endpoint is read once, by its key;
  -- all the rest is joined by hashes, however few of them a plan expects.
  with calm as materialized (
    select endpoint.id, endpoint.organization_id
    from (select distinct held.endpoint_id from unnest((lease).endpoint_ids) as held (endpoint_id)) as one
    cross join lateral (
      select known.* from private.webhook_endpoints as known where known.id = one.endpoint_id limit 1
    ) as endpoint
    cross join lateral (
      select known.is_ordered from public.webhook_subscriptions as known
      where known.endpoint_id = one.endpoint_id
      limit 1
    ) as subscription
    where endpoint.failures = 0
      and endpoint.last_notice = 0
      and endpoint.batch_limit is null
      and endpoint.open_until is null
      and endpoint.challenge is null
      and endpoint.trusted_from < 'infinity'
      and not subscription.is_ordered
  ),
  told as materialized (
    select held.*, given.*,
      given.status between 200 and 299 and given.duration < 5000 and given.error_class is null
        and given.error_message is null as is_good
    from private.held_webhooks((lease).endpoint_ids, (lease).delivery_ids, (lease).event_ids, (lease).numbers,
      (lease).attempts) as held
    join unnest(write_plain_results.delivery_ids, write_plain_results.statuses, write_plain_results.durations,
      write_plain_results.peers, write_plain_results.diallers, write_plain_results.error_classes,
      write_plain_results.error_messages, write_plain_results.bodies) with ordinality
      as given (told_id, status, duration, peer, dialler, error_class, error_message, body, place)
      on given.told_id = held.id
    where held.id not in (select done.id from unnest((lease).finished) as done (id))
  ),
  plain as materialized (
    select told.*, calm.organization_id
    from told
    join calm on calm.id = told.endpoint_id
    -- What failed is judged together with what went well at the same endpoint.
    where told.endpoint_id not in (select other.endpoint_id from told as other where other.is_good is not true)
  ),
  logged as (
    insert into public.webhook_attempts (organization_id, endpoint_id, delivered_at, event_id, delivery_number,
      signed_at, attempt_number, response_status, outcome, duration_ms, resolve_ms, connect_ms, tls_ms, wait_ms,
      read_ms, peer_address, dialler, response_body)
    -- One time for all of them, and never earlier than the moment in which they get their ids.
    select plain.organization_id, plain.endpoint_id, (select clock_timestamp()), plain.event_id, plain.number,
      (lease).signed_at, plain.attempts + 1, plain.status, 'delivered', plain.duration, phases[5 * plain.place - 4],
      phases[5 * plain.place - 3], phases[5 * plain.place - 2], phases[5 * plain.place - 1], phases[5 * plain.place],
      plain.peer::inet, case when plain.dialler = 'fetch' then plain.dialler end,
      case when plain.body is not null then private.stored_answer(plain.body, 4096) end
    from plain
    order by plain.id
  )
  select array_agg(plain.id) into v_written from plain;

  return coalesce(v_written, '{}');
exception
  when serialization_failure or deadlock_detected or lock_not_available then raise;
  -- What cannot be stored is isolated by whoever writes results with more care.
  when others then return '{}';
end;
$$;
comment on function private.write_plain_results(private.webhook_leases, bigint[], integer[], integer[], integer[],
  text[], text[], text[], text[], text[]) is
  'Writes the results that say nothing but that all is well, and answers which these were: good answers in time, to '
  'endpoints of which nothing else has to be noted.';

create function private.breaker_pause(failures integer, endpoint_id bigint)
returns interval
language sql immutable security invoker
set search_path = ''
as $$
  -- A fifth more or less, so that endpoints that failed together do not come back together; the same whenever it is
  -- computed.
  select least(10 * 2 ^ least(breaker_pause.failures / 3 - 1, 6), 600)
    * (0.8 + 0.4 * (abs(hashint8(breaker_pause.endpoint_id * 31 + breaker_pause.failures)::numeric) / 2147483648))
    * interval '1 second';
$$;
comment on function private.breaker_pause(integer, bigint) is
  'How long an endpoint gets nothing after so many failures in a row, three at least.';

create function private.judge_endpoints(lease private.webhook_leases, results private.webhook_result[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Most endpoints succeed and have nothing to forget, so nothing is written for them.
  with flush as (
    select held.endpoint_id,
      count(*) filter (where result.status between 200 and 299) as delivered,
      count(*) filter (where coalesce(result.status, 0) not between 200 and 299) as failed,
      max(result.retry_after) filter (where result.status in (429, 503)) as retry_after,
      coalesce(max(result.duration_ms) >= 5000, false) as is_slow
    from unnest(judge_endpoints.results) as result
    join unnest((lease).endpoint_ids, (lease).delivery_ids) as held (endpoint_id, id) on held.id = result.delivery_id
    group by held.endpoint_id
  ),
  changed as (
    select flush.*, endpoint.failures
    from flush
    join private.webhook_endpoints as endpoint on endpoint.id = flush.endpoint_id
    where (flush.delivered = 0 and flush.failed > 0)
      or (flush.delivered > 0 and (endpoint.failures > 0 or endpoint.batch_limit is not null
        or endpoint.last_notice > 0 or endpoint.trusted_from = 'infinity' or flush.is_slow))
    order by endpoint.id
    for update of endpoint
  ),
  moved as (
    update private.webhook_endpoints as endpoint
    set failures = case when changed.delivered > 0 then 0 else endpoint.failures + changed.failed end,
        last_notice = case when changed.delivered > 0 then 0 else endpoint.last_notice end,
        trusted_from = case
          when changed.is_slow then now() + interval '1 hour'
          when changed.delivered > 0 and endpoint.trusted_from = 'infinity' then now()
          else endpoint.trusted_from
        end,
        batch_limit = case
          when changed.delivered = 0 and endpoint.failures + changed.failed >= 3 then 1
          when changed.delivered = 0 then endpoint.batch_limit
          when coalesce(endpoint.batch_limit, 256) < 256 then endpoint.batch_limit * 4
        end,
        -- From ten seconds to ten minutes, so that an endpoint that comes back is soon found.
        open_until = case
          when changed.delivered > 0 then null
          when endpoint.failures + changed.failed >= 3 then clock_timestamp() + greatest(
            private.breaker_pause((endpoint.failures + changed.failed)::integer, endpoint.id),
            make_interval(secs => least(coalesce(changed.retry_after, 0), 86400)))
          -- An endpoint that says when to come again is about all its deliveries, after the first failure already.
          when changed.retry_after > 0 then clock_timestamp() + make_interval(secs => least(changed.retry_after, 86400))
        end
    from changed
    where endpoint.id = changed.endpoint_id
    returning endpoint.id, changed.delivered
  )
  update public.webhook_subscriptions as subscription
  set failing_since = case when moved.delivered > 0 then null else now() end
  from moved
  where subscription.endpoint_id = moved.id
    and (subscription.failing_since is null) = (moved.delivered = 0);

  -- 410 means that the consumer wants no more, and so does a header; a person can enable it again.
  if exists (
    select from unnest(judge_endpoints.results) as result
    where result.status = 410 or result.error_class = 'receiver_disables'
  ) then
    update public.webhook_subscriptions as subscription
    set is_active = false, inactive_reason = 'gone'
    from unnest(judge_endpoints.results) as result
    join unnest((lease).endpoint_ids, (lease).delivery_ids) as held (endpoint_id, id) on held.id = result.delivery_id
    where (result.status = 410 or result.error_class = 'receiver_disables')
      and subscription.endpoint_id = held.endpoint_id
      and subscription.is_active;
  end if;

  -- An address that answers a challenge with its text belongs to the organization that subscribed it.
  if exists (
    select from private.webhook_endpoints as endpoint
    where endpoint.id = any ((lease).endpoint_ids) and endpoint.challenge is not null
  ) then
    update public.webhook_subscriptions as subscription
    set is_active = true, inactive_reason = null
    from unnest(judge_endpoints.results) as result
    join unnest((lease).endpoint_ids, (lease).delivery_ids) as held (endpoint_id, id) on held.id = result.delivery_id
    join private.webhook_endpoints as endpoint on endpoint.id = held.endpoint_id
    where subscription.endpoint_id = held.endpoint_id
      and subscription.inactive_reason = 'unverified'
      and subscription.deleted_at is null
      and result.status between 200 and 299
      and position(endpoint.challenge in coalesce(result.body, '')) > 0;

    update private.webhook_endpoints as endpoint
    set challenge = null
    from public.webhook_subscriptions as subscription
    where endpoint.id = any ((lease).endpoint_ids)
      and endpoint.challenge is not null
      and subscription.endpoint_id = endpoint.id
      and subscription.is_active;
  end if;
end;
$$;
comment on function private.judge_endpoints(private.webhook_leases, private.webhook_result[]) is
  'What the results say about the endpoints: the breaker, the slow way back, 410 and challenges.';

create function private.write_webhook_result_somehow(lease private.webhook_leases, result private.webhook_result,
  out delivered integer, out retrying integer, out dead integer)
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  begin
    select written.* into delivered, retrying, dead
    from private.write_webhook_results(lease, array[result]) as written;
    return;
  exception
    when serialization_failure or deadlock_detected or lock_not_available then raise;
    when others then null;
  end;

  begin
    select written.* into delivered, retrying, dead
    from private.write_webhook_results(lease, array[row((result).delivery_id, (result).status, null, null, null,
      null, null, null, null, null, null, 'unstorable_answer', 'What came back could not be stored.',
      null)::private.webhook_result]) as written;
  exception
    when serialization_failure or deadlock_detected or lock_not_available then raise;
    -- The end of the lease counts the attempt.
    when others then null;
  end;
end;
$$;
comment on function private.write_webhook_result_somehow(private.webhook_leases, private.webhook_result) is
  'Writes one result as well as it can be written, and counts what came of it; nothing when it cannot.';

create function private.finish_webhook_deliveries(
  lease_id bigint, plain bigint[], results private.webhook_result[], is_last boolean,
  out delivered integer, out retrying integer, out dead integer, out stale integer)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_lease private.webhook_leases;
  v_part private.webhook_leases;
  v_fresh private.webhook_result[];
  v_finished bigint[];
  v_written bigint[] := '{}';
  v_counts record;
  v_one record;
begin
  delivered := cardinality(finish_webhook_deliveries.plain);
  retrying := 0;
  dead := 0;
  stale := coalesce(cardinality(finish_webhook_deliveries.results), 0);

  select lease.* into v_lease
  from private.webhook_leases as lease
  where lease.id = finish_webhook_deliveries.lease_id
  for update;

  if not found then
    return;
  end if;

  v_finished := v_lease.finished || finish_webhook_deliveries.plain;
  v_part := v_lease;

  if finish_webhook_deliveries.results is not null then
    -- Only what the lease holds and no earlier call has told; all that follows looks at this part of the lease.
    select array_agg(known.given order by known.id), array_agg(known.id order by known.id),
      array_agg(known.endpoint_id order by known.id), array_agg(known.event_id order by known.id),
      array_agg(known.number order by known.id), array_agg(known.attempts order by known.id)
    into v_fresh, v_part.delivery_ids, v_part.endpoint_ids, v_part.event_ids, v_part.numbers, v_part.attempts
    from (
      select distinct on (held.id) held.*, given
      from unnest(v_lease.endpoint_ids, v_lease.delivery_ids, v_lease.event_ids, v_lease.numbers, v_lease.attempts)
        as held (endpoint_id, id, event_id, number, attempts)
      join unnest(finish_webhook_deliveries.results) as given on (given).delivery_id = held.id
      where held.id not in (select done.id from unnest(v_finished) as done (id))
      order by held.id
    ) as known;

    v_written := coalesce(v_part.delivery_ids, '{}');
    v_part.finished := '{}';
  end if;

  if v_fresh is not null then
    begin
      select written.* into v_counts from private.write_webhook_results(v_part, v_fresh) as written;
      delivered := delivered + v_counts.delivered;
      retrying := v_counts.retrying;
      dead := v_counts.dead;
    exception
      when serialization_failure or deadlock_detected or lock_not_available then raise;
      when others then
        v_written := '{}';

        for v_one in
          select (given).delivery_id as id, written.*
          from unnest(v_fresh) as given
          cross join lateral private.write_webhook_result_somehow(v_part, given) as written
        loop
          continue when v_one.delivered is null;
          v_written := v_written || v_one.id;
          delivered := delivered + v_one.delivered;
          retrying := retrying + v_one.retrying;
          dead := dead + v_one.dead;
        end loop;
    end;
  end if;

  stale := stale - coalesce(cardinality(v_written), 0);

  if finish_webhook_deliveries.is_last
    or cardinality(v_finished) + coalesce(cardinality(v_written), 0) >= cardinality(v_lease.delivery_ids) then
    v_lease.finished := v_finished || v_written;
    perform private.give_back_webhooks(v_lease);
  else
    update private.webhook_leases as lease
    set finished = v_finished || v_written
    where lease.id = v_lease.id;
  end if;
end;
$$;

create function private.give_back_webhooks(lease private.webhook_leases)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_count integer;
begin
  insert into private.webhook_ready (endpoint_id, id, event_id, number, attempts, came_back)
  overriding system value
  select held.endpoint_id, held.id, held.event_id, held.number, held.attempts, true
  from unnest((lease).endpoint_ids, (lease).delivery_ids, (lease).event_ids, (lease).numbers, (lease).attempts)
    as held (endpoint_id, id, event_id, number, attempts)
  where held.id not in (select done.id from unnest((lease).finished) as done (id));
  get diagnostics v_count = row_count;

  delete from private.webhook_leases as held where held.id = (lease).id;

  return v_count;
end;
$$;
comment on function private.give_back_webhooks(private.webhook_leases) is
  'Ends a lease; what was not attempted is ready again and its attempt is not counted.';

create function private.complete_webhook_deliveries(
  lease_id bigint, delivery_ids bigint[], statuses integer[], durations integer[], phases integer[],
  retry_after integer[], peers text[], diallers text[], error_classes text[], error_messages text[], bodies text[],
  is_last boolean
)
returns table (delivered integer, retrying integer, dead integer, stale integer)
language plpgsql volatile security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
set enable_seqscan = 'off'
as $$
declare
  v_count integer := coalesce(cardinality(complete_webhook_deliveries.delivery_ids), 0);
  v_lease private.webhook_leases;
  v_plain bigint[] := '{}';
  v_results private.webhook_result[];
begin
  -- A last call may have nothing to tell.
  if v_count > 1000 or (v_count = 0 and not coalesce(complete_webhook_deliveries.is_last, false))
    or coalesce(cardinality(complete_webhook_deliveries.statuses), 0) <> v_count
    or coalesce(cardinality(complete_webhook_deliveries.phases), 0) not in (0, v_count * 5) then
    perform private.refuse('invalid_delivery_results');
  end if;

  select lease.* into v_lease
  from private.webhook_leases as lease
  where lease.id = complete_webhook_deliveries.lease_id
  for update;

  -- A delivery that is told twice in one call counts once; such a call is looked through one by one.
  if found and v_count > 0
    and (select count(distinct given.id) from unnest(complete_webhook_deliveries.delivery_ids) as given (id)) = v_count
  then
    v_plain := private.write_plain_results(v_lease, complete_webhook_deliveries.delivery_ids,
      complete_webhook_deliveries.statuses, complete_webhook_deliveries.durations, complete_webhook_deliveries.phases,
      complete_webhook_deliveries.peers, complete_webhook_deliveries.diallers,
      complete_webhook_deliveries.error_classes, complete_webhook_deliveries.error_messages,
      complete_webhook_deliveries.bodies);
  end if;

  if cardinality(v_plain) < v_count then
    select array_agg(row(id, status, duration, wait, phases[5 * number - 4], phases[5 * number - 3],
      phases[5 * number - 2], phases[5 * number - 1], phases[5 * number], peer, dialler, error_class, error_message,
      body)::private.webhook_result order by number)
    into v_results
    from unnest(complete_webhook_deliveries.delivery_ids, complete_webhook_deliveries.statuses,
      complete_webhook_deliveries.durations, complete_webhook_deliveries.retry_after,
      complete_webhook_deliveries.peers, complete_webhook_deliveries.diallers,
      complete_webhook_deliveries.error_classes, complete_webhook_deliveries.error_messages,
      complete_webhook_deliveries.bodies) with ordinality
      as given (id, status, duration, wait, peer, dialler, error_class, error_message, body, number)
    where given.id is not null
      and given.id not in (select plain.id from unnest(v_plain) as plain (id));
  end if;

  return query
    select * from private.finish_webhook_deliveries(complete_webhook_deliveries.lease_id, v_plain, v_results,
      coalesce(complete_webhook_deliveries.is_last, false));
end;
$$;
grant execute on function private.complete_webhook_deliveries(bigint, bigint[], integer[], integer[], integer[],
  integer[], text[], text[], text[], text[], text[], boolean) to service_role;

create function public.complete_webhook_deliveries(
  lease_id bigint, delivery_ids bigint[], statuses integer[], durations integer[] default '{}',
  phases integer[] default '{}', retry_after integer[] default '{}', peers text[] default '{}',
  diallers text[] default '{}', error_classes text[] default '{}', error_messages text[] default '{}',
  bodies text[] default '{}', is_last boolean default false
)
returns table (delivered integer, retrying integer, dead integer, stale integer)
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.complete_webhook_deliveries(lease_id, delivery_ids, statuses, durations, phases, retry_after,
    peers, diallers, error_classes, error_messages, bodies, is_last);
$$;
comment on function public.complete_webhook_deliveries(bigint, bigint[], integer[], integer[], integer[], integer[],
  text[], text[], text[], text[], text[], boolean) is
  'For workers: writes what came of leased deliveries; the last call of a lease gives back what was not attempted.';
revoke all on function public.complete_webhook_deliveries(bigint, bigint[], integer[], integer[], integer[], integer[],
  text[], text[], text[], text[], text[], boolean) from public, anon, authenticated, service_role;
grant execute on function public.complete_webhook_deliveries(bigint, bigint[], integer[], integer[], integer[],
  integer[], text[], text[], text[], text[], text[], boolean) to service_role;

create function private.extend_webhook_deliveries(lease_ids bigint[], lease_seconds integer)
returns bigint[]
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_kept bigint[];
begin
  with extended as (
    update private.webhook_leases as lease
    set expires_at = clock_timestamp()
      + make_interval(secs => least(greatest(extend_webhook_deliveries.lease_seconds, 10), 300))
    where lease.id = any (extend_webhook_deliveries.lease_ids)
    returning lease.id
  )
  select array_agg(extended.id order by extended.id) into v_kept from extended;

  return coalesce(v_kept, '{}');
end;
$$;
comment on function private.extend_webhook_deliveries(bigint[], integer) is
  'Keeps leases of a worker that is still sending; answers those that no other worker has taken back.';
grant execute on function private.extend_webhook_deliveries(bigint[], integer) to service_role;

create function public.extend_webhook_deliveries(lease_ids bigint[], lease_seconds integer default 20)
returns bigint[]
language sql volatile security invoker
set search_path = ''
as $$ select private.extend_webhook_deliveries(lease_ids, lease_seconds); $$;
comment on function public.extend_webhook_deliveries(bigint[], integer) is
  'For workers: keeps leased deliveries while sending them takes longer than their lease.';
revoke all on function public.extend_webhook_deliveries(bigint[], integer)
  from public, anon, authenticated, service_role;
grant execute on function public.extend_webhook_deliveries(bigint[], integer) to service_role;

create function private.release_webhook_deliveries(lease_ids bigint[])
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_lease private.webhook_leases;
  v_released integer := 0;
begin
  for v_lease in
    select lease.* from private.webhook_leases as lease
    where lease.id = any (release_webhook_deliveries.lease_ids)
    order by lease.id
    for update
  loop
    v_released := v_released + private.give_back_webhooks(v_lease);
  end loop;

  -- A worker that ends with work left has another one go on.
  if private.webhooks_are_due() then
    perform private.ring('webhook-dispatch');
  end if;

  return v_released;
end;
$$;
grant execute on function private.release_webhook_deliveries(bigint[]) to service_role;

create function public.release_webhook_deliveries(lease_ids bigint[])
returns integer
language sql volatile security invoker
set search_path = ''
as $$ select private.release_webhook_deliveries(lease_ids); $$;
comment on function public.release_webhook_deliveries(bigint[]) is
  'For workers that end: gives back what was not attempted, and rings when something is due.';
revoke all on function public.release_webhook_deliveries(bigint[]) from public, anon, authenticated, service_role;
grant execute on function public.release_webhook_deliveries(bigint[]) to service_role;
