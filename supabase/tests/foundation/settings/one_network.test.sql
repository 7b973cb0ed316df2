begin;
\ir ../../_shared/setup.sql.raw
select plan(20);

select is(
  (select (network_passphrase, horizon_url, allow_http_webhooks, max_fee_stroops) from private.settings),
  (null::text, null::text, false, 100000::bigint), 'a new project is on no network and sends webhooks by https only');
select is(
  tests.error_code_of('insert into private.settings (is_the_only_row) values (true)'), '23505',
  'a second row of settings is refused');
select is(
  tests.error_code_of('insert into private.settings (is_the_only_row) values (false)'), '23514',
  'a row of settings that is not marked as the only one is refused');
select private.configure_network('Test SDF Network ; September 2015', 'https://horizon.example/');
select is(
  (select horizon_url from private.settings), 'https://horizon.example',
  'the address of the provider is stored without a slash at its end');
select lives_ok(
  $$ select private.configure_network('Public Global Stellar Network ; September 2015', 'https://horizon.example') $$,
  'a project without a payment may change its network');
select is(
  tests.error_code_of($$ select private.configure_network('Public Global Stellar Network ; September 2015', null) $$),
  '23514', 'a network without a provider is refused');

select is(
  tests.error_code_of(format($$ select private.configure_network('Test SDF Network ; September 2015', %L, %L) $$,
    horizon, rpc)), expected, format('a provider at %s is %s', coalesce(rpc, horizon), what))
from (values
  ('http://horizon.example', null, 'provider_not_secure', 'refused, because it is reached without https'),
  ('https://horizon.example', 'http://rpc.example', 'provider_not_secure', 'refused, because it is reached without https'),
  ('http://127.0.0.1.evil.example', null, 'provider_not_secure', 'refused, because it only looks like this machine'),
  ('http://localhost@evil.example', null, 'provider_not_secure', 'refused, because it only looks like this machine'),
  ('ftp://horizon.example', null, 'provider_not_secure', 'refused, because it is no web address'),
  ('http://127.0.0.1:8000', null, 'no error', 'accepted, because it is this machine'),
  ('http://localhost:8000/horizon', null, 'no error', 'accepted, because it is this machine'),
  ('http://[::1]:8000', null, 'no error', 'accepted, because it is this machine')
) as providers (horizon, rpc, expected, what);
select private.configure_network('Test SDF Network ; September 2015', 'https://horizon.example');
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma');
select tests.walk_run(tests.create_run('Acme'), 'persisted');
select is(
  tests.error_code_of(
    $$
      select private.configure_network('Public Global Stellar Network ; September 2015', 'https://horizon.example') $$),
  'network_already_in_use', 'a project that prepared a payment stays on its network');
select lives_ok(
  $$
    select private.configure_network(
      'Test SDF Network ; September 2015', 'https://other.example', 'https://rpc.example') $$,
  'a project that prepared a payment may change its providers');

select tests.authenticate_as('ada');
select is(
  tests.error_code_of($$ select private.configure_network('x', 'y') $$), '42501',
  'no admin of an organization changes the network of the project');
select tests.as_service();
select is(
  tests.error_code_of($$ select private.configure_network('x', 'y') $$), '42501',
  'the service cannot change the network of the project');
select is(
  tests.error_code_of($$ select private.configure_webhooks(true) $$), '42501',
  'the service cannot allow webhooks without https');

select tests.reset();
select set_has(
  $$ select name, kind, target from private.scheduled_jobs $$,
  $$values
    ('webhook-dispatch', 'function', 'webhook-dispatch'), ('payroll-disburse', 'function', 'payroll-disburse'),
    ('horizon-sync', 'function', 'horizon-sync')
  $$,
  'every worker has a scheduled doorbell, so that a lost doorbell costs seconds and never work');

select * from finish();
rollback;
