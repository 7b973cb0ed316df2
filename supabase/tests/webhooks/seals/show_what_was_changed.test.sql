begin;
\ir ../../_shared/setup.sql.raw
select plan(27);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.authenticate_as('ada');
create temporary table hook as select * from public.create_webhook_subscription('https://hooks.example/a');
grant all on hook to public;
select tests.reset();
insert into public.webhook_subscriptions (id, organization_id, url)
values ('other', tests.organization_id('Acme'), 'https://hooks.example/b');
create function pg_temp.deliver(from_number integer, to_number integer) returns void language plpgsql as $$
  declare v_claim json;
  begin
    perform private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', n::text, 'k' || n, '{}')
    from generate_series(from_number, to_number) as n;
    v_claim := public.claim_webhook_deliveries(500);
    perform public.complete_webhook_deliveries((v_claim #>> '{head,lease_id}')::bigint,
      (select array_agg((one ->> 0)::bigint) from json_array_elements(v_claim -> 'deliveries') as one),
      (select array_agg(204) from json_array_elements(v_claim -> 'deliveries')));
  end;
$$;
-- Everything up to now is sealed, in three calls, as if no other transaction were going on.
create function pg_temp.seal() returns integer language plpgsql as $$
  declare v_seals integer := 0;
  begin
    for turn in 1..3 loop
      v_seals := v_seals + private.seal_webhook_attempts(1000);
      update private.webhook_seal_mark set after_xid = 0 where after_xid is not null;
    end loop;
    return v_seals;
  end;
$$;
create function pg_temp.verified(known text default null) returns json language plpgsql as $$
  declare v_answer json;
  begin
    perform tests.act_as('max', 'Acme');
    v_answer := public.verify_webhook_log((select id from hook), known);
    perform tests.act_as(null);
    return v_answer;
  end;
$$;
create function pg_temp.is_intact() returns text language sql as $$ select pg_temp.verified() ->> 'is_intact'; $$;
create function pg_temp.endpoint() returns bigint language sql as $$
  select subscription.endpoint_id from public.webhook_subscriptions as subscription join hook using (id);
$$;

-- What may still be written below a number is waited for.
select is(
  (pg_temp.verified())::jsonb - 'broken_since',
  '{"is_intact": true, "attempts": 0, "since": null, "until": null, "hash": null, "is_known": null}'::jsonb,
  'a log without attempts is intact and has no hash');
select pg_temp.deliver(1, 5);
select is(private.seal_webhook_attempts(1000), 0, 'attempts are marked before they are sealed');
select private.seal_webhook_attempts(1000);
update private.webhook_seal_mark set after_xid = pg_current_xact_id()::text::bigint + 1;
select is(
  private.seal_webhook_attempts(1000), 0, 'attempts are not sealed while a transaction that may have made more goes on');
update private.webhook_seal_mark set after_xid = 0;
select is(pg_temp.seal(), 2, 'attempts are sealed for each subscription once such transactions have ended');
select is(pg_temp.seal(), 0, 'what is sealed is not sealed again');
select pg_temp.deliver(6, 9);
select is(pg_temp.seal(), 2, 'later attempts make a further seal');
select pg_temp.deliver(10, 12);
select pg_temp.seal();
select is(
  (select (answer ->> 'is_intact', answer ->> 'attempts') from pg_temp.verified() as answer),
  ('true'::text, '12'::text), 'a log that nobody touched is intact');
create temporary table kept as select seal.hash, seal.number from private.webhook_seals as seal
where seal.endpoint_id = pg_temp.endpoint();
select is(
  pg_temp.verified() ->> 'hash', (select encode(hash, 'hex') from kept where number = 3),
  'the answer contains the newest hash of the chain');
select is(
  (select array_agg(pg_temp.verified(encode(hash, 'hex')) ->> 'is_known') from kept), array['true', 'true', 'true'],
  'every earlier hash is known to be part of the chain');
select is(pg_temp.verified(repeat('0', 64)) ->> 'is_known', 'false', 'a hash of another chain is not known');

select tests.authenticate_as('max');
select is(
  (select tests.error_code_of(format('select public.verify_webhook_log(%L, %L)', id, known)) from hook),
  'invalid_log_hash', format('the hash "%s" is refused', known))
from unnest(array['', 'x', repeat('0', 63), repeat('g', 64)]) as known;
select tests.reset();

-- Whatever is done to a sealed attempt is seen.
create temporary table originals as select * from public.webhook_attempts;
create function pg_temp.after(damage text) returns text language plpgsql as $$
  declare v_answer text;
  begin
    execute damage;
    v_answer := pg_temp.is_intact();
    delete from public.webhook_attempts;
    insert into public.webhook_attempts overriding system value select * from originals;
    return v_answer;
  end;
$$;
create function pg_temp.seventh() returns bigint language sql as $$
  select id from originals where endpoint_id = pg_temp.endpoint() order by id offset 6 limit 1;
$$;
select is(pg_temp.after(damage), 'false', format('a log is not intact after: %s', damage))
from (values
  ('update public.webhook_attempts set response_status = 500 where id = pg_temp.seventh()'),
  ('update public.webhook_attempts set event_id = event_id - 1 where id = pg_temp.seventh()'),
  ('update public.webhook_attempts set delivered_at = delivered_at - interval ''1 hour'' where id = pg_temp.seventh()'),
  ('update public.webhook_attempts set signed_at = signed_at + 1 where id = pg_temp.seventh()'),
  ('delete from public.webhook_attempts where id = pg_temp.seventh()'),
  ('update public.webhook_attempts as attempt set event_id = swapped.event_id from originals as swapped
    where attempt.endpoint_id = pg_temp.endpoint() and swapped.endpoint_id = attempt.endpoint_id
      and attempt.id in (pg_temp.seventh(), pg_temp.seventh() + 2) and swapped.id <> attempt.id
      and swapped.id in (pg_temp.seventh(), pg_temp.seventh() + 2)'),
  ('insert into public.webhook_attempts (organization_id, endpoint_id, event_id, attempt_number, outcome, id)
    overriding system value select organization_id, endpoint_id, event_id, 2, ''delivered'', id + 1
    from originals where id = pg_temp.seventh()')
) as damages (damage);
select is(pg_temp.is_intact(), 'true', 'a log that was put back exactly is intact');

-- Whoever can write the chain anew cannot make it go through a hash that somebody kept.
update public.webhook_attempts set response_status = 500 where id = pg_temp.seventh();
delete from private.webhook_seals;
update private.webhook_seal_mark set sealed_id = 0, next_id = 0;
select pg_temp.seal();
select is(
  (select (answer ->> 'is_intact', answer ->> 'is_known') from pg_temp.verified(
    (select encode(hash, 'hex') from kept where number = 3)) as answer), ('true'::text, 'false'::text),
  'a chain that was written anew does not contain a hash that was kept');

-- Who may look.
select tests.authenticate_as('vic');
select is(
  (select tests.error_code_of(format('select public.verify_webhook_log(%L)', id)) from hook), 'role_too_low',
  'a viewer verifies no log');
select tests.authenticate_as('gil');
select is(
  (select tests.error_code_of(format('select public.verify_webhook_log(%L)', id)) from hook),
  'webhook_subscription_not_found', 'an admin of another organization verifies no log');
select tests.reset();

-- A log that is kept for a shorter time is verified as far as it goes, and a replay does not look behind it.
update public.webhook_subscriptions as subscription set log_days = 7 from hook where hook.id = subscription.id;
update public.webhook_attempts set delivered_at = now() - interval '8 days' where endpoint_id = pg_temp.endpoint()
  and id <= pg_temp.seventh();
select is(
  private.trim_webhook_logs(now(), 1000), 7, 'attempts older than the days of their subscription are taken away');
select is(
  (select logged_since from private.webhook_endpoints where id = pg_temp.endpoint()), now() - interval '7 days',
  'an endpoint remembers since when its log is whole');

select * from finish();
rollback;
