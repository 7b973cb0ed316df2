-- rollback-of: 20261125060400_draft_payroll_run
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('drafts_per_organization', 'payroll_runs_per_organization_and_day');
drop function private.return_to_draft(public.payroll_runs, text);
drop function public.create_payroll_run(date, date, text, text, text, text);
drop function private.create_payroll_run(date, date, text, text, text, text);
drop function private.equal_draft(public.users, date, date, text, text, text);
drop function private.draft_payroll_run(bigint, bigint, date, date, text, text, text);
drop function private.payable_employees(bigint, date, date, text, text);
drop function private.require_period(date, date);
drop function private.require_memo(text);
drop function private.require_asset(text, text);
drop function private.locked_payroll_run(bigint, text);
delete from private.error_codes
where code in (
  'payroll_run_not_found',
  'payroll_item_not_found',
  'employee_not_found',
  'period_reversed',
  'period_missing',
  'memo_too_long',
  'period_too_long',
  'payroll_run_outdated',
  'employee_not_payable');
