-- A subscription with a challenge is active once its address has answered with the text of the challenge.
begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}');
select tests.authenticate_as('ada');
create temporary table hook as
select * from public.create_webhook_subscription('https://hooks.example/payd', array['payroll.*'], 'key',
  options => '{"challenge": true}');
select tests.reset();
grant all on hook to public;
create function pg_temp.state() returns text language sql as $$
  select subscription.is_active || ' ' || coalesce(subscription.inactive_reason, 'none')
  from public.webhook_subscriptions as subscription join hook on hook.id = subscription.id;
$$;
create function pg_temp.challenge() returns text language sql as $$
  select endpoint.challenge from private.webhook_endpoints as endpoint join hook on hook.id = endpoint.subscription_id;
$$;
create temporary table claim (document json);
create function pg_temp.claim() returns integer language sql as $$
  delete from claim;
  insert into claim select public.claim_webhook_deliveries();
  select json_array_length(document -> 'deliveries') from claim;
$$;
create function pg_temp.answer(status integer, body text) returns void language sql as $$
  select public.complete_webhook_deliveries((document #>> '{head,lease_id}')::bigint,
    array[(document #>> '{deliveries,0,0}')::bigint], array[answer.status], bodies => array[answer.body],
    is_last => true)
  from claim;
$$;

select is(pg_temp.state(), 'false unverified', 'a new subscription with a challenge is inactive and says why');
select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', '1', 'early', '{"n": 1}');
select is(pg_temp.claim(), 1, 'an address that has proven nothing is sent nothing but the challenge');
select is(
  (select (document #>> '{events,0,3}')::jsonb ->> 'type' from claim), 'webhook.challenge',
  'what a new address is sent first is the challenge');
select is(
  (select (document #>> '{events,0,3}')::jsonb #>> '{data,challenge}' from claim), pg_temp.challenge(),
  'the challenge carries the text with which the address is to answer');
select matches(pg_temp.challenge(), '^[0-9a-f]{32}$', 'the text of a challenge cannot be guessed');

select tests.authenticate_as('ada');
select is(
  tests.error_code_of('select public.enable_webhook_subscription(id) from hook'), 'webhook_subscription_unverified',
  'no admin enables a subscription whose address has proven nothing');
select lives_ok('select public.pause_webhook_subscription(id) from hook', 'pausing what waits for its proof is no error');
select is(
  tests.error_code_of('select public.enable_webhook_subscription(id) from hook'), 'webhook_subscription_unverified',
  'a pause is no way around the challenge');
select is(
  tests.error_code_of('select public.send_test_webhook(id) from hook'), 'webhook_subscription_inactive',
  'no test event goes to an address that has proven nothing');
select tests.reset();

select pg_temp.answer(500, pg_temp.challenge());
select is(pg_temp.state(), 'false unverified', 'an answer that is an error proves nothing, whatever it says');
update private.webhook_retry set due_at = now() - interval '1 second';
select is(pg_temp.claim(), 1, 'a challenge that failed is sent again');
select pg_temp.answer(200, 'a page that knows nothing of ' || repeat('0', 32));
select is(pg_temp.state(), 'false unverified', 'a good answer without the text proves nothing');
select is(
  (select (response_status, outcome, error_class, error_message)::text from public.webhook_attempts
    order by id desc limit 1),
  '(,retrying,challenge_unanswered,"The endpoint answered 200 without the text of the challenge.")',
  'a good answer without the text of the challenge is a failure that says so');
update private.webhook_retry set due_at = now() - interval '1 second';
select is(pg_temp.claim(), 1, 'a challenge that was answered without its text is sent again');
select pg_temp.answer(200, 'challenge=' || pg_temp.challenge());
select is(pg_temp.state(), 'true none', 'an address that answers with the text has its subscription enabled');
select is(pg_temp.challenge(), null, 'a challenge that was answered is forgotten');
select is(pg_temp.claim(), 0, 'what happened before an address had proven itself is not sent to it');
select private.emit_event(tests.organization_id('Acme'), 'payroll.completed', 'payroll_run', '2', 'late', '{"n": 2}');
select is(pg_temp.claim(), 1, 'an address that has proven itself is sent what happens from then on');
select is(
  (select (document #>> '{events,0,3}')::jsonb #>> '{data,n}' from claim), '2',
  'the first event for a proven address is the one that came after the proof');

select * from finish();
rollback;
