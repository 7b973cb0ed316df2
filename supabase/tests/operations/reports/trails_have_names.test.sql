begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

select tests.create_world();

select tests.authenticate_as('vic', 'Acme');
select set_eq(
  $$ select first_name, amount::text from public.payroll_item_details $$,
  $$ values ('eve', '3000.0000000'), ('olga', '2000.0000000') $$, 'a member reads the items with the names of the employees');
select is((select email from public.payroll_decisions where decision = 'approved' limit 1), 'max@example.com',
  'a member reads who approved a run by e-mail address');
select is(
  (select email from public.payroll_trail where action = 'submitted'), 'ada@example.com',
  'a member reads who submitted a run by e-mail address');
select is((select count(*) from public.audit_trail), 0::bigint, 'a viewer reads no audit trail');
select tests.authenticate_as('ada', 'Acme');
select ok((select count(*) > 0 from public.audit_trail where email = 'ada@example.com'),
  'an admin reads the audit trail with e-mail addresses');
select is(
  (select count(*) from public.payroll_item_details where organization_id <> tests.organization_id('Acme')), 0::bigint,
  'an admin reads no item of another organization');
select tests.authenticate_as('eve');
select is((select array_agg(first_name) from public.payroll_item_details), array['eve'],
  'an employee reads the own items only');
select is((select count(*) from public.payroll_trail), 0::bigint, 'an employee reads no trail of runs');
select tests.authenticate_as('stan');
select is((select count(*) from public.payroll_item_details), 0::bigint, 'a stranger reads no item');

select * from finish();
rollback;
