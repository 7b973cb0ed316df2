begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_user(name) from unnest(array['eve', 'una', 'ben']) as name;
update auth.users set email_confirmed_at = now() where email in ('eve@example.com', 'ben@example.com');
select tests.create_employee(organization, name)
from (values
  ('Acme', 'eve'), ('Acme', 'una'), ('Acme', 'nobody'), ('Acme', 'twin'), ('Globex', 'evie')
) as given (organization, name);
update public.employees set email = 'eve@example.com' where first_name in ('eve', 'evie');
update public.employees set email = 'una@example.com' where first_name = 'una';

create function pg_temp.link(employee text, organization text default 'Acme') returns text language sql as $$
  select tests.error_code_of(
    format('select public.link_employee_account(%s)', tests.employee_id(organization, employee)));
$$;
create function pg_temp.account_of(employee text) returns uuid language sql security definer as $$
  select auth_user_id from public.employees where first_name = employee;
$$;
create function pg_temp.edit(employee text, fields jsonb) returns text language sql as $$
  select tests.error_code_of(format('select public.update_employee(%s, %s, %L)', id, version, fields))
  from public.employees where first_name = employee;
$$;

grant execute on function pg_temp.link(text, text) to public;
grant execute on function pg_temp.account_of(text) to public;
grant execute on function pg_temp.edit(text, jsonb) to public;

select tests.authenticate_as('vic', 'Acme');
select is(pg_temp.link('eve'), 'role_too_low', 'a viewer cannot link an account');
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of('select public.link_employee_account(0)'), 'employee_not_found',
  'an employee who does not exist cannot be linked');
select is(
  tests.error_code_of(format('select public.link_employee_account(%s)', tests.employee_id('Globex', 'evie'))),
  'employee_not_found', 'an employee of another organization cannot be linked');
select is(pg_temp.link('nobody'), 'account_not_found', 'an employee whose address has no account cannot be linked');
select is(pg_temp.link('una'), 'account_not_found', 'an account with an unconfirmed address cannot be linked');
select is(pg_temp.link('eve'), 'no error', 'a manager links the account with the confirmed address');
select is(
  pg_temp.account_of('eve'), tests.user_id('eve'), 'the linked account is the one with the address of the employee');
select is(pg_temp.link('eve'), 'no error', 'linking the same account again succeeds');
select tests.authenticate_as('eve', 'Acme');
select results_eq(
  $$ select first_name from public.employees $$, $$ values ('eve'::text) $$,
  'an employee with a linked account reads the own record');

-- The linked account is the account with the employee's e-mail address.
select tests.authenticate_as('max', 'Acme');
select is(
  pg_temp.edit('eve', '{"position": "Lead", "email": "EVE@example.com"}'), 'no error',
  'an edit that leaves the e-mail address is accepted');
select is(
  pg_temp.account_of('eve'), tests.user_id('eve'), 'an edit that leaves the e-mail address keeps the linked account');
select is(
  pg_temp.edit('eve', '{"email": "ben@example.com"}'), 'no error', 'an edit to another e-mail address is accepted');
select is(pg_temp.account_of('eve'), null, 'an edit to another e-mail address removes the linked account');
select tests.authenticate_as('eve', 'Acme');
select is_empty(
  $$ select first_name from public.employees $$, 'the person behind a removed account no longer reads the employee');
select tests.authenticate_as('max', 'Acme');
select is(pg_temp.link('eve'), 'no error', 'an employee with a new e-mail address can be linked again');
select is(
  pg_temp.account_of('eve'), tests.user_id('ben'), 'the new link leads to the account of the new e-mail address');

-- One account is one employee of an organization.
select tests.reset();
update public.employees set auth_user_id = tests.user_id('eve') where first_name = 'nobody';
update public.employees set email = 'eve@example.com' where first_name = 'twin';
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_of(format('select public.link_employee_account(%s)', tests.employee_id('Acme', 'twin'))),
  format(
    'PT409 | The account with the e-mail address of employee %s belongs to another employee of your organization. | account_linked | Correct the e-mail address of one of the two: whoever has another address is no longer linked.',
    tests.employee_id('Acme', 'twin')),
  'an account that is linked to another employee is refused without the id of that employee');
select tests.authenticate_as('gwen', 'Globex');
select is(pg_temp.link('evie', 'Globex'), 'no error', 'another organization may link an account of the same person');
select is(
  (select auth_user_id from public.employees), tests.user_id('eve'), 'two organizations may link the same account');

select * from finish();
rollback;
