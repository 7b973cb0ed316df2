begin;
\ir ../../_shared/setup.sql.raw
select plan(7);

select tests.create_organization_with('Acme', '{ada}');
insert into public.webhook_subscriptions (id, organization_id, url)
select id, tests.organization_id('Acme'), 'https://hooks.example/' || id from unnest('{new,good}'::text[]) as id;
create function pg_temp.endpoint(id text) returns bigint language sql as $$
  select endpoint_id from public.webhook_subscriptions as subscription where subscription.id = endpoint.id; $$;
create function pg_temp.claimed(trusted_only boolean) returns json language plpgsql as $$
begin
  perform private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', '1', gen_random_uuid()::text, '{}');
  return public.claim_webhook_deliveries(100, 45, 0, '{}', trusted_only);
end $$;
create function pg_temp.untrusted(claim json) returns text language sql as $$
  select string_agg(subscription.id, ' ' order by subscription.id)
  from json_array_elements_text(claim #> '{head,untrusted}') as one
  join public.webhook_subscriptions as subscription on subscription.endpoint_id = one::bigint; $$;
create function pg_temp.tell(claim json, endpoint text, status integer, duration integer) returns void language sql as $$
  select from public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint,
    (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> 'deliveries') as one
      where (one ->> 1)::bigint = pg_temp.endpoint(endpoint)), array[status], array[duration], is_last => true); $$;
create temporary table claim as select pg_temp.claimed(false) as claim;

select is(
  pg_temp.untrusted(claim), 'good new', 'endpoints to which nothing was ever delivered are not trusted')
from claim;
select pg_temp.tell(claim, 'good', 200, 40) from claim;
update claim set claim = pg_temp.claimed(false);
select is(pg_temp.untrusted(claim), 'new', 'an endpoint that answered well is trusted') from claim;
select pg_temp.tell(claim, 'good', 500, 40) from claim;
update private.webhook_endpoints set open_until = null, batch_limit = null;
update claim set claim = pg_temp.claimed(true);
select is(
  (select array_agg(distinct (one ->> 1)::bigint) from claim, json_array_elements(claim -> 'deliveries') as one),
  array[pg_temp.endpoint('good')], 'a worker with enough for new endpoints gets what is for trusted ones');
select is(pg_temp.untrusted(claim), null, 'an endpoint that fails quickly stays trusted') from claim;
select pg_temp.tell(claim, 'good', 200, 6000) from claim;
update claim set claim = pg_temp.claimed(false);
select is(pg_temp.untrusted(claim), 'good new', 'an endpoint that answers late is trusted no more') from claim;
select pg_temp.tell(claim, 'good', 200, 40) from claim;
update claim set claim = pg_temp.claimed(false);
select is(pg_temp.untrusted(claim), 'good new', 'one quick answer does not make up for a late one') from claim;
update private.webhook_endpoints set trusted_from = trusted_from - interval '1 hour';
select pg_temp.tell(claim, 'good', 200, 40) from claim;
update claim set claim = pg_temp.claimed(false);
select is(pg_temp.untrusted(claim), 'new', 'an endpoint is trusted again an hour after it was late') from claim;

select * from finish();
rollback;
