begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}');
insert into public.webhook_subscriptions (id, organization_id, url) values ('one', tests.organization_id('Acme'), 'https://hooks.example/1');
insert into private.webhook_secrets (organization_id, subscription_id, signing_key) values (tests.organization_id('Acme'), 'one', decode(repeat('ab', 32), 'hex'));
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', n::text, 'key' || n, '{}') from generate_series(1, 5) as n;

select tests.as_service();
create temporary table claim as select * from public.claim_webhook_deliveries(2, 45);
select is((select count(*) from claim), 2::bigint, 'no more is claimed than asked for');
select is((select array_agg(headers ->> 'webhook-id' order by delivery_id) from claim), (select array_agg(event_id order by sequence) from public.events where sequence <= 2), 'the oldest first');
select is((select count(distinct lease_token) from claim), 1::bigint, 'a claim has one token');
select is((select count(*) from public.claim_webhook_deliveries(500)), 3::bigint, 'the next claim takes the rest');
select is(public.release_webhook_deliveries((select array_agg(delivery_id) from claim), gen_random_uuid()), 0, 'nobody gives back what another worker holds');
select is(public.release_webhook_deliveries((select array_agg(delivery_id) from claim), (select lease_token from claim limit 1)), 2, 'whoever holds deliveries gives them back');
select is((select array_agg(attempt_number) from public.claim_webhook_deliveries()), array[1, 1], 'and they are due at once, the attempt not counted');

select tests.reset();
update private.webhook_deliveries set next_attempt_at = now() - interval '1 second';
select tests.as_service();
create temporary table takeover as select * from public.claim_webhook_deliveries();
select is((select count(*) from takeover), 5::bigint, 'deliveries whose lease has ended are taken over');
select is((select stale from public.complete_webhook_deliveries((select jsonb_agg(jsonb_build_object('delivery_id', delivery_id, 'lease_token', lease_token, 'response_status', 200)) from claim))), 2, 'the slow worker completes nothing any more');
select is((select (delivered, stale) from public.complete_webhook_deliveries((
  select jsonb_agg(jsonb_build_object('delivery_id', delivery_id, 'lease_token', lease_token, 'response_status', 200)) from (select * from takeover union all select * from takeover) as twice))), (5, 5),
  'a result that is sent twice counts once');
select is(tests.error_code_of(format('select public.complete_webhook_deliveries(%L)', results)), 'invalid_delivery_results', format('%s are no results', results))
from (values ('{}'::jsonb), ('[]'), ('null')) as wrong (results);

-- A subscription that ends while its deliveries are on their way.
select tests.reset();
select private.emit_event(tests.organization_id('Acme'), 'thing.happened', 'thing', '6', 'key6', '{}');
create temporary table on_its_way as select * from public.claim_webhook_deliveries();
select tests.act_as('ada');
select public.delete_webhook_subscription('one');
select is((select stale from public.complete_webhook_deliveries((select jsonb_agg(jsonb_build_object('delivery_id', delivery_id, 'lease_token', lease_token, 'response_status', 500)) from on_its_way))), 1, 'a subscription that ended takes the lease of what was on its way');
select is((select array_agg(distinct state) from private.webhook_deliveries where subscription_id = 'one'), array['delivered', 'parked'], 'what waited is parked');
-- The event of a transaction that began before the subscription ended, and committed after.
insert into private.webhook_deliveries (organization_id, subscription_id, event_id, state) select organization_id, 'one', id, 'pending' from public.events where sequence = 1 on conflict (event_id, subscription_id) do update set state = 'pending', next_attempt_at = now();
select is((select count(*) from public.claim_webhook_deliveries()), 0::bigint, 'a late event for an ended subscription is not sent');
select is((select count(*) from private.webhook_deliveries where state = 'pending'), 0::bigint, 'the claim that met it parked it, so that it is not tried for ever');

select * from finish();
rollback;
