begin;
\ir ../../_shared/setup.sql.raw
select plan(26);

select tests.create_organization_with('Acme', '{ada}');
insert into public.webhook_subscriptions (id, organization_id, url)
values ('one', tests.organization_id('Acme'), 'https://hooks.example/1');
insert into private.webhook_secrets (organization_id, subscription_id, signing_key)
values (tests.organization_id('Acme'), 'one', decode(repeat('ab', 32), 'hex'));
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', n::text, 'key' || n, '{}')
from generate_series(1, 5) as n;
create function pg_temp.ids(claim json) returns bigint[] language sql as $$
  select coalesce(array_agg((delivery ->> 0)::bigint), '{}') from json_array_elements(claim -> 'deliveries') as delivery;
$$;
create function pg_temp.lease(claim json) returns bigint language sql as $$
  select (claim #>> '{head,lease_id}')::bigint;
$$;
create function pg_temp.numbers(claim json) returns integer[] language sql as $$
  select array_agg((delivery ->> 3)::integer) from json_array_elements(claim -> 'deliveries') as delivery;
$$;
grant execute on all functions in schema pg_temp to public;

select tests.as_service();
create temporary table claim as select public.claim_webhook_deliveries(2, 45) as claim;
select is((select cardinality(pg_temp.ids(claim)) from claim), 2, 'a claim contains no more deliveries than asked for');
select is(
  (select array_agg(event ->> 2 order by event ->> 2) from claim, json_array_elements(claim -> 'events') as event),
  array['1', '2'], 'a claim contains the oldest deliveries first');
select is((select claim #>> '{head,is_more}' from claim), 'true', 'a full claim says that there may be more');
select is(
  (select cardinality(pg_temp.ids(public.claim_webhook_deliveries(500)))), 3,
  'the next claim contains the remaining deliveries');
select is(
  public.release_webhook_deliveries((select array[pg_temp.lease(claim)] from claim)), 2,
  'a lease that is released gives back its deliveries');
select is(
  public.release_webhook_deliveries((select array[pg_temp.lease(claim)] from claim)), 0,
  'a lease that is released twice gives back its deliveries once');
create temporary table again as select public.claim_webhook_deliveries() as claim;
select is(
  (select pg_temp.numbers(claim) from again), array[1, 1],
  'a released delivery is due at once and its attempt is not counted');

-- A worker that is still sending, while another one asks.
select tests.reset();
update private.webhook_leases set expires_at = now() + interval '1 second';
select tests.as_service();
select is(
  (select public.extend_webhook_deliveries(array[pg_temp.lease(claim), 0], 20) = array[pg_temp.lease(claim)] from again),
  true, 'a lease that is extended is answered, and one that is gone is not');
select tests.reset();
select is(
  (select expires_at between now() + interval '15 seconds' and now() + interval '25 seconds'
    from private.webhook_leases join again on id = pg_temp.lease(claim)), true,
  'a lease is extended by seconds, so that what a killed worker held comes to another one within half a minute');
select is(
  (select min(expires_at) <= now() + interval '1 second' from private.webhook_leases join again on id <> pg_temp.lease(claim)),
  true, 'a lease that nobody extends ends when it would have');

-- A worker that never comes back.
select tests.reset();
update private.webhook_leases set expires_at = now() - interval '1 second';
select tests.as_service();
create temporary table takeover as select public.claim_webhook_deliveries() as claim;
select is(
  (select cardinality(pg_temp.ids(claim)) from takeover), 5, 'a delivery whose lease has ended is claimed again');
select is(
  (select distinct number from takeover, unnest(pg_temp.numbers(claim)) as number), 2,
  'an attempt whose worker was lost is counted');
select is(
  (
    select stale
    from again, public.complete_webhook_deliveries(
      pg_temp.lease(claim), pg_temp.ids(claim), array_fill(200, array[cardinality(pg_temp.ids(claim))]))), 2,
  'a result for a lease that was taken over is counted as stale');
select is(
  (select (delivered, stale) from takeover, public.complete_webhook_deliveries(pg_temp.lease(claim),
    pg_temp.ids(claim) || pg_temp.ids(claim), array_fill(200, array[10]))), (5, 5),
  'a result that is sent twice in a call is counted once');
select is(
  (select (delivered, stale) from takeover, public.complete_webhook_deliveries(pg_temp.lease(claim),
    pg_temp.ids(claim), array_fill(200, array[5]))), (0, 5),
  'a result that is sent again after its lease ended is counted as stale');
select tests.reset();
select is((select count(*) from private.webhook_leases), 0::bigint, 'a lease ends when all its results were told');
select is(
  (select array_agg(distinct error_class) from public.webhook_attempts where error_class is not null),
  array['worker_lost'], 'an attempt whose worker was lost stands in the log with its reason');

-- Of what a lost worker held only that counts which it can have sent.
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', n::text, 'many' || n, '{}')
from generate_series(1, 10) as n;
select public.claim_webhook_deliveries();
update private.webhook_leases set expires_at = now() - interval '1 second';
create temporary table behind as select public.claim_webhook_deliveries() as claim;
select is(
  (select pg_temp.numbers(claim) from behind), array[2, 2, 2, 2, 1, 1, 1, 1, 1, 1],
  'of the deliveries of a lost worker the four that can have been under way count as attempted');
create function pg_temp.lose_again() returns void language plpgsql as $$
  begin
    for i in 1..12 loop
      update private.webhook_leases set expires_at = now() - interval '1 second';
      update private.webhook_retry set due_at = now() + interval '1 day';
      perform public.claim_webhook_deliveries();
    end loop;
  end; $$;
select pg_temp.lose_again();
select is(
  (select array_agg(one.attempts order by one.id) from (
    select id, attempts from private.webhook_retry union all select id, attempts from private.webhook_ready_deliveries) as one),
  array[2, 2, 2, 2, 2, 2, 2, 2, 2, 2]::smallint[],
  'a delivery that waits behind what kills its worker is given up by no number of deaths');
delete from private.webhook_retry;
delete from private.webhook_ready;
delete from private.webhook_leases;

-- A delivery that kills every worker ends.
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', 'poison', 'poison', '{}');
create function pg_temp.lose() returns void language plpgsql as $$
  begin
    for i in 1..25 loop
      perform public.claim_webhook_deliveries();
      update private.webhook_leases set expires_at = now() - interval '1 second';
      update private.webhook_retry set due_at = now();
    end loop;
    perform public.claim_webhook_deliveries();
  end; $$;
select pg_temp.lose();
select is((select attempts from private.webhook_dead), 10::smallint,
  'a delivery that kills its worker ten times is given up');
select is((select count(*) from private.webhook_leases), 0::bigint, 'a delivery that was given up is not claimed again');

-- Results that are no results.
select tests.as_service();
select is(
  tests.error_code_of(format('select public.complete_webhook_deliveries(1, %L, %L)', ids, statuses)),
  'invalid_delivery_results', format('the ids %s with the statuses %s are refused', ids, statuses))
from (values ('{}'::bigint[], '{}'::integer[]), ('{1}', '{}'), ('{1}', '{200,200}')) as wrong (ids, statuses);

-- A subscription ends while one of its deliveries is on its way.
select tests.reset();
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', '6', 'key6', '{}');
create temporary table on_its_way as select public.claim_webhook_deliveries() as claim;
select tests.act_as('ada');
select public.delete_webhook_subscription('one');
select tests.reset();
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', '7', 'key7', '{}');
select is(
  (select cardinality(pg_temp.ids(public.claim_webhook_deliveries()))), 0,
  'a deleted subscription gets nothing more');
select is(
  (
    select retrying from on_its_way, public.complete_webhook_deliveries(pg_temp.lease(claim), pg_temp.ids(claim),
      array[500])), 1, 'the result of a delivery that was on its way is still written');

select * from finish();
rollback;
