begin;
\ir ../../_shared/setup.sql.raw
select plan(15);

select tests.create_organization_with('Acme', '{ada}');
select tests.authenticate_as('ada');
create temporary table hook as select * from public.create_webhook_subscription('https://hooks.example/a',
  array['payroll.*']);
grant all on hook to public;
select tests.reset();
insert into public.webhook_subscriptions (id, organization_id, url, is_ordered)
values ('ordered', tests.organization_id('Acme'), 'https://hooks.example/o', true);
insert into public.webhook_subscriptions (id, organization_id, url, filter)
values ('filtered', tests.organization_id('Acme'), 'https://hooks.example/f', '{"n": 2}');

create function pg_temp.emit(from_number integer, to_number integer, type text default 'payroll.completed')
returns void language sql as $$
  select private.emit_events(tests.organization_id('Acme'), array_agg(row(emit.type, 'payroll_run', (n % 3)::text,
    emit.type || n, jsonb_build_object('n', n))::private.event_input order by n))
  from generate_series(from_number, to_number) as n;
$$;
create function pg_temp.numbers(id text) returns bigint[] language sql as $$
  select array_agg(one.number order by one.event_id)
  from (
    select ready.endpoint_id, ready.event_id, ready.number from private.webhook_ready_deliveries as ready
    union all select waiting.endpoint_id, waiting.event_id, waiting.number from private.webhook_waiting as waiting
  ) as one
  join public.webhook_subscriptions as subscription on subscription.endpoint_id = one.endpoint_id
  where subscription.id = numbers.id;
$$;

-- Counted for each subscription, in the order of the events.
select pg_temp.emit(1, 5);
select pg_temp.emit(1, 3, 'employee.added');
select pg_temp.emit(6, 8);
select is(
  (select pg_temp.numbers(id) from hook), array[1, 2, 3, 4, 5, 6, 7, 8]::bigint[],
  'the deliveries of a subscription are numbered without gaps, whatever it does not want in between');
select is(
  pg_temp.numbers('ordered'), array[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]::bigint[],
  'the deliveries of a subscription that wants order are numbered in the order of the events');
select is(
  pg_temp.numbers('filtered'), array[1, 2]::bigint[], 'a subscription with a filter counts only what passes it');
savepoint a_payroll;
select pg_temp.emit(9, 20);
rollback to savepoint a_payroll;
select pg_temp.emit(9, 9);
select is(
  (select max(number) from private.webhook_ready_deliveries as ready
    join public.webhook_subscriptions as subscription on subscription.endpoint_id = ready.endpoint_id
    join hook on hook.id = subscription.id), 9::bigint, 'a transaction that is rolled back takes no number');
select tests.authenticate_as('ada');
select public.send_test_webhook(hook.id) from hook;
select tests.reset();
select is(
  (select array_agg(ready.number) from private.webhook_ready_deliveries as ready
    join public.events as event on event.id = ready.event_id where event.type = 'test.ping'), array[null::bigint],
  'a test event has no number');

-- The number goes with the delivery, into every attempt and into what is given up.
delete from private.webhook_ready as ready using public.webhook_subscriptions as subscription
where subscription.endpoint_id = ready.endpoint_id and subscription.id in ('ordered', 'filtered');
delete from private.webhook_waiting;
create temporary table claim as select public.claim_webhook_deliveries(500) as claim;
create function pg_temp.tell(status integer) returns text language sql as $$
  select done::text from claim, public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint,
    (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> 'deliveries') as one),
    (select array_agg(case when (one ->> 5)::bigint in (3, 4) then tell.status else 204 end)
      from json_array_elements(claim -> 'deliveries') as one)) as done;
$$;
select is(
  (select array_agg(one ->> 5 order by (one ->> 5)::bigint) from claim, json_array_elements(claim -> 'deliveries') as one),
  array['1', '2', '3', '4', '5', '6', '7', '8', '9', null], 'a claim contains the number of each delivery');
update private.webhook_leases set attempts = array_fill(9::smallint, array[cardinality(attempts)]);
select is(pg_temp.tell(500), '(8,0,2,0)', 'of ten deliveries two are given up');
select is(
  (select array_agg(number order by number) from private.webhook_dead), array[3, 4]::bigint[],
  'a delivery that was given up keeps its number');
select is(
  (select array_agg(delivery_number order by delivery_number) from public.webhook_delivery_logs
    where event_type <> 'test.ping'),
  array[1, 2, 3, 4, 5, 6, 7, 8, 9]::bigint[], 'an attempt shows the number that was sent');
select tests.authenticate_as('ada');
select is(
  (select request #>> '{headers,webhook-number}' from public.webhook_delivery_logs as log,
    public.reproduce_webhook(log.event_id, log.id) as request where log.delivery_number = 5), '5',
  'a reproduced request has the number that was sent');
select is(
  (select public.recover_webhooks(hook.id) from hook), 2, 'an admin has what was given up sent again');
select tests.reset();
select is(
  (select pg_temp.numbers(id) from hook), array[3, 4]::bigint[],
  'what was given up is sent again with the number that it had');

-- A pause leaves a gap where something happened in it.
delete from private.webhook_ready;
select tests.authenticate_as('ada');
select public.pause_webhook_subscription(hook.id) from hook;
select tests.reset();
select pg_temp.emit(30, 33);
select tests.authenticate_as('ada');
select public.enable_webhook_subscription(hook.id) from hook;
select tests.reset();
select pg_temp.emit(34, 34);
select is(
  (select pg_temp.numbers(id) from hook), array[11]::bigint[],
  'the first delivery after a pause in which something happened leaves a number out');
delete from private.webhook_ready;
delete from private.webhook_replays;

-- A consumer that forgets three deliveries of ten, and pulls where a number is missing, ends with everything.
create temporary table got (webhook_id text primary key);
create function pg_temp.consume() returns integer language plpgsql as $$
  declare
    v_claim json;
    v_one record;
    v_number bigint := 11;
    v_sequence bigint := (select max(sequence) from public.events);
    v_page json;
    v_pulls integer := 0;
  begin
    for round in 1..20 loop
      perform pg_temp.emit(100 * round, 100 * round + 9);
      perform pg_temp.emit(100 * round, 100 * round + 4, 'employee.added');
      v_claim := public.claim_webhook_deliveries(500);
      perform public.complete_webhook_deliveries((v_claim #>> '{head,lease_id}')::bigint,
        (select array_agg((one ->> 0)::bigint) from json_array_elements(v_claim -> 'deliveries') as one),
        (select array_agg(204) from json_array_elements(v_claim -> 'deliveries')));

      for v_one in
        select (one ->> 5)::bigint as number, (event ->> 2)::bigint as sequence, event ->> 1 as id
        from json_array_elements(v_claim -> 'deliveries') as one
        join json_array_elements(v_claim -> 'events') as event on event ->> 0 = one ->> 2
        join public.webhook_subscriptions as subscription on subscription.endpoint_id = (one ->> 1)::bigint
        join hook on hook.id = subscription.id
        order by 1
      loop
        -- The last of all is not forgotten: nobody can miss what nothing follows.
        continue when abs(hashint8(v_one.number)) % 10 < 3 and v_one.number < 211;

        if v_one.number <> v_number + 1 then
          perform tests.act_as('ada', 'Acme');
          loop
            v_page := public.pull_webhook_events((select id from hook), v_sequence);
            insert into got select event ->> 'webhook_id' from json_array_elements(v_page -> 'events') as event
            on conflict do nothing;
            v_sequence := (v_page ->> 'next')::bigint;
            exit when (v_page ->> 'is_complete')::boolean;
          end loop;
          perform tests.act_as(null);
          v_pulls := v_pulls + 1;
        end if;

        insert into got values (v_one.id) on conflict do nothing;
        v_number := v_one.number;
        v_sequence := greatest(v_sequence, v_one.sequence);
      end loop;
    end loop;

    return v_pulls;
  end;
$$;
select cmp_ok(pg_temp.consume(), '>', 20, 'a consumer that forgets three of ten deliveries sees it from the numbers');
select set_eq(
  'select webhook_id from got',
  $$ select event_id from public.events where type = 'payroll.completed' and (body::jsonb #>> '{data,n}')::integer >= 100 $$,
  'a consumer that pulls where a number is missing ends with every event of its subscription');

select * from finish();
rollback;
