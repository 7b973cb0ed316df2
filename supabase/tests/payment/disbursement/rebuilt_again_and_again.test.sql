begin;
\ir ../../_shared/setup.sql.raw
select plan(8);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
create temporary table run as select tests.create_run('Acme') as id;
select tests.walk_run(id, 'processing') from run;

-- Builds the transaction of the run so many times; none of them reaches a ledger.
create function pg_temp.build_in_vain(times integer) returns void language plpgsql as $$
declare v_id bigint;
begin
  for i in 1..times loop
    v_id := tests.persist((select id from run), tests.lease_of_run((select id from run)));
    perform tests.settle(tests.evidence(v_id, 'unused'));
  end loop;
end;
$$;
create function pg_temp.found() returns text language sql as $$
  select string_agg(severity || ' ' || kind, ', ') from private.findings(tests.organization_id('Acme'));
$$;
create function pg_temp.state() returns text language sql as $$
  select concat_ws(' ', status, failure_code) from public.payroll_runs;
$$;

select pg_temp.build_in_vain(2);
select is(pg_temp.found(), null, 'the doctor finds nothing in a transaction that was built anew once');
select pg_temp.build_in_vain(1);
select is(
  pg_temp.found(), 'alert payroll_run_rebuilding',
  'the doctor names a run whose transaction was built three times without reaching a ledger, however young each is');
select alike(
  (select problem from private.findings(tests.organization_id('Acme'))), '%was built 3 times%',
  'the doctor says how often the transaction was built');
select pg_temp.build_in_vain(6);
select is(pg_temp.state(), 'processing', 'a run whose transaction was built nine times in vain goes on');
select pg_temp.build_in_vain(1);
select is(
  pg_temp.state(), 'failed never_included', 'a run whose transaction was built ten times in vain stops with a reason');
select is(
  (select (status, transaction_operation_id is null) from public.payroll_items), ('pending'::text, true),
  'nobody counts as paid, and nobody as failed, after ten transactions in vain');

-- A person who retries it gets as many attempts again.
select tests.act_as('max', 'Acme');
select public.retry_payroll_run(id) from run;
select tests.reset();
select pg_temp.build_in_vain(9);
select is(pg_temp.state(), 'processing', 'a run that a person retried is built again, and not stopped at the next attempt');
select pg_temp.build_in_vain(1);
select is(pg_temp.state(), 'failed never_included', 'a run that a person retried stops after ten more transactions in vain');

select * from finish();
rollback;
