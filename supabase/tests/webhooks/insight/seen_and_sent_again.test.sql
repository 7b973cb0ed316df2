begin;
\ir ../../_shared/setup.sql.raw
select plan(27);

-- The vectors of RFC 8032, section 7.1.
select is(
  (encode(private.ed25519_public_key(decode(seed, 'hex')), 'hex'),
    encode(private.ed25519_sign(decode(seed, 'hex'), decode(message, 'hex')), 'hex')), (public_key, signature),
  format('the ed25519 key and signature of the message "%s" are those of RFC 8032', message))
from (values
  ('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', '',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe'
    '24655141438e7a100b'),
  ('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', '72',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a'
    'eeb00d291612bb0c00')
) as vectors (seed, message, public_key, signature);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.authenticate_as('ada');
create temporary table hook as select * from public.create_webhook_subscription('https://hooks.example/a',
  array['payroll.*'], null, '{"signature": "v1 v1a"}');
grant all on hook to public;
select tests.reset();
select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', n::text, 'k' || n,
  jsonb_build_object('n', n, 'text', 'ü \" \\ 😀')) from generate_series(1, 6) as n;
select private.emit_event(tests.organization_id('Acme'), 'employee.added', 'employee', '1', 'other', '{}');
create temporary table claim as select public.claim_webhook_deliveries(4) as claim;
select done.* from claim, public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint,
  (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> 'deliveries') as one),
  array[200, 500, null, 410 - 10], durations => array[5, 6, 7, 8],
  phases => array[1, 2, 3, 4, 5, null, null, null, null, null, null, null, null, null, null, 1, 1, 1, 1, 1],
  peers => array['93.184.216.34', '2606:4700::1', null, null], diallers => array[null, 'fetch', null, null],
  error_classes => array[null, 'http_500', 'timeout', 'http_400']) as done;

-- Tenants read their attempts.
select tests.authenticate_as('max');
select is(
  (select (response_status, resolve_ms, connect_ms, tls_ms, wait_ms, read_ms, peer_address, dialler, duration_ms)::text
    from public.webhook_delivery_logs where outcome = 'delivered'),
  '(200,1,2,3,4,5,93.184.216.34,pinned,5)',
  'a manager reads the phases and the address of an attempt');
select is(
  (select dialler from public.webhook_delivery_logs where response_status = 500), 'fetch',
  'an attempt of the dialler that is not safe against rebinding is marked');
select is(
  (select bool_and(log.payload = event.body
    and log.body_sha256 = encode(sha256(convert_to(event.body, 'UTF8')), 'hex'))
    from public.webhook_delivery_logs as log join public.events as event on event.id = log.event_id), true,
  'an attempt shows the exact body of its event and its hash');
select tests.authenticate_as('vic');
select is((select count(*) from public.webhook_delivery_logs), 0::bigint, 'a viewer reads no attempt');
select tests.authenticate_as('gil');
select is(
  (select count(*) from public.webhook_delivery_logs), 0::bigint,
  'an admin of another organization reads no attempt');
select is(
  (select tests.error_code_of(format(call, hook.id)) from hook), 'webhook_subscription_not_found',
  format('an admin of another organization is refused: %s', call))
from unnest(array['select public.send_test_webhook(%L)', 'select public.resend_webhook(%L, 1)',
  'select public.recover_webhooks(%L)', 'select public.replay_missing_webhooks(%L, now())',
  'select public.pull_webhook_events(%L)', 'select public.pause_webhook_subscription(%L)',
  'select public.rotate_webhook_secret(%L)']) as call;

-- A reproduced request is the one that was sent.
select tests.authenticate_as('ada');
create temporary table again as
select public.reproduce_webhook(log.event_id, log.id) as request from public.webhook_delivery_logs as log
where log.outcome = 'delivered';
select tests.reset();
select is(
  (select request ->> 'body' from again), (select claim #>> '{events,0,3}' from claim),
  'a reproduced request has the exact body');
select is(
  (select split_part(request #>> '{headers,webhook-signature}', ' ', 1) from again),
  (select claim #>> '{deliveries,0,4}' from claim), 'a reproduced request has the signature that was sent');
select is(
  (select split_part(request #>> '{headers,webhook-signature}', ' ', 2) from again),
  (select 'v1a,' || replace(encode(private.ed25519_sign(decode(claim #>> '{endpoints,0,v1a,0}', 'base64'), convert_to(
    concat_ws('.', claim #>> '{events,0,1}', claim #>> '{head,timestamp}', claim #>> '{events,0,3}'),
    'UTF8')), 'base64'), E'\n', '') from claim), 'a reproduced request has the ed25519 signature as well');
select is(
  (select public_key from public.webhook_subscriptions),
  (select 'whpk_' || encode(private.ed25519_public_key(decode(claim #>> '{endpoints,0,v1a,0}', 'base64')), 'base64')
    from claim), 'a subscription shows the public half of its ed25519 key');

-- Sent again.
select tests.authenticate_as('ada');
select is(
  (select type from hook, public.send_test_webhook(hook.id, 'k')), 'test.ping', 'an admin sends a test event');
select is(
  (select event.id from hook, public.send_test_webhook(hook.id, 'k') as event),
  (select id from public.events where type = 'test.ping'), 'a repeat with the same key sends no second test event');
select is(
  (select event.id from hook, public.events as of_log, public.resend_webhook(hook.id, of_log.id) as event
    where of_log.dedupe_key = 'k1'), (select id from public.events where dedupe_key = 'k1'),
  'an admin sends one event again');
select tests.reset();
select is(
  (select count(*) from private.webhook_ready_deliveries as ready join public.events as event on event.id = ready.event_id
    where event.dedupe_key = 'k1'), 1::bigint, 'an event that is sent again waits in the queue');
update private.webhook_retry set attempts = 9, due_at = now();
update private.webhook_endpoints set open_until = null, batch_limit = null;
delete from private.webhook_ready;
delete from claim;
insert into claim select public.claim_webhook_deliveries(100);
select done.* from claim, public.complete_webhook_deliveries((claim #>> '{head,lease_id}')::bigint,
  (select array_agg((one ->> 0)::bigint) from json_array_elements(claim -> 'deliveries') as one),
  (select array_agg(500) from json_array_elements(claim -> 'deliveries'))) as done;
select tests.authenticate_as('ada');
select is(
  (select public.recover_webhooks(hook.id) from hook), 3, 'an admin recovers what was given up');
select tests.reset();
delete from private.webhook_ready;
update private.webhook_endpoints set open_until = null, batch_limit = null;
select tests.authenticate_as('ada');
select public.replay_missing_webhooks(hook.id, now() - interval '1 hour') from hook;
select tests.reset();
delete from claim;
insert into claim select public.claim_webhook_deliveries(100);
select is(
  (select array_agg(event.dedupe_key order by event.id) from claim, json_array_elements(claim -> 'deliveries') as one
    join public.events as event on event.id = (one ->> 2)::bigint),
  array['k2', 'k3', 'k4', 'k5', 'k6'], 'a replay sends what was never delivered and nothing else');

select is(
  (select count(*) from private.webhook_replays), 0::bigint, 'a replay that has seen everything is over');

-- Pulled.
select tests.authenticate_as('max');
select is(
  (select array_agg(event ->> 'sequence') from hook, json_array_elements(
    public.pull_webhook_events(hook.id, 2, 3) -> 'events') as event), array['3', '4', '5'],
  'a manager pulls the events of a subscription after a number');
select is(
  (select (answer ->> 'is_complete', json_array_length(answer -> 'events')) from hook,
    public.pull_webhook_events(hook.id, 5) as answer), ('true'::text, 1),
  'a pull that has seen everything says so');

select * from finish();
rollback;
