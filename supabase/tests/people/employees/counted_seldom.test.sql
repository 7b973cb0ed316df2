begin;
\ir ../../_shared/setup.sql.raw
select plan(4);

-- A company is counted when it may have become too large since the last count, and not with every new employee.
select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employees('Acme', 4);
select private.configure_limit('employees_per_organization', 6);
create function pg_temp.add(name text) returns text language sql as $$
  select tests.error_code_of(format(
    'select public.create_employee(''{"first_name": "E", "last_name": "L", "email": "%s@example.com"}'')', name));
$$;
grant execute on function pg_temp.add(text) to public;

select tests.authenticate_as('max');
select is(pg_temp.add('fifth'), 'no error', 'an employee is added to a company that was never counted');
select tests.reset();
select is(
  (select counted.employees from private.employee_counts as counted), 4::bigint,
  'the count that a new employee needed is kept');

-- As if the four had been counted as none: a new count finds them, and without one there seems to be room.
update private.employee_counts set employees = 0;
select tests.authenticate_as('max');
create temporary table sixth as select pg_temp.add('sixth');
select is(pg_temp.add('seventh'), 'no error', 'a company is not counted again while its last count leaves room');
select tests.reset();
update private.employee_counts set employees = 6;
select tests.authenticate_as('max');
select is(pg_temp.add('eighth'), 'limit_reached',
  'a company is counted again when its last count and the ids given since then leave no room');

select * from finish();
rollback;
