-- rollback-of: 20261125070255_pause_payroll_run
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.notification_templates
where event_type in ('payroll.paused', 'payroll.resumed');
delete from private.preference_defaults
where key in (
  'notifications.payroll.paused',
  'notifications.payroll.resumed');
delete from private.standstills
where function_name in ('private.check_stopped_runs');
delete from private.doctor_checks
where function_name in ('private.check_stopped_runs');
drop function private.check_stopped_runs(bigint);
drop function public.resume_payroll_run(bigint);
drop function private.resume_payroll_run(bigint);
drop function public.cancel_payroll_run(bigint, text);
drop function private.cancel_payroll_run(bigint, text);
drop function public.pause_payroll_run(bigint, text);
drop function private.pause_payroll_run(bigint, text);
drop function private.finish_stopped_run(bigint);
drop function private.stop_payroll_run(bigint, text, text);
delete from private.error_codes
where code in (
  'payroll_run_not_processing',
  'payroll_run_not_stopped',
  'payroll_run_stopped');
