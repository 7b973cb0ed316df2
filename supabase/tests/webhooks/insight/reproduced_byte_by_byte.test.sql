begin;
\ir ../../_shared/setup.sql.raw
select plan(3);

select tests.create_organization_with('Acme', '{ada}');
select tests.authenticate_as('ada');
create temporary table hook as select * from public.create_webhook_subscription('https://hooks.example/a');
select tests.reset();

-- Texts of any letters and numbers of any size, the same in every run.
select setseed(0.5);
create function pg_temp.letters() returns text language sql volatile as $$
  select string_agg(chr(case floor(random() * 6)::integer
    when 0 then 1 + floor(random() * 31)::integer
    when 1 then (array[34, 92, 47, 60, 38, 39])[1 + floor(random() * 6)::integer]
    when 2 then 32 + floor(random() * 95)::integer
    when 3 then 128 + floor(random() * 2000)::integer
    when 4 then 8192 + floor(random() * 40000)::integer
    else 65536 + floor(random() * 900000)::integer end), '')
  from generate_series(1, 1 + floor(random() * 60)::integer);
$$;
select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', n::text, 'k' || n,
  jsonb_build_object(pg_temp.letters(), pg_temp.letters(), 'amount', (random() * 1e9)::numeric ^ 2, 'count',
    (random() * 1e18)::bigint, 'list', jsonb_build_array(pg_temp.letters(), random(), null, n % 2 = 0)))
from generate_series(1, 500) as n;
create temporary table claim as select public.claim_webhook_deliveries(500) as claim;
create temporary table sent as
select (one ->> 2)::bigint as event_id, one ->> 4 as signature, one ->> 5 as number, event ->> 3 as body,
  event ->> 1 as webhook_id, claim #>> '{head,timestamp}' as timestamp
from claim, json_array_elements(claim -> 'deliveries') as one
join json_array_elements((select claim -> 'events' from claim)) as event on event ->> 0 = one ->> 2;
grant select on sent to public;
select done.* from claim, public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint,
  (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> 'deliveries') as one),
  (select array_agg(204) from json_array_elements(claim -> 'deliveries'))) as done;

select is((select count(*) from sent), 500::bigint, 'five hundred events of any text are sent');
select tests.authenticate_as('ada');
create temporary table again as
select attempt.event_id, public.reproduce_webhook(attempt.event_id, attempt.id) as request
from public.webhook_attempts as attempt;
select tests.reset();
select is_empty(
  $$
    select sent.event_id
    from sent
    join again using (event_id)
    where (request ->> 'body', request #>> '{headers,webhook-signature}', request #>> '{headers,webhook-id}',
        request #>> '{headers,webhook-timestamp}', request #>> '{headers,webhook-number}')
      is distinct from (sent.body, sent.signature, sent.webhook_id, sent.timestamp, sent.number)
  $$,
  'every request is reproduced as it was sent: body, signature, id, time and number');
select is(
  (select count(*) from sent join again using (event_id)), 500::bigint, 'every attempt of the five hundred is reproduced');

select * from finish();
rollback;
