begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create function pg_temp.draft(
  period_start date, period_end date, asset_code text default 'XLM',
  asset_issuer text default '') returns bigint language sql as $$
  select id from public.create_payroll_run(draft.period_start, draft.period_end, draft.asset_code, draft.asset_issuer);
$$;
grant execute on function pg_temp.draft(date, date, text, text) to public;

select tests.authenticate_as('max');
create temporary table runs as select 'first' as name, pg_temp.draft('2026-11-01', '2026-11-30') as id;
grant all on runs to public;
create function pg_temp.submit(name text) returns text language sql return tests.error_code_of(
  format('select tests.submit(%s)', (select runs.id from runs where runs.name = submit.name)));
grant execute on function pg_temp.submit(text) to public;
select is(pg_temp.submit('first'), 'no error', 'a first run for November can be submitted');

-- A schedule and a member have both prepared the month.
insert into runs select 'again', pg_temp.draft('2026-11-01', '2026-11-30');
select is(pg_temp.submit('again'), 'base_pay_overlaps', 'a second run with base pay for the same month is refused');
select matches(
  tests.error_of(format('select tests.submit(%s)', (select id from runs where name = 'again'))),
  format(
    '2 employees of payroll run %s .* in another run, among them emma', (select id from runs where name = 'again')),
  'the refusal counts the employees with overlapping base pay and names one of them');
insert into runs select 'week', pg_temp.draft('2026-11-30', '2026-12-06');
select is(
  pg_temp.submit('week'), 'base_pay_overlaps',
  'a run with base pay that has one day in common with another run is refused');
insert into runs select 'december', pg_temp.draft('2026-12-01', '2026-12-31');
select is(pg_temp.submit('december'), 'no error', 'a run for the next month can be submitted');
select tests.reset();
update public.employees set asset_code = 'USDC', asset_issuer = tests.issuer() where first_name = 'emma';
select tests.authenticate_as('max');
insert into runs select 'usdc', pg_temp.draft('2026-11-15', '2026-11-30', 'USDC', tests.issuer());
select is(
  pg_temp.submit('usdc'), 'base_pay_overlaps', 'a run in another asset with base pay for the same days is refused');

-- A bonus is not base pay.
insert into runs select 'bonus', pg_temp.draft('2026-11-01', '2026-11-30');
select public.remove_payroll_item(item.id) from public.payroll_items as item
where item.payroll_run_id = (select id from runs where name = 'bonus');
select public.add_bonus((select id from runs where name = 'bonus'), tests.employee_id('Acme', 'olaf'), '100');
select is(pg_temp.submit('bonus'), 'no error', 'a run with only a bonus for the same month can be submitted');

-- The first run is sent back, so it is a draft again and claims no days.
select tests.authenticate_as('ada');
select public.reject_payroll_run((select id from runs where name = 'first'), 'No');
select tests.reset();
update public.employees set asset_code = 'XLM', asset_issuer = '' where first_name = 'emma';
select tests.authenticate_as('max');
select is(
  pg_temp.submit('again'), 'no error', 'the second run for the month can be submitted once the first was sent back');
select is(
  pg_temp.submit('first'), 'base_pay_overlaps',
  'the run that was sent back is refused once the second run is submitted');
select is(
  (select allows_overlap from public.payroll_runs where id = (select id from runs where name = 'first')), false,
  'a refused submission does not mark the run as an allowed overlap');

-- The submitter says that an overlap is meant, and the approvers see it.
select is(
  (
    select (status, allows_overlap)::text
    from tests.submit((select id from runs where name = 'first'), allow_overlap => true)), '(pending,t)',
  'an overlapping run can be submitted when the submitter allows the overlap');
select is(
  (select allows_overlap from public.payroll_runs where id = (select id from runs where name = 'again')), false,
  'an allowed overlap of one run does not mark the other run');
select tests.reset();
select is(
  (
    select new_state ->> 'allows_overlap' from public.payroll_audit_logs
    where payroll_run_id = (select id from runs where name = 'first') and action = 'submitted' order by id desc
    limit 1), 'true', 'the audit trail of the submission holds the allowed overlap');
select tests.authenticate_as('ada');
select isnt(
  (
    select approved_at
    from public.approve_payroll_run(
      (select id from runs where name = 'first'), tests.seen((select id from runs where name = 'first')))), null,
  'a run with an allowed overlap can be approved');
select public.reject_payroll_run((select id from runs where name = 'first'), 'Not meant after all');
select is(
  (select allows_overlap from public.payroll_runs where id = (select id from runs where name = 'first')), false,
  'a run that was sent back no longer allows an overlap');
insert into runs select 'january', pg_temp.draft('2027-01-01', '2027-01-31');
select is(
  (
    select allows_overlap
    from tests.submit((select id from runs where name = 'january'), allow_overlap => true)), false,
  'a run without an overlap is not marked as an allowed overlap');

-- The months of another organization are separate.
select tests.reset();
select tests.create_employee('Globex', 'gina', '10');
select tests.authenticate_as('gwen');
insert into runs select 'globex', pg_temp.draft('2026-11-01', '2026-11-30');
select is(pg_temp.submit('globex'), 'no error', 'another organization can submit a run for the same month');

select * from finish();
rollback;
