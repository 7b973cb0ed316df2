begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{}');
select tests.create_employee('Acme', 'eve', '1000', tests.address(1));
update public.organizations set wallet_change_policy = 'cooling_off';

select tests.authenticate_as('max', 'Acme');
select is(
  (select wallet_address from public.update_employee(tests.employee_id('Acme', 'eve'), 1, jsonb_build_object('wallet_address', tests.address(2)))),
  tests.address(1),
  'another address does not take effect at once');
select results_eq(
  $$ select previous_address, new_address, policy, state from public.wallet_changes $$,
  $$ values (tests.address(1), tests.address(2), 'cooling_off', 'waiting') $$,
  'it waits');
select ok(
  (select effective_at between now() + interval '71 hours' and now() + interval '73 hours' from public.wallet_changes),
  'for the cooling-off period of the organization');
select is(
  tests.error_code_of($$ select public.confirm_wallet_change((select id from public.wallet_changes)) $$), 'wallet_change_still_cooling',
  'whoever asked for it cannot shorten the period');

select tests.authenticate_as('ada', 'Acme');
select is(
  (select count(*)::integer from public.audit_logs where action = 'wallet_change.requested'), 1,
  'the request is audited');
select is(
  (select count(*)::integer from public.events where type = 'wallet_change.requested'), 1,
  'and announced');

-- An import with the same address is the same request; another address replaces it.
select tests.authenticate_as('max', 'Acme');
select is(
  (select outcome from public.import_employees(jsonb_build_array(jsonb_build_object(
    'line', 2, 'first_name', 'eve', 'last_name', 'Acme', 'email', 'eve@acme.example', 'salary', '1000', 'wallet_address', tests.address(2))))),
  'unchanged',
  'the file with the address that waits changes nothing');
select is(
  (select outcome from public.import_employees(jsonb_build_array(jsonb_build_object(
    'line', 2, 'first_name', 'eve', 'last_name', 'Acme', 'email', 'eve@acme.example', 'salary', '1000', 'wallet_address', tests.address(3))))),
  'updated',
  'a file with yet another address asks again');
select results_eq(
  $$ select new_address, state from public.wallet_changes order by id $$,
  $$ values (tests.address(2), 'cancelled'), (tests.address(3), 'waiting') $$,
  'which replaces the first request');
select is(
  (select wallet_address from public.employees), tests.address(1),
  'an import is no way around the period');

select tests.reset();
select is(private.apply_due_wallet_changes(now() + interval '71 hours'), 0, 'nothing happens before the period ends');
select is(private.apply_due_wallet_changes(now() + interval '73 hours'), 1, 'the schedule applies it after');
select is((select wallet_address from public.employees), tests.address(3), 'and then it is the address');
select results_eq(
  $$ select wallet_address, is_active from public.wallets order by wallet_address = tests.address(3) $$,
  $$ values (tests.address(1), false), (tests.address(3), true) $$,
  'its wallet is watched, the old one no more');
select is(private.apply_due_wallet_changes(now() + interval '73 hours'), 0, 'nothing is applied twice');

-- The way around that a thief would try.
select tests.authenticate_as('max', 'Acme');
select is(
  (select wallet_address from public.update_employee(
    tests.employee_id('Acme', 'eve'), (select version from public.employees), '{"wallet_address": null}')), null,
  'an address can be taken away at once');
select is(
  (select wallet_address from public.update_employee(
    tests.employee_id('Acme', 'eve'), (select version from public.employees), jsonb_build_object('wallet_address', tests.address(4)))), null,
  'but the next one waits like any other');

select * from finish();
rollback;
