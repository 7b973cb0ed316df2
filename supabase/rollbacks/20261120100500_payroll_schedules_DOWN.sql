-- rollback-of: 20261120100500_payroll_schedules
-- rollback: lossy tables public.payroll_schedules, public.payroll_schedule_occurrences
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.coming_occurrences(public.payroll_schedules, timestamptz, integer);
drop type public.schedule_occurrence;
drop function private.next_occurrence_on(public.payroll_schedules, timestamptz);
drop function private.occurrence_period(public.payroll_schedules, date);
drop function private.occurrence_at(public.payroll_schedules, date);
drop function private.occurrence_before(public.payroll_schedules, date);
drop function private.occurrence_on_or_after(public.payroll_schedules, date);
drop function private.day_of_month_on(date, integer);

drop table public.payroll_schedule_occurrences;
drop table public.payroll_schedules;
