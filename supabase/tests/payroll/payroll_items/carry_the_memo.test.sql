begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

select tests.create_organization_with('Acme', '{ada,eve}', '{max}');
select tests.create_employee('Acme', person.name, '10', tests.address(6))
from unnest(array['emma', 'olaf', 'pia']) as person (name);

-- What a memo may be, to the byte and to the bit.
select tests.act_as('max', 'Acme');
create function pg_temp.give(memo text, type text default 'text') returns text language sql as $$
  select tests.error_code_of(format(
    'select public.update_employee(%s, (select version from public.employees where first_name = ''emma''), %L)',
    tests.employee_id('Acme', 'emma'), jsonb_build_object('memo', memo, 'memo_type', type)));
$$;
select is(pg_temp.give(given.memo, given.type), given.expected, given.what)
from (values
  (repeat('é', 14), 'text', 'no error', 'a memo of 14 letters of two bytes fills the 28 bytes'),
  (repeat('é', 14) || 'x', 'text', 'invalid_memo', 'a memo of 15 letters and 29 bytes is refused'),
  (repeat('€', 9) || 'x', 'text', 'no error', 'a memo of nine letters of three bytes and one of one byte has 28 bytes'),
  (repeat('😀', 8), 'text', 'invalid_memo', 'a memo of eight letters of four bytes is refused'),
  ('18446744073709551615', 'id', 'no error', 'the largest number of 64 bits is a memo'),
  ('18446744073709551616', 'id', 'invalid_memo', 'a number of 65 bits is refused'),
  ('-1', 'id', 'invalid_memo', 'a negative number is refused'),
  ('007', 'id', 'invalid_memo', 'a number with leading zeros is refused, because the ledger would not keep them'),
  (tests.secret_key(), 'text', 'secret_key_refused', 'a secret key as memo is refused as what it is')
) as given (memo, type, expected, what);

-- One address and three memos are three customers of an exchange, and no shared wallet.
update public.employees set memo_type = 'id', memo = id::text where organization_id = tests.organization_id('Acme');
create temporary table run as
  select id from public.create_payroll_run('2026-11-01', '2026-11-30');
select is(
  tests.error_code_of(format('select public.submit_payroll_run(%s, %s)', id, tests.version(id))), 'no error',
  'several people at one address of an exchange with a memo each are submitted without a word about sharing') from run;
select public.reject_payroll_run(id, 'Once more') from run;

-- A memo that changes after the draft was made is shown before it is submitted.
update public.employees set memo = '77' where first_name = 'olaf';
select is(
  tests.error_code_of(format('select tests.submit(%s)', (select id from run))), 'payroll_run_not_up_to_date',
  'a draft that no longer shows the memo of a person is refused');
select public.refresh_payroll_run(id) from run;
select is(
  (select item.memo from run join public.payroll_items as item on item.payroll_run_id = run.id
    where item.employee_id = tests.employee_id('Acme', 'olaf')), '77', 'a refresh takes the memo of the person');
select tests.submit(id) from run;
select tests.act_as(null);

-- What was approved is what is paid.
create temporary table seen as select run.content_hash from public.payroll_runs as run join run as mine using (id);
update public.employees set memo = '78' where first_name = 'olaf';
select tests.act_as('eve', 'Acme');
select is(
  tests.error_code_of(format('select public.approve_payroll_run(%s, %L)', (select id from run),
    (select content_hash from seen))), 'payroll_run_changed',
  'a run is not approved when a memo changed since it was submitted');
select tests.act_as(null);
select is(
  tests.error_code_of(format('update public.payroll_items set memo = ''79'' where payroll_run_id = %s',
    (select id from run))), 'payroll_run_not_editable', 'the memo of a submitted item cannot be changed by anybody');

select * from finish();
rollback;
