-- What one statement writes for an endpoint stands in few rows, of which claims take parts.
begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_organization_with('Acme', '{ada}');
insert into public.webhook_subscriptions (organization_id, id, url, events) values
  (tests.organization_id('Acme'), 'whs_many', 'https://hooks.example/many', '{payroll.completed}');
insert into private.webhook_secrets (organization_id, subscription_id, signing_key)
select organization_id, id, decode('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64') from public.webhook_subscriptions;
create temporary table hook as
select subscription.organization_id, subscription.endpoint_id from public.webhook_subscriptions as subscription;
select private.emit_events(hook.organization_id, (select array_agg(row('payroll.completed', 'payroll_run', n::text,
  n::text, jsonb_build_object('n', n))::private.event_input order by n) from generate_series(1, 150) as n))
from hook;
create temporary table wanted as
select row_number() over (order by event.id) as number, event.id as event_id
from public.events as event where event.type = 'payroll.completed';

select results_eq(
  $$ select number, event_id from private.webhook_ready_deliveries order by id $$,
  $$ select number, event_id from wanted order by number $$,
  'every event of one statement is due once, in its order and with its number');
select is((select count(*)::integer from private.webhook_ready), 3, '150 events of one statement stand in three rows');
select is(
  (select max(coalesce(cardinality(following), 0) + 1) from private.webhook_ready), 64,
  'a row holds at most 64 deliveries');
select throws_ok(
  $$ insert into private.webhook_ready (endpoint_id, event_id, following)
     select endpoint_id, 1, array(select generate_series(1, 64)::bigint) from hook $$, '23514', null,
  'a row whose ids would reach into those of the next one is refused');
select is(
  (select count(*)::integer from private.webhook_ready_deliveries), (select count(distinct id)::integer
    from private.webhook_ready_deliveries), 'every delivery has an id of its own');

-- Claims of any size, each of the oldest.
create temporary table taken (claim integer, place bigint, id bigint, event_id bigint, number bigint);
create temporary table leases (claim integer, id bigint);
create function pg_temp.take(claim integer, size integer) returns void language sql as $$
  with answer as materialized (select public.claim_webhook_deliveries(take.size) as document),
  lease as (insert into leases select take.claim, (document #>> '{head,lease_id}')::bigint from answer)
  insert into taken
  select take.claim, one.place, (one.value ->> 0)::bigint, (one.value ->> 2)::bigint, (one.value ->> 5)::bigint
  from answer cross join lateral json_array_elements(document -> 'deliveries') with ordinality as one (value, place);
$$;
select pg_temp.take(1, 10);
select is((select count(*)::integer from private.webhook_ready), 3, 'of a row a claim takes a part and leaves the row');
select results_eq(
  $$ select number, event_id from private.webhook_ready_deliveries order by id $$,
  $$ select number, event_id from wanted where number > 10 order by number $$,
  'what a claim has left of a row is due with the numbers it had');
select ok(
  not private.is_webhook_missing(hook.organization_id, hook.endpoint_id, wanted.event_id),
  'an event that stands in the middle of a row is on its way')
from hook, wanted where wanted.number = 100;
savepoint the_first_come_back;
select lives_ok(
  $$ select public.release_webhook_deliveries(array(select id from leases)) $$,
  'the first deliveries of a row are given back while others of the row are still due');
select results_eq(
  $$ select number, event_id from private.webhook_ready_deliveries order by id $$,
  $$ select number, event_id from wanted order by number $$,
  'what was given back is due beside the rest of its row, each once');
delete from taken;
select pg_temp.take(1, 500);
select results_eq(
  $$ select number, event_id from taken order by id $$, $$ select number, event_id from wanted order by number $$,
  'a claim takes what was given back and the rest of its row, each once');
rollback to savepoint the_first_come_back;
select pg_temp.take(2, 60);
select pg_temp.take(3, 1);
select pg_temp.take(4, 500);
select results_eq(
  $$ select claim, count(*)::integer, min(number), max(number) from taken group by claim order by claim $$,
  $$ values (1, 10, 1::bigint, 10::bigint), (2, 60, 11, 70), (3, 1, 71, 71), (4, 79, 72, 150) $$,
  'every claim takes the oldest deliveries, as many as it asks for');
select results_eq(
  $$ select number, event_id from taken order by id $$, $$ select number, event_id from wanted order by number $$,
  'claims that take parts of rows take every delivery once');
select is_empty($$ select from private.webhook_ready $$, 'a row of which everything was claimed is gone');

-- Given back and lost.
select public.release_webhook_deliveries(array(select id from leases where claim = 2));
select results_eq(
  $$ select id, number, event_id, attempts from private.webhook_ready_deliveries order by id $$,
  $$ select id, number, event_id, 0::smallint from taken where claim = 2 order by id $$,
  'deliveries that a worker gives back are due with the ids that they had');
update private.webhook_leases set expires_at = now() - interval '1 second';
select pg_temp.take(5, 500);
select is(
  (select count(distinct id)::integer from taken where claim <> 5 and id not in (select id from taken where claim = 5)),
  0, 'deliveries of lost workers, parts of rows among them, come again');
select * from finish();
rollback;
