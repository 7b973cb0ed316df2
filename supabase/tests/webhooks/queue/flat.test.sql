begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

select tests.create_organization_with('Acme', '{ada}');
insert into public.webhook_subscriptions (id, organization_id, url)
select 'w' || n, tests.organization_id('Acme'), 'https://hooks.example/' || n from generate_series(1, 10) as n;
select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', n::text, 'k' || n, '{}')
from generate_series(1, 20) as n;

-- Rows of the queue and of what it refers to that this transaction has read.
create function pg_temp.rows_read() returns numeric language sql as $$
  select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_user_tables
  where relname ~ '^(webhook_|events$|event_types$)';
$$;
create function pg_temp.cost_of(work text) returns numeric language plpgsql as $$
  declare v_before numeric := pg_temp.rows_read();
  begin
    execute work;
    return pg_temp.rows_read() - v_before;
  end; $$;
create temporary table claim (claim json);
create temporary table costs (step text, size text, rows numeric);
create function pg_temp.measure(size text) returns void language plpgsql as $$
  begin
    delete from private.webhook_leases;
    delete from claim;
    insert into costs values
      ('claim', size, pg_temp.cost_of('insert into claim select public.claim_webhook_deliveries(100)')),
      ('complete', size, pg_temp.cost_of('select public.complete_webhook_deliveries(
        (claim #>> ''{head,lease_id}'')::bigint,
        (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> ''deliveries'') as one),
        (select array_agg(case when (one ->> 0)::bigint % 10 = 0 then 500 else 200 end)
          from json_array_elements(claim -> ''deliveries'') as one)) from claim')),
      ('emit', size, pg_temp.cost_of(format('select private.emit_event(%s, ''payroll.completed'', ''payroll_run'',
        ''x'', %L, ''{}'')', tests.organization_id('Acme'), gen_random_uuid()))),
      ('is due', size, pg_temp.cost_of('select private.webhooks_are_due()'));
  end; $$;

-- Plans are made while the tables are small and serve when they are large.
select pg_temp.measure('small');
update private.webhook_endpoints set open_until = null, batch_limit = null, failures = 0;

insert into private.webhook_ready (endpoint_id, event_id)
select subscription.endpoint_id, (select max(id) from public.events)
from public.webhook_subscriptions as subscription, generate_series(1, 3000);
insert into private.webhook_retry (id, endpoint_id, event_id, attempts, due_at)
select -n, (select min(endpoint_id) from public.webhook_subscriptions), (select max(id) from public.events), 3,
  now() + interval '1 hour' from generate_series(1, 30000) as n;
insert into private.webhook_dead (id, organization_id, endpoint_id, event_id, attempts, dead_at)
select -n, tests.organization_id('Acme'), (select min(endpoint_id) from public.webhook_subscriptions),
  (select max(id) from public.events), 10, now() - interval '1 day' from generate_series(1, 30000) as n;
insert into public.webhook_attempts (organization_id, endpoint_id, event_id, attempt_number, outcome, delivered_at)
select tests.organization_id('Acme'), (select min(endpoint_id) from public.webhook_subscriptions),
  (select min(id) from public.events), 1, 'delivered', now() - interval '1 day' - n * interval '1 second'
from generate_series(1, 30000) as n;
select pg_temp.measure('large');

select is(
  (select json_array_length(claim -> 'deliveries') from claim), 100, 'a claim of a long queue takes what it was asked for');
select ok(
  large.rows <= small.rows * 1.5 + 100,
  format('to %s reads as few rows beside 120000 others (%s) as beside none (%s)', step, large.rows, small.rows))
from costs as small
join costs as large using (step)
where small.size = 'small' and large.size = 'large'
order by step;

select * from finish();
rollback;
