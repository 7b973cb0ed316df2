begin;
\ir ../../_shared/setup.sql.raw
select plan(18);

select tests.create_organization_with('Acme', '{ada}');
insert into public.webhook_subscriptions (id, organization_id, url)
values ('one', tests.organization_id('Acme'), 'https://hooks.example/1');
insert into private.webhook_secrets (organization_id, subscription_id, signing_key, created_at)
values (tests.organization_id('Acme'), 'one', decode(repeat('ab', 32), 'hex'), now() - interval '1 day');
create function pg_temp.emit(resource text) returns void language sql as $$
  select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', resource,
    gen_random_uuid()::text, '{}');
$$;
create function pg_temp.claimed(claim json) returns integer language sql as $$
  select json_array_length(claim -> 'deliveries');
$$;
create function pg_temp.tell(claim json, status integer) returns text language sql as $$
  select (done.delivered, done.retrying, done.dead, done.stale)::text
  from public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint,
    (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> 'deliveries') as one),
    (select array_agg(status) from json_array_elements(claim -> 'deliveries'))) as done;
$$;
create function pg_temp.again() returns json language plpgsql as $$
  begin
    update private.webhook_retry set due_at = now();
    update private.webhook_endpoints set open_until = null, batch_limit = null;
    return public.claim_webhook_deliveries(500);
  end; $$;
create function pg_temp.version() returns integer language sql as $$
  select version from public.webhook_subscriptions where id = 'one';
$$;

-- Another address.
select pg_temp.emit('a');
create temporary table claim as select public.claim_webhook_deliveries(500) as claim;
grant all on claim to public;
select tests.act_as('ada');
select public.update_webhook_subscription('one', '{"url": "https://hooks.example/2"}', pg_temp.version());
select tests.reset();
select is(
  (select claim #>> '{endpoints,0,url}' from claim), 'https://hooks.example/1',
  'a delivery that is leased goes to the address it was leased with');
select is((select pg_temp.tell(claim, 500) from claim), '(0,1,0,0)', 'a result for the old address is counted');
delete from claim;
insert into claim select pg_temp.again();
select is(
  (select claim #>> '{endpoints,0,url}' from claim), 'https://hooks.example/2',
  'the next attempt of a delivery goes to the new address');
select is((select pg_temp.tell(claim, 200) from claim), '(1,0,0,0)', 'a delivery to the new address ends it');

-- A rotation.
select pg_temp.emit('b');
delete from claim;
insert into claim select public.claim_webhook_deliveries(500);
select tests.act_as('ada');
select public.rotate_webhook_secret('one', 0);
select tests.reset();
select pg_temp.tell(claim, 401) from claim;
create temporary table first_token as select claim #>> '{deliveries,0,4}' as token from claim;
update private.webhook_secrets set created_at = now() - interval '1 second' where expires_at is null;
delete from claim;
insert into claim select pg_temp.again();
select is(
  (select claim #>> '{deliveries,0,4}' ~ '^v1,[^ ]+$' and claim #>> '{deliveries,0,4}' <> token
    from claim, first_token), true,
  'a delivery that was leased with a secret that ended is signed with the new one at its next attempt');
select pg_temp.tell(claim, 200) from claim;

-- A pause.
select pg_temp.emit('c');
delete from claim;
insert into claim select public.claim_webhook_deliveries(500);
select tests.act_as('ada');
select public.pause_webhook_subscription('one');
select tests.reset();
select is((select pg_temp.tell(claim, 500) from claim), '(0,1,0,0)', 'a result that comes after the pause is counted');
select is(pg_temp.claimed(pg_temp.again()), 0, 'a paused subscription gets no next attempt');
select pg_temp.emit('d');
select tests.act_as('ada');
select public.enable_webhook_subscription('one');
select tests.reset();
delete from claim;
insert into claim select pg_temp.again();
select is(
  (select pg_temp.claimed(claim) from claim), 2,
  'a subscription that is enabled gets what was retried during the pause and what happened in it, each once');
select is((select pg_temp.tell(claim, 200) from claim), '(2,0,0,0)', 'what was paused is delivered');
select is(pg_temp.claimed(pg_temp.again()), 0, 'nothing is left after what was paused');

-- A worker that is lost while the subscription is deleted.
select pg_temp.emit('e');
delete from claim;
insert into claim select public.claim_webhook_deliveries(500);
select tests.act_as('ada');
select public.delete_webhook_subscription('one');
select tests.reset();
update private.webhook_leases set expires_at = now() - interval '1 second';
select is(pg_temp.claimed(pg_temp.again()), 0, 'a deleted subscription gets nothing from a lost worker either');
select private.purge_deleted_webhooks(5000);
select is(
  (select count(*) from private.webhook_ready_deliveries) + (select count(*) from private.webhook_retry)
    + (select count(*) from private.webhook_leases), 0::bigint, 'what waits for a deleted subscription is cleared away');

-- Order, switched while events wait.
insert into public.webhook_subscriptions (id, organization_id, url, is_ordered)
values ('two', tests.organization_id('Acme'), 'https://hooks.example/3', true);
select pg_temp.emit('f') from generate_series(1, 3);
delete from claim;
insert into claim select public.claim_webhook_deliveries(500);
select is((select pg_temp.claimed(claim) from claim), 1, 'two events wait behind the first of their resource');
select tests.act_as('ada');
select public.update_webhook_subscription('two', '{"is_ordered": false}', 1);
select tests.reset();
select is(
  pg_temp.claimed(pg_temp.again()), 2, 'events that wait are sent when the subscription no longer wants order');
select tests.act_as('ada');
select public.update_webhook_subscription('two', '{"is_ordered": true}', 2);
select tests.reset();
select pg_temp.emit('f');
select is(
  pg_temp.claimed(pg_temp.again()), 1, 'a resource waits for nothing of the time in which order was not wanted');
select is(
  (select pg_temp.tell(claim, 200) from claim), '(1,0,0,0)', 'a delivery of the time before the switch still ends');

-- A lost worker of whose deliveries one cannot be written.
create function pg_temp.refuse_one() returns trigger language plpgsql as $$
  begin
    if new.event_id = (select max(id) from public.events where resource_id = 'poison') then
      raise exception 'poison';
    end if;
    return new;
  end; $$;
delete from private.webhook_leases;
delete from private.webhook_ready;
delete from private.webhook_heads;
select pg_temp.emit('poison');
select pg_temp.emit('healthy');
create trigger refuse_one before insert on public.webhook_attempts
  for each row execute function pg_temp.refuse_one();
select public.claim_webhook_deliveries(500);
update private.webhook_leases set expires_at = now() - interval '1 second';
delete from claim;
insert into claim select pg_temp.again();
select is(
  (select array_agg(event.resource_id) from claim, json_array_elements(claim -> 'deliveries') as one
    join public.events as event on event.id = (one ->> 2)::bigint), array['healthy'],
  'the deliveries of a lost worker are sent again, but for one of which nothing can be written');
select is(
  (select array_agg(event.resource_id) from private.webhook_dead as dead
    join public.events as event on event.id = dead.event_id), array['poison'],
  'a delivery of a lost worker of which nothing can be written is given up');

select * from finish();
rollback;
