begin;
\ir ../../_shared/setup.sql.raw
select plan(19);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_user(name) from unnest(array['eve', 'una', 'ben']) as name;
update auth.users set email_confirmed_at = now() where email in ('eve@example.com', 'ben@example.com');
select tests.create_employee(organization, name) from (values ('Acme', 'eve'), ('Acme', 'una'), ('Acme', 'nobody'), ('Acme', 'twin'), ('Globex', 'evie')) as given (organization, name);
update public.employees set email = 'eve@example.com' where first_name in ('eve', 'evie');
update public.employees set email = 'una@example.com' where first_name = 'una';

create function pg_temp.link(employee text, organization text default 'Acme') returns text language sql as $$
  select tests.error_code_of(format('select public.link_employee_account(%s)', tests.employee_id(organization, employee)));
$$;
create function pg_temp.account_of(employee text) returns uuid language sql security definer as $$
  select auth_user_id from public.employees where first_name = employee;
$$;
create function pg_temp.edit(employee text, fields jsonb) returns text language sql as $$
  select tests.error_code_of(format('select public.update_employee(%s, %s, %L)', id, version, fields)) from public.employees where first_name = employee;
$$;

grant execute on function pg_temp.link(text, text) to public;
grant execute on function pg_temp.account_of(text) to public;
grant execute on function pg_temp.edit(text, jsonb) to public;

select tests.authenticate_as('vic', 'Acme');
select is(pg_temp.link('eve'), 'role_too_low', 'a viewer links nobody');
select tests.authenticate_as('max', 'Acme');
select is(tests.error_code_of('select public.link_employee_account(0)'), 'employee_not_found', 'nor does anybody an employee that is not there');
select is(tests.error_code_of(format('select public.link_employee_account(%s)', tests.employee_id('Globex', 'evie'))), 'employee_not_found', 'or belongs to another organization');
select is(pg_temp.link('nobody'), 'account_not_found', 'without an account there is nothing to link');
select is(pg_temp.link('una'), 'account_not_found', 'an address that was never confirmed proves nothing');
select is(pg_temp.link('eve'), 'no error', 'a manager links the account with the confirmed address');
select is(pg_temp.account_of('eve'), tests.user_id('eve'), 'and no other');
select is(pg_temp.link('eve'), 'no error', 'linking again is success');
select tests.authenticate_as('eve', 'Acme');
select results_eq($$ select first_name from public.employees $$, $$ values ('eve'::text) $$, 'the employee reads the own record');

-- The account is the one of the address.
select tests.authenticate_as('max', 'Acme');
select is(pg_temp.edit('eve', '{"position": "Lead", "email": "EVE@example.com"}'), 'no error', 'an edit that leaves the address');
select is(pg_temp.account_of('eve'), tests.user_id('eve'), 'leaves the account');
select is(pg_temp.edit('eve', '{"email": "ben@example.com"}'), 'no error', 'another address');
select is(pg_temp.account_of('eve'), null, 'is perhaps another person, who is not linked by an edit');
select tests.authenticate_as('eve', 'Acme');
select is_empty($$ select first_name from public.employees $$, 'and the first one reads no more');
select tests.authenticate_as('max', 'Acme');
select is(pg_temp.link('eve'), 'no error', 'linking again finds the account of the new address');
select is(pg_temp.account_of('eve'), tests.user_id('ben'), 'which is another one');

-- One account is one employee of an organization.
select tests.reset();
update public.employees set auth_user_id = tests.user_id('eve') where first_name = 'nobody';
update public.employees set email = 'eve@example.com' where first_name = 'twin';
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_of(format('select public.link_employee_account(%s)', tests.employee_id('Acme', 'twin'))),
  format('PT409 | The account with the e-mail address of employee %s belongs to another employee of your organization. | account_linked | Correct the e-mail address of one of the two: whoever has another address is no longer linked.', tests.employee_id('Acme', 'twin')),
  'an account that is linked to another employee is refused, without its id');
select tests.authenticate_as('gwen', 'Globex');
select is(pg_temp.link('evie', 'Globex'), 'no error', 'another organization may employ the same person');
select is((select auth_user_id from public.employees), tests.user_id('eve'), 'with the same account');

select * from finish();
rollback;
