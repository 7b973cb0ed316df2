-- rollback-of: 20261125060700_payroll_schedules
-- rollback: lossy table public.payroll_schedule_occurrences, table public.payroll_schedules
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.payroll_schedules');
delete from private.retention_rules
where table_name in ('public.payroll_schedules', 'public.payroll_schedule_occurrences');
drop function private.coming_occurrences(public.payroll_schedules, timestamptz, integer);
drop type public.schedule_occurrence;
drop function private.next_occurrence_on(public.payroll_schedules, timestamptz);
drop function private.occurrence_period(public.payroll_schedules, date);
drop function private.occurrence_at(public.payroll_schedules, date);
drop function private.occurrence_before(public.payroll_schedules, date);
drop function private.occurrence_on_or_after(public.payroll_schedules, date);
drop function private.day_of_month_on(date, integer);
drop policy "Members can read the schedule occurrences of their organization" on public.payroll_schedule_occurrences;
drop trigger payroll_schedule_occurrences_refuse_change on public.payroll_schedule_occurrences;
drop table public.payroll_schedule_occurrences;
drop policy "Members can read the payroll schedules of their organization" on public.payroll_schedules;
drop trigger payroll_schedules_refuse_removal on public.payroll_schedules;
drop trigger payroll_schedules_touch_version on public.payroll_schedules;
drop table public.payroll_schedules;
