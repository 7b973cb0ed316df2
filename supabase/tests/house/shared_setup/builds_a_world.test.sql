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
  'the test world has rows of both organizations in every table, so that isolation is never proven on empty tables');

select is(
  (select array_agg(status order by id) from public.payroll_runs), array['completed', 'completed'],
  'the payroll runs of the test world are completed');

select * from finish();
rollback;
