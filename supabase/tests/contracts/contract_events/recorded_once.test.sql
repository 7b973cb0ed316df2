begin;
\ir ../../_shared/setup.sql.raw
select plan(29);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_user('stan');
select tests.create_user('eve');
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');
select tests.configure_network();
select public.register_contract('Bulk Payment', 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD', tests.hash('one'));

create function tests.contract_event(number integer, change jsonb default '{}')
returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'event_id', lpad(contract_event.number::text, 19, '0') || '-0000000001',
    'contract_id', 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD',
    'event_type', 'payment_executed', 'category', 'payment', 'data', '{"amount": "10"}'::jsonb, 'tx_hash', tests.hash('transaction'),
    'ledger_sequence', 1000 + contract_event.number, 'closed_at', '2026-11-20T12:00:00Z') || contract_event.change;
$$;
grant execute on function tests.contract_event(integer, jsonb) to anon, authenticated, service_role;

select tests.as_service();
select results_eq(
  $$ select * from public.record_contract_events(jsonb_build_array(tests.contract_event(1), tests.contract_event(2), tests.contract_event(1))) $$,
  $$ values (2, 1) $$,
  'each event is recorded once, also within a batch');
select results_eq(
  $$ select * from public.record_contract_events(jsonb_build_array(tests.contract_event(2), tests.contract_event(3))) $$,
  $$ values (1, 1) $$,
  'and however often a page is read');
select results_eq(
  $$ select event_id, event_type, category, data, ledger_sequence, created_at from public.contract_events order by id limit 1 $$,
  $$ values ('0000000000000000001-0000000001', 'payment_executed', 'payment', '{"amount": "10"}'::jsonb, 1001::bigint, '2026-11-20 12:00:00+00'::timestamptz) $$,
  'an event keeps its ledger and the time the ledger closed');

select is(tests.error_code_of(format('select public.record_contract_events(%s)', batch)), code, promise)
from (values
  ($$ '{}' $$, 'invalid_contract_events', 'a batch is an array'),
  ($$ '[]' $$, 'invalid_contract_events', 'with at least one event'),
  ($$ (select jsonb_agg(tests.contract_event(number)) from generate_series(1, 1001) as number) $$, 'invalid_contract_events', 'and at most 1000'),
  ($$ '[1]' $$, 'invalid_contract_events', 'of objects'),
  ($$ null $$, 'invalid_contract_events', 'and not missing'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"event_id": "9"}')) $$, 'invalid_contract_event', 'the id is one of an RPC server'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"contract_id": "C"}')) $$, 'invalid_contract_event', 'the contract is one'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"contract_id": "CBDYHN2O3NOZPDAXBKSTWIVUMX5DJDJNXATRBR5JLP6H5S5J57NFJXAT"}')) $$, 'invalid_contract_event', 'that is registered'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"event_type": ""}')) $$, 'invalid_contract_event', 'the type is there'),
  ($$ jsonb_build_array(tests.contract_event(9, jsonb_build_object('data', repeat('x', 70000)))) $$, 'invalid_contract_event', 'the data is of limited size'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"tx_hash": "x"}')) $$, 'invalid_contract_event', 'the hash is a hash'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"ledger_sequence": 0}')) $$, 'invalid_contract_event', 'the ledger is a number above zero'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"closed_at": "2026-13-01T00:00:00Z"}')) $$, 'invalid_contract_event', 'the time exists'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"closed_at": "2026-11-20T12:00:00"}')) $$, 'invalid_contract_event', 'and has a zone'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"organization_id": 999999999}')) $$, 'invalid_contract_event', 'the organization exists')
) as refusal (batch, code, promise);
select matches(
  tests.error_of($$ select public.record_contract_events(jsonb_build_array(tests.contract_event(8), tests.contract_event(9, '{"tx_hash": "x"}'))) $$),
  'Event 2 of the batch cannot be recorded: its tx_hash is not a transaction hash',
  'the refusal names the event and what is wrong');
select is((select count(*) from public.contract_events), 3::bigint, 'nothing of a refused batch is written');

-- Events of one organization are not shown to another.
select public.record_contract_events(jsonb_build_array(
  tests.contract_event(20, jsonb_build_object('organization_id', tests.organization_id('Acme'))),
  tests.contract_event(21, jsonb_build_object('organization_id', tests.organization_id('Globex')))));

select tests.authenticate_as('vic', 'Acme');
select results_eq(
  $$ select coalesce(organization_id = tests.organization_id('Acme'), false) as own, count(*) from public.contract_events group by own order by own $$,
  $$ values (false, 3::bigint), (true, 1::bigint) $$,
  'a member reads the events of the organization and those of nobody');
select is((select count(*) from public.contract_events where organization_id = tests.organization_id('Globex')), 0::bigint, 'and no other''s');
select is(
  tests.error_code_of($$ select public.record_contract_events(jsonb_build_array(tests.contract_event(30))) $$), '42501', 'and records none');
select tests.authenticate_as('eve', 'Acme');
select is((select count(*) from public.contract_events), 0::bigint, 'an employee reads none');
select tests.authenticate_as('stan');
select is((select count(*) from public.contract_events), 0::bigint, 'a stranger reads none');
select tests.as_anon();
select is(tests.error_code_of($$ select * from public.contract_events $$), '42501', 'nobody reads without signing in');

select tests.reset();
select is(tests.error_code_of($$ update public.contract_events set category = 'x' $$), 'append_only', 'an event is never changed');
select is(tests.error_code_of($$ delete from public.contract_events $$), 'append_only', 'nor removed');
select is(tests.error_code_of($$ truncate public.contract_events $$), 'append_only', 'nor are all of them');

select * from finish();
rollback;
