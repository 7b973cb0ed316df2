begin;
\ir ../../_shared/setup.sql.raw
select plan(17);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_organization_with('Globex', '{gil}', '{gwen}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'olaf', '500');
create function pg_temp.draft(period_start date, period_end date, asset_code text default 'XLM', asset_issuer text default '') returns bigint language sql as $$
  select id from public.create_payroll_run(draft.period_start, draft.period_end, draft.asset_code, draft.asset_issuer);
$$;
grant execute on function pg_temp.draft(date, date, text, text) to public;

select tests.authenticate_as('max');
create temporary table runs as select 'first' as name, pg_temp.draft('2026-11-01', '2026-11-30') as id;
grant all on runs to public;
create function pg_temp.submit(name text) returns text language sql return tests.error_code_of(format('select public.submit_payroll_run(%s)', (select runs.id from runs where runs.name = submit.name)));
grant execute on function pg_temp.submit(text) to public;
select is(pg_temp.submit('first'), 'no error', 'November is submitted');

-- A schedule and a person have both prepared the month.
insert into runs select 'again', pg_temp.draft('2026-11-01', '2026-11-30');
select is(pg_temp.submit('again'), 'base_pay_overlaps', 'nobody gets base pay for the same month twice');
select matches(tests.error_of(format('select public.submit_payroll_run(%s)', (select id from runs where name = 'again'))),
  format('2 employees of payroll run %s .* in another run, among them emma', (select id from runs where name = 'again')),
  'the refusal says how many and one of them');
insert into runs select 'week', pg_temp.draft('2026-11-30', '2026-12-06');
select is(pg_temp.submit('week'), 'base_pay_overlaps', 'one common day is enough');
insert into runs select 'december', pg_temp.draft('2026-12-01', '2026-12-31');
select is(pg_temp.submit('december'), 'no error', 'the next month has no day in common');
select tests.reset();
update public.employees set asset_code = 'USDC', asset_issuer = tests.issuer() where first_name = 'emma';
select tests.authenticate_as('max');
insert into runs select 'usdc', pg_temp.draft('2026-11-15', '2026-11-30', 'USDC', tests.issuer());
select is(pg_temp.submit('usdc'), 'base_pay_overlaps', 'another asset does not make it another month');

-- A bonus is no base pay.
insert into runs select 'bonus', pg_temp.draft('2026-11-01', '2026-11-30');
select public.remove_payroll_item(item.id) from public.payroll_items as item where item.payroll_run_id = (select id from runs where name = 'bonus');
select public.add_bonus((select id from runs where name = 'bonus'), tests.employee_id('Acme', 'olaf'), '100');
select is(pg_temp.submit('bonus'), 'no error', 'a bonus for the same month is paid');

-- The first run sent back is a draft again and holds nobody.
select tests.authenticate_as('ada');
select public.reject_payroll_run((select id from runs where name = 'first'), 'No');
select tests.reset();
update public.employees set asset_code = 'XLM', asset_issuer = '' where first_name = 'emma';
select tests.authenticate_as('max');
select is(pg_temp.submit('again'), 'no error', 'the other draft takes the place of a run that was sent back');
select is(pg_temp.submit('first'), 'base_pay_overlaps', 'which now is the second');
select is((select allows_overlap from public.payroll_runs where id = (select id from runs where name = 'first')), false, 'a refused submission changes nothing');

-- Sometimes it is meant; approvers see it.
select is(
  (select (status, allows_overlap)::text from public.submit_payroll_run((select id from runs where name = 'first'), allow_overlap => true)), '(pending,t)', 'whoever says that it is meant submits it');
select is((select allows_overlap from public.payroll_runs where id = (select id from runs where name = 'again')), false, 'the other run does not say so');
select tests.reset();
select is((select new_state ->> 'allows_overlap' from public.payroll_audit_logs where payroll_run_id = (select id from runs where name = 'first') and action = 'submitted' order by id desc limit 1), 'true', 'the trail says so');
select tests.authenticate_as('ada');
select isnt((select approved_at from public.approve_payroll_run((select id from runs where name = 'first'), tests.seen((select id from runs where name = 'first')))), null, 'and it is approved as such');
select public.reject_payroll_run((select id from runs where name = 'first'), 'Not meant after all');
select is((select allows_overlap from public.payroll_runs where id = (select id from runs where name = 'first')), false, 'a run that was sent back must say it again');
insert into runs select 'january', pg_temp.draft('2027-01-01', '2027-01-31');
select is((select allows_overlap from public.submit_payroll_run((select id from runs where name = 'january'), allow_overlap => true)), false, 'where nothing overlaps, nothing is said');

-- Another company's months are its own.
select tests.reset();
select tests.create_employee('Globex', 'gina', '10');
select tests.authenticate_as('gwen');
insert into runs select 'globex', pg_temp.draft('2026-11-01', '2026-11-30');
select is(pg_temp.submit('globex'), 'no error', 'another company pays the same month');

select * from finish();
rollback;
