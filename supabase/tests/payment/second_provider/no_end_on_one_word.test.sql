begin;
\ir ../../_shared/setup.sql.raw
select plan(21);

select is(
  tests.error_code_of($$ select private.configure_second_provider('https://second.example') $$), 'network_not_configured',
  'a second provider of no network is refused');
select tests.configure_network();
select is(
  tests.error_code_of(format($$ select private.configure_second_provider(%L) $$, url)), expected,
  format('a second provider at %s is %s', url, what))
from (values
  ('http://second.example', 'provider_not_secure', 'refused, because it is reached without https'),
  ('https://horizon.example/', 'second_provider_is_the_first', 'refused, because it is the first'),
  ('https://HORIZON.example', 'second_provider_is_the_first', 'refused, however its name is written')
) as providers (url, expected, what);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'submitting') from run;
create temporary table sent as select max(id) as id from public.transactions;
create function pg_temp.settle(first text, second jsonb)
returns text language sql return tests.error_code_of(format('select tests.settle(%L)',
  tests.evidence((select id from sent), first) || coalesce(jsonb_build_object('second', second), '{}')));
create function pg_temp.told(kind text, codes text[] default null)
returns jsonb language sql return tests.evidence((select id from sent), kind, codes) - 'transaction_id';

select private.configure_second_provider('https://second.example/');
select is(
  (select second_horizon_url from private.settings), 'https://second.example', 'an operator names a second provider');
select is(
  (select count(*) from public.take_provider_requests('https://second.example', 3, true)), 1::bigint,
  'the second provider has a budget of its own');
select is(
  tests.error_code_of($$ select private.configure_network('Test SDF Network ; September 2015',
    'https://second.example') $$), 'second_provider_is_the_first', 'the first provider cannot become the second');
update private.source_accounts set lease_token = null, leased_until = null;
update public.transactions set next_check_at = now();
select is(
  (select second_horizon_url from public.claim_disbursement()), 'https://second.example',
  'a worker is told the second provider with its claim');

select is(pg_temp.settle(kind, null), 'second_provider_missing', format('one provider alone does not end it: %s', kind))
from unnest('{applied,unused,other}'::text[]) as kind;
select is(
  pg_temp.settle('applied', pg_temp.told('failed', '{op_no_trust}')), 'providers_disagree',
  'a transaction that one provider calls paid and the other failed does not end');
select is(
  pg_temp.settle('unused', pg_temp.told('applied')), 'providers_disagree',
  'a transaction that one provider calls unused and the other paid does not end');
select is(
  pg_temp.settle('applied', pg_temp.told('applied') || '{"ledger": 989}'), 'providers_disagree',
  'a transaction that two providers saw in different ledgers does not end');
select is(
  pg_temp.settle('failed', pg_temp.told('failed', '{op_no_trust}')), 'providers_disagree',
  'a transaction that failed for two reasons, one for each provider, does not end');
select is(
  pg_temp.settle('other', pg_temp.told('other') || jsonb_build_object('other_envelope_xdr',
    tests.sign(replace(encode('\x00000002'::bytea || private.xdr_transaction(transaction.source_account,
      transaction.sequence_number, 100, 5000, '2027-01-01', 'text', 'a third tool',
      array[private.xdr_operation('payment', tests.address(6), 'XLM', '', 1)]) || '\x00000000'::bytea, 'base64'),
      e'\n', ''), transaction.source_account))), 'providers_disagree',
  'a transaction whose number two providers saw used by two others does not end')
from public.transactions as transaction;
select is(
  pg_temp.settle('unused', pg_temp.told('unused') || '{"observed_ledger": 999}'), 'evidence_proves_nothing',
  'the evidence of the second provider is checked like that of the first');
select is(
  pg_temp.settle('applied', '"yes"'), 'second_provider_missing', 'a word without evidence is no word');
select is(
  (select (status, is_live) from public.transactions), ('pending'::text, true),
  'a transaction of which the providers tell different things stays open');

select is(pg_temp.settle('applied', pg_temp.told('applied')), 'no error', 'two providers that tell the same end it');
select is(
  (select (evidence ->> 'provider', evidence ->> 'second_provider', evidence -> 'second' ->> 'proof')
    from private.transaction_evidence),
  ('https://horizon.example'::text, 'https://second.example'::text, 'found_by_hash'::text),
  'both answers are kept with the providers that gave them');

select * from finish();
rollback;
