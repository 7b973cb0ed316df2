begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

select tests.create_organization_with('Acme', '{ada}');
select tests.configure_network();
select tests.as_service();
select is(
  tests.error_code_of($$ select public.take_provider_requests('https://another.example', 1, true) $$),
  'provider_unknown', 'no budget is made for an address that is no provider of the project');
select results_eq(
  $$ select granted, wait_ms from public.take_provider_requests('https://horizon.example', 3, false) $$,
  $$ values (3, 0) $$, 'a provider that was never asked may be asked at once');
select tests.reset();
select is(
  tests.error_code_of($$ select private.configure_provider_budget('https://horizon.example', 0, 10) $$),
  'invalid_provider_budget', 'a rate of nothing is refused');
select private.configure_provider_budget('https://horizon.example', 0.01, 10);
select tests.as_service();
select is(
  (select granted from public.take_provider_requests('https://horizon.example', 100, false)), 8,
  'background work gets four fifths of the burst');
select is(
  (select granted from public.take_provider_requests('https://horizon.example', 1, false)), 0,
  'background work gets nothing more until time has passed');
select cmp_ok(
  (select wait_ms from public.take_provider_requests('https://horizon.example', 1, false)), '>', 99000,
  'a worker that gets nothing is told for how long');
select is(
  (select granted from public.take_provider_requests('https://horizon.example', 5, true)), 2,
  'payments get the fifth that is left for them');
select is(
  (select granted from public.take_provider_requests('https://horizon.example', 5, true)), 0,
  'payments cannot exceed what the provider allows');
select tests.reset();
select is(
  (select kind from private.check_provider_budgets(null)), 'provider_budget_used',
  'the doctor says that the budget of a provider is used');
select is_empty(
  format('select from private.check_provider_budgets(%s)', tests.organization_id('Acme')),
  'a member is not told about the providers of the project');

-- One worker is sent away, and every worker waits.
select private.configure_provider_budget('https://horizon.example/', 100, 1000);
select tests.as_service();
select public.report_sent_away('https://horizon.example', 100000);
select public.report_sent_away('https://horizon.example', 5);
select results_eq(
  $$ select granted, wait_ms between 3590000 and 3600000
     from public.take_provider_requests('https://horizon.example', 1, true) $$,
  $$ values (0, true) $$,
  'a payment as well waits until the time that the provider named, and no provider names more than an hour');
select tests.reset();
select is(
  (select kind from private.check_provider_budgets(null)), 'provider_sends_away',
  'the doctor says that a provider wants to be left alone');
select private.configure_provider_budget('https://horizon.example', 100, 1000);
select tests.as_service();
select is(
  (select granted from public.take_provider_requests('https://horizon.example', 1, true)), 1,
  'an operator who sets the budget anew ends the wait');
select tests.reset();
select results_eq(
  $$ select requests_per_second, burst from private.provider_budgets
     where provider = 'https://horizon-testnet.stellar.org' $$, $$ values (1::numeric, 100) $$,
  'the public servers have the budget that they allow');

select * from finish();
rollback;
