-- rollback-of: 20261125060900_run_due_schedules
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_payroll_schedules');
drop function private.check_payroll_schedules(bigint);
delete from private.notification_templates
where event_type in ('payroll_schedule.failed', 'payroll_schedule.ran', 'payroll_schedule.skipped');
delete from private.preference_defaults
where key in (
  'notifications.schedules.ran',
  'notifications.schedules.failed',
  'notifications.schedules.skipped');
delete from private.scheduled_jobs
where name in ('payroll-schedules');
drop function public.run_due_schedules(timestamptz, integer);
drop function private.run_due_schedules(timestamptz, integer);
drop function private.run_schedule(public.payroll_schedules, timestamptz);
drop function private.occurrence_is_skipped(public.payroll_schedules, timestamptz);
drop function private.schedule_event(public.payroll_schedules, text, jsonb);
