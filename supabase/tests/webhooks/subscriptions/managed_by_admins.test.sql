begin;
\ir ../../_shared/setup.sql.raw
select plan(111);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');

select tests.authenticate_as('ada');
create temporary table created as select *
from public.create_webhook_subscription(
  ' https://hooks.example/payd?x=1 ', array['payroll.*', 'employee.added'], 'key');
select is(
  (select (url, events, is_active) from created),
  ('https://hooks.example/payd?x=1'::text, array['payroll.*', 'employee.added'], true),
  'a new subscription has the given address and events and is active');
select matches((select id from created), '^whs_[0-9a-f]{32}$', 'the id of a subscription has 32 hexadecimal digits');
select matches(
  (select secret from created), '^whsec_[A-Za-z0-9+/]{43}=$',
  'the answer to a new subscription contains its secret: 32 random bytes');
select is(
  (
    select (id, secret)::text
    from public.create_webhook_subscription(
      'https://hooks.example/payd?x=1', array['payroll.*', 'employee.added'], 'key')),
  (select format('(%s,)', id) from created),
  'a repeat with the same key returns the subscription without its secret');
select is(
  tests.error_code_of(
    $$
      select public.create_webhook_subscription(
        'https://hooks.example/other', array['payroll.*', 'employee.added'], 'key') $$), 'idempotency_key_reused',
  'another address with the same key is refused');
select is(
  (select events from public.create_webhook_subscription('https://hooks.example/all')), array['*'],
  'a subscription without patterns gets every event');

-- The address of a subscription.
select is(
  tests.error_code_of(format('select public.create_webhook_subscription(%L)', url)), 'invalid_webhook_url',
  format('the webhook address %s is refused', url))
from unnest(array[
  'http://hooks.example', 'ftp://hooks.example', 'hooks.example', '//hooks.example', 'https://', 'https://?x',
  'javascript:alert(1)', 'https://user:password@hooks.example',
  'https://user@hooks.example', 'https://hooks.example\@127.0.0.1', 'https://127.0.0.1', 'https://127.1',
  'https://2130706433', 'https://0x7f000001', 'https://0x7f.1', 'https://017700000001',
  'https://[::1]', 'https://[::ffff:127.0.0.1]', 'https://localhost', 'https://LOCALHOST', 'https://api.localhost',
  'https://printer.local', 'https://metadata.google.internal', 'https://hooks',
  'https://hooks.example:99999999', 'https://hooks example', E'https://hooks.example/\nx', 'https://hooks.example/ä',
  'https://-hooks.example', 'https://hooks..example', 'https://169.254.169.254/latest'
]) as url;
select is(
  tests.error_code_of($$ select public.create_webhook_subscription('https://h.example/' || repeat('x', 1983)) $$),
  'text_too_long', 'an address of 2001 characters is refused');
select is(
  tests.error_code_of($$ select public.create_webhook_subscription('') $$), 'text_missing',
  'an empty address is refused');

-- The events of a subscription.
select is(
  tests.error_code_of(format('select public.create_webhook_subscription(''https://hooks.example/x'', %L)', events)),
  code, format('a subscription to the events %s ends with: %s', events, code))
from (values
  ('{}'::text[], 'invalid_event_pattern'), ('{NULL}', 'invalid_event_pattern'), ('{""}', 'invalid_event_pattern'),
  ('{*.*}', 'invalid_event_pattern'), ('{payroll*}', 'invalid_event_pattern'),
  ('{Payroll.completed}', 'invalid_event_pattern'), ('{payroll.}', 'invalid_event_pattern'),
  ('{.payroll}', 'invalid_event_pattern'), ('{"payroll completed"}', 'invalid_event_pattern'),
  (array_fill('payroll.*'::text, array[51]), 'invalid_event_pattern'),
  ('{payroll.completed,payroll.*,*}', 'no error'), ('{payroll.run.*}', 'invalid_event_pattern'),
  ('{payrol.*}', 'invalid_event_pattern'), ('{thing.happened}', 'invalid_event_pattern'), (array_fill('payroll.*'::text, array[50]), 'no error')
) as cases (events, code);

select is(
  tests.error_code_of(format('select public.create_webhook_subscription(''https://hooks.example/%s'')', n)),
  case when n <= 20 then 'no error' else 'too_many_webhook_subscriptions' end,
  format(
    'the subscription number %s of an organization is %s', n, case when n <= 20 then 'accepted' else 'refused' end))
from generate_series(20, 21) as n
where (
  select count(*)
  from (
    select public.create_webhook_subscription('https://hooks.example/' || filler)
    from generate_series((select count(*) + 1 from public.webhook_subscriptions), 19) as filler) as filled) >= 0;

-- Options.
select is(
  tests.error_code_of(format('select public.create_webhook_subscription(''https://hooks.example/o'', options => %L)',
    options)), 'invalid_webhook_option', format('the options %s are refused', options))
from (values
  ('[]'::jsonb), ('{"colour": "red"}'), ('{"timeout_ms": 999}'), ('{"timeout_ms": 30001}'), ('{"timeout_ms": "5000"}'),
  ('{"max_per_second": 0}'), ('{"max_per_second": 1.5}'), ('{"is_ordered": "yes"}'), ('{"filter": []}'),
  ('{"signature": "v2"}'), ('{"headers": {"cookie": "x"}}'), ('{"headers": {"X-Team": "x"}}'),
  ('{"headers": {"x-forwarded-for": "10.0.0.1"}}'), ('{"headers": {"x-a": "b\r\nx: y"}}'),
  ('{"headers": {"webhook-id": "1"}}'), ('{"headers": {"x-a": 1}}'), ('{"log_days": 0}'), ('{"log_days": 91}'),
  ('{"log_days": null}'), ('{"retry_seconds": 5}'), ('{"retry_seconds": [0]}'), ('{"retry_seconds": [86401]}'),
  ('{"retry_seconds": [1.5]}'), ('{"retry_seconds": ["5"]}'), ('{"retry_seconds": [[5]]}'),
  ('{"retry_seconds": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}')
) as cases (options);

select tests.authenticate_as('max');
select is(
  tests.error_code_of($$ select public.create_webhook_subscription('https://hooks.example') $$), 'role_too_low',
  'a manager cannot create a subscription');
select is((select count(*) > 0 from public.webhook_subscriptions), true, 'a manager reads the subscriptions');
select tests.authenticate_as('vic');
select is((select count(*) from public.webhook_subscriptions), 0::bigint, 'a viewer reads no subscription');

-- A secret is known only to the consumer.
select tests.reset();
select is(
  (select count(*) from private.webhook_secrets), (select count(*) from public.webhook_subscriptions),
  'every subscription has its own secret');
select is(
  (select count(distinct signing_key) from private.webhook_secrets),
  (select count(*) from public.webhook_subscriptions), 'every subscription secret is different');
select is_empty(
  $$ select place from created, tests.places_of(substr(created.secret, 7)) as place $$,
  'the text of a secret is stored in no table');
select tests.as_service();
select is(tests.error_code_of('select * from private.webhook_secrets'), '42501', 'the service cannot read the secrets');

select tests.authenticate_as('gil');
select is(
  (select tests.error_code_of(format('select public.delete_webhook_subscription(%L)', id)) from created),
  'webhook_subscription_not_found', 'an admin of another organization cannot end the subscription');
select tests.authenticate_as('ada');
select is(
  (select ended.is_active from created, public.delete_webhook_subscription(created.id) as ended), false,
  'an admin ends a subscription');
select is(
  (select tests.error_code_of(format('select public.delete_webhook_subscription(%L)', id)) from created), 'no error',
  'an ended subscription can be ended again');
select tests.reset();
select is(
  (select count(*) from created join private.webhook_secrets as secret on secret.subscription_id = created.id),
  0::bigint, 'the secret of an ended subscription is deleted at once');
select is(
  (
    select count(*) from public.audit_logs
    where action like 'webhook_subscription.%' and changes::text ~ 'whsec|secret'), 0::bigint,
  'the audit trail of subscriptions contains no secret');


-- Changing, pausing, enabling and rotating.
select tests.authenticate_as('ada');
create temporary table kept as select * from public.webhook_subscriptions where deleted_at is null limit 1;
grant all on kept to public;
select is(
  (select (changed.url, changed.timeout_ms, changed.header_names, changed.version) from kept,
    public.update_webhook_subscription(kept.id, '{"url": "https://new.example/", "timeout_ms": 5000,
      "headers": {"authorization": "Bearer secret"}}', kept.version) as changed),
  (select ('https://new.example/'::text, 5000, array['authorization'], kept.version + 1) from kept),
  'an admin changes a subscription, and of its headers only the names are shown');
select is(
  (select (changed.retry_seconds, changed.log_days) from kept, public.update_webhook_subscription(kept.id,
    '{"retry_seconds": [5, 60, 600], "log_days": 7}', kept.version + 1) as changed), (array[5, 60, 600], 7),
  'an admin gives a subscription its own schedule and a shorter log');
select is(
  (select (changed.retry_seconds, changed.log_days) from kept, public.update_webhook_subscription(kept.id,
    '{"retry_seconds": null}', kept.version + 2) as changed), (null::integer[], 7),
  'an admin gives a subscription the usual schedule again');
select is(
  (select tests.error_code_of(format($$ select public.update_webhook_subscription(%L, '{"timeout_ms": 5000}', %s) $$,
    kept.id, kept.version)) from kept), 'version_outdated',
  'a change of a subscription that was changed meanwhile is refused');
select is(
  (select tests.error_code_of(format($$ select public.update_webhook_subscription(%L, '{"url": "http://x.example"}',
    %s) $$, kept.id, kept.version + 3)) from kept), 'invalid_webhook_url',
  'a change to an address that webhooks cannot be sent to is refused');
select is(
  (select (paused.is_active, paused.inactive_reason) from kept, public.pause_webhook_subscription(kept.id) as paused),
  (false, 'paused'::text), 'an admin pauses a subscription');
select is(
  (select tests.error_code_of(format('select public.send_test_webhook(%L)', kept.id)) from kept),
  'webhook_subscription_inactive', 'a paused subscription is not tested');
select is(
  (select enabled.is_active from kept, public.enable_webhook_subscription(kept.id) as enabled), true,
  'an admin enables a paused subscription');
select is(
  (select tests.error_code_of(format('select public.rotate_webhook_secret(%L, %s)', kept.id, overlap)) from kept),
  code, format('a rotation with an overlap of %s seconds ends with: %s', overlap, code))
from (values (-1, 'invalid_overlap'), (604801, 'invalid_overlap'), (604800, 'no error'), (3600, 'no error')) as cases
  (overlap, code);
create temporary table rotated as select secret.* from kept, public.rotate_webhook_secret(kept.id, 60, 'again') as secret;
select matches(
  (select secret from rotated), '^whsec_[A-Za-z0-9+/]{43}=$', 'a rotation shows the new secret');
select is(
  (select secret.secret from kept, public.rotate_webhook_secret(kept.id, 60, 'again') as secret), null,
  'a repeated rotation with the same key shows no secret');
select is(
  (select tests.error_code_of(format('select public.rotate_webhook_secret(%L, 600)', kept.id)) from kept),
  'no error', 'a subscription can have five valid secrets');
select is(
  (select tests.error_code_of(format('select public.rotate_webhook_secret(%L, 600)', kept.id)) from kept),
  'too_many_webhook_secrets', 'a subscription cannot have more than five secrets beside the new one');
select is(
  (select tests.error_code_of(format('select public.rotate_webhook_secret(%L, 0)', kept.id)) from kept),
  'no error', 'a rotation without overlap ends the old secrets at once');

select * from finish();
rollback;
