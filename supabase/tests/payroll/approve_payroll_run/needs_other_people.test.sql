begin;
\ir ../../_shared/setup.sql.raw
select plan(32);

select tests.create_organization_with('Acme', '{ada}', '{max,mia,moe,mel}', '{vic}', required_approvals => 2);
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.approve() returns text language sql return format(
  'select public.approve_payroll_run(%s, %L)', (select id from run), tests.seen((select id from run)));
grant execute on function pg_temp.approve() to public;
create function pg_temp.state() returns text language sql as $$
  select concat_ws(' ', state.given, 'of', state.required, case when state.has_approved then 'with mine' end,
    coalesce(state.code, case when state.may_approve then 'may' end))
  from run, public.payroll_run_approval_state(run.id) as state;
$$;
grant execute on function pg_temp.state() to public;

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.approve()), 'payroll_run_not_pending', 'a draft cannot be approved');
select tests.submit((select id from run));
select is(tests.error_code_of(pg_temp.approve()), 'approver_is_submitter', 'the submitter of a run cannot approve it');

select is(pg_temp.state(), '0 of 2 approver_is_submitter', 'the submitter is told beforehand why another must approve');
select tests.authenticate_as('ada');
select is(pg_temp.state(), '0 of 2 approver_prepared_run', 'a preparer is told beforehand why another must approve');
select matches(
  (select state.reason from run, public.payroll_run_approval_state(run.id) as state), 'you created the draft',
  'the reason that is told beforehand is the sentence of the refusal');
select is(
  tests.error_code_of(pg_temp.approve()), 'approver_prepared_run', 'the person who created the draft cannot approve it');
select matches(
  tests.error_of(pg_temp.approve()), 'you created the draft',
  'the refusal says which part the person took in the run');

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.approve()), 'role_too_low', 'a viewer cannot approve a run');
select is(pg_temp.state(), '0 of 2 role_too_low', 'a viewer sees how far the approval is');

select tests.authenticate_as('mia');
select is(pg_temp.state(), '0 of 2 may', 'an independent manager is told that approving is possible');
select is(
  (select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null,
  'one approval of two is not enough');
select is(tests.error_code_of(pg_temp.approve()), 'no error', 'a repeated approval by the same person succeeds');
select is(
  (select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null,
  'a repeated approval by the same person does not complete the approval');
select is(pg_temp.state(), '1 of 2 with mine may', 'an approver sees the own approval counted');
select is(
  (select count(*) from public.payroll_run_approvals), 1::bigint,
  'a repeated approval by the same person is stored once');
select is(
  tests.error_code_of(format('select public.disburse_payroll_run(%s)', (select id from run))),
  'payroll_run_not_approved', 'a run with one approval of two is not paid');

select tests.authenticate_as('mel');
create temporary table approved as select answer.*
from run, public.approve_payroll_run(run.id, tests.seen(run.id)) as answer;
select isnt(
  (select approved_at from approved), null, 'the approval by a second person completes the approval of the run');
select is((select status from approved), 'pending', 'an approved run stays pending until its payment is started');
select tests.authenticate_as('moe');
select is(
  (select answer.approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id)) as answer),
  (select approved_at from approved), 'a third approval does not move the time of the approval');

select tests.reset();
select is(
  (select count(*) from public.events where type = 'payroll.approved'), 1::bigint,
  'the approval of a run is announced exactly once');
select is(
  (select array_agg(actor) from public.payroll_audit_logs where action = 'approved'),
  array['user:' || tests.member_id('mel', 'Acme')],
  'the audit trail names the person whose approval completed the approval');
select set_eq(
  $$
    select approval.user_id, approval.content_hash = run.content_hash from public.payroll_run_approvals as approval
    join public.payroll_runs as run on run.id = approval.payroll_run_id $$,
  $$ select tests.member_id(name, 'Acme'), true from unnest(array['mia', 'mel', 'moe']) as name $$,
  'every approval is stored with its person and the approved content');

-- A rejection voids every approval; the next submission needs all approvals again.
select tests.authenticate_as('moe');
select public.reject_payroll_run((select id from run), 'Wrong month');
select tests.authenticate_as('mia');
select is(
  tests.error_code_of(pg_temp.approve()), 'payroll_run_not_pending', 'a run that was sent back cannot be approved');
select tests.submit((select id from run));
select is(
  tests.error_code_of(pg_temp.approve()), 'approver_is_submitter',
  'an earlier approver who submits the run cannot approve it');
select tests.authenticate_as('max');
select is(
  (select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null,
  'an approval of an earlier submission does not count, even when nothing was changed');
select is(
  tests.error_code_of(pg_temp.approve()), 'no error', 'the submitter of an earlier submission may approve the run');
select tests.authenticate_as('mel');
select isnt(
  (select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null,
  'two approvals by people other than the new submitter complete the approval');
select tests.reset();
select is(
  (select count(*) from public.events where type = 'payroll.approved'), 2::bigint,
  'the second approval of a run with the same content is announced as well');

-- An approval stays when its member is removed, and the former member cannot approve any more.
update public.users set deleted_at = now() where id = tests.member_id('moe', 'Acme');
select tests.authenticate_as('moe');
select is(tests.error_code_of(pg_temp.approve()), 'no_organization', 'a removed member cannot approve a run');

select tests.reset();
select tests.walk_run((select tests.create_run('Acme')), 'submitted');
select tests.authenticate_as('mia');
select is(
  tests.error_code_of('select public.approve_payroll_run(null, null)'), 'payroll_run_not_found',
  'an approval of the run null is refused as unknown');
select is(
  tests.error_code_of('select public.approve_payroll_run(-1, null)'), 'payroll_run_not_found',
  'an approval of an unknown run is refused');
select is(
  tests.error_code_of(
    $$
      insert into public.payroll_run_approvals (organization_id, payroll_run_id, user_id, decision, content_hash)
      values (1, 1, 1, 'approved', 'x') $$), '42501',
  'an approval cannot be inserted into the table by a member');

select * from finish();
rollback;
