begin;
\ir ../../_shared/setup.sql.raw
select plan(20);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
select tests.configure_network();
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));

create function pg_temp.says(ledger bigint, ago interval, passphrase text default 'Test SDF Network ; September 2015')
returns text language sql as $$
  -- Every report is a transaction of its own; here the state is made older instead.
  update private.provider_states set since = since - interval '1 hour';
  select public.report_provider('https://horizon.example', passphrase, ledger, now() - ago);
$$;
create function pg_temp.told() returns text[] language sql as $$
  select array_agg(type order by id) from public.events where type like 'provider.%';
$$;

select is(pg_temp.says(1000, '5 seconds'), 'well', 'a provider whose newest ledger just closed is well');
select is(pg_temp.told(), null, 'a provider that was always well is no news');
select is(pg_temp.says(1000, '61 seconds'), 'lagging', 'a provider whose newest ledger is older than a minute lags');
select is(pg_temp.says(1001, '61 seconds'), 'lagging', 'a provider that goes on lagging stays so');
select is(pg_temp.told(), '{provider.lagging}', 'a state is told once, however often it is seen');
update private.provider_states set ledger_since = now() - interval '3 minutes';
select is(pg_temp.says(1001, '4 minutes'), 'frozen', 'a provider that shows the same ledger for minutes is frozen');
select is(pg_temp.says(1100, '1 second'), 'well', 'a provider that goes on is well again');
select is(
  pg_temp.says(1100, '1 second', 'Another ; network'), 'wrong_network', 'a provider of another network is named');
select is(pg_temp.says(1101, '1 second'), 'well', 'a provider that is of the right network again is well');
select is(
  array[pg_temp.says(null, '1 second', null), pg_temp.says(null, '1 second', null),
    pg_temp.says(null, '1 second', null)], '{well,well,unreachable}', 'a provider that is silent three times is named');
select is(pg_temp.says(1050, '61 seconds'), 'lagging', 'a lower ledger that closed earlier is that of a server that lags');
select is(
  pg_temp.says(40, '0 seconds'), 'reset', 'a lower ledger that closed later is that of a network that began anew');
select is(pg_temp.says(5000, '0 seconds'), 'reset', 'a reset is not over because the new network grew');
select private.begin_network_anew('The test network was reset.');
select is(pg_temp.says(45, '0 seconds'), 'well', 'an operator begins the books anew');
select is(
  pg_temp.says(4294967295, '0 seconds'), 'lying', 'a provider that names a ledger that cannot exist yet is named');
select is(
  (select ledger from private.provider_states), 45::bigint,
  'a ledger that cannot exist is not taken for the newest one');
select is(pg_temp.says(46, '0 seconds'), 'well', 'a provider that names a possible ledger again is well');

select private.configure_network('Test SDF Network ; September 2015', 'https://horizon.example',
  'https://rpc.example');
select public.report_provider('https://rpc.example', 'Another ; network', 46, now());
select is(
  (select array_agg(kind || ' ' || resource_id) from private.check_provider_states(null)),
  '{provider_wrong_network https://rpc.example}', 'an RPC server is named as a Horizon server is');
select private.configure_network('Test SDF Network ; September 2015', 'https://horizon.example');
select is_empty(
  'select from private.check_provider_states(null)', 'a provider that the project no longer uses is no finding');

select is(
  tests.error_code_of($$ select public.report_provider('https://elsewhere.example', 'x', 1, now()) $$),
  'provider_unknown', 'nobody reports a provider that the project does not use');

select * from finish();
rollback;
