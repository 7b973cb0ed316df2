begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_organization_with('Acme', '{ada}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma');
select tests.create_employee('Acme', 'olaf', wallet_address => null);
select tests.create_employee('Acme', 'dora', asset_code => 'USDC', asset_issuer => tests.issuer());

create function pg_temp.wallets() returns setof text language sql as $$
  select concat_ws(
    ' ', (select number from generate_series(1, 40) as number where tests.address(number) = wallet.wallet_address),
    wallet.asset_code, coalesce(employee.first_name, wallet.wallet_type),
    case when not wallet.is_active then 'left' end)
  from public.wallets as wallet left join public.employees as employee on employee.id = wallet.employee_id
  where wallet.organization_id = tests.organization_id('Acme');
$$;

select set_eq(
  'select pg_temp.wallets()', array['1 XLM emma', '3 USDC dora'],
  'every employee with an address has a wallet in the asset of the salary');
update public.employees set wallet_address = tests.address(2) where first_name = 'olaf';
select set_eq(
  'select pg_temp.wallets()', array['1 XLM emma', '2 XLM olaf', '3 USDC dora'],
  'an employee who gets an address gets a wallet');
update public.employees set wallet_address = tests.address(4) where first_name = 'olaf';
select set_eq(
  'select pg_temp.wallets()', array['1 XLM emma', '2 XLM olaf left', '4 XLM olaf', '3 USDC dora'],
  'the wallet of an address that was left is kept for the books and inactive');
update public.employees set wallet_address = tests.address(2) where first_name = 'olaf';
select set_eq(
  'select pg_temp.wallets()', array['1 XLM emma', '2 XLM olaf', '4 XLM olaf left', '3 USDC dora'],
  'a wallet becomes active again when the employee returns to its address');
update public.employees set asset_code = 'XLM', asset_issuer = '' where first_name = 'dora';
select set_eq(
  'select pg_temp.wallets()', array['1 XLM emma', '2 XLM olaf', '4 XLM olaf left', '3 USDC dora left', '3 XLM dora'],
  'another asset of the salary makes another wallet');
update public.employees set position = 'Pilot' where first_name = 'emma';
select is((select count(*) from pg_temp.wallets()), 5::bigint, 'a change of another field touches no wallet');

-- A wallet belongs to the employee who is paid at its address now, and only that employee reads it.
update public.employees set wallet_address = tests.address(5) where first_name = 'emma';
update public.employees set wallet_address = tests.address(1) where first_name = 'olaf';
select ok(
  '1 XLM olaf' in (select pg_temp.wallets()),
  'the wallet of an address that a colleague takes over becomes the colleague''s');
update public.employees set wallet_address = case first_name when 'olaf' then tests.address(5) else tests.address(1) end
where first_name in ('emma', 'olaf');
select ok(
  '1 XLM emma' in (select pg_temp.wallets()) and '5 XLM olaf' in (select pg_temp.wallets()),
  'two employees who swap their addresses in one statement swap their wallets');

-- A shared address is watched as long as one of the employees is paid there.
update public.employees set wallet_address = tests.address(1) where first_name = 'olaf';
select ok('1 XLM emma' in (select pg_temp.wallets()), 'two employees who share an address have one wallet');
update public.employees set deleted_at = now() where first_name = 'emma';
select ok(
  '1 XLM olaf' in (select pg_temp.wallets()),
  'the wallet of a shared address stays active when one of the two employees leaves');
update public.employees set deleted_at = now() where first_name = 'olaf';
select ok(
  '1 XLM olaf left' in (select pg_temp.wallets()),
  'the wallet of a shared address is inactive when both employees have left');

-- The wallet of a treasury stays a treasury.
select public.enroll_source_account(tests.organization_id('Acme'), tests.address(30));
select tests.create_employee('Acme', 'sly', wallet_address => tests.address(30));
select ok(
  '30 XLM treasury' in (select pg_temp.wallets()),
  'an employee with the address of the treasury does not take over its wallet');
update public.employees set wallet_address = tests.address(6) where first_name = 'sly';
select ok(
  '30 XLM treasury' in (select pg_temp.wallets()),
  'an employee who leaves the address of the treasury does not close its wallet');

select tests.create_employee('Globex', 'earl', wallet_address => tests.address(3));
select is(
  (select count(*) from public.wallets where wallet_address = tests.address(3)), 3::bigint,
  'two organizations may pay the same address, each with a wallet of its own');

select is(
  tests.error_code_of(
    format(
      $$
        insert into public.wallets (organization_id, employee_id, wallet_address, wallet_type, trustline_state)
        values (%s, %s, %L, 'employee', 'not_needed') $$,
  tests.organization_id('Acme'), tests.employee_id('Globex', 'earl'), tests.address(9))), '23503',
  'a wallet cannot belong to an employee of another organization');
select is(
  tests.error_code_of(
    format(
      $$
        insert into public.wallets (organization_id, wallet_address, wallet_type, trustline_state)
        values (%s, %L, 'treasury', 'not_needed') $$,
  tests.organization_id('Acme'), 'GBAD')), '23514', 'a wallet with an invalid address is refused');

select * from finish();
rollback;
