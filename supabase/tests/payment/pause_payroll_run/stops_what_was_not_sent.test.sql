begin;
\ir ../../_shared/setup.sql.raw
select plan(25);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.call(person text, what text, reason text default 'The bank called.')
returns text language plpgsql as $$
begin
  perform tests.authenticate_as(person, 'Acme');
  return tests.error_code_of(case what when 'resume' then format('select public.resume_payroll_run(%s)', (select id from run))
    else format('select public.%s_payroll_run(%s, %L)', what, (select id from run), reason) end);
end; $$;
grant execute on function pg_temp.call(text, text, text) to public;
create function pg_temp.claimed() returns bigint language sql
begin atomic
  update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now();
  select count(*) from public.claim_disbursement();
end;
select tests.walk_run(id, 'approved') from run;
select is(pg_temp.call('max', 'pause'), 'payroll_run_not_processing', 'a run that is not being paid cannot be paused');
select tests.reset();
select tests.configure_network();
select tests.act_as('max', 'Acme');
select public.disburse_payroll_run(id, tests.treasury('Acme')) from run;

select is(pg_temp.call('vic', 'pause'), 'role_too_low', 'a viewer pauses no run');
select is(pg_temp.call('max', 'pause', ' '), 'text_missing', 'a pause without a reason is refused');
select is(pg_temp.call('max', 'pause'), 'no error', 'a manager pauses a run');
select is(pg_temp.call('mia', 'pause'), 'no error', 'to pause a paused run is no error');
select tests.reset();
select is(
  (select (status, stop_requested, stop_reason) from public.payroll_runs),
  ('processing'::text, 'pause'::text, 'The bank called.'::text), 'a paused run says why');
select is(pg_temp.claimed(), 0::bigint, 'no worker is given a paused run');
select is_empty(
  'select * from private.plan_operations((select id from run), tests.lease_of_run((select id from run)), 100)',
  'nothing more is planned of a paused run');
select is(
  (select (kind, command) from private.findings(tests.organization_id('Acme')) where resource_type = 'payroll_run'),
  ('payroll_run_stopped'::text, 'resume_payroll_run, cancel_payroll_run'::text),
  'the doctor names a paused run and the functions that end the pause');
select is(pg_temp.call('mia', 'resume'), 'no error', 'another manager resumes the run');
select is(pg_temp.call('mia', 'resume'), 'payroll_run_not_stopped', 'a run that is not paused cannot be resumed');
select tests.reset();
select is(pg_temp.claimed(), 1::bigint, 'a resumed run is paid on');

create temporary table lease as select tests.lease_of_run(id) as token from run;
create temporary table prepared as select tests.persist((select id from run), (select token from lease)) as id;
create function pg_temp.send() returns text language sql
begin atomic select tests.error_code_of(format('select public.begin_submission(%s, %L, %L)', prepared.id, lease.token,
  tests.signed_envelope(prepared.id))) from prepared, lease; end;
select is(pg_temp.call('max', 'pause'), 'no error', 'a run is paused while its transaction is prepared');
select tests.reset();
select is(pg_temp.send(), 'payroll_run_stopped', 'a transaction that was never sent is not sent while the run is paused');
alter table public.transactions disable trigger transactions_keep_immutable_columns;
update public.transactions set max_time = now() + interval '5 minutes';
alter table public.transactions enable always trigger transactions_keep_immutable_columns;
select is(pg_temp.claimed(), 0::bigint, 'no worker is given a transaction that rests because its run was paused');
savepoint while_it_rests;
alter table public.transactions disable trigger transactions_keep_immutable_columns;
update public.transactions set max_time = now() - interval '1 second';
select is(
  pg_temp.claimed(), 1::bigint,
  'a transaction that rests is looked at once after its last time, so that its account is free for other runs');
rollback to while_it_rests;
update public.transactions set next_check_at = now() + interval '30 seconds';
update private.source_accounts set next_check_at = now() + interval '30 seconds';
select is(pg_temp.call('max', 'resume'), 'no error', 'the run goes on before the transaction has ended');
select tests.reset();
select is(
  (select (transaction.next_check_at <= now(), account.next_check_at <= now())
    from public.transactions as transaction, private.source_accounts as account), (true, true),
  'a transaction that rested is looked at as soon as its run is resumed');
select is(pg_temp.claimed(), 1::bigint, 'a worker is given the transaction of a resumed run');
update private.source_accounts set lease_token = (select token from lease), leased_until = now() + interval '1 minute';
select is(pg_temp.send(), 'no error', 'the transaction is sent after all');
select is(pg_temp.call('max', 'cancel', 'Wrong month.'), 'no error', 'a run is cancelled while its transaction is on its way');
select tests.reset();
select is(
  (pg_temp.send(), (select (status, stop_requested) from public.payroll_runs)),
  ('no error'::text, ('processing'::text, 'cancel'::text)), 'what was sent is followed to its end');
select tests.settle(tests.evidence((select id from prepared), 'unused'));
select is(
  (select (status, failure_code, failure_reason) from public.payroll_runs),
  ('failed'::text, 'cancelled_by_person'::text, 'A person cancelled it: Wrong month.'::text),
  'a cancelled run has failed as soon as nothing of it is on its way');
select is(
  (select (status, transaction_operation_id) from public.payroll_items), ('pending'::text, null::bigint),
  'what was never applied is free');
select tests.authenticate_as('mia', 'Acme');
select is(
  (select (status, stop_requested) from public.retry_payroll_run((select id from run))), ('processing'::text, null::text),
  'a cancelled run can be retried');

select * from finish();
rollback;
