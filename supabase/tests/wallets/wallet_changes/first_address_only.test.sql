begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

-- Ways to pass by the protection, as a manager who acts alone would try them.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
update public.organizations set wallet_change_policy = 'second_person';
select tests.create_employee('Acme', 'bea', '1000', tests.address(1));
select tests.create_employee('Acme', 'ann', '1000', tests.address(2));
select tests.create_employee('Acme', 'ben', '1000', tests.address(2));
select tests.create_employee('Acme', 'new', '1000', null);
grant select on public.employees to authenticated;

create function pg_temp.set_address(employee text, address text) returns text language sql as $$
  select wallet_address from public.update_employee(
    tests.employee_id('Acme', employee), (select version from public.employees where first_name = employee),
    jsonb_build_object('wallet_address', address));
$$;
create function pg_temp.import_address(employee text, address text) returns text language sql as $$
  select outcome from public.import_employees(jsonb_build_array(jsonb_build_object(
    'first_name', employee, 'last_name', 'Acme', 'email', employee || '@acme.example', 'wallet_address', address)));
$$;
create function pg_temp.address_of(employee text) returns text language sql as $$
  select wallet_address from public.employees where first_name = employee; $$;

select tests.act_as('max', 'Acme');
select is(
  pg_temp.set_address('new', tests.address(5)), tests.address(5),
  'the first address of an employee takes effect at once');
select is(
  (select wallet_address_set_at from public.employees where first_name = 'new'), now(),
  'the time of the first address is stored with the employee');
select is(pg_temp.set_address('new', null), null, 'an employee''s address can be removed at once');
select is(
  (select wallet_address_set_at from public.employees where first_name = 'new'), now(),
  'the time of the first address stays when the address is removed');
select is(
  pg_temp.set_address('new', tests.address(6)), null,
  'an address after a removed one waits, because it is not the first');

select is(pg_temp.set_address('bea', null), null, 'an address that will be given to another employee can be removed');
select public.create_employee(
  jsonb_build_object(
    'first_name', 'Ghost', 'last_name', 'X', 'email', 'ghost@x.example', 'wallet_address', tests.address(1)));
select is(
  pg_temp.set_address('bea', tests.address(9)), null,
  'an address that was moved to an invented colleague does not let its former owner get another one at once');

select is(pg_temp.set_address('ben', null), null, 'an address shared with a colleague can be removed');
select is(pg_temp.set_address('ben', tests.address(9)), null, 'an address after a removed shared address waits');

select is(pg_temp.import_address('ann', ''), 'updated', 'a file with an empty cell removes the address');
select is(
  pg_temp.import_address('ann', tests.address(9)), 'updated',
  'a file with another address after the removal is accepted as an update');
select is(pg_temp.address_of('ann'), null, 'the address from a file after a removal waits');

select is(
  (select count(*) from public.wallet_changes where state = 'waiting'), 4::bigint,
  'every attempt to replace an address is a change that waits for another person');

-- A direct update of the row, as any other path might do it.
select tests.reset();
update public.employees set wallet_address_set_at = null, wallet_address = null where first_name = 'bea';
select isnt(
  (select wallet_address_set_at from public.employees where first_name = 'bea'), null,
  'an update cannot erase the time of the first address');

select * from finish();
rollback;
