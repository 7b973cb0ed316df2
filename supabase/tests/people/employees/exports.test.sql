begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Globex', 'gus');
select tests.act_as('max', 'Acme');
select public.create_employee(jsonb_build_object('first_name', '=HYPERLINK("https://evil.example")', 'last_name', E'\uff20SUM(1)',
  'email', '=cmd@acme.example', 'position', '+1', 'department', '@x', 'memo', '-1', 'salary', '1000.50'));

select tests.authenticate_as('vic', 'Acme');
select results_eq(
  $$ select first_name, last_name, email, "position", department, memo from public.employee_exports $$,
  $$ values ('''=HYPERLINK("https://evil.example")'::text, '''' || E'\uff20SUM(1)', '''=cmd@acme.example'::text, '''+1'::text, '''@x'::text, '''-1'::text) $$,
  'every text of an exported employee that begins like a formula is marked as text');
select is((select salary from public.employee_exports), '1000.5', 'an exported salary is an exact text');
select is((select count(*) from public.employee_exports), 1::bigint, 'an export has the people of the own organization only');
select tests.reset();
update public.employees set deleted_at = now(), status = 'inactive' where organization_id = tests.organization_id('Acme');
select tests.authenticate_as('vic', 'Acme');
select is_empty($$ select from public.employee_exports $$, 'an export does not have people who left');
select tests.as_anon();
select is(tests.error_of('select * from public.employee_exports') ~ 'permission denied', true, 'a stranger exports no employee');

select * from finish();
rollback;
