begin;
\ir ../../_shared/setup.sql.raw
select plan(79);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_user('stan');
select tests.configure_network();
create temporary table contract on commit drop as
  select registered.id, registered.contract_id
  from public.register_contract(
    'Bulk Payment', 'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD', tests.hash('one')) as registered;
grant select on contract to service_role;

create function tests.start_upgrade(code text)
returns bigint
language sql volatile
as $$
  select id
  from public.start_contract_upgrade(
    (select contract_id from contract), tests.hash(start_upgrade.code), tests.address(1)); $$;

-- One step, with the values that its state needs.
create function tests.record_upgrade(upgrade bigint, status text)
returns text
language sql volatile
as $$
  select recorded.status
  from public.record_contract_upgrade(record_upgrade.upgrade, record_upgrade.status,
    simulation_result => '{"cost": "1"}',
    tx_hash => case when record_upgrade.status in ('executing', 'completed', 'failed')
      then tests.hash('transaction') end,
    error_message => 'The network refused it.') as recorded;
$$;

-- A new upgrade in that state, by the shortest way.
create function tests.upgrade_in(status text)
returns bigint
language plpgsql volatile
as $$
declare
  v_id bigint;
  v_step text;
begin
  perform public.record_contract_upgrade(upgrade.id, 'cancelled')
  from public.contract_upgrade_logs as upgrade
  where upgrade.status in ('pending', 'simulated', 'confirmed');
  perform tests.record_upgrade(upgrade.id, 'failed') from public.contract_upgrade_logs as upgrade
  where upgrade.status = 'executing';

  v_id := tests.start_upgrade('code ' || (select count(*) from public.contract_upgrade_logs));
  foreach v_step in array case upgrade_in.status
    when 'pending' then '{}'::text[]
    when 'simulated' then '{simulated}'
    when 'confirmed' then '{simulated,confirmed}'
    when 'executing' then '{simulated,confirmed,executing}'
    when 'completed' then '{simulated,confirmed,executing,completed}'
    when 'failed' then '{simulated,confirmed,executing,failed}'
    else '{cancelled}' end
  loop
    perform tests.record_upgrade(v_id, v_step);
  end loop;

  return v_id;
end;
$$;
grant execute on all functions in schema tests to service_role;

-- Every pair of states, by the function and by a plain update of the owner.
create temporary table pair on commit drop as
  select from_state, to_state,
    (from_state, to_state) in (
      ('pending', 'simulated'), ('pending', 'cancelled'), ('simulated', 'confirmed'), ('simulated', 'cancelled'),
      ('confirmed', 'executing'),
      ('confirmed', 'cancelled'), ('executing', 'completed'), ('executing', 'failed')) as is_allowed
  from unnest('{pending,simulated,confirmed,executing,completed,failed,cancelled}'::text[]) as from_state
  cross join unnest('{pending,simulated,confirmed,executing,completed,failed,cancelled}'::text[]) as to_state
  where from_state <> to_state;
grant select on pair to service_role;

select tests.as_service();
select is(
  tests.error_code_of(format('select tests.record_upgrade(%s, %L)', tests.upgrade_in(from_state), to_state)),
  case when is_allowed then 'no error' else 'transition_not_allowed' end,
  format(
    'a contract upgrade that goes from %s to %s is %s', from_state, to_state,
    case when is_allowed then 'allowed' else 'refused' end))
from pair
order by from_state, to_state;

select tests.reset();
select is_empty(
  $$
    select from_state, to_state
    from pair
    where not is_allowed
      and tests.error_code_of(format(
        'update public.contract_upgrade_logs set status = %L, completed_at = %s, simulation_result = ''{}'', tx_hash = repeat(''a'', 64), error_message = ''x'' where id = %s',
        to_state, case when to_state in ('completed', 'failed', 'cancelled') then 'now()' else 'null' end,
        tests.upgrade_in(from_state))) <> 'transition_not_allowed'
  $$,
  'a plain update of a contract upgrade takes no transition that is not allowed');

-- A completed upgrade gives the contract its new code.
select tests.as_service();
select tests.upgrade_in('cancelled');
create temporary table upgrade on commit drop as select tests.start_upgrade('final') as id;
select tests.record_upgrade((select id from upgrade), step)
from unnest('{simulated,confirmed,executing}'::text[]) as step;
select is(
  (select current_wasm_hash = tests.hash('final') from public.contract_registry), false,
  'a contract keeps its old code until the upgrade is completed');
select is(
  (select status from public.record_contract_upgrade((select id from upgrade), 'completed', version => '2.0.0')),
  'completed', 'an executing upgrade can be completed');
select results_eq(
  $$ select current_wasm_hash, version, last_upgraded_by, last_upgraded_at = now() from public.contract_registry $$,
  $$ values (tests.hash('final'), '2.0.0', tests.address(1), true) $$,
  'a completed upgrade gives the contract its code, its version and its initiator');
select is(
  (select status from public.record_contract_upgrade((select id from upgrade), 'completed', version => '3.0.0')),
  'completed', 'a repeated completion succeeds');
select is((select version from public.contract_registry), '2.0.0', 'a repeated completion keeps the version');

-- One upgrade at a time, and safe to repeat.
select is(
  tests.error_code_of($$ select tests.start_upgrade('final') $$), 'contract_runs_this_code',
  'an upgrade to the present code of a contract is refused');
select is(tests.start_upgrade('next') = tests.start_upgrade('next'), true, 'a repeated start returns the same upgrade');
select is(
  tests.error_code_of($$ select tests.start_upgrade('another') $$), 'contract_upgrade_in_progress',
  'a second upgrade of a contract is refused while the first is in progress');

select is(tests.error_code_of(statement), code, promise)
from (values
  (
    $$
      select public.start_contract_upgrade(
        'CBDYHN2O3NOZPDAXBKSTWIVUMX5DJDJNXATRBR5JLP6H5S5J57NFJXAT', tests.hash('x'), tests.address(1)) $$,
    'contract_not_found', 'an upgrade of an unknown contract is refused'),
  ($$ select public.start_contract_upgrade('nonsense', tests.hash('x'), tests.address(1)) $$, 'invalid_contract_id',
    'an upgrade of an invalid contract address is refused'),
  ($$ select public.start_contract_upgrade((select contract_id from contract), 'x', tests.address(1)) $$,
    'invalid_wasm_hash', 'an upgrade to an invalid code hash is refused'),
  ($$ select public.start_contract_upgrade((select contract_id from contract), tests.hash('x'), 'the admin') $$,
    'invalid_initiator', 'an upgrade whose initiator is no address is refused'),
  (
    $$ select public.start_contract_upgrade((select contract_id from contract), tests.hash('x'), tests.secret_key()) $$,
    'secret_key_refused', 'an upgrade whose initiator is a secret key is refused'),
  (
    $$
      select public.start_contract_upgrade(
        (select contract_id from contract), tests.hash('x'), tests.address(1), tests.secret_key()) $$,
    'secret_key_refused', 'an upgrade with a secret key in its notes is refused'),
  (
    $$
      select public.start_contract_upgrade(
        (select contract_id from contract), tests.hash('x'), tests.address(1), repeat('x', 10001)) $$, 'text_too_long',
    'an upgrade with notes of 10001 characters is refused'),
  (
    $$
      select public.start_contract_upgrade(
        (select contract_id from contract), tests.hash('x'), tests.address(1), null, '{}') $$,
    'invalid_migration_steps', 'an upgrade with migration steps that are no list is refused'),
  (
    $$
      select public.start_contract_upgrade(
        (select contract_id from contract), tests.hash('x'), tests.address(1), null,
        jsonb_build_array(repeat('x', 70000))) $$, 'invalid_migration_steps',
    'an upgrade with migration steps above the limit is refused'),
  ($$ select public.record_contract_upgrade(0, 'simulated') $$, 'contract_upgrade_not_found',
    'a record of an unknown upgrade is refused'),
  ($$ select public.record_contract_upgrade(null, 'simulated') $$, 'contract_upgrade_not_found',
    'a record of the upgrade null is refused'),
  ($$ select public.record_contract_upgrade(tests.start_upgrade('next'), 'done') $$, 'invalid_upgrade_status',
    'a record of an unknown state is refused'),
  ($$ select public.record_contract_upgrade(tests.start_upgrade('next'), 'simulated') $$, 'invalid_simulation_result',
    'a simulation without a result is refused'),
  (
    $$
      select public.record_contract_upgrade(
        tests.start_upgrade('next'), 'simulated', jsonb_build_object('x', repeat('x', 70000))) $$,
    'invalid_simulation_result', 'a simulation with a result above the limit is refused'),
  ($$ select public.record_contract_upgrade(tests.upgrade_in('confirmed'), 'executing') $$, 'invalid_transaction_hash',
    'an execution without a transaction is refused'),
  ($$ select public.record_contract_upgrade(tests.upgrade_in('confirmed'), 'executing', tx_hash => 'abc') $$,
    'invalid_transaction_hash', 'an execution with an invalid transaction hash is refused'),
  ($$ select public.record_contract_upgrade(tests.upgrade_in('executing'), 'failed') $$, 'text_missing',
    'a failure without a reason is refused')
) as refusal (statement, code, promise);

-- The trail.
select tests.reset();
select tests.upgrade_in('pending');
select is(
  tests.error_code_of(format('update public.contract_upgrade_logs set %s', change)), code, promise)
from (values
  ($$ error_message = 'later' where status = 'completed' $$, 'append_only', 'an ended upgrade cannot be changed'),
  ($$ new_wasm_hash = repeat('b', 64) where status = 'pending' $$, 'column_is_fixed',
    'the new code of an upgrade cannot be changed'),
  ($$ initiated_by = tests.address(2) where status = 'pending' $$, 'column_is_fixed',
    'the initiator of an upgrade cannot be changed'),
  ($$ created_at = now() - interval '1 year' where status = 'pending' $$, 'column_is_fixed',
    'the start of an upgrade cannot be changed'),
  ($$ migration_steps = '["a step"]' where status = 'pending' $$, 'no error',
    'the migration steps of a pending upgrade can be recorded')
) as change (change, code, promise);
select is(
  tests.error_code_of($$ delete from public.contract_upgrade_logs $$), 'append_only',
  'a contract upgrade cannot be deleted');
select is(
  tests.error_code_of($$ truncate public.contract_upgrade_logs $$), 'append_only',
  'the contract upgrades cannot be truncated');

-- Who may read and write upgrades.
select tests.authenticate_as('vic', 'Acme');
select ok((select count(*) > 10 from public.contract_upgrade_logs), 'a viewer reads the contract upgrades');
select is(
  tests.error_code_of($$ select public.record_contract_upgrade(1, 'cancelled') $$), '42501',
  'a viewer cannot record a contract upgrade');
select tests.authenticate_as('stan');
select is((select count(*) from public.contract_upgrade_logs), 0::bigint, 'a stranger reads no contract upgrade');
select tests.as_anon();
select is(
  tests.error_code_of($$ select * from public.contract_upgrade_logs $$), '42501',
  'a caller who has not signed in cannot read contract upgrades');

select * from finish();
rollback;
