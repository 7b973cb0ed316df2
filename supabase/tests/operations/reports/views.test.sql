begin;
\ir ../../_shared/setup.sql.raw
select plan(13);

select tests.create_world();
select tests.authenticate_as('vic', 'Acme');

select results_eq(
  $$
    select status, total_amount, paid_amount, paid_items, failed_items, waiting_items
    from public.payroll_run_summaries $$,
  $$ values ('completed'::text, '5000.0000000'::text, '5000.0000000'::text, 2::bigint, 0::bigint, 0::bigint) $$,
  'the summary of a run holds its total and what was paid');
select is((select count(*)::integer from public.payslips), 2, 'a viewer reads all payslips of the organization');
select is(
  (select count(*)::integer from public.organization_statements), 2,
  'a viewer reads every payment in the statement of the organization');
select is(
  (select count(*)::integer from public.balances_by_asset where wallet_type = 'employee'), 1,
  'a viewer reads the balances by asset');
select ok(
  (select bool_and(amount ~ '^[0-9]+\.[0-9]{7}$') from public.organization_statements),
  'the amounts of a statement are texts with seven decimals, so that an export is exact');

select tests.authenticate_as('eve');
select results_eq(
  $$
    select first_name, period_start, period_end, base_amount, bonus_amount, total_amount, asset_code, status
    from public.payslips $$,
  $$values
    ('eve'::text, date '2026-11-01', date '2026-11-30', '3000.0000000'::text, '0.0000000'::text, '3000.0000000'::text,
      'XLM'::text, 'completed'::text)
  $$,
  'an employee reads the own payslip, with its period');
select is_empty($$ select * from public.payroll_run_summaries $$, 'an employee reads no summary of a run');
select is_empty(
  $$ select * from public.organization_statements $$, 'an employee reads no statement of the organization');

select tests.authenticate_as('stan');
select is_empty($$ select * from public.payslips $$, 'a stranger reads no payslip');
select is_empty($$ select * from public.balances_by_asset $$, 'a stranger reads no balance by asset');

select tests.reset();
select is(private.spreadsheet_text('=1+1'), '''=1+1', 'a formula is marked as text for spreadsheets');
select is(private.spreadsheet_text('-2'), '''-2', 'a leading minus is marked as text for spreadsheets');
select is(private.spreadsheet_text('Ann-Marie'), 'Ann-Marie', 'a name with a hyphen is left as it is');

select * from finish();
rollback;
