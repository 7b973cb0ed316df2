begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
insert into public.webhook_subscriptions (id, organization_id, url, is_ordered, max_per_second)
select id, tests.organization_id(organization), 'https://hooks.example/' || id, is_ordered, rate
from (values ('a1', 'Acme', false, null::integer), ('a2', 'Acme', false, null), ('a3', 'Acme', false, null),
  ('g1', 'Globex', false, null)) as given (id, organization, is_ordered, rate);
create function pg_temp.endpoint(id text) returns bigint language sql as $$
  select endpoint_id from public.webhook_subscriptions as subscription where subscription.id = endpoint.id;
$$;
create function pg_temp.emit(organization text, resource text, amount integer) returns void language sql as $$
  select private.emit_event(tests.organization_id(organization), 'payroll.completed', 'payroll_run', resource,
    gen_random_uuid()::text, jsonb_build_object('n', n)) from generate_series(1, amount) as n;
$$;
create function pg_temp.counts(claim json) returns text language sql as $$
  select coalesce(string_agg(one.id || ':' || one.count, ' ' order by one.id), 'nothing')
  from (
    select subscription.id, count(*) from json_array_elements(claim -> 'deliveries') as delivery
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = (delivery ->> 1)::bigint
    group by subscription.id
  ) as one;
$$;
create function pg_temp.complete(claim json, status integer) returns text language sql as $$
  select done::text from public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint,
    (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> 'deliveries') as one),
    (select array_agg(status) from json_array_elements(claim -> 'deliveries'))) as done;
$$;

-- Fair between organizations, then between their endpoints.
select pg_temp.emit('Acme', 'x', 40);
select pg_temp.emit('Globex', 'x', 10);
select is(
  pg_temp.counts(public.claim_webhook_deliveries(18)), 'a1:3 a2:3 a3:3 g1:9',
  'a claim is shared equally between organizations and then between their endpoints');
select is(
  pg_temp.counts(public.claim_webhook_deliveries(60)), 'a1:20 a2:20 a3:19 g1:1',
  'what one organization does not need goes to the others');
select is(
  pg_temp.counts(public.claim_webhook_deliveries(10, 45, 0, array[pg_temp.endpoint('a1'), pg_temp.endpoint('a2')])),
  'a3:10', 'an endpoint of which the worker holds enough is passed over');
update public.webhook_subscriptions set is_active = false, inactive_reason = 'paused' where id = 'a1';
select is(
  pg_temp.counts(public.claim_webhook_deliveries(500)) ~ 'a1', false, 'a paused endpoint is passed over');
select is(private.webhooks_are_due(), false, 'nothing is due while only a paused endpoint has something waiting');
select is(private.job_is_due('webhook-dispatch'), false, 'the scheduled job rings nobody while nothing is due');
delete from private.webhook_ready;
delete from private.webhook_leases;

-- A rate.
insert into public.webhook_subscriptions (id, organization_id, url, max_per_second)
values ('slow', tests.organization_id('Acme'), 'https://hooks.example/slow', 5);
delete from private.webhook_ready;
insert into private.webhook_ready (endpoint_id, event_id)
select pg_temp.endpoint('slow'), (select max(id) from public.events) from generate_series(1, 50);
select is(
  pg_temp.counts(public.claim_webhook_deliveries(500)), 'slow:5', 'an endpoint with a rate gets what a second allows');
select is(
  pg_temp.counts(public.claim_webhook_deliveries(500)), 'nothing',
  'an endpoint with a rate gets nothing more in the same moment');
delete from private.webhook_ready;
delete from private.webhook_leases;

-- Order for each resource.
update public.webhook_subscriptions set is_active = false where id <> 'g1';
update public.webhook_subscriptions set is_ordered = true where id = 'g1';
select pg_temp.emit('Globex', 'one', 3);
select pg_temp.emit('Globex', 'two', 2);
create temporary table claim as select public.claim_webhook_deliveries(500) as claim;
select is(
  (select pg_temp.counts(claim) from claim), 'g1:2',
  'an endpoint that wants order gets the first event of each resource');
select is(
  pg_temp.counts(public.claim_webhook_deliveries(500)), 'nothing',
  'the next event of a resource waits while the first is on its way');
select pg_temp.complete(claim, 200) from claim;
delete from claim;
insert into claim select public.claim_webhook_deliveries(500);
select is(
  (select pg_temp.counts(claim) from claim), 'g1:2', 'a delivered event lets the next one of its resource go');
select pg_temp.complete(claim, 500) from claim;
select is(
  pg_temp.counts(public.claim_webhook_deliveries(500)), 'nothing', 'a failed event holds up the others of its resource');
select pg_temp.emit('Globex', 'three', 1);
select is(
  pg_temp.counts(public.claim_webhook_deliveries(500)), 'g1:1',
  'a failed event does not hold up another resource');
update private.webhook_retry set attempts = 9, due_at = now();
update private.webhook_endpoints set open_until = null, batch_limit = null;
delete from claim;
insert into claim select public.claim_webhook_deliveries(500);
select pg_temp.complete(claim, 500) from claim;
update private.webhook_endpoints set open_until = null, batch_limit = null;
select is(
  pg_temp.counts(public.claim_webhook_deliveries(500)), 'g1:1',
  'an event that was given up lets the next one of its resource go');
select is((select count(*) from private.webhook_dead), 2::bigint, 'events that were given up stand among the dead');

-- Disabled after five days.
update public.webhook_subscriptions set failing_since = now() - interval '80 hours' where id = 'g1';
update private.webhook_endpoints set failures = 25, last_notice = 0 where subscription_id = 'g1';
select private.judge_webhook_subscriptions(now());
select private.judge_webhook_subscriptions(now() + interval '1 day');
select private.judge_webhook_subscriptions(now() + interval '30 hours');
select private.judge_webhook_subscriptions(now() + interval '3 days');
select is(
  (select array_agg(type || ' ' || (body::jsonb #>> '{data,percent}') order by id) from public.events
    where type like 'webhook.%'),
  array['webhook.failing 50', 'webhook.failing 70', 'webhook.failing 90', 'webhook.disabled 100'],
  'a subscription that fails is announced at 50, 70 and 90 percent of five days, and disabled at the end');
select is(
  (select (is_active, inactive_reason) from public.webhook_subscriptions where id = 'g1'), (false, 'failing'::text),
  'a subscription that failed for five days is inactive and says why');

select * from finish();
rollback;
