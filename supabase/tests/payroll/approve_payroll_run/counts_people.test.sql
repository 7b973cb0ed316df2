begin;
\ir ../../_shared/setup.sql.raw
select plan(12);

-- Approvals are counted by person. The index that allows one membership per person is dropped here, to test that two
-- memberships are still one person.
drop index public.users_auth_user_id_organization_id_key;
select tests.create_organization_with('Acme', '{ada}', '{max,mia,mel}', '{}', required_approvals => 2);
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.approve() returns text language sql return format(
  'select public.approve_payroll_run(%s, %L)', (select id from run), tests.seen((select id from run)));
grant execute on function pg_temp.approve() to public;
create function pg_temp.leave_and_return(person text) returns void language plpgsql as $$
begin
  update public.users set deleted_at = now() where id = tests.member_id(leave_and_return.person, 'Acme');
  insert into public.users (organization_id, auth_user_id, email, role)
  values (
    tests.organization_id('Acme'), tests.user_id(leave_and_return.person), leave_and_return.person || '@again.example',
    'manager');
end;
$$;

select tests.authenticate_as('max');
select tests.submit((select id from run));
select tests.reset();
select pg_temp.leave_and_return('max');
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.approve()), 'approver_is_submitter',
  'a submitter with a second membership cannot approve the own run');

select tests.authenticate_as('mia');
select is(tests.error_code_of(pg_temp.approve()), 'no error', 'the first of two required approvals is accepted');
select tests.reset();
select pg_temp.leave_and_return('mia');
select tests.authenticate_as('mia');
select is(
  (select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null,
  'a second membership of the same person does not make a second approval');
select tests.reset();
select is(
  tests.error_code_of('update public.payroll_run_approvals set user_id = user_id + 1'), 'immutable_columns',
  'an approval cannot be assigned to another person');
select is(
  tests.error_code_of('delete from public.payroll_run_approvals'), 'append_only', 'an approval cannot be deleted');

select tests.reset();
update public.users set deleted_at = null where email = 'mia@example.com';
select is(
  (select private.valid_approvals(stored) from public.payroll_runs as stored), 1,
  'two approvals through two memberships that both hold are the word of one person');
update public.users set deleted_at = now() where email = 'mia@example.com';
select tests.authenticate_as('mel');
select isnt(
  (select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null,
  'approvals by two people complete the approval of a run');

-- An erased submitter may be any of the present members.
create function pg_temp.approval_after(change text) returns text language plpgsql as $$
declare v_code text;
begin
  begin
    execute change;
    perform tests.act_as('mel', 'Acme');
    v_code := tests.error_code_of(pg_temp.approve());
    raise exception 'undo';
  exception when raise_exception then
    return v_code;
  end;
end;
$$;
select tests.reset();
select is(
  pg_temp.approval_after(
    $$ update public.users set auth_user_id = null where id = (select submitted_by from public.payroll_runs) $$),
  'approver_is_submitter', 'a run whose submitter was erased cannot be approved');

-- An approval counts only as long as the approver may approve.
select tests.reset();
select tests.configure_network();
select tests.treasury('Acme');
create function pg_temp.payment_after(change text) returns text language plpgsql as $$
declare v_code text;
begin
  begin
    execute change;
    perform tests.act_as('mel', 'Acme');
    v_code := tests.error_code_of(format('select public.disburse_payroll_run(%s)', (select id from run)));
    raise exception 'undo';
  exception when raise_exception then
    return v_code;
  end;
end;
$$;
select is(
  pg_temp.payment_after(
    $$ update public.users set deleted_at = now() where auth_user_id = tests.user_id('mia') and deleted_at is null $$),
  'payroll_run_not_approved', 'a run is not paid when one of its approvers was removed');
select is(
  pg_temp.payment_after(
    $$ update public.users set role = 'viewer' where auth_user_id = tests.user_id('mia') and deleted_at is null $$),
  'payroll_run_not_approved', 'a run is not paid when one of its approvers became a viewer');
select is(pg_temp.payment_after('select 1'), 'no error', 'a run is paid while both approvers may approve');

-- Who shaped the run shaped it in every membership.
select tests.reset();
create temporary table shaped as select tests.create_run('Acme') as id;
grant select on shaped to public;
select tests.act_as('mel', 'Acme');
select public.add_bonus(id, tests.employee_id('Acme', 'emma'), '7') from shaped;
select tests.act_as('max', 'Acme');
select tests.submit(id) from shaped;
select tests.reset();
select pg_temp.leave_and_return('mel');
select tests.authenticate_as('mel');
select is(
  (select tests.error_code_of(format('select public.approve_payroll_run(%s, %L)', id, tests.seen(id))) from shaped),
  'approver_prepared_run', 'a person who edited the run in another membership does not approve it');

select * from finish();
rollback;
