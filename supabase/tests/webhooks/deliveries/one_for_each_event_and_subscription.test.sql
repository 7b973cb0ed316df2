begin;
\ir ../../_shared/setup.sql.raw
select plan(42);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');

-- Fan-out.
insert into public.webhook_subscriptions (id, organization_id, url, events, is_active)
select id, tests.organization_id(organization), 'https://hooks.example/' || id, events, is_active
from (values
  ('all', 'Acme', '{*}'::text[], true), ('payrolls', 'Acme', '{payroll.*}', true),
  ('completed', 'Acme', '{payroll.completed}', true), ('several', 'Acme', '{employee.added,payroll.*}', true),
  ('paused', 'Acme', '{*}', false), ('foreign', 'Globex', '{*}', true)
) as given (id, organization, events, is_active);
insert into private.webhook_secrets (organization_id, subscription_id, signing_key)
select organization_id, id, decode('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64') from public.webhook_subscriptions;
create function pg_temp.emit(type text) returns void language sql as $$
  select private.emit_event(
    tests.organization_id('Acme'), emit.type, 'thing', '1', gen_random_uuid()::text, '{"n": 1}');
$$;
create function pg_temp.heard(type text) returns text language sql as $$
  select coalesce(string_agg(delivery.subscription_id, ' ' order by delivery.subscription_id), 'nobody')
  from private.webhook_deliveries as delivery join public.events as event on event.id = delivery.event_id
  where event.type = heard.type;
$$;
select pg_temp.emit(type)
from unnest(array['payroll.completed', 'payroll.failed', 'payrolls.completed', 'employee.added']) as type;
select is(pg_temp.heard(type), expected, format('an event of the type %s is delivered to: %s', type, expected))
from (values
  ('payroll.completed', 'all completed payrolls several'), ('payroll.failed', 'all payrolls several'),
  ('payrolls.completed', 'all'), ('employee.added', 'all several')
) as cases (type, expected);
select is(
  private.event_matches(type, patterns), expected,
  format('the event type %s matches the patterns %s: %s', type, patterns, expected))
from (values
  ('payroll.completed', '{payroll.*}'::text[], true), ('payroll.run.completed', '{payroll.*}', true),
  ('payroll', '{payroll.*}', false), ('payroll_x.completed', '{payroll.*}', false),
  ('payroll.completed', '{payroll.complete}', false), ('payrollxcompleted', '{payroll.completed}', false),
  ('x', '{}', false), ('x', '{*}', true)
) as cases (type, patterns, expected);

-- Claiming.
delete from private.webhook_deliveries where subscription_id <> 'completed';
select tests.as_service();
create temporary table claim as select * from public.claim_webhook_deliveries();
select is((select count(*) from claim), 1::bigint, 'a delivery that is due is claimed');
select is(
  (select (url, attempt_number, timeout_ms) from claim), ('https://hooks.example/completed'::text, 1, 15000),
  'a claimed delivery comes with its address, attempt number and timeout');
select set_eq(
  $$ select jsonb_object_keys(headers) from claim $$,
  array['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp', 'webhook-signature'],
  'a claimed delivery has the headers of Standard Webhooks');
select tests.reset();
select is(
  (select (body, headers ->> 'webhook-id') from claim),
  (select (event.body, event.event_id) from public.events as event where event.type = 'payroll.completed'),
  'a claimed delivery carries the exact body and the id of its event');
select matches(
  (select headers ->> 'webhook-timestamp' from claim), '^[0-9]{10}$', 'the time header of a delivery is in seconds');
select is((select headers ->> 'webhook-signature' from claim),
  (
    select 'v1,' || encode(
      extensions.hmac(
        convert_to((headers ->> 'webhook-id') || '.' || (headers ->> 'webhook-timestamp') || '.' || body, 'UTF8'),
        decode('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'), 'sha256'), 'base64') from claim),
  'the signature of a delivery is over id, time and body');

-- The vector that the libraries of Standard Webhooks are tested with.
select is(
  private.webhook_signature(
    tests.organization_id('Acme'), 'completed', 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'),
  'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  'the signature of the test vector of Standard Webhooks is the published one');
insert into private.webhook_secrets (organization_id, subscription_id, signing_key, expires_at)
values (tests.organization_id('Acme'), 'completed', decode(repeat('ab', 32), 'hex'), now() + interval '1 hour'),
  (tests.organization_id('Acme'), 'completed', decode(repeat('cd', 32), 'hex'), now());
select matches(
  private.webhook_signature(tests.organization_id('Acme'), 'completed', 'x'),
  '^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$',
  'a delivery during a key rotation is signed with both valid keys and not with an expired one');
delete from private.webhook_secrets where expires_at is not null;

select tests.as_service();
select is(
  (select count(*) from public.claim_webhook_deliveries()), 0::bigint, 'a leased delivery is not claimed again');

create function pg_temp.complete(
  status text, more text default '{}', token text default null) returns text language sql as $$
  select (delivered, retrying, dead, stale)::text
  from claim,
    public.complete_webhook_deliveries(
      jsonb_build_array(
        jsonb_build_object(
          'delivery_id', delivery_id, 'lease_token', coalesce(token::uuid, lease_token), 'response_status',
          status::integer, 'duration_ms', 12) || more::jsonb));
$$;
grant execute on function pg_temp.complete(text, text, text) to public;
select is(
  pg_temp.complete('200', token => gen_random_uuid()::text), '(0,0,0,1)',
  'a result with another lease token is counted as stale');

-- The schedule: ten attempts over three days, each wait within a fifth of the plan.
select tests.reset();
create function pg_temp.claim_again() returns void language sql as $$
  update private.webhook_deliveries set next_attempt_at = now() where subscription_id = 'completed';
  delete from claim;
  insert into claim select * from public.claim_webhook_deliveries();
$$;
create temporary table waits (attempt integer, seconds numeric, state text);
do $$
begin
  for attempt in 1..10 loop
    perform pg_temp.complete('500');
    insert into waits select attempt, extract(epoch from next_attempt_at - now()), state from private.webhook_deliveries
    where subscription_id = 'completed';
    perform pg_temp.claim_again();
  end loop;
end;
$$;
select is_empty(
  $$
    select waits.attempt, waits.seconds from waits
    join unnest(
      array[
        5, 300, 1800, 7200, 18000, 36000, 50400, 72000,
        86400]) with ordinality as plan (seconds, attempt) using (attempt)
     where waits.seconds not between plan.seconds * 0.8 and plan.seconds * 1.2 $$,
       'the wait after every failed attempt is within a fifth of the schedule of Standard Webhooks');
select is(
  (select array_agg(state order by attempt) from waits), array_fill('pending'::text, array[9]) || array['dead'],
  'a delivery is dead after its tenth failed attempt');
select is(
  (select array_agg(attempt_number || outcome order by id) from public.webhook_delivery_logs),
  (select array_agg(n || case n when 10 then 'dead' else 'retrying' end) from generate_series(1, 10) as n),
  'every attempt of a delivery is logged with its outcome');
select is(
  (select count(distinct payload) from public.webhook_delivery_logs), 1::bigint,
  'every attempt of a delivery sends the same payload');
select is((select count(*) from claim), 0::bigint, 'a dead delivery is not claimed');
select isnt(
  private.webhook_retry_delay(1, 1), private.webhook_retry_delay(1, 2),
  'two deliveries have different waits after the same attempt');
select is(
  private.webhook_retry_delay(3, 7), private.webhook_retry_delay(3, 7),
  'a delivery has the same wait each time it is computed');
select is_empty(
  $$
    select id from generate_series(1, 3000) as id cross join generate_series(1, 9) as attempt
    where private.webhook_retry_delay(attempt, id) is null $$, 'every attempt of every delivery has a wait');

-- What the receiver answers.
create function pg_temp.fresh() returns void language sql as $$
  update private.webhook_deliveries set state = 'pending', attempts = 0, lease_token = null
  where subscription_id = 'completed';
  select pg_temp.claim_again();
$$;
create function pg_temp.wait_after(status text, more text default '{}') returns integer language plpgsql as $$
begin
  perform pg_temp.fresh();
  perform pg_temp.complete(status, more);
  return (
    select extract(epoch from next_attempt_at - now())::integer from private.webhook_deliveries
    where subscription_id = 'completed');
end;
$$;
select is(pg_temp.wait_after('503', '{"retry_after_seconds": 500}'), 500, 'a wait that the receiver asks for is kept');
select is(
  pg_temp.wait_after('503', '{"retry_after_seconds": 9999999}'), 86400,
  'a wait that the receiver asks for is limited to one day');
select is(
  array[pg_temp.wait_after('429'), pg_temp.wait_after('502'), pg_temp.wait_after('504')], array[60, 60, 60],
  'a receiver under load is tried again after a minute');
select ok(
  pg_temp.wait_after('302') between 4 and 6
    and pg_temp.wait_after(null, '{"error_message": "connection refused"}') between 4 and 6,
  'a redirect and a missing answer are retried like other failures');
select pg_temp.fresh();
select is(pg_temp.complete('204'), '(1,0,0,0)', 'an answer with a status 2xx delivers the event');
select is(
  (select (state, attempts, lease_token) from private.webhook_deliveries where subscription_id = 'completed'),
  ('delivered'::text, 1, null::uuid), 'a delivered event keeps its attempt number and loses its lease');
select is(pg_temp.complete('204'), '(0,0,0,1)', 'a second result of a delivered event is counted as stale');
select pg_temp.fresh();
select pg_temp.complete(
  '500', jsonb_build_object('response_body', repeat('ä', 20000), 'error_message', repeat('x', 5000))::text);
select is(
  (
    select (octet_length(response_body), length(error_message)) from public.webhook_delivery_logs order by id desc
    limit 1), (8192, 1000), 'a long answer is cut before it is stored');

-- The status 410: the receiver wants no more events.
select pg_temp.fresh();
select pg_temp.emit('payroll.completed');
select is(pg_temp.complete('410'), '(0,0,1,0)', 'an answer with the status 410 ends the delivery as dead');
select is(
  (select is_active from public.webhook_subscriptions where id = 'completed'), false,
  'a subscription whose receiver answered 410 is inactive');
select set_eq(
  $$ select state from private.webhook_deliveries where subscription_id = 'completed' $$, array['dead', 'parked'],
  'a waiting delivery of a receiver that answered 410 is parked');
update public.webhook_subscriptions set is_active = true where id = 'completed';
select tests.as_service();
select is(
  (select count(*) from public.claim_webhook_deliveries() where url like '%completed'), 1::bigint,
  'a subscription that is switched on again gets its parked deliveries');
select tests.reset();

select * from finish();
rollback;
