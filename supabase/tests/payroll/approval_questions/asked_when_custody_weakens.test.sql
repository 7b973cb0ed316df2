begin;
\ir ../../_shared/setup.sql.raw
select plan(27);

-- Amy names who signs. Ada submits, mia approves what she saw: that wallets sign for the treasury.
select tests.create_organization_with('Acme', '{ada,amy}', '{max,mia,moe}');
select tests.create_organization_with('Globex', '{gil}', '{gus,gia}');
select tests.create_employee('Acme', 'emma', '10');
select tests.create_employee('Globex', 'olga', '10');
create temporary table named as select tests.treasury('Acme') as acme;
grant select on named to public;
create function pg_temp.set_custody(custody text, variadic signers text[] default null) returns text language sql as $$
  select tests.error_code_of(format('select public.set_treasury_custody(%L, %L, %L::text[])', acme, custody, signers))
  from named; $$;
create function pg_temp.run() returns bigint language sql as $$
  select max(id) from public.payroll_runs where organization_id = tests.organization_id('Acme'); $$;
create function pg_temp.answer(command text) returns text language sql as $$
  select tests.error_code_of(format('select public.%s', replace(command, 'RUN', pg_temp.run()::text))); $$;
create function pg_temp.approved(seen text default tests.seen(pg_temp.run())) returns text language sql as $$
  select tests.error_code_of(format('select public.approve_payroll_run(%s, %L)', pg_temp.run(), seen)); $$;
create function pg_temp.state() returns text language sql as $$
  select (status, approved_at is not null, stop_requested)::text from public.payroll_runs where id = pg_temp.run(); $$;
grant execute on all functions in schema pg_temp to public;
select tests.act_as('amy', 'Acme');
select pg_temp.set_custody('wallet', tests.address(31), tests.address(32));
select tests.act_as(null);
select tests.create_run('Acme');
select tests.create_run('Globex');
select tests.walk_run(run.id, 'submitted') from public.payroll_runs as run;
create temporary table before as select id, content_hash, approved_at from public.payroll_runs;
grant select on before to public;

-- Before the payment is started.
select tests.act_as('mia', 'Acme');
select is(pg_temp.approved(), 'no error', 'a person who had no part in a run that wallets will sign approves it');
create temporary table seen as select tests.seen(pg_temp.run()) as hash;
grant select on seen to public;
select tests.act_as('amy', 'Acme');
select is(pg_temp.set_custody('wallet', tests.address(31)), 'no error', 'an admin takes one of two wallets away');
select tests.act_as(null);
select is(pg_temp.state(), '(pending,t,)', 'fewer of the same wallets leave an approval as it is');
select tests.act_as('amy', 'Acme');
select is(pg_temp.set_custody('server'), 'no error', 'an admin lets the server sign instead of wallets');
select tests.act_as(null);
select is(pg_temp.state(), '(pending,f,)', 'a run that was approved when wallets signed is not approved for the server');
select is(
  (select count(*) from public.events where type = 'payroll.submitted' and resource_id = pg_temp.run()::text), 2::bigint,
  'an event tells anew that the run waits for approval');
select is(
  (select (run.content_hash = before.content_hash)::text from public.payroll_runs as run join before using (id)
    where run.organization_id = tests.organization_id('Globex')), 'true',
  'a run of another organization is as it was');
select tests.act_as('max', 'Acme');
select is(pg_temp.answer('disburse_payroll_run(RUN)'), 'payroll_run_not_approved',
  'nobody starts for the server what was approved for wallets');
select tests.act_as('amy', 'Acme');
select is(pg_temp.approved(), 'approver_prepared_run', 'the admin who weakened who signs does not approve');
select tests.act_as('mia', 'Acme');
select is(pg_temp.approved((select hash from seen)), 'payroll_run_changed',
  'a page that was opened before approves nothing');
select is(pg_temp.approved(), 'no error', 'the same person may approve what it is now');
select tests.act_as('max', 'Acme');
select is(pg_temp.answer('disburse_payroll_run(RUN)'), 'no error', 'a run that was approved again is started');
select tests.act_as('amy', 'Acme');
select is(pg_temp.set_custody('wallet', tests.address(31)), 'custody_in_use', 'who signs stays while a run is being paid');

-- After a payment that ended unpaid.
select tests.act_as(null);
select private.fail_payroll_run(pg_temp.run(), 'items_not_paid', 'Nobody was paid.');
select tests.act_as('amy', 'Acme');
select is(pg_temp.set_custody('wallet', tests.address(31)), 'no error', 'wallets sign instead of the server');
select tests.act_as('max', 'Acme');
select is(pg_temp.answer('retry_payroll_run(RUN)'), 'no error',
  'a failed run whose treasury is guarded better than its approver saw is retried');
select tests.act_as(null);
select private.fail_payroll_run(pg_temp.run(), 'items_not_paid', 'Nobody was paid.');
select tests.act_as('amy', 'Acme');
select is(pg_temp.set_custody('server'), 'no error', 'the server signs again instead of wallets');
select tests.act_as('max', 'Acme');
select is(pg_temp.answer('retry_payroll_run(RUN)'), 'approvers_asked_again',
  'a failed run is not retried with less custody than its approvers saw');
select is(
  (select string_agg(kind || ' ' || severity, ', ') from public.doctor() where kind = 'payroll_run_asked_again'),
  'payroll_run_asked_again warning', 'the doctor names the run whose approvers are asked again');
select tests.act_as('ada', 'Acme');
select is(pg_temp.approved(), 'approver_is_submitter', 'the submitter does not answer for the approvers');
select tests.act_as('moe', 'Acme');
select is(pg_temp.approved(), 'no error', 'another independent person approves the failed run again');
select is(pg_temp.approved(), 'payroll_run_not_pending', 'a failed run that nobody asks about is approved no more');
select tests.act_as('amy', 'Acme');
select is(pg_temp.set_custody('wallet', tests.address(31)), 'no error', 'wallets sign once more');
select tests.act_as('max', 'Acme');
select is(pg_temp.answer('retry_payroll_run(RUN)'), 'no error', 'a failed run that was approved again is retried');

-- In mid-payment.
select tests.act_as('amy', 'Acme');
select is(pg_temp.set_custody('wallet', tests.address(33)), 'no error',
  'an admin names another wallet in mid-payment, because one may be lost');
select tests.act_as('max', 'Acme');
select is(pg_temp.state() || ' ' || pg_temp.answer('resume_payroll_run(RUN)'),
  '(processing,t,pause) approvers_asked_again', 'the payment pauses until the run is approved with the other wallet');
select tests.act_as('mia', 'Acme');
select is(pg_temp.approved(), 'no error', 'an independent person approves it in mid-payment');
select tests.act_as('max', 'Acme');
select is(pg_temp.answer('resume_payroll_run(RUN)'), 'no error', 'the payment goes on with the other wallet');

select * from finish();
rollback;
