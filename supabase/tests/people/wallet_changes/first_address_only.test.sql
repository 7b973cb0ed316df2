begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

-- The ways around that a thief would try, as a manager who acts alone.
select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
update public.organizations set wallet_change_policy = 'second_person';
select tests.create_employee('Acme', 'bea', '1000', tests.address(1));
select tests.create_employee('Acme', 'ann', '1000', tests.address(2));
select tests.create_employee('Acme', 'ben', '1000', tests.address(2));
select tests.create_employee('Acme', 'new', '1000', null);
grant select on public.employees to authenticated;

create function pg_temp.set_address(employee text, address text) returns text language sql as $$
  select wallet_address from public.update_employee(
    tests.employee_id('Acme', employee), (select version from public.employees where first_name = employee), jsonb_build_object('wallet_address', address));
$$;
create function pg_temp.import_address(employee text, address text) returns text language sql as $$
  select outcome from public.import_employees(jsonb_build_array(jsonb_build_object(
    'first_name', employee, 'last_name', 'Acme', 'email', employee || '@acme.example', 'wallet_address', address)));
$$;
create function pg_temp.address_of(employee text) returns text language sql as $$ select wallet_address from public.employees where first_name = employee; $$;

select tests.act_as('max', 'Acme');
select is(pg_temp.set_address('new', tests.address(5)), tests.address(5), 'the first address of an employee takes effect at once');
select is((select wallet_address_set_at from public.employees where first_name = 'new'), now(), 'and is remembered');
select is(pg_temp.set_address('new', null), null, 'an address can be taken away at once');
select is((select wallet_address_set_at from public.employees where first_name = 'new'), now(), 'which does not make the next one a first');
select is(pg_temp.set_address('new', tests.address(6)), null, 'so it waits');

select is(pg_temp.set_address('bea', null), null, 'an address that was taken away');
select public.create_employee(jsonb_build_object('first_name', 'Ghost', 'last_name', 'X', 'email', 'ghost@x.example', 'wallet_address', tests.address(1)));
select is(pg_temp.set_address('bea', tests.address(9)), null, 'and given to an invented colleague does not open the way for another one');

select is(pg_temp.set_address('ben', null), null, 'nor does one');
select is(pg_temp.set_address('ben', tests.address(9)), null, 'that a colleague is paid at too');

select is(pg_temp.import_address('ann', ''), 'updated', 'nor does a file that empties the address');
select is(pg_temp.import_address('ann', tests.address(9)), 'updated', 'before a second one sets another');
select is(pg_temp.address_of('ann'), null, 'which waits as well');

select is((select count(*) from public.wallet_changes where state = 'waiting'), 4::bigint, 'every try is a request that somebody else must confirm');

-- Whatever path writes the row.
select tests.reset();
update public.employees set wallet_address_set_at = null, wallet_address = null where first_name = 'bea';
select isnt((select wallet_address_set_at from public.employees where first_name = 'bea'), null, 'that there was an address cannot be forgotten');

select * from finish();
rollback;
