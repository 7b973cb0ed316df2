begin;
\ir ../../_shared/setup.sql.raw
select plan(11);

select tests.create_organization_with('Acme', '{ada}');
select tests.configure_network();
select public.register_contract('Escrow', 'CDLZFC3SYJYDZT7K67VZ75HPJVIEUVNIXF47ZG2FB2RMQQVU2HHGCYSC', repeat('a', 64));

select is(
  (select count(*) from public.claim_contract_walks()), 0::bigint,
  'no contract is claimed where no RPC server is configured');
select private.configure_network('Test SDF Network ; September 2015', 'https://horizon.example', 'https://rpc.example');
create temporary table claims as select * from public.claim_contract_walks();
select is((select count(*) from claims), 1::bigint, 'a registered contract is claimed');
select is((select count(*) from public.claim_contract_walks()), 0::bigint, 'a leased contract is not claimed again');

create function pg_temp.page(changes jsonb) returns jsonb language sql as $$
  select jsonb_build_object('contract_id', contract_id, 'lease_token', lease_token, 'place', place, 'next_place',
    '0000000429496729600-0000000001', 'outcome', 'more', 'events', '[]'::jsonb) || changes
  from claims;
$$;
select is(
  tests.error_code_of(format('select public.apply_contract_walk(%L)',
    pg_temp.page(jsonb_build_object('lease_token', gen_random_uuid())))), 'lease_lost',
  'a worker that was overtaken records nothing');
select is(
  tests.error_code_of(format('select public.apply_contract_walk(%L)', pg_temp.page('{"outcome": "well"}'))),
  'invalid_contract_page', 'a page whose frame is wrong is refused');
select is(
  tests.error_code_of(format('select public.apply_contract_walk(%L)', pg_temp.page('{"events": [{}]}'))),
  'invalid_contract_event', 'an event that is none is refused');
select is(
  (select place from private.contract_walks), null, 'a page that was refused leaves the place as it was');
select public.apply_contract_walk(pg_temp.page('{}'));
select is(
  (select place from private.contract_walks), '0000000429496729600-0000000001',
  'an empty page moves the place of its contract');

update private.contract_walks set lease_token = claims.lease_token, leased_until = now() + interval '1 minute'
from claims;
select public.apply_contract_walk(pg_temp.page('{"place": "0000000429496729600-0000000001", "deployment": "missing",
  "verified_ledger": 4294967295}'));
select is(
  (select array[place, deployment, problem] from private.contract_walks),
  '{0000000429496729600-0000000001,unverified,no_answer}', 'code as of a ledger that cannot exist is not believed');
update private.contract_walks set lease_token = claims.lease_token, leased_until = now() + interval '1 minute'
from claims;
select public.apply_contract_walk(pg_temp.page('{"place": "0000000429496729600-0000000001",
  "next_place": "9223372032559808512-0000000001"}'));
select is(
  (select array[place, problem] from private.contract_walks), '{0000000429496729600-0000000001,no_answer}',
  'a place behind every ledger that can exist is not taken, because it would hide what happens before it');
select is(
  (select useless_answers from private.contract_walks), 2, 'each answer that cannot be believed makes the next one wait longer');

select * from finish();
rollback;
