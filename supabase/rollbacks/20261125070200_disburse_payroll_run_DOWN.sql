-- rollback-of: 20261125070200_disburse_payroll_run
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_runs_in_payment');
delete from private.doctor_checks
where function_name in ('private.check_runs_in_payment');
drop function private.check_runs_in_payment(bigint);
delete from private.notification_templates
where event_type in ('payroll.completed', 'payroll.failed', 'payroll.started');
delete from private.preference_defaults
where key in (
  'notifications.payroll.started',
  'notifications.payroll.completed',
  'notifications.payroll.failed');
drop function private.finish_payroll_run(bigint);
drop function private.fail_payroll_run(bigint, text, text);
drop function public.retry_payroll_run(bigint, text);
drop function private.retry_payroll_run(bigint, text);
drop function public.disburse_payroll_run(bigint, text);
drop function private.disburse_payroll_run(bigint, text);
drop function private.chosen_source_account(bigint, text);
drop function private.start_disbursement(public.payroll_runs, text);
drop function private.lock_unpaid_employees(public.payroll_runs);
delete from private.error_codes
where code in (
  'payroll_run_not_approved',
  'payroll_run_not_failed',
  'source_account_missing',
  'source_account_ambiguous',
  'source_account_unknown',
  'payroll_item_pays_source',
  'payroll_run_has_live_transaction');
