begin;
\ir ../../_shared/setup.sql.raw
select plan(27);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_user('stan');
select tests.create_user('eve');
select tests.create_employee('Acme', 'eve', signs_in_as => 'eve');

create function tests.contract(number integer)
returns text
language sql immutable
as $$
  -- Valid contract addresses, encoded by the Stellar SDK from sha256('payd contract <n>').
  select (array[
    'CAYK5KTDGRAUDUPY4YO3YSU4DKD4Z6D5LJ5DASEA36ACV2XN33ZR2LFD',
    'CBDYHN2O3NOZPDAXBKSTWIVUMX5DJDJNXATRBR5JLP6H5S5J57NFJXAT',
    'CCT3KVXGFEWKG4BXB7JRHYRKNXAFWL4OQQ232A7CJFDD327A32VSXN3O'])[contract.number];
$$;
grant execute on function tests.contract(integer) to anon, authenticated, service_role;

select tests.as_service();
select is(
  tests.error_code_of($$ select public.register_contract('Bulk Payment', tests.contract(1), tests.hash('one')) $$),
  'network_not_configured',
  'a contract cannot be registered before the project has a network');

select tests.reset();
select tests.configure_network();
select tests.as_service();
select results_eq(
  $$
    select name, contract_id, current_wasm_hash, network, version, last_upgraded_at
    from public.register_contract('  Bulk Payment ', tests.contract(1), upper(tests.hash('one'))) $$,
  $$ values ('Bulk Payment', tests.contract(1), tests.hash('one'), 'TESTNET', '1.0.0', null::timestamptz) $$,
  'a contract is registered on the network of the project');
select results_eq(
  $$
    select count(*), max(name), max(description)
    from public.register_contract(
      'Payments', tests.contract(1), tests.hash('one'), description => 'Pays many at once') $$,
  $$ values (1::bigint, 'Payments', 'Pays many at once') $$,
  'a repeated registration corrects name and description');
select is(
  (select count(*) from public.contract_registry), 1::bigint, 'a repeated registration makes no second contract');

select is(tests.error_code_of(statement), code, promise)
from (values
  ($$ select public.register_contract('Payments', tests.contract(1), tests.hash('two')) $$,
    'contract_already_registered', 'a registration with other code of a known contract is refused'),
  ($$ select public.register_contract('Payments', tests.contract(2), tests.hash('two')) $$, 'contract_name_taken',
    'a registration with the name of another contract is refused'),
  ($$ select public.register_contract('Other', tests.contract(2), tests.hash('two'), 'MAINNET') $$,
    'contract_network_mismatch', 'a registration on another network than the project''s is refused'),
  ($$ select public.register_contract('Other', tests.contract(2), tests.hash('two'), 'FUTURENET') $$, 'invalid_network',
    'an unknown network is refused'),
  ($$ select public.register_contract('Other', tests.address(1), tests.hash('two')) $$, 'invalid_contract_id',
    'the address of an account is refused as a contract'),
  ($$ select public.register_contract('Other', left(tests.contract(2), 55) || 'A', tests.hash('two')) $$,
    'invalid_contract_id', 'a mistyped address is refused'),
  ($$ select public.register_contract('Other', null, tests.hash('two')) $$, 'invalid_contract_id',
    'a missing address is refused'),
  ($$ select public.register_contract('Other', tests.contract(2), 'abc') $$, 'invalid_wasm_hash',
    'a short hash is refused'),
  ($$ select public.register_contract('Other', tests.contract(2), tests.hash('two'), version => 'new') $$,
    'invalid_contract_version', 'a version that is not semantic is refused'),
  ($$ select public.register_contract(' ', tests.contract(2), tests.hash('two')) $$, 'text_missing',
    'a registration without a name is refused'),
  ($$ select public.register_contract(repeat('x', 101), tests.contract(2), tests.hash('two')) $$, 'text_too_long',
    'a name of 101 characters is refused'),
  ($$ select public.register_contract('Other', tests.secret_key(), tests.hash('two')) $$, 'secret_key_refused',
    'a secret key instead of the address is refused'),
  ($$ select public.register_contract('Other', tests.contract(2), tests.secret_key()) $$, 'secret_key_refused',
    'a secret key instead of the code hash is refused'),
  (
    $$
      select public.register_contract(
        'Other', tests.contract(2), tests.hash('two'), description => tests.secret_key()) $$, 'secret_key_refused',
    'a secret key in the description is refused')
) as refusal (statement, code, promise);

-- Who may read and write contracts.
select tests.reset();
create function tests.readable_contracts() returns bigint language sql stable as $$
  select count(*) from public.contract_registry $$;
grant execute on function tests.readable_contracts() to authenticated;

select tests.authenticate_as('vic', 'Acme');
select is(tests.readable_contracts(), 1::bigint, 'a viewer reads the contracts of the platform');
select is(
  tests.error_code_of($$ select public.register_contract('Mine', tests.contract(3), tests.hash('x')) $$), '42501',
  'a viewer cannot register a contract');
select tests.authenticate_as('ada', 'Acme');
select is(
  tests.error_code_of($$ select public.register_contract('Mine', tests.contract(3), tests.hash('x')) $$), '42501',
  'an admin of an organization cannot register a contract');
select tests.authenticate_as('eve', 'Acme');
select is(tests.readable_contracts(), 0::bigint, 'an employee reads no contract');
select tests.authenticate_as('stan');
select is(tests.readable_contracts(), 0::bigint, 'a stranger reads no contract');
select tests.as_anon();
select is(
  tests.error_code_of($$ select * from public.contract_registry $$), '42501',
  'a caller who has not signed in cannot read contracts');

select tests.as_service();
select is(
  tests.error_code_of($$ update public.contract_registry set current_wasm_hash = repeat('0', 64) $$), '42501',
  'the service cannot write to the registry past its function');
select tests.reset();
select is(
  tests.error_code_of($$ delete from public.contract_registry $$), 'append_only',
  'a contract cannot be deleted, even by the owner of the table');
select is(
  tests.error_code_of(
    $$
      insert into public.contract_registry (name, network, contract_id, current_wasm_hash)
      values ('Bad', 'TESTNET', tests.address(1), tests.hash('x')) $$),
  '23514', 'a contract with the address of an account is refused by the table');

select * from finish();
rollback;
