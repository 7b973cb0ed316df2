begin;
\ir ../../_shared/setup.sql.raw
select plan(13);

-- An employee who is removed and added again keeps the protection of the old address.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
update public.organizations set wallet_change_policy = 'second_person';
select tests.create_employee('Acme', name, '1000', tests.address(number))
from (values ('bea', 1), ('ann', 2), ('ben', 3)) as people (name, number);
select tests.create_employee('Acme', 'new', '1000', null);
select tests.act_as('max', 'Acme');
select public.remove_employee(id) from public.employees where first_name in ('bea', 'ann', 'ben', 'new');
create function pg_temp.added(name text, address text) returns public.employees language sql as $$
  select employee from public.create_employee(jsonb_build_object(
    'first_name', name, 'last_name', 'Acme', 'email', name || '@acme.example', 'salary', '1000', 'wallet_address',
    address)) as employee;
$$;

select is(
  (pg_temp.added('bea', tests.address(9))).wallet_address, null,
  'another address of a rehired employee does not take effect');
select results_eq(
  $$ select state, previous_address, new_address, requested_by_user from public.wallet_changes $$,
  $$ values ('waiting', tests.address(1), tests.address(9), tests.member_id('max', 'Acme')) $$,
  'another address of a rehired employee waits as a change from the old address');
select is(
  (select count(*) from public.wallets where wallet_address = tests.address(9) and is_active), 0::bigint,
  'the waiting address of a rehired employee has no active wallet');
select is(
  (select count(*) from public.events where type = 'wallet_change.requested'), 1::bigint,
  'the waiting address of a rehired employee is announced as an event');
select is(
  tests.error_code_of('select public.confirm_wallet_change((select id from public.wallet_changes))'),
  'wallet_change_needs_another_person', 'the person who added a rehired employee cannot confirm the other address');
select tests.act_as('mia', 'Acme');
select is(
  tests.error_code_of('select public.confirm_wallet_change((select id from public.wallet_changes))'), 'no error',
  'a second person can confirm the address of a rehired employee');
select is(
  (select wallet_address from public.employees where first_name = 'bea' and deleted_at is null), tests.address(9),
  'a rehired employee has the new address once it is confirmed');

select tests.act_as('max', 'Acme');
select is(
  (pg_temp.added('ann', tests.address(2))).wallet_address, tests.address(2),
  'a rehired employee with the old address has it at once');
select is(
  (pg_temp.added('new', tests.address(5))).wallet_address, tests.address(5),
  'a rehired employee who never had an address gets the first one at once');
select is(
  (pg_temp.added('zoe', tests.address(6))).wallet_address, tests.address(6),
  'an employee who is new gets the first address at once');
select is(
  (select outcome from public.import_employees(jsonb_build_array(jsonb_build_object(
    'first_name', 'ben', 'last_name', 'Acme', 'email', 'ben@acme.example', 'salary', '1000', 'wallet_address',
    tests.address(8))))), 'imported', 'a file adds a rehired employee');
select is(
  (select wallet_address from public.employees where first_name = 'ben' and deleted_at is null), null,
  'another address of a rehired employee from a file waits');

select tests.act_as('ada', 'Acme');
update public.organizations set wallet_change_policy = 'immediate';
select public.remove_employee(id) from public.employees where first_name = 'zoe' and deleted_at is null;
select is(
  (pg_temp.added('zoe', tests.address(7))).wallet_address, tests.address(7),
  'a rehired employee gets another address at once under the policy immediate');

select * from finish();
rollback;
