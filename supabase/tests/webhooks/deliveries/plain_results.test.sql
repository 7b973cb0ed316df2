begin;
\ir ../../_shared/setup.sql.raw
select plan(13);

select tests.create_organization_with('Acme', '{ada}');
insert into public.webhook_subscriptions (id, organization_id, url)
select id, tests.organization_id('Acme'), 'https://hooks.example/' || id from unnest('{calm,new}'::text[]) as id;
update private.webhook_endpoints set trusted_from = now() where subscription_id = 'calm';
create temporary table endpoint as
select subscription.id, subscription.endpoint_id from public.webhook_subscriptions as subscription;
create temporary table claim (claim json);
create function pg_temp.claimed(events integer) returns void language sql as $$
  delete from claim;
  select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', n::text,
    gen_random_uuid()::text, '{}')
  from generate_series(1, claimed.events) as n;
  insert into claim select public.claim_webhook_deliveries(1000); $$;
create function pg_temp.deliveries(subscription text) returns bigint[] language sql as $$
  select array_agg((one ->> 0)::bigint order by (one ->> 0)::bigint)
  from claim, json_array_elements(claim -> 'deliveries') as one
  join endpoint on endpoint.endpoint_id = (one ->> 1)::bigint
  where endpoint.id = deliveries.subscription; $$;
create function pg_temp.tell(ids bigint[], statuses integer[], durations integer[], phases integer[] default '{}',
  peers text[] default '{}') returns text language sql as $$
  select (done.delivered, done.retrying, done.dead, done.stale)::text
  from claim, public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint, ids, statuses, durations,
    phases, peers => tell.peers) as done; $$;
create function pg_temp.state(subscription text) returns text language sql as $$
  select (endpoint.failures, endpoint.batch_limit, endpoint.open_until is not null, endpoint.trusted_from <= now())::text
  from private.webhook_endpoints as endpoint where endpoint.subscription_id = state.subscription; $$;
create function pg_temp.logged() returns bigint language sql as $$ select count(*) from public.webhook_attempts; $$;

select pg_temp.claimed(4);
select is(
  pg_temp.tell((pg_temp.deliveries('calm'))[1:2], array[200, 204], array[7, 40000], array[1, null, null, 4, 2,
    1, 2, 3, 39000, 5], array['93.184.216.34', '2606:4700::1']),
  '(2,0,0,0)', 'good results of one call are counted, whether they came in time or not');
select is(
  (select array_agg((attempt.response_status, attempt.outcome, attempt.attempt_number, attempt.delivery_number,
      attempt.duration_ms, attempt.connect_ms, attempt.wait_ms, attempt.peer_address)::text
    order by attempt.delivery_number)
    from public.webhook_attempts as attempt),
  array['(200,delivered,1,1,7,,4,93.184.216.34)', '(204,delivered,1,2,32767,2,32767,2606:4700::1)'],
  'every good result is one row of the log, in which half a minute stands for everything longer');
select is(pg_temp.state('calm'), '(0,,f,f)', 'an endpoint that answered late is trusted no more');

update private.webhook_endpoints set trusted_from = now() where subscription_id = 'calm';
select is(
  pg_temp.tell((pg_temp.deliveries('calm'))[1:3], array[200, 200, 200], array[7, 7, 7]), '(1,0,0,2)',
  'a good result that an earlier call has told is stale');
select is(
  pg_temp.tell(array_fill((pg_temp.deliveries('calm'))[4], array[2]), array[200, 200], array[7, 7]), '(1,0,0,1)',
  'a good result that one call tells twice counts once');
select is(pg_temp.logged(), 4::bigint, 'a result that is stale is not logged');
select is(
  pg_temp.tell(pg_temp.deliveries('new'), array[200, 200, 200, 200], array[7, 7, 7, 7]), '(4,0,0,0)',
  'the first good results of an endpoint are counted');
select is(pg_temp.state('new'), '(0,,f,t)', 'an endpoint is trusted from its first good result on');
select is(
  (select count(*) from private.webhook_leases), 0::bigint, 'a lease ends with the last of its results');

-- What failed beside what went well.
select pg_temp.claimed(5);
select is(
  pg_temp.tell(pg_temp.deliveries('calm') || pg_temp.deliveries('new'), array[200, 500, 500, 500, 200, 200, 200, 200,
    200, 200], array_fill(7, array[10])),
  '(7,3,0,0)', 'good and bad results of one call are counted, each as what it is');
select is(
  pg_temp.state('calm'), '(0,,f,t)', 'failures beside good answers in one call open no breaker');
select pg_temp.claimed(1);
select is(
  pg_temp.tell(pg_temp.deliveries('calm') || pg_temp.deliveries('new'), array[200, 200], array[7, 7], '{}',
    array['no address', '93.184.216.34']),
  '(2,0,0,0)', 'a good result that cannot be stored as it is keeps no other from being written');
select is(
  (select array_agg(error_class order by error_class) from (
    select attempt.error_class from public.webhook_attempts as attempt order by attempt.id desc limit 2) as latest),
  array['unstorable_answer', null], 'a result that cannot be stored is logged without its texts');

select * from finish();
rollback;
