begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

select tests.create_world();
select tests.create_employee('Globex', 'eve', '700', signs_in_as => 'eve');

-- What a person gets of the own data.
select tests.authenticate_as('eve', 'Acme');
create temporary table mine on commit drop as select public.export_my_data() as data;
select results_eq(
  $$
    select place ->> 'organization', place #>> '{tables,public.employees,id,0,first_name}'
    from mine, jsonb_array_elements(data -> 'organizations') as place $$,
  $$ values ('Acme', 'eve'), ('Globex', 'eve') $$,
  'the export of the own data contains every organization of the person, independently of the header');
select is(
  (select data #>> '{account,email}' from mine), 'eve@example.com', 'the export of the own data contains the account');
select results_eq(
  $$ select jsonb_object_keys(data #> '{organizations,0,tables}') as name from mine order by 1 $$,
  $$values
    ('public.employees'), ('public.notifications'), ('public.payroll_items'), ('public.transaction_operations'),
    ('public.wallets')
  $$,
  'the export of an employee contains the record, payslips, payments, wallets and notifications');
select is(
  (select data #> '{organizations,0,tables,public.payroll_items,employee_id,0,amount}' from mine), '"3000.0000000"',
  'the export contains amounts of payslips as exact text');
select is(
  (select data #> '{organizations,0,tables,public.employees,id,0,salary}' from mine), '"3000.0000000"',
  'the export contains the salary as exact text');
select is((select strpos(data::text, 'olga') from mine), 0, 'the export contains nothing of a colleague');
select is(
  (select data #> '{organizations,0,tables,public.employees,id,0,search_vector}' from mine), null,
  'the export contains no technical column');

select tests.authenticate_as('bea', 'Acme');
select public.set_preference('appearance.theme', '"dark"');
select public.create_payroll_run('2026-12-01', '2026-12-31', idempotency_key => 'mine');
create temporary table theirs on commit drop as select public.export_my_data() as data;
select is(
  (select data #>> '{organizations,0,tables,public.users,id,0,role}' from theirs), 'manager',
  'the export of a member contains the membership');
select is(
  (
    select data #>> '{organizations,0,tables,public.user_preferences,user_id,0,preferences,appearance,theme}'
    from theirs), 'dark', 'the export of a member contains the preferences');
select is(
  (select jsonb_array_length(data #> '{organizations,0,tables,public.user_preferences_history,user_id}') from theirs),
  1, 'the export of a member contains the history of preferences');
select is(
  (select data #>> '{organizations,0,tables,public.payroll_runs,created_by,0,status}' from theirs), 'draft',
  'the export of a member contains the runs that the member created');
select is(
  (select data #> '{organizations,0,tables,public.payroll_runs,created_by,0,total_amount}' from theirs), null,
  'the export of a member does not contain the totals of runs');
select is(
  (select data #>> '{organizations,0,tables,private.idempotency_keys,auth_user_id,0,operation}' from theirs),
  'create_payroll_run', 'the export of a member contains the commands with an idempotency key');
select is(
  (select data #> '{organizations,0,tables,private.idempotency_keys,auth_user_id,0,key}' from theirs), null,
  'the export of a member does not contain the idempotency keys');
select ok(
  (select jsonb_array_length(data #> '{organizations,0,tables,public.payroll_audit_logs,actor}') > 0 from theirs),
  'the export of a member contains the audit rows of the member');
select is(
  (select strpos(data::text, 'whsec_') + strpos(data::text, 'token_hash') from theirs), 0,
  'the export contains no secret');

select tests.authenticate_as('stan');
select is(
  (select public.export_my_data() -> 'organizations'), '[]', 'the export of a stranger contains no organization');
select tests.as_anon();
select is(
  tests.error_code_of($$ select public.export_my_data() $$), '42501',
  'a caller who has not signed in cannot export data');

-- What an admin gets about an employee.
select tests.authenticate_as('gil', 'Globex');
select public.invite_member('olga@acme.example', 'viewer');
select tests.authenticate_as('ada', 'Acme');
select is(
  (
    select exported #> '{tables,public.invitations}'
    from public.export_person(tests.employee_id('Acme', 'olga')) as exported), null,
  'the export by an admin does not contain an invitation by another organization');
select is(
  (
    select exported #>> '{tables,public.employees,id,0,email}'
    from public.export_person(tests.employee_id('Acme', 'olga')) as exported), 'olga@acme.example',
  'an admin can export the data of an employee');
select results_eq(
  $$
    select action, resource_type, actor = 'user:' || tests.member_id('ada', 'Acme') from public.audit_logs
    where action = 'person.exported' and user_id = tests.member_id('ada', 'Acme') $$,
  $$ values ('person.exported', 'employee', true), ('person.exported', 'employee', true) $$,
  'every export by an admin is in the audit trail');
-- A person who works in both organizations.
select tests.reset();
select tests.create_user('dora');
select tests.create_employee('Acme', 'dora', signs_in_as => 'dora');
select tests.join_organization('dora', 'Acme', 'manager');
select tests.join_organization('dora', 'Globex', 'manager');
select tests.authenticate_as('dora', 'Globex');
select public.create_payroll_run('2026-12-01', '2026-12-31', idempotency_key => 'key');
select tests.authenticate_as('dora', 'Acme');
select public.create_payroll_run('2026-12-01', '2026-12-31', idempotency_key => 'key');
select public.create_organization('Dora''s', 'key');
select tests.authenticate_as('ada', 'Acme');
select results_eq(
  $$
    select command ->> 'operation', (command ->> 'organization_id')::bigint
    from public.export_person(tests.employee_id('Acme', 'dora')) as exported,
      jsonb_array_elements(exported #> '{tables,private.idempotency_keys,auth_user_id}') as command
  $$,
  $$ values ('create_payroll_run'::text, tests.organization_id('Acme')) $$,
  'the export by an admin contains the commands in the own organization and none in another');
select tests.authenticate_as('dora', 'Acme');
create temporary table both_companies on commit drop as select public.export_my_data() as data;
select results_eq(
  $$
    select place ->> 'organization', jsonb_array_length(place #> '{tables,private.idempotency_keys,auth_user_id}')
    from both_companies, jsonb_array_elements(data -> 'organizations') as place order by 1
  $$,
  $$ values ('Acme', 1), ('Dora''s', null), ('Globex', 1) $$,
  'the export of the own data contains every command in the organization it was given in');
select is(
  (select data #>> '{account,tables,private.idempotency_keys,auth_user_id,0,operation}' from both_companies),
  'create_organization',
  'the export of the own data contains the creation of an organization with the account');
select tests.authenticate_as('ada', 'Acme');
select is(tests.error_code_of(format('select public.export_person(%s)', id)), 'employee_not_found', promise)
from (values
  ('0', 'the export of an unknown employee is refused'), ('null', 'the export of the employee null is refused'),
  ('tests.employee_id(''Globex'', ''earl'')', 'the export of another organization''s employee is refused')
) as refusal (id, promise);
select tests.authenticate_as('max', 'Acme');
select is(
  tests.error_code_of($$ select public.export_person(tests.employee_id('Acme', 'olga')) $$), 'role_too_low',
  'a manager cannot export an employee');
select tests.authenticate_as('eve', 'Acme');
select is(
  tests.error_code_of($$ select public.export_person(tests.employee_id('Acme', 'olga')) $$), 'no_organization',
  'an employee cannot export a colleague');
select tests.as_service();
select is(tests.error_code_of($$ select public.export_person(1) $$), '42501', 'the service cannot export an employee');
select tests.reset();
update public.employees set deleted_at = now() where id = tests.employee_id('Acme', 'olga');
select tests.authenticate_as('ada', 'Acme');
select is(
  (
    select exported #>> '{tables,public.employees,id,0,first_name}'
    from public.export_person(tests.employee_id('Acme', 'olga')) as exported), 'olga',
  'an admin can export an employee who left');

select * from finish();
rollback;
