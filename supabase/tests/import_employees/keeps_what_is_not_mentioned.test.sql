begin;
\ir ../_shared/setup.sql.raw
select plan(7);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{}');
select tests.create_employee('Acme', 'eve', '1000.5', tests.address(1));
select tests.authenticate_as('max', 'Acme');

select is(
  (select outcome from public.import_employees('[{"line": 2, "first_name": "eve", "last_name": "Acme", "email": "eve@acme.example"}]')),
  'unchanged',
  'a file with names and addresses only says nothing about pay');
select results_eq(
  $$ select salary::text, wallet_address from public.employees $$,
  $$ values ('1000.5000000'::text, tests.address(1)) $$,
  'so salary and wallet stay');
select is(
  (select outcome from public.import_employees('[{"line": 2, "first_name": "Eve", "last_name": "Acme", "email": "eve@acme.example", "position": "Lead"}]')),
  'updated',
  'what it does say is written');
select results_eq(
  $$ select first_name, position, salary::text from public.employees $$,
  $$ values ('Eve'::text, 'Lead'::text, '1000.5000000'::text) $$,
  'and nothing else');
select is(
  (select outcome from public.import_employees('[{"line": 2, "first_name": "Eve", "last_name": "Acme", "email": "eve@acme.example", "salary": ""}]')),
  'updated',
  'an empty cell takes a value away');
select is((select salary from public.employees), null, 'and it is gone');

select unalike(
  (select message from public.import_employees(jsonb_build_array(jsonb_build_object(
    'line', 2, 'first_name', 'E', 'last_name', 'A', 'email', 'e@acme.example',
    'wallet_address', left(tests.secret_key(), 55) || case right(tests.secret_key(), 1) when 'A' then 'B' else 'A' end)))),
  '%' || left(tests.secret_key(), 20) || '%',
  'a secret key with a typing mistake is not repeated either');

select * from finish();
rollback;
