begin;
\ir ../../_shared/setup.sql.raw
select plan(16);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.reject(reason text) returns text language sql return format(
  'select public.reject_payroll_run(%s, %L)', (select id from run), reason);
grant execute on function pg_temp.reject(text) to public;

select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.reject('No')), 'payroll_run_not_pending', 'a draft cannot be rejected');
select tests.reset();
select tests.walk_run((select id from run), 'approved');

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.reject('No')), 'role_too_low', 'a viewer cannot reject a run');
select tests.authenticate_as('max');
select is(tests.error_code_of(pg_temp.reject(reason)), code, format('a rejection %s is refused', what))
from (values
  (null, 'reason_missing', 'without a reason'), ('', 'reason_missing', 'with an empty reason'),
  ('   ', 'reason_missing', 'with a blank reason'),
  (repeat('x', 1001), 'text_too_long', 'with a reason of 1001 characters')
)
  as reasons (reason, code, what);
select is((select status from public.payroll_runs), 'pending', 'a refused rejection changes nothing');

create temporary table rejected as select answer.*
from run, public.reject_payroll_run(run.id, ' Emma left in October ') as answer;
select is(
  (select (status, submitted_by, submitted_at, content_hash, approved_at)::text from rejected), '(draft,,,,)',
  'a rejected run is a draft again without its submission and approval');
select is(
  (
    select array_agg((decision, reason, user_id, voided_at is not null)::text order by id)
    from public.payroll_run_approvals),
  array[
    format('(approved,,%s,t)', tests.member_id('max', 'Acme')),
    format('(rejected,"Emma left in October",%s,t)', tests.member_id('max', 'Acme'))],
  'a rejection is stored with its reason and voids the approvals');
select is(
  (select reason from public.payroll_audit_logs where action = 'returned_to_draft'), 'Emma left in October',
  'the audit trail holds the reason of a rejection');
select tests.reset();
select is(
  (select array_agg(body::jsonb #>> '{data,status}') from public.events where type = 'payroll.rejected'),
  array['draft'], 'the rejection is announced as an event with the status draft');
select is(
  (select count(*) from public.events where body like '%October%'), 0::bigint,
  'the reason of a rejection, which may be personal, is part of no event');

-- A member who rejected a run may approve the corrected run; the submitter may withdraw it.
select tests.walk_run((select id from run), 'submitted');
select tests.authenticate_as('max');
select isnt(
  (select approved_at from run, public.approve_payroll_run(run.id, tests.seen(run.id))), null,
  'a member who rejected a run may approve its next submission');
select tests.authenticate_as('ada');
select is(
  tests.error_code_of(pg_temp.reject('I made a mistake')), 'no error',
  'the submitter may withdraw the run by a rejection');

select tests.reset();
select tests.walk_run((select id from run), 'processing');
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.reject('Stop!')), 'payroll_run_not_pending',
  'a run that is being paid cannot be rejected');
select is(
  (select status from public.payroll_runs), 'processing',
  'a refused rejection leaves a run that is being paid unchanged');

select * from finish();
rollback;
