begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{}');
select tests.create_employee('Acme', 'eve', '1000.5', tests.address(1));
select tests.authenticate_as('max', 'Acme');

select is(
  (
    select outcome
    from public.import_employees('[{"line": 2, "first_name": "eve", "last_name": "Acme", "email": "eve@acme.example"}]')),
  'unchanged',
  'a file without salary and wallet columns changes neither');
select results_eq(
  $$ select salary::text, wallet_address from public.employees $$,
  $$ values ('1000.5000000'::text, tests.address(1)) $$,
  'an employee keeps salary and wallet when the file does not mention them');
select is(
  (
    select outcome
    from public.import_employees('[{"line": 2, "first_name": "Eve", "last_name": "Acme", "email": "eve@acme.example", "position": "Lead"}]')),
  'updated',
  'a column that the file does mention is written');
select results_eq(
  $$ select first_name, position, salary::text from public.employees $$,
  $$ values ('Eve'::text, 'Lead'::text, '1000.5000000'::text) $$,
  'a file changes only the columns that it mentions');
select is(
  (
    select outcome
    from public.import_employees('[{"line": 2, "first_name": "Eve", "last_name": "Acme", "email": "eve@acme.example", "salary": ""}]')),
  'updated',
  'an empty salary cell is an update');
select is((select salary from public.employees), null, 'an empty salary cell removes the salary');

-- Every employee has a status and an asset, so an empty cell leaves both as they are.
select tests.reset();
select tests.create_employee('Acme', 'ina', '4200', tests.address(2), 'USDC', tests.issuer(), 'inactive');
select tests.act_as('max', 'Acme');
create function pg_temp.import(more jsonb) returns text language sql as $$
  select concat_ws(' ', imported.outcome, imported.code) from public.import_employees(jsonb_build_array(
    jsonb_build_object('line', 2, 'first_name', 'ina', 'last_name', 'Acme', 'email', 'ina@acme.example')
      || more)) as imported;
$$;
create function pg_temp.ina() returns text language sql as $$
  select concat_ws(
    ' ', status, asset_code, case asset_issuer when tests.issuer() then 'issuer' else nullif(asset_issuer, '') end)
  from public.employees where first_name = 'ina';
$$;
select is(
  pg_temp.import(more) || ', ' || pg_temp.ina(), 'unchanged, inactive USDC issuer',
  'a row with ' || more::text || ' activates no employee and changes no asset')
from (values
  ('{"status": ""}'::jsonb), ('{"status": null}'), ('{"status": " "}'), ('{"asset_code": ""}'),
  ('{"asset_code": null, "asset_issuer": null}'), ('{"asset_code": "", "asset_issuer": ""}')
) as cases (more);
select is(
  pg_temp.import(jsonb_build_object('asset_code', '', 'asset_issuer', tests.address(3))) || ', ' || pg_temp.ina(),
  'refused invalid_asset_code, inactive USDC issuer',
  'a row with an issuer and no asset code is refused');
select is(
  pg_temp.import('{"status": "active", "asset_code": "XLM"}') || ', ' || pg_temp.ina(), 'updated, active XLM',
  'a row with a status and an asset code writes both and drops the old issuer');
select is(
  (
    select imported.outcome
    from public.import_employees('[{"first_name": "New", "last_name": "Acme", "email": "new@acme.example", "status": "", "asset_code": ""}]') as imported),
  'imported',
  'a row for a new employee may leave status and asset empty');
select is(
  (select (status, asset_code, asset_issuer) from public.employees where first_name = 'New'),
  ('active'::text, 'XLM'::text, ''::text), 'a new employee with empty cells gets the default status and asset');

-- The row is filled in from the employee as it is in the database.
select is(
  pg_temp.import(jsonb_build_object('wallet_address', tests.address(7))), 'updated',
  'a row with another wallet address is an update');
select is(
  (select wallet_address from public.employees where first_name = 'ina'), tests.address(7),
  'a wallet address from a file takes effect at once under the policy immediate');

select unalike(
  (select message from public.import_employees(jsonb_build_array(jsonb_build_object(
    'line', 2, 'first_name', 'E', 'last_name', 'A', 'email', 'e@acme.example',
    'wallet_address',
    left(tests.secret_key(), 55) || case right(tests.secret_key(), 1) when 'A' then 'B' else 'A' end)))),
  '%' || left(tests.secret_key(), 20) || '%',
  'a mistyped secret key in a wallet column is not repeated in the message');

select * from finish();
rollback;
