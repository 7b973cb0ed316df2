begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_world();
create temporary table headers (header text, what text);
grant select on headers to public;
insert into headers values
  ('', 'an empty text'), (' ', 'a blank'), ('abc', 'letters'), ('-1', 'a negative number'), ('0', 'zero'),
  ('1.0', 'a decimal'), ('1e0', 'an exponent'),
  ('1,2', 'a list'), ('1 or 1=1', 'a piece of SQL'), ('*', 'a star'), ('null', 'the word null'),
  ('9223372036854775808', 'more than a bigint'),
  ('999999999999999999', 'an unknown id'), (E'1\n', 'a line break'), (repeat('1', 10000), 'ten thousand digits');
select tests.authenticate_as('ada');

select is(
  tests.error_code_of($$ select public.request_sync() $$) || ' ' || tests.readable_rows('payroll_runs', 'Acme'),
  'no_organization 0',
  format('an organization header with %s shows nothing and allows nothing', what))
from headers
cross join lateral tests.with_header(header);

select tests.with_header(tests.organization_id('Acme')::text);
select ok(
  (select count(*) from public.payroll_runs) = 1, 'an organization header with the own organization shows its runs');

select * from finish();
rollback;
