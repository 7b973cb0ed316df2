begin;
\ir ../../_shared/setup.sql.raw
select plan(58);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Globex', 'emma');

create function pg_temp.row(email text, more jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object(
    'line', 2, 'first_name', 'Emma', 'last_name', 'Stone', 'email', email, 'salary', '4200.50', 'wallet_address',
    tests.address(1)) || more;
$$;
create function pg_temp.import(variadic rows jsonb[]) returns text language sql as $$
  select string_agg(concat_ws(' ', imported.line, imported.outcome, imported.code), ', ')
  from public.import_employees(to_jsonb(rows)) as imported;
$$;
grant execute on function pg_temp.row(text, jsonb) to public;
grant execute on function pg_temp.import(jsonb[]) to public;

select tests.authenticate_as('vic');
select is(
  tests.error_code_of($$ select pg_temp.import(pg_temp.row('emma@acme.example')) $$), 'role_too_low',
  'a viewer cannot import employees');

select tests.authenticate_as('max');
select is(
  (
    select (count(*), min(outcome), min(employee_id))
    from public.import_employees(jsonb_build_array(pg_temp.row('emma@acme.example')), dry_run => true)),
  (1::bigint, 'imported'::text, null::bigint), 'a dry run says what would happen to a row');
select is((select count(*) from public.employees), 0::bigint, 'a dry run writes no employee');
select is(
  pg_temp.import(pg_temp.row(' EMMA@acme.example ', '{"position": " Engineer ", "department": ""}')), '2 imported',
  'a row of a file becomes an employee');
select is(
  (
    select (
      first_name, last_name, email, salary::text, asset_code, asset_issuer, status, position, department,
      wallet_address) from public.employees),
  ('Emma'::text, 'Stone'::text, 'emma@acme.example'::text, '4200.5000000'::text, 'XLM'::text, ''::text, 'active'::text,
    'Engineer'::text, null::text, tests.address(1)),
  'an imported employee has trimmed values, a lower-case address and defaults for empty fields');
select is(
  pg_temp.import(pg_temp.row('emma@acme.example', '{"position": "Engineer"}')), '2 unchanged',
  'the same row imported again changes nothing');
select is((select version from public.employees), 1, 'the same row imported again keeps the version');
select is(
  pg_temp.import(pg_temp.row('emma@acme.example', '{"position": "Engineer", "salary": "4200.5"}')), '2 unchanged',
  'the same salary in another notation is no change');
select is(
  pg_temp.import(pg_temp.row('emma@acme.example', '{"position": "Lead"}')), '2 updated',
  'a row with a different value updates the employee');
select is(
  (select (position, version) from public.employees), ('Lead'::text, 2),
  'an update by a row changes the value and the version of the employee');
select is(
  pg_temp.import(pg_temp.row('emma@acme.example', '{"salary": "", "position": ""}')), '2 updated',
  'an empty field in a row is an update');
select is((select (salary, position)::text from public.employees), '(,)', 'an empty field in a row removes the value');
select is(
  pg_temp.import(
    pg_temp.row('a@acme.example'), pg_temp.row('b@acme.example', '{"line": 3, "salary": "x"}'),
    pg_temp.row('c@acme.example', '{"line": 4}')), '2 imported, 3 refused invalid_amount, 4 imported',
  'a refused row does not stop the other rows');
select is(
  pg_temp.import(pg_temp.row('d@acme.example'), pg_temp.row('D@acme.example', '{"line": 3}')),
  '2 imported, 3 refused duplicate_email_in_import',
  'the second row with the same e-mail address in one file is refused');
select is(
  pg_temp.import(pg_temp.row('e@acme.example', '{"line": "x"}'), pg_temp.row('f@acme.example', '{"line": null}')),
  '1 imported, 2 imported', 'a row without a line number is numbered by its place in the list');

-- What is wrong with a row.
select is(
  pg_temp.import(pg_temp.row('bad@acme.example', more)), '2 refused ' || code,
  format('a row with %s is refused: %s', more, code))
from (values
  ('{"first_name": ""}'::jsonb, 'first_name_missing'), ('{"first_name": "  "}', 'first_name_missing'),
  ('{"first_name": null}', 'first_name_missing'), ('{"last_name": ""}', 'last_name_missing'),
  (jsonb_build_object('first_name', repeat('x', 101)), 'text_too_long'),
  (jsonb_build_object('department', repeat('x', 101)), 'text_too_long'),
  ('{"email": ""}', 'invalid_email'), ('{"email": "x"}', 'invalid_email'), ('{"email": "x@y"}', 'invalid_email'),
  ('{"email": "a@b.c, d@e.f"}', 'invalid_email'),
  (jsonb_build_object('email', repeat('x', 250) || '@y.example'), 'invalid_email'),
  ('{"status": "retired"}', 'invalid_status'), ('{"status": "aktiv"}', 'invalid_status'),
  ('{"salary": "0"}', 'amount_not_positive'), ('{"salary": "-5"}', 'amount_not_positive'),
  ('{"salary": "1e3"}', 'invalid_amount'), ('{"salary": "NaN"}', 'invalid_amount'),
  ('{"salary": "1,000.00"}', 'invalid_amount'),
  ('{"salary": "0.00000001"}', 'too_many_decimals'), ('{"salary": "922337203685.4775808"}', 'amount_too_large'),
  ('{"salary": "01"}', 'invalid_amount'),
  ('{"asset_code": "US$"}', 'invalid_asset_code'), ('{"asset_code": "USDC"}', 'invalid_asset_issuer'),
  ('{"asset_code": "USDC", "asset_issuer": "G"}', 'invalid_asset_issuer'),
  ('{"wallet_address": "GBAD"}', 'invalid_wallet_address'),
  (jsonb_build_object('wallet_address', lower(tests.address(1))), 'invalid_wallet_address'),
  (jsonb_build_object('wallet_address', left(tests.address(1), 55)), 'invalid_wallet_address'),
  ('{"wallet_address": "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK"}',
    'muxed_address_refused'),
  (jsonb_build_object('wallet_address', tests.secret_key()), 'secret_key_refused'),
  (jsonb_build_object('position', 'my key: ' || tests.secret_key()), 'secret_key_refused'),
  (jsonb_build_object('email', tests.secret_key() || '@y.example'), 'secret_key_refused')
) as cases (more, code);
select is_empty(
  $$
    select imported.message, imported.hint
    from public.import_employees(
      jsonb_build_array(
        pg_temp.row('x', '{"first_name": ""}'), pg_temp.row('x'),
        pg_temp.row('x@y.example', '{"salary": "x"}'))) as imported
    where imported.message !~ '\.$' or imported.hint !~ '\.$' $$,
  'every refused row has a message and a hint in full sentences');
select is(
  (
    select (email, strpos(message, left(tests.secret_key(), 8)))
    from public.import_employees(
      jsonb_build_array(pg_temp.row('k@y.example', jsonb_build_object('wallet_address', tests.secret_key()))))),
  (null::text, 0), 'a row that contains a secret key is answered without any part of the key');

-- What is wrong with the whole file.
select is(
  tests.error_code_of(format('select public.import_employees(%L)', rows)), 'invalid_import',
  format('an import of "%s" is refused as a whole', left(rows::text, 20)))
from (values
  (null::jsonb), ('null'), ('{}'), ('[]'), ('[1]'), ('["x"]'), ('[[]]'), ('[null]'),
  ((select jsonb_agg('{}'::jsonb) from generate_series(1, 1001)))
) as wrong (rows);

select tests.reset();
select is(
  (select count(*) from public.employees where organization_id = tests.organization_id('Globex')), 1::bigint,
  'an import does not touch an employee of another organization with the same address');

select * from finish();
rollback;
