begin;
\ir ../../_shared/setup.sql.raw
select plan(24);

select tests.create_organization_with('Acme', '{ada}', '{max,mia,moe}', '{vic}', required_approvals => 2);
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.approve() returns text language sql return format('select public.approve_payroll_run(%s, %L)', (select id from run), tests.seen((select id from run)));
grant execute on function pg_temp.approve() to public;

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.approve()), 'payroll_run_not_pending', 'a draft cannot be approved');
select public.submit_payroll_run((select id from run));
select is(tests.error_code_of(pg_temp.approve()), 'approver_is_submitter', 'whoever submitted a run cannot approve it');

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.approve()), 'role_too_low', 'a viewer approves nothing');

select tests.authenticate_as('mia');
select is((select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null, 'one approval of two is not enough');
select is(tests.error_code_of(pg_temp.approve()), 'no error', 'a repeated approval is success');
select is((select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null, 'but counts once');
select is((select count(*) from public.payroll_run_approvals), 1::bigint, 'and is written once');
select is(tests.error_code_of(format('select public.disburse_payroll_run(%s)', (select id from run))), 'payroll_run_not_approved', 'a run with one approval of two is not paid');

select tests.authenticate_as('ada');
create temporary table approved as select answer.* from run, public.approve_payroll_run(run.id, tests.seen(run.id)) as answer;
select isnt((select approved_at from approved), null, 'the second person approves it');
select is((select status from approved), 'pending', 'an approved run still waits until somebody starts to pay it');
select tests.authenticate_as('moe');
select is((select answer.approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id)) as answer), (select approved_at from approved), 'a third approval changes nothing');

select tests.reset();
select is((select count(*) from public.events where type = 'payroll.approved'), 1::bigint, 'the world hears of the approval once');
select is((select array_agg(actor) from public.payroll_audit_logs where action = 'approved'), array['user:' || tests.member_id('ada', 'Acme')], 'the audit trail names whose approval completed it');
select set_eq(
  $$ select approval.user_id, approval.content_hash = run.content_hash from public.payroll_run_approvals as approval join public.payroll_runs as run on run.id = approval.payroll_run_id $$,
  $$ select tests.member_id(name, 'Acme'), true from unnest(array['mia', 'ada', 'moe']) as name $$,
  'every approval names the person and the content');

-- A rejection before the money leaves voids it all; the next submission needs everybody again.
select tests.authenticate_as('moe');
select public.reject_payroll_run((select id from run), 'Wrong month');
select tests.authenticate_as('mia');
select is(tests.error_code_of(pg_temp.approve()), 'payroll_run_not_pending', 'a run that was sent back cannot be approved');
select public.submit_payroll_run((select id from run));
select is(tests.error_code_of(pg_temp.approve()), 'approver_is_submitter', 'an earlier approver who submits it now cannot approve it');
select tests.authenticate_as('max');
select is((select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null, 'earlier approvals do not count for the new submission, although nothing was changed');
select is(tests.error_code_of(pg_temp.approve()), 'no error', 'the earlier submitter may approve it now');
select tests.authenticate_as('ada');
select isnt((select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null, 'two people other than the submitter have approved it again');
select tests.reset();
select is((select count(*) from public.events where type = 'payroll.approved'), 2::bigint, 'the world hears of the second approval too, although the content is the same');

-- Removing a member does not remove what they approved, but they approve no more.
update public.users set deleted_at = now() where id = tests.member_id('moe', 'Acme');
select tests.authenticate_as('moe');
select is(tests.error_code_of(pg_temp.approve()), 'no_organization', 'a removed member approves nothing');

select tests.reset();
select tests.walk_run((select tests.create_run('Acme')), 'submitted');
select tests.authenticate_as('mia');
select is(tests.error_code_of('select public.approve_payroll_run(null, null)'), 'payroll_run_not_found', 'no run is an unknown run');
select is(tests.error_code_of('select public.approve_payroll_run(-1, null)'), 'payroll_run_not_found', 'an unknown run is not found');
select is(tests.error_code_of($$ insert into public.payroll_run_approvals (organization_id, payroll_run_id, user_id, decision, content_hash) values (1, 1, 1, 'approved', 'x') $$), '42501',
  'an approval cannot be written past the function');

select * from finish();
rollback;
