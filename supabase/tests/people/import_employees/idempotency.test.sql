begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}');
select tests.create_employee('Acme', 'olga', '1000');
select tests.create_employee('Acme', 'same', '1000', null);

create function pg_temp.file(salary text default '2000') returns jsonb language sql as $$
  select jsonb_build_array(
    jsonb_build_object(
      'line', 2, 'first_name', 'Emma', 'last_name', 'Stone', 'email', 'emma@acme.example', 'salary', salary),
    jsonb_build_object(
      'line', 3, 'first_name', 'olga', 'last_name', 'Acme', 'email', 'olga@acme.example', 'salary', salary),
    jsonb_build_object('line', 4, 'first_name', 'same', 'last_name', 'Acme', 'email', 'same@acme.example'),
    jsonb_build_object(
      'line', 5, 'first_name', 'Bad', 'last_name', 'Row', 'email', 'bad@acme.example', 'salary', 'much'));
$$;
create function pg_temp.import(
  key text, salary text default '2000', dry_run boolean default false) returns jsonb language sql as $$
  select jsonb_agg(to_jsonb(imported) order by imported.line)
  from public.import_employees(pg_temp.file(salary), dry_run, key) as imported;
$$;

select tests.act_as('max', 'Acme');
select is(
  (select jsonb_agg(row ->> 'outcome') from jsonb_array_elements(pg_temp.import('key', dry_run => true)) as row),
  '["imported", "updated", "unchanged", "refused"]'::jsonb,
  'a dry run with a key says what would happen to each row');
create temporary table first as select pg_temp.import('key') as answer;
select is(
  (select jsonb_agg(row ->> 'outcome') from first, jsonb_array_elements(answer) as row),
  '["imported", "updated", "unchanged", "refused"]'::jsonb,
  'an import after a dry run with the same key is carried out');
select is(
  (select jsonb_agg(row ->> 'message') from first, jsonb_array_elements(answer) as row),
  '[null, null, null, "much is not an amount."]'::jsonb,
  'a refused row has a message that says why');
select is(
  (select (count(*), sum(salary))::text from public.employees), '(3,5000.0000000)',
  'an import writes the accepted rows of the file');

-- The first answer was lost, and another person changed an employee before the import is repeated.
select tests.act_as('ada', 'Acme');
select public.update_employee(tests.employee_id('Acme', 'olga'), 2, '{"salary": "3000"}');
select tests.act_as('max', 'Acme');
select is(
  pg_temp.import('key'), (
    select jsonb_agg(row.value || '{"changes": null}' order by row.ordinality)
    from first, jsonb_array_elements(answer) with ordinality as row),
  'a repeat with the same key returns the first answer without the personal values that changed');
select is(
  (select salary::text from public.employees where first_name = 'olga'), '3000.0000000',
  'a repeat with the same key does not overwrite a salary that was changed since');
select is(
  (select version from public.employees where first_name = 'olga'), 3, 'a repeat with the same key changes no version');
select is(
  tests.error_code_of($$ select pg_temp.import('key', '2500') $$), 'idempotency_key_reused',
  'another file with a used key is refused');
select is(
  (select jsonb_agg(row ->> 'outcome') from jsonb_array_elements(pg_temp.import('other')) as row),
  '["unchanged", "updated", "unchanged", "refused"]'::jsonb,
  'the same file with another key is imported again');
select is(
  (select jsonb_agg(row ->> 'outcome') from jsonb_array_elements(pg_temp.import(null)) as row),
  '["unchanged", "unchanged", "unchanged", "refused"]'::jsonb,
  'the same file without a key is imported again');
select tests.act_as('mia', 'Acme');
select is(
  (select jsonb_agg(row ->> 'outcome') from jsonb_array_elements(pg_temp.import('key')) as row),
  '["unchanged", "unchanged", "unchanged", "refused"]'::jsonb,
  'another person can use the same key for an import of their own');
select tests.reset();
select is_empty(
  $$ select place from tests.places_of('emma@acme.example') as place where place = 'private.idempotency_keys' $$,
  'the stored answer of an import holds no personal data');

select * from finish();
rollback;
