-- rollback-of: 20261120100700_run_due_schedules
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.scheduled_jobs
where name = 'payroll-schedules';

drop function public.run_due_schedules(timestamptz, integer);
drop function private.run_due_schedules(timestamptz, integer);
drop function private.run_schedule(public.payroll_schedules, timestamptz);
drop function private.occurrence_is_skipped(public.payroll_schedules, timestamptz);
drop function private.schedule_event(public.payroll_schedules, text, jsonb);
