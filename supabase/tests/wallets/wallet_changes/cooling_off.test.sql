begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{}');
select tests.create_employee('Acme', 'eve', '1000', tests.address(1));
update public.organizations set wallet_change_policy = 'cooling_off';

select tests.authenticate_as('max', 'Acme');
select is(
  (
    select wallet_address
    from public.update_employee(
      tests.employee_id('Acme', 'eve'), 1, jsonb_build_object('wallet_address', tests.address(2)))),
  tests.address(1),
  'another wallet address does not take effect at once');
select results_eq(
  $$ select previous_address, new_address, policy, state from public.wallet_changes $$,
  $$ values (tests.address(1), tests.address(2), 'cooling_off', 'waiting') $$,
  'another wallet address is stored as a waiting change');
select ok(
  (select effective_at between now() + interval '71 hours' and now() + interval '73 hours' from public.wallet_changes),
  'an address change waits for the cooling-off period of the organization');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from public.wallet_changes)) $$),
  'wallet_change_still_cooling',
  'the person who asked for an address change cannot shorten the period');

select tests.authenticate_as('ada', 'Acme');
select is(
  (select count(*)::integer from public.audit_logs where action = 'wallet_change.requested'), 1,
  'the request for an address change is in the audit trail');
select is(
  (select count(*)::integer from public.events where type = 'wallet_change.requested'), 1,
  'the request for an address change is announced as an event');

-- An import with the waiting address is the same request; another address replaces it.
select tests.authenticate_as('max', 'Acme');
select is(
  (select outcome from public.import_employees(jsonb_build_array(jsonb_build_object(
    'line', 2, 'first_name', 'eve', 'last_name', 'Acme', 'email', 'eve@acme.example', 'salary', '1000',
    'wallet_address', tests.address(2))))),
  'unchanged',
  'a file with the address that is already waiting changes nothing');
select is(
  (select outcome from public.import_employees(jsonb_build_array(jsonb_build_object(
    'line', 2, 'first_name', 'eve', 'last_name', 'Acme', 'email', 'eve@acme.example', 'salary', '1000',
    'wallet_address', tests.address(3))))),
  'updated',
  'a file with a third address is an update');
select results_eq(
  $$ select new_address, state from public.wallet_changes order by id $$,
  $$ values (tests.address(2), 'cancelled'), (tests.address(3), 'waiting') $$,
  'a newer address change cancels the older one');
select is(
  (select wallet_address from public.employees), tests.address(1),
  'an imported address does not take effect before the period ends');

select tests.reset();
select is(
  private.apply_due_wallet_changes(now() + interval '71 hours'), 0,
  'no address change is applied before its period ends');
select is(
  private.apply_due_wallet_changes(now() + interval '73 hours'), 1,
  'the scheduled job applies an address change after its period');
select is(
  (select wallet_address from public.employees), tests.address(3),
  'the employee has the new address once the change is applied');
select results_eq(
  $$ select wallet_address, is_active from public.wallets order by wallet_address = tests.address(3) $$,
  $$ values (tests.address(1), false), (tests.address(3), true) $$,
  'the wallet of the new address is active and the old wallet is not');
select is(private.apply_due_wallet_changes(now() + interval '73 hours'), 0, 'an address change is not applied twice');

-- A thief might remove the address first and then set another one.
select tests.authenticate_as('max', 'Acme');
select is(
  (select wallet_address from public.update_employee(
    tests.employee_id('Acme', 'eve'), (select version from public.employees), '{"wallet_address": null}')), null,
  'a wallet address can be removed at once');
select is(
  (select wallet_address from public.update_employee(
    tests.employee_id('Acme', 'eve'), (select version from public.employees),
    jsonb_build_object('wallet_address', tests.address(4)))), null,
  'an address that follows a removed one waits for the cooling-off period');

select * from finish();
rollback;
