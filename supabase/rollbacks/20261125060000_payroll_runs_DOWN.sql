-- rollback-of: 20261125060000_payroll_runs
-- rollback: lossy table public.payroll_runs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.payroll_runs');
delete from private.retention_rules
where table_name in ('public.payroll_runs');
drop policy "Members can read the payroll runs of their organization" on public.payroll_runs;
drop trigger payroll_runs_keep_immutable_columns on public.payroll_runs;
drop trigger payroll_runs_enforce_transitions on public.payroll_runs;
drop trigger payroll_runs_enforce_first_state on public.payroll_runs;
drop trigger payroll_runs_touch_version on public.payroll_runs;
drop trigger payroll_runs_end_waiting on public.payroll_runs;
drop function private.end_waiting();
delete from private.state_transitions
where entity in ('payroll_run');
drop table public.payroll_runs;
