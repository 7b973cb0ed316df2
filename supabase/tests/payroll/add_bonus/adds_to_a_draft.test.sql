begin;
\ir ../../_shared/setup.sql.raw
select plan(30);

select tests.create_organization_with('Acme', '{ada}', '{max,mia}', '{vic}');
select tests.create_organization_with('Globex', '{gil}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_employee('Acme', 'idle', '1000', status => 'inactive');
select tests.create_employee('Acme', 'new', '1000', status => 'pending');
select tests.create_employee('Acme', 'dollars', '1000', asset_code => 'USDC', asset_issuer => tests.issuer());
select tests.create_employee('Acme', 'gone', '1000');
update public.employees set deleted_at = now() where first_name = 'gone';
select tests.create_employee('Globex', 'stranger', '1000');
create temporary table run as select tests.create_run('Acme') as id;
grant select on run to public;
create function pg_temp.bonus(first_name text, amount text, more text default '') returns text language sql
  return format(
    'select public.add_bonus(%s, %s, %L %s)', (select id from run),
    coalesce(tests.employee_id('Acme', first_name), tests.employee_id('Globex', first_name)), amount, more);
grant execute on function pg_temp.bonus(text, text, text) to public;

select tests.authenticate_as('max');
create temporary table item as
  select added.*
  from run, public.add_bonus(run.id, tests.employee_id('Acme', 'emma'), '250.0000001', '  Thank you  ') as added;
select is(
  (select (item_type, amount::text, description, status) from item),
  ('bonus'::text, '250.0000001'::text, 'Thank you'::text, 'pending'::text),
  'a bonus becomes a pending item of the run');
select is(
  (select (total_base_amount::text, total_bonus_amount::text, total_amount::text, item_count) from public.payroll_runs),
  ('1000.0000000'::text, '250.0000001'::text, '1250.0000001'::text, 2), 'the totals of the run include a new bonus');
select is(
  tests.error_code_of(pg_temp.bonus('emma', '1')), 'no error', 'an employee may get several bonuses in one run');

select is(
  tests.error_code_of(pg_temp.bonus(first_name, '1')), code,
  format('the employee %s gets no bonus: %s', first_name, code))
from (values
  ('idle', 'employee_not_payable'), ('new', 'employee_not_payable'), ('dollars', 'employee_not_payable'),
  ('gone', 'employee_not_found'), ('stranger', 'employee_not_found')
) as cases (first_name, code);

select is(
  tests.error_code_of(pg_temp.bonus('emma', amount)), code, format('a bonus of "%s" is refused: %s', amount, code))
from (values
  ('0', 'amount_not_positive'), ('-1', 'amount_not_positive'), ('0.00000001', 'too_many_decimals'),
  ('1e3', 'invalid_amount'), ('NaN', 'invalid_amount'),
  ('007', 'invalid_amount'), ('922337203685.4775808', 'amount_too_large'), ('', 'invalid_amount')
) as cases (amount, code);
select is(
  tests.error_code_of(pg_temp.bonus('emma', '922337203685.4775807')), 'amount_too_large',
  'a bonus that lifts the total of the run above what Stellar carries is refused');
select is(tests.error_code_of(pg_temp.bonus('emma', null)), 'invalid_amount', 'a bonus without an amount is refused');
select is(
  tests.error_code_of(pg_temp.bonus('emma', '1', format(', %L', repeat('x', 1001)))), 'text_too_long',
  'a description of 1001 characters is refused');
select is(
  tests.error_code_of(pg_temp.bonus('emma', '1', format(', %L', repeat('x', 1000)))), 'no error',
  'a description of 1000 characters is accepted');

select is(
  (select count(distinct added.id) from run, lateral (
    select (public.add_bonus(run.id, tests.employee_id('Acme', 'emma'), amount, null, 'key')).id
    from (values ('5'), ('5.0'), ('5.0000000')) as same (amount)) as added),
  1::bigint, 'the same bonus with the same key is added once, in whichever notation its amount is written');
select is(
  tests.error_code_of(pg_temp.bonus('emma', '6', $$, null, 'key'$$)), 'idempotency_key_reused',
  'another amount with a used key is refused');

select tests.authenticate_as('vic');
select is(tests.error_code_of(pg_temp.bonus('emma', '1')), 'role_too_low', 'a viewer cannot add a bonus');

-- An edit of a submitted run takes it back to draft, so that an approver never approves unseen content.
select tests.reset();
select tests.walk_run((select id from run), 'approved');
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.bonus('emma', '3', $$, 'late'$$)), 'no error', 'a bonus may be added to a submitted run');
select is(
  (select (status, submitted_by, submitted_at, content_hash, approved_at)::text from public.payroll_runs),
  '(draft,,,,)',
  'a bonus for a submitted run takes the run back to draft and clears its submission and approval');
select is(
  (select count(*) from public.payroll_run_approvals where voided_at is null), 0::bigint,
  'a bonus for a submitted run voids every approval');
select tests.reset();
select is(
  (select reason from public.payroll_audit_logs where action = 'returned_to_draft'), 'A bonus was added.',
  'the audit trail says that a bonus took the run back to draft');

select tests.walk_run((select id from run), 'processing');
select tests.authenticate_as('max');
select is(
  tests.error_code_of(pg_temp.bonus('emma', '1')), 'payroll_run_not_editable',
  'a bonus for a run that is being paid is refused');
select is(
  tests.error_code_of(format('select public.add_bonus(null, %s, %L)', tests.employee_id('Acme', 'emma'), '1')),
  'payroll_run_not_found', 'a bonus for the run null is refused as unknown');
select is(
  tests.error_code_of(format('select public.add_bonus(%s, null, %L)', (select id from run), '1')), 'employee_not_found',
  'a bonus for the employee null is refused as unknown');

select * from finish();
rollback;
