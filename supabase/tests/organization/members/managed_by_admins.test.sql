begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

select tests.create_world();

select tests.authenticate_as('ada', 'Acme');
select is(
  (select role from public.change_member_role(tests.member_id('vic', 'Acme'), 'manager')), 'manager',
  'an admin gives a member another role');
select is(
  tests.error_code_of($$ select public.change_member_role(tests.member_id('vic', 'Acme'), 'owner') $$), 'invalid_role',
  'a role that does not exist is refused');
select is(
  tests.error_code_of($$ select public.change_member_role(tests.member_id('gus', 'Globex'), 'admin') $$),
  'member_not_found',
  'a member of another organization is not found');
select is(
  tests.error_code_of($$ select public.remove_member(999999999) $$), 'member_not_found',
  'an unknown member gets the same refusal as a member of another organization');
select isnt(
  (select deleted_at from public.remove_member(tests.member_id('vic', 'Acme'))), null,
  'an admin removes a member');
select is(
  (select count(*)::integer from public.audit_logs where action in ('member.removed', 'member.role_changed')), 2,
  'the removal and the change of a role are in the audit trail');

select tests.authenticate_as('vic', 'Acme');
select is(
  (select count(*)::integer from public.payroll_runs), 0,
  'a removed member reads no run from that moment on');

select tests.authenticate_as('ada', 'Acme');
select is(
  tests.error_code_of($$
    select public.change_member_role(tests.member_id('ada', 'Acme'), 'viewer');
    set constraints all immediate
  $$), 'last_admin',
  'the last admin cannot step down');
select is(
  tests.error_code_of($$
    select public.remove_member(tests.member_id('ada', 'Acme'));
    set constraints all immediate
  $$), 'last_admin',
  'the last admin cannot be removed');
select is(
  tests.error_code_of($$
    select public.change_member_role(tests.member_id('max', 'Acme'), 'admin');
    select public.change_member_role(tests.member_id('ada', 'Acme'), 'manager');
    set constraints all immediate
  $$), 'no error',
  'the role of the last admin can be handed over in one transaction');

select tests.reset();
select is(
  tests.error_code_of($$
    update public.users set role = 'viewer' where organization_id = tests.organization_id('Globex');
    set constraints all immediate
  $$), 'last_admin',
  'an update that bypasses the commands cannot take the last admin away');

select tests.authenticate_as('bea');
select results_eq(
  $$ select name, role, is_default from public.my_organizations() $$,
  $$ values ('Acme', 'manager', false), ('Globex', 'manager', false) $$,
  'a person sees every organization they work in');
select is(
  (select is_default from public.choose_default_organization(tests.organization_id('Globex'))), true,
  'a person chooses the organization that requests without a header act in');
select is(
  (select name from public.organizations), 'Globex',
  'a request without a header reads the chosen organization');

select * from finish();
rollback;
