begin;
\ir ../../_shared/setup.sql.raw
select plan(9);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', required_approvals => 2);
select tests.create_employees('Acme', 1);
create temporary table ids on commit drop as select tests.create_run('Acme') as run,
  tests.member_id('max', 'Acme') as max, tests.member_id('mia', 'Acme') as mia;
grant select on ids to public;

create function tests.leave_and_come_back(person text)
returns bigint
language plpgsql volatile
as $$
declare
  v_token text;
  v_id bigint;
begin
  perform tests.authenticate_as('ada', 'Acme');
  perform public.remove_member(tests.member_id(leave_and_come_back.person, 'Acme'));
  select token into v_token from public.invite_member(leave_and_come_back.person || '@example.com', 'manager');
  perform tests.authenticate_as(leave_and_come_back.person);
  select id into v_id from public.accept_invitation(v_token);
  perform tests.authenticate_as(leave_and_come_back.person, 'Acme');
  return v_id;
end;
$$;
grant execute on function tests.leave_and_come_back(text) to public;

-- Max submitted the run.
select tests.authenticate_as('max', 'Acme');
select tests.submit((select run from ids));
select is(
  tests.leave_and_come_back('max'), (select max from ids),
  'a member who is removed and invited again gets the old membership back');
select is(
  tests.error_code_of(
    $$ select public.approve_payroll_run((select run from ids), tests.seen((select run from ids))) $$),
  'approver_is_submitter',
  'a member who left and came back cannot approve the run they submitted before');

-- Mia approves the run.
select tests.authenticate_as('mia', 'Acme');
select is(
  (select approved_at from public.approve_payroll_run((select run from ids), tests.seen((select run from ids)))), null,
  'one of two approvals is not enough');
select is(
  tests.leave_and_come_back('mia'), (select mia from ids),
  'an approver who is removed and invited again gets the old membership back');
select is(
  (select approved_at from public.approve_payroll_run((select run from ids), tests.seen((select run from ids)))), null,
  'an approver who left and came back does not count as a second person');
select is(
  (select count(distinct user_id) from public.payroll_run_approvals), 1::bigint,
  'two approvals by one person are stored as one');

select tests.reset();
select is(
  (select count(*) from public.users where organization_id = tests.organization_id('Acme')), 3::bigint,
  'two members who left and came back did not become four');
select throws_ok(
  $$
    insert into public.users (organization_id, auth_user_id, email, role)
    values (tests.organization_id('Acme'), tests.user_id('mia'), 'mia2@example.com', 'viewer') $$,
  '23505', null, 'a second membership of a present member is refused by the table');
update public.users set deleted_at = now() where id = (select mia from ids);
select throws_ok(
  $$
    insert into public.users (organization_id, auth_user_id, email, role)
    values (tests.organization_id('Acme'), tests.user_id('mia'), 'mia2@example.com', 'viewer') $$,
  '23505', null, 'a second membership of a former member is refused by the table');

select * from finish();
rollback;
