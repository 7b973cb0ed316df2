begin;
\ir ../../_shared/setup.sql.raw
select plan(59);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');

-- Fan-out.
insert into public.webhook_subscriptions (id, organization_id, url, events, filter, is_active)
select id, tests.organization_id(organization), 'https://hooks.example/' || id, events, filter, is_active
from (values
  ('all', 'Acme', '{*}'::text[], null::jsonb, true), ('payrolls', 'Acme', '{payroll.*}', null, true),
  ('completed', 'Acme', '{payroll.completed}', null, true),
  ('several', 'Acme', '{employee.added,payroll.*}', null, true), ('paused', 'Acme', '{*}', null, false),
  ('filtered', 'Acme', '{*}', '{"n": 1, "asset": {"code": "USDC"}}', true), ('foreign', 'Globex', '{*}', null, true)
) as given (id, organization, events, filter, is_active);
insert into private.webhook_secrets (organization_id, subscription_id, signing_key)
select organization_id, id, decode('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64') from public.webhook_subscriptions;
create function pg_temp.emit(type text, data jsonb default '{"n": 1}') returns void language sql as $$
  select private.emit_event(
    tests.organization_id('Acme'), emit.type, 'thing', '1', gen_random_uuid()::text, emit.data);
$$;
create function pg_temp.heard(type text) returns text language sql as $$
  select coalesce(string_agg(subscription.id, ' ' order by subscription.id), 'nobody')
  from private.webhook_ready_deliveries as ready
  join public.events as event on event.id = ready.event_id
  join public.webhook_subscriptions as subscription on subscription.endpoint_id = ready.endpoint_id
  where event.type = heard.type;
$$;
select pg_temp.emit(type)
from unnest(array['payroll.completed', 'payroll.failed', 'payrolls.completed', 'employee.added']) as type;
select pg_temp.emit('asset.seen', '{"n": 1, "asset": {"code": "USDC", "issuer": "G"}, "more": true}');
select is(pg_temp.heard(type), expected, format('an event of the type %s is delivered to: %s', type, expected))
from (values
  ('payroll.completed', 'all completed payrolls several'), ('payroll.failed', 'all payrolls several'),
  ('payrolls.completed', 'all'), ('employee.added', 'all several'), ('asset.seen', 'all filtered')
) as cases (type, expected);
select is(
  patterns && private.event_patterns(type), expected,
  format('the patterns %s name the event type %s: %s', patterns, type, expected))
from (values
  ('payroll.completed', '{payroll.*}'::text[], true), ('payroll.run.completed', '{payroll.*}', true),
  ('payroll.run.completed', '{payroll.run.*}', true), ('payroll', '{payroll.*}', false),
  ('payroll_x.completed', '{payroll.*}', false), ('payroll.completed', '{payroll.complete}', false),
  ('x', '{}', false), ('x', '{*}', true)
) as cases (type, patterns, expected);

-- Claiming.
delete from private.webhook_ready where endpoint_id <> (
  select endpoint_id from public.webhook_subscriptions where id = 'completed');
select tests.as_service();
create temporary table claim as select public.claim_webhook_deliveries() as claim;
grant all on claim to public;
create function pg_temp.part(path text[]) returns text language sql as $$ select claim #>> path from claim; $$;
select is(json_array_length(claim -> 'deliveries'), 1, 'a delivery that is due is claimed') from claim;
select is(
  array[pg_temp.part('{endpoints,0,url}'), pg_temp.part('{deliveries,0,3}'), pg_temp.part('{endpoints,0,timeout_ms}')],
  array['https://hooks.example/completed', '1', '15000'],
  'a claimed delivery comes with its address, attempt number and timeout');
select tests.reset();
select is(
  array[pg_temp.part('{events,0,3}'), pg_temp.part('{events,0,1}')],
  (select array[event.body, event.event_id] from public.events as event where event.type = 'payroll.completed'),
  'a claimed delivery carries the exact body and the id of its event');
select matches(pg_temp.part('{head,timestamp}'), '^[0-9]{10}$', 'the time of a claim is in seconds');
select is(pg_temp.part('{deliveries,0,4}'),
  'v1,' || encode(extensions.hmac(convert_to(
    concat_ws('.', pg_temp.part('{events,0,1}'), pg_temp.part('{head,timestamp}'),
      pg_temp.part('{events,0,3}')), 'UTF8'),
    decode('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'), 'sha256'), 'base64'),
  'the signature of a delivery is over id, time and body');
select is(
  (select claim::text ~ 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' from claim), false,
  'a claim does not contain the secret of v1');

-- The vector that the libraries of Standard Webhooks are tested with.
select is(
  private.webhook_signature(
    tests.organization_id('Acme'), 'completed', 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'),
  'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  'the signature of the test vector of Standard Webhooks is the published one');
insert into private.webhook_secrets (organization_id, subscription_id, signing_key, expires_at)
values (tests.organization_id('Acme'), 'completed', decode(repeat('ab', 32), 'hex'), now() + interval '1 hour'),
  (tests.organization_id('Acme'), 'completed', decode(repeat('cd', 32), 'hex'), now());
select pg_temp.emit('payroll.completed');
select matches(
  (select one ->> 4 from json_array_elements(public.claim_webhook_deliveries() -> 'deliveries') as one
    order by length(one ->> 4) desc limit 1),
  '^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$',
  'a delivery during a key rotation is signed with both valid keys and not with an expired one');
delete from private.webhook_secrets where expires_at is not null;
delete from private.webhook_leases where id > (select (claim #>> '{head,lease_id}')::bigint from claim);
delete from private.webhook_ready;

select tests.as_service();
select is(
  (select json_array_length(public.claim_webhook_deliveries() -> 'deliveries')), 0,
  'a leased delivery is not claimed again');

create function pg_temp.complete(
  status integer, wait integer default null, class text default null, body text default null
) returns text language sql as $$
  select (done.delivered, done.retrying, done.dead, done.stale)::text
  from claim, public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint,
    array[(claim #>> '{deliveries,0,0}')::bigint], array[status], retry_after => array[wait],
    error_classes => array[class], error_messages => array[repeat('x', 5000)], bodies => array[body]) as done;
$$;

-- The schedule: ten attempts over three days, each wait within a fifth of the plan.
select tests.reset();
create function pg_temp.claim_again() returns void language plpgsql as $$
  begin
    update private.webhook_retry set due_at = now();
    update private.webhook_endpoints set open_until = null;
    delete from claim;
    insert into claim select public.claim_webhook_deliveries();
  end;
$$;
create function pg_temp.fresh() returns void language plpgsql as $$
  begin
    delete from private.webhook_ready;
    delete from private.webhook_retry;
    delete from private.webhook_dead;
    delete from private.webhook_leases;
    perform pg_temp.emit('payroll.completed');
    delete from private.webhook_ready where endpoint_id <> (
      select endpoint_id from public.webhook_subscriptions where id = 'completed');
    perform pg_temp.claim_again();
  end;
$$;
create temporary table waits (attempt integer, seconds numeric);
create function pg_temp.fail_all() returns void language plpgsql as $$
  begin
    perform pg_temp.fresh();
    for n in 1..10 loop
      perform pg_temp.complete(500, class => 'http_500');
      insert into waits select n, (select extract(epoch from due_at - now()) from private.webhook_retry);
      perform pg_temp.claim_again();
    end loop;
  end;
$$;
select pg_temp.fail_all();
select is(
  (select bool_and(waits.seconds between planned.seconds * 0.8 and planned.seconds * 1.2)
    from waits
    join unnest(array[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]) with ordinality
      as planned (seconds, attempt) on planned.attempt = waits.attempt), true,
  'the waits between attempts are those of the schedule, each within a fifth');
select is((select attempts from private.webhook_dead), 10::smallint, 'a delivery is given up after ten attempts');
select is(
  (select array_agg(attempt_number order by attempt_number) from public.webhook_delivery_logs where error_class
    = 'http_500'), (select array_agg(n) from generate_series(1, 10) as n), 'every attempt stands in the log');

-- A schedule of its own.
update public.webhook_subscriptions set retry_seconds = array[7, 70] where id = 'completed';
delete from waits;
create function pg_temp.fail_until_dead() returns integer language plpgsql as $$
  begin
    perform pg_temp.fresh();
    for n in 1..10 loop
      perform pg_temp.complete(500, class => 'http_500');
      insert into waits select n, (select extract(epoch from due_at - now()) from private.webhook_retry);
      exit when exists (select from private.webhook_dead);
      perform pg_temp.claim_again();
    end loop;
    return (select attempts from private.webhook_dead);
  end;
$$;
select is(pg_temp.fail_until_dead(), 3, 'a subscription with two waits of its own is tried three times');
select is(
  (select bool_and(waits.seconds between planned.seconds * 0.8 and planned.seconds * 1.2)
    from waits join (values (1, 7), (2, 70)) as planned (attempt, seconds) using (attempt)), true,
  'the waits of a subscription with a schedule of its own are those, each within a fifth');
update public.webhook_subscriptions set retry_seconds = '{}' where id = 'completed';
select is(pg_temp.fail_until_dead(), 1, 'a subscription without waits is tried once');
update public.webhook_subscriptions set retry_seconds = null where id = 'completed';

create function pg_temp.wait_after(status integer, wait integer default null) returns integer language plpgsql as $$
  begin
    perform pg_temp.fresh();
    perform pg_temp.complete(status, wait);
    return (select round(extract(epoch from due_at - now())) from private.webhook_retry);
  end;
$$;
select is(pg_temp.wait_after(503, 500), 500, 'a wait that the receiver asks for is kept');
select is(pg_temp.wait_after(503, 9999999), 86400, 'a wait that the receiver asks for is limited to one day');
select is(
  array[pg_temp.wait_after(429), pg_temp.wait_after(502), pg_temp.wait_after(504)], array[60, 60, 60],
  'a receiver under load is tried again after a minute');
select ok(
  pg_temp.wait_after(302) between 4 and 6 and pg_temp.wait_after(null) between 4 and 6,
  'a redirect and a missing answer are retried like other failures');
select pg_temp.fresh();
select is(pg_temp.complete(204), '(1,0,0,0)', 'an answer with a status 2xx delivers the event');
select is(pg_temp.complete(204), '(0,0,0,1)', 'a second result of a delivered event is counted as stale');
select pg_temp.fresh();
select pg_temp.complete(500, body => repeat('ä', 20000));
select is(
  (select (octet_length(response_body), length(error_message)) from public.webhook_attempts order by id desc limit 1),
  (8192, 1000), 'a long answer is cut before it is stored');
select pg_temp.fresh();
select pg_temp.complete(500, body => repeat('SA', 8000));
select is(
  (select response_body from public.webhook_attempts order by id desc limit 1), repeat('SA', 2048),
  'an answer that looks like nothing but keys is stored without its end');

-- A result that cannot be stored.
create function pg_temp.refuse_teapots() returns trigger language plpgsql as $$
  begin
    if new.response_body = 'teapot' then raise exception 'no teapots'; end if;
    return new;
  end; $$;
create trigger refuse_teapots before insert on public.webhook_attempts
  for each row execute function pg_temp.refuse_teapots();
select pg_temp.fresh();
select pg_temp.emit('payroll.completed');
delete from private.webhook_ready where endpoint_id <> (
  select endpoint_id from public.webhook_subscriptions where id = 'completed');
delete from private.webhook_leases;
insert into private.webhook_ready (endpoint_id, event_id)
select subscription.endpoint_id, event.id from public.events as event, public.webhook_subscriptions as subscription
where subscription.id = 'completed' and event.type = 'payroll.completed' order by event.id desc limit 2;
select pg_temp.claim_again();
select is(
  (select (done.delivered, done.retrying, done.stale)::text from claim, public.complete_webhook_deliveries(
    (claim #>> '{head,lease_id}')::bigint,
    (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> 'deliveries') as one),
    (select array_agg(case number when 1 then 500 else 200 end) from json_array_elements(claim -> 'deliveries')
      with ordinality as one (delivery, number)),
    bodies => (select array_agg(case number when 1 then 'teapot' end) from json_array_elements(claim -> 'deliveries')
      with ordinality as one (delivery, number))) as done),
  '(2,1,0)', 'a result that cannot be stored keeps no other result from being stored');
select is(
  (select count(*) from public.webhook_attempts where error_class = 'unstorable_answer'), 1::bigint,
  'a result that cannot be stored counts as an attempt and says so');
drop trigger refuse_teapots on public.webhook_attempts;

-- The status 410: the receiver wants no more events, until somebody enables the subscription again.
select pg_temp.fresh();
select is(pg_temp.complete(410), '(0,0,1,0)', 'an answer with the status 410 ends the delivery as dead');
select is(
  (select (is_active, inactive_reason) from public.webhook_subscriptions where id = 'completed'),
  (false, 'gone'::text), 'a subscription whose receiver answered 410 is inactive and says why');
select pg_temp.emit('payroll.completed');
select is(
  (select count(*) from private.webhook_ready_deliveries where endpoint_id = (
    select endpoint_id from public.webhook_subscriptions where id = 'completed')), 0::bigint,
  'nothing is queued for a receiver that answered 410');
select is(private.judge_webhook_subscriptions(now()), 1, 'the organization hears that a receiver answered 410');
select is(
  (select body::jsonb #>> '{data,reason}' from public.events where type = 'webhook.disabled'), 'gone',
  'the event about a receiver that answered 410 says why');
select is(private.judge_webhook_subscriptions(now()), 0, 'the organization hears once that a receiver answered 410');
select tests.act_as('ada');
select is(
  (select is_active from public.enable_webhook_subscription('completed')), true,
  'an admin enables a subscription whose receiver answered 410');
select tests.reset();
delete from private.webhook_ready;
select pg_temp.claim_again();
select is(
  (select count(*) from claim, json_array_elements(claim -> 'endpoints') as endpoint
    where endpoint ->> 'url' like '%completed'), 1::bigint,
  'a subscription that is enabled again gets what it missed');

-- The breaker and the slow way back.
create function pg_temp.endpoint() returns private.webhook_endpoints language sql as $$
  select endpoint from private.webhook_endpoints as endpoint where endpoint.subscription_id = 'completed';
$$;
create function pg_temp.fail(count integer) returns void language plpgsql as $$
  begin
    for i in 1..count loop
      perform pg_temp.fresh();
      perform pg_temp.complete(500);
    end loop;
  end; $$;
select pg_temp.fresh();
select pg_temp.complete(200);
select pg_temp.fail(2);
select is((pg_temp.endpoint()).open_until, null, 'an endpoint that failed twice is still sent to');
select pg_temp.fail(1);
select ok(
  (pg_temp.endpoint()).open_until between clock_timestamp() + interval '7 seconds' and clock_timestamp()
    + interval '13 seconds', 'an endpoint that failed three times gets nothing for about ten seconds');
select is(
  (select array_agg(round(extract(epoch from private.breaker_pause(failures, 7))) between planned * 0.8 and planned * 1.2
    and private.breaker_pause(failures, 7) = private.breaker_pause(failures, 7) order by failures)
    from (values (3, 10), (6, 20), (9, 40), (12, 80), (15, 160), (18, 320), (21, 600), (90, 600)) as given
      (failures, planned)), array_fill(true, array[8]),
  'the pause of an endpoint grows from ten seconds to ten minutes, each within a fifth and the same for the same failures');
select is(
  (select count(distinct private.breaker_pause(3, endpoint_id)) from generate_series(1, 20) as endpoint_id), 20::bigint,
  'endpoints that fail together are tried again at different times');
select isnt(
  (select failing_since from public.webhook_subscriptions where id = 'completed'), null,
  'a subscription that fails shows since when');
insert into private.webhook_ready (endpoint_id, event_id)
select (pg_temp.endpoint()).id, max(id) from public.events, generate_series(1, 300) group by generate_series;
select is(
  (select json_array_length(public.claim_webhook_deliveries(500) -> 'deliveries')), 0,
  'an endpoint whose breaker is open is passed over');
select is(private.webhooks_are_due(), false, 'nothing is due while the only breaker is open');
update private.webhook_endpoints set open_until = null;
select is(
  (select json_array_length(public.claim_webhook_deliveries(500) -> 'deliveries')), 1,
  'an endpoint whose breaker was open is tried with one delivery');

-- What a receiver says about all its deliveries.
select pg_temp.fresh();
select pg_temp.complete(503, 500, 'http_503');
select ok(
  (pg_temp.endpoint()).open_until between clock_timestamp() + interval '490 seconds' and clock_timestamp()
    + interval '501 seconds', 'an endpoint that says when to come again gets nothing before that time');
select pg_temp.fresh();
select is(
  pg_temp.complete(400, class => 'receiver_aborts'), '(0,0,1,0)',
  'an event that its receiver aborts is not sent again');
select is(
  (select is_active from public.webhook_subscriptions where id = 'completed'), true,
  'a receiver that aborts one event stays subscribed');
select pg_temp.fresh();
select is(
  pg_temp.complete(400, class => 'receiver_disables'), '(0,0,1,0)',
  'an event whose receiver wants no more is not sent again');
select is(
  (select (is_active, inactive_reason) from public.webhook_subscriptions where id = 'completed'),
  (false, 'gone'::text), 'a receiver that wants no more by a header is unsubscribed as by 410');

select * from finish();
rollback;
