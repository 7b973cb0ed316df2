begin;
\ir ../../_shared/setup.sql.raw
select plan(32);

select tests.create_world();
select tests.authenticate_as('max', 'Acme');

select is(
  (select salary::text from public.create_employee(jsonb_build_object(
    'first_name', 'Zoë', 'last_name', 'O''Brien', 'email', 'Zoe@Example.com', 'salary', '4200.0000001',
    'wallet_address', tests.address(20)))),
  '4200.0000001',
  'a manager adds an employee with an exact salary');
select is(
  (select email from public.employees where first_name = 'Zoë'), 'zoe@example.com',
  'the e-mail address of a new employee is kept in lower case');
select is(
  (
    select count(*)::integer from public.wallets as wallet join public.employees as employee
    on employee.id = wallet.employee_id where employee.first_name = 'Zoë'), 1,
  'a new employee with an address has one wallet to be synced');
select is(
  tests.error_code_of(
    $$ select public.create_employee('{"first_name": "Z", "last_name": "B", "email": "ZOE@example.com"}') $$),
  'email_taken',
  'a second employee with the same e-mail address is refused');
select is(
  (select count(distinct id)::integer from (
    select id
    from public.create_employee('{"first_name": "Ivo", "last_name": "K", "email": "ivo@example.com"}', 'key-1')
    union all
    select id
    from public.create_employee('{"first_name": "Ivo", "last_name": "K", "email": "ivo@example.com"}', 'key-1')
  ) as repeated), 1,
  'a repeat with the same key returns the first employee');
select is(
  tests.error_code_of(
    $$
      select public.create_employee(
        '{"first_name": "Ivan", "last_name": "K", "email": "ivan@example.com"}', 'key-1') $$), 'idempotency_key_reused',
  'other fields with a used key are refused');
select is(
  tests.error_code_of(
    $$
      select public.create_employee('{"first_name": "A", "last_name": "B", "email": "a@b.c", "salary": "0.00000001"}') $$),
  'too_many_decimals', 'a salary with eight decimals is refused');
select is(
  tests.error_code_of(
    $$ select public.create_employee('{"first_name": "A", "last_name": "B", "email": "a@b.c", "salary": "NaN"}') $$),
  'invalid_amount', 'a salary of NaN is refused');
select is(
  tests.error_code_of($$ select public.create_employee('{"first_name": "A", "last_name": "B", "email": "nobody"}') $$),
  'invalid_email', 'a broken e-mail address is refused');
select is(
  tests.error_code_of(
    $$
      select public.create_employee('{"first_name": "A", "last_name": "B", "email": "a@b.c", "organization_id": "2"}') $$),
  'unknown_field', 'a field that people may not set is refused');
select is(
  tests.error_code_of($$ select public.create_employee('[]') $$), 'invalid_fields',
  'an array in place of an employee''s fields is refused');
select is(
  tests.error_code_of(
    format(
      $$ select public.create_employee(jsonb_build_object('first_name', 'A', 'last_name', %L, 'email', 'a@b.c')) $$,
      tests.secret_key())),
  'secret_key_refused',
  'a secret key in a field of an employee is refused');

-- Changes.
select is(
  (select position from public.update_employee(tests.employee_id('Acme', 'Zoë'), 1, '{"position": "Lead"}')), 'Lead',
  'a manager changes a field of an employee');
select is(
  (select salary::text from public.employees where first_name = 'Zoë'), '4200.0000001',
  'a change of one field keeps the other fields');
select is(
  tests.error_code_of($$ select public.update_employee(tests.employee_id('Acme', 'Zoë'), 1, '{"position": "Boss"}') $$),
  'version_outdated',
  'a change with an outdated version is refused');
select is(
  tests.error_code_of(
    $$ select public.update_employee(tests.employee_id('Globex', 'earl'), 1, '{"position": "Boss"}') $$),
  'employee_not_found',
  'an employee of another organization is not found');

-- Every employee has a status and an asset; an empty value for either is refused and not replaced by a default.
select tests.reset();
select tests.create_employee('Acme', 'ina', '4200', null, 'USDC', tests.issuer(), 'inactive');
select tests.authenticate_as('max', 'Acme');
create function pg_temp.edit(fields jsonb) returns text language sql as $$
  select tests.error_code_of(format('select public.update_employee(%s, %s, %L)', id, version, fields))
  from public.employees where first_name = 'ina';
$$;
create function pg_temp.ina() returns text language sql as $$
  select concat_ws(
    ' ', status, asset_code, case asset_issuer when tests.issuer() then 'issuer' else nullif(asset_issuer, '') end)
  from public.employees where first_name = 'ina';
$$;
select is(
  pg_temp.edit(fields) || ', ' || pg_temp.ina(), code || ', inactive USDC issuer',
  format('an update with %s ends with: %s', fields, code))
from (values
  ('{"status": null}'::jsonb, 'invalid_status'), ('{"status": ""}', 'invalid_status'),
  ('{"asset_code": null}', 'invalid_asset_code'), ('{"asset_code": ""}', 'invalid_asset_code'),
  ('{"asset_code": "EURC"}', 'invalid_asset_issuer'), ('{"asset_issuer": ""}', 'invalid_asset_issuer'),
  ('{}', 'no error'), ('{"position": "Lead"}', 'no error')
) as cases (fields, code);
select is(
  pg_temp.edit('{"asset_code": "XLM"}') || ', ' || pg_temp.ina(), 'no error, inactive XLM',
  'an asset code without an issuer replaces both the old code and the old issuer');
select is(
  pg_temp.edit(jsonb_build_object('asset_code', 'EURC', 'asset_issuer', tests.issuer())) || ', ' || pg_temp.ina(),
  'no error, inactive EURC issuer', 'an asset code and its issuer are changed together');
select is(
  (
    select (status, asset_code, asset_issuer)
    from public.create_employee('{"first_name": "Neo", "last_name": "B", "email": "neo@example.com", "status": null, "asset_code": ""}')),
  ('active'::text, 'XLM'::text, ''::text), 'a new employee with an empty status and asset gets the defaults');

-- Removal.
select is(
  (select status from public.remove_employee(tests.employee_id('Acme', 'Zoë'))), 'inactive',
  'a manager removes an employee');
select is(
  tests.error_code_of(
    $$ select public.update_employee(tests.employee_id('Acme', 'Zoë'), 3, '{"position": "Ghost"}') $$),
  'employee_not_found',
  'a removed employee cannot be changed');
select is(
  tests.error_code_of(
    $$ select public.create_employee('{"first_name": "Zoë", "last_name": "B", "email": "zoe@example.com"}') $$),
  'no error',
  'a removed employee can be hired again under the same e-mail address');
select is(
  (select count(*)::integer from public.events where type = 'employee.removed'), 1,
  'the removal of an employee is announced as an event');

select tests.reset();
select tests.create_employees('Acme', 1);
select tests.walk_run(tests.create_run('Acme'), 'submitted');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.remove_employee(tests.employee_id('Acme', 'worker1')) $$),
  'employee_has_unpaid_items',
  'an employee with an unpaid item cannot be removed');

select * from finish();
rollback;
