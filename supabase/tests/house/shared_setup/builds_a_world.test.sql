begin;
\ir ../../_shared/setup.sql.raw
select plan(2);

select tests.create_world();

select is_empty(
  $$
    select table_name, organization
    from tests.furnished_tables() as table_name
    cross join unnest(array['Acme', 'Globex']) as organization
    where tests.readable_rows(table_name, organization) = 0
  $$,
  'the world of the tests has a row of both organizations in every table, so that isolation is never proven with nothing');

select is(
  (select array_agg(status order by id) from public.payroll_runs), array['completed', 'completed'],
  'its runs were walked to their end');

select * from finish();
rollback;
