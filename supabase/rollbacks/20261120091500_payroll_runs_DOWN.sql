-- rollback-of: 20261120091500_payroll_runs
-- rollback: lossy table public.payroll_runs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop policy "Members can read the payroll runs of their organization" on public.payroll_runs;

drop trigger payroll_runs_enforce_transitions on public.payroll_runs;
drop trigger payroll_runs_enforce_first_state on public.payroll_runs;
drop trigger payroll_runs_touch_version on public.payroll_runs;

delete from private.state_transitions
where entity = 'payroll_run';

drop table public.payroll_runs;
