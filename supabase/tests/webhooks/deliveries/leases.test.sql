begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}');
insert into public.webhook_subscriptions (id, organization_id, url)
values ('one', tests.organization_id('Acme'), 'https://hooks.example/1');
insert into private.webhook_secrets (organization_id, subscription_id, signing_key)
values (tests.organization_id('Acme'), 'one', decode(repeat('ab', 32), 'hex'));
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', n::text, 'key' || n, '{}')
from generate_series(1, 5) as n;

select tests.as_service();
create temporary table claim as select * from public.claim_webhook_deliveries(2, 45);
select is((select count(*) from claim), 2::bigint, 'a claim contains no more deliveries than asked for');
select is(
  (select array_agg(headers ->> 'webhook-id' order by delivery_id) from claim),
  (select array_agg(event_id order by sequence) from public.events where sequence <= 2),
  'a claim contains the oldest deliveries first');
select is((select count(distinct lease_token) from claim), 1::bigint, 'the deliveries of a claim have one lease token');
select is(
  (select count(*) from public.claim_webhook_deliveries(500)), 3::bigint,
  'the next claim contains the remaining deliveries');
select is(
  public.release_webhook_deliveries((select array_agg(delivery_id) from claim), gen_random_uuid()), 0,
  'a delivery cannot be released with another lease token');
select is(
  public.release_webhook_deliveries(
    (select array_agg(delivery_id) from claim), (select lease_token from claim limit 1)), 2,
  'the worker with the lease can release its deliveries');
select is(
  (select array_agg(attempt_number) from public.claim_webhook_deliveries()), array[1, 1],
  'a released delivery is due at once and its attempt is not counted');

select tests.reset();
update private.webhook_deliveries set next_attempt_at = now() - interval '1 second';
select tests.as_service();
create temporary table takeover as select * from public.claim_webhook_deliveries();
select is((select count(*) from takeover), 5::bigint, 'a delivery whose lease has ended is claimed again');
select is(
  (
    select stale
    from public.complete_webhook_deliveries(
      (
        select jsonb_agg(
          jsonb_build_object('delivery_id', delivery_id, 'lease_token', lease_token, 'response_status', 200))
        from claim))), 2, 'a result with an outdated lease token is counted as stale');
select is((select (delivered, stale) from public.complete_webhook_deliveries((
  select jsonb_agg(jsonb_build_object('delivery_id', delivery_id, 'lease_token', lease_token, 'response_status', 200))
  from (select * from takeover union all select * from takeover) as twice))), (5, 5),
  'a result that is sent twice is counted once');
select is(
  tests.error_code_of(format('select public.complete_webhook_deliveries(%L)', results)), 'invalid_delivery_results',
  format('the delivery results %s are refused', results))
from (values ('{}'::jsonb), ('[]'), ('null')) as wrong (results);

-- A subscription ends while one of its deliveries is on its way.
select tests.reset();
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', '6', 'key6', '{}');
create temporary table on_its_way as select * from public.claim_webhook_deliveries();
select tests.act_as('ada');
select public.delete_webhook_subscription('one');
select is(
  (
    select stale
    from public.complete_webhook_deliveries(
      (
        select jsonb_agg(
          jsonb_build_object('delivery_id', delivery_id, 'lease_token', lease_token, 'response_status', 500))
        from on_its_way))), 1, 'a result for an ended subscription is counted as stale');
select is(
  (select array_agg(distinct state) from private.webhook_deliveries where subscription_id = 'one'),
  array['delivered', 'parked'], 'a waiting delivery of an ended subscription is parked');
-- The event of a transaction that began before the subscription ended and committed afterwards.
insert into private.webhook_deliveries (organization_id, subscription_id, event_id, state) select organization_id,
  'one', id, 'pending' from public.events where sequence = 1
on conflict (event_id, subscription_id) do update set state = 'pending', next_attempt_at = now();
select is(
  (select count(*) from public.claim_webhook_deliveries()), 0::bigint,
  'a late event for an ended subscription is not claimed');
select is(
  (select count(*) from private.webhook_deliveries where state = 'pending'), 0::bigint,
  'a late event for an ended subscription is parked by the next claim');

select * from finish();
rollback;
