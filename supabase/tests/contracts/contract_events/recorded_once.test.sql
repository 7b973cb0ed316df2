begin;
\ir ../../_shared/setup.sql.raw
select plan(29);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_user('stan');
select tests.create_user('eve');
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');
select tests.configure_network();
select public.register_contract(
  'Bulk Payment', 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD', tests.hash('one'));

create function tests.contract_event(number integer, change jsonb default '{}')
returns jsonb
language sql stable
as $$
  select jsonb_build_object(
    'event_id', lpad(contract_event.number::text, 19, '0') || '-0000000001',
    'contract_id', 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD',
    'event_type', 'payment_executed', 'category', 'payment', 'data', '{"amount": "10"}'::jsonb, 'tx_hash',
    tests.hash('transaction'),
    'ledger_sequence', 1000 + contract_event.number, 'closed_at', '2026-11-20T12:00:00Z') || contract_event.change;
$$;
grant execute on function tests.contract_event(integer, jsonb) to anon, authenticated, service_role;

select tests.as_service();
select results_eq(
  $$
    select *
    from public.record_contract_events(
      jsonb_build_array(tests.contract_event(1), tests.contract_event(2), tests.contract_event(1))) $$,
  $$ values (2, 1) $$,
  'an event that occurs twice in a batch is recorded once');
select results_eq(
  $$
    select * from public.record_contract_events(jsonb_build_array(tests.contract_event(2), tests.contract_event(3))) $$,
  $$ values (1, 1) $$,
  'an event that was recorded by an earlier batch is not recorded again');
select results_eq(
  $$
    select event_id, event_type, category, data, ledger_sequence, created_at from public.contract_events order by id
    limit 1 $$,
  $$values
    ('0000000000000000001-0000000001', 'payment_executed', 'payment', '{"amount": "10"}'::jsonb, 1001::bigint,
      '2026-11-20 12:00:00+00'::timestamptz)
  $$,
  'a recorded event keeps its ledger and the close time of the ledger');

select is(tests.error_code_of(format('select public.record_contract_events(%s)', batch)), code, promise)
from (values
  ($$ '{}' $$, 'invalid_contract_events', 'a batch given as an object is refused'),
  ($$ '[]' $$, 'invalid_contract_events', 'an empty batch is refused'),
  ($$ (select jsonb_agg(tests.contract_event(number)) from generate_series(1, 1001) as number) $$,
    'invalid_contract_events', 'a batch of 1001 events is refused'),
  ($$ '[1]' $$, 'invalid_contract_events', 'a batch of numbers is refused'),
  ($$ null $$, 'invalid_contract_events', 'a missing batch is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"event_id": "9"}')) $$, 'invalid_contract_event',
    'an event with an id that is no id of an RPC server is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"contract_id": "C"}')) $$, 'invalid_contract_event',
    'an event with an invalid contract address is refused'),
  (
    $$
      jsonb_build_array(
        tests.contract_event(9, '{"contract_id": "CBDYHN2O3NOZPDAXBKSTWIVUMX5DJDJNXATRBR5JLP6H5S5J57NFJXAT"}')) $$,
    'invalid_contract_event', 'an event of a contract that is not registered is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"event_type": ""}')) $$, 'invalid_contract_event',
    'an event without a type is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, jsonb_build_object('data', repeat('x', 70000)))) $$,
    'invalid_contract_event', 'an event with data above the limit is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"tx_hash": "x"}')) $$, 'invalid_contract_event',
    'an event with an invalid transaction hash is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"ledger_sequence": 0}')) $$, 'invalid_contract_event',
    'an event of ledger zero is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"closed_at": "2026-13-01T00:00:00Z"}')) $$, 'invalid_contract_event',
    'an event with a time that does not exist is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"closed_at": "2026-11-20T12:00:00"}')) $$, 'invalid_contract_event',
    'an event with a time without a zone is refused'),
  ($$ jsonb_build_array(tests.contract_event(9, '{"organization_id": 999999999}')) $$, 'invalid_contract_event',
    'an event of an unknown organization is refused')
) as refusal (batch, code, promise);
select matches(
  tests.error_of(
    $$
      select public.record_contract_events(
        jsonb_build_array(tests.contract_event(8), tests.contract_event(9, '{"tx_hash": "x"}'))) $$),
  'Event 2 of the batch cannot be recorded: its tx_hash is not a transaction hash',
  'the refusal of a batch names the event and what is wrong');
select is((select count(*) from public.contract_events), 3::bigint, 'a refused batch writes no event');

-- An event of one organization is not shown to another.
select public.record_contract_events(jsonb_build_array(
  tests.contract_event(20, jsonb_build_object('organization_id', tests.organization_id('Acme'))),
  tests.contract_event(21, jsonb_build_object('organization_id', tests.organization_id('Globex')))));

select tests.authenticate_as('vic', 'Acme');
select results_eq(
  $$
    select coalesce(organization_id = tests.organization_id('Acme'), false) as own, count(*) from public.contract_events
    group by own order by own $$,
  $$ values (false, 3::bigint), (true, 1::bigint) $$,
  'a member reads the events of the own organization and those of no organization');
select is(
  (select count(*) from public.contract_events where organization_id = tests.organization_id('Globex')), 0::bigint,
  'a member reads no event of another organization');
select is(
  tests.error_code_of($$ select public.record_contract_events(jsonb_build_array(tests.contract_event(30))) $$), '42501',
  'a member cannot record an event');
select tests.authenticate_as('eve', 'Acme');
select is((select count(*) from public.contract_events), 0::bigint, 'an employee reads no contract event');
select tests.authenticate_as('stan');
select is((select count(*) from public.contract_events), 0::bigint, 'a stranger reads no contract event');
select tests.as_anon();
select is(
  tests.error_code_of($$ select * from public.contract_events $$), '42501',
  'a caller who has not signed in cannot read contract events');

select tests.reset();
select is(
  tests.error_code_of($$ update public.contract_events set category = 'x' $$), 'append_only',
  'a contract event cannot be changed');
select is(
  tests.error_code_of($$ delete from public.contract_events $$), 'append_only', 'a contract event cannot be deleted');
select is(
  tests.error_code_of($$ truncate public.contract_events $$), 'append_only', 'the contract events cannot be truncated');

select * from finish();
rollback;
