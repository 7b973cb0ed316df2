-- rollback-of: 20261125060455_preflights
-- rollback: lossy table public.payroll_preflights, table public.payroll_preflight_findings,
--   table private.preflight_work
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data_erasures
where table_name in ('public.payroll_preflight_findings');
delete from private.personal_data
where table_name in ('public.payroll_preflights', 'public.payroll_preflight_findings');
delete from private.retention_rules
where table_name in ('public.payroll_preflights', 'public.payroll_preflight_findings');
drop function private.last_preflight(public.payroll_runs);
drop function private.ask_preflight(public.payroll_runs, bigint, text);
drop policy "Members can read the findings of their pre-flight reports" on public.payroll_preflight_findings;
drop policy "Members can read the pre-flight reports of their organization" on public.payroll_preflights;
drop table private.preflight_work;
drop table public.payroll_preflight_findings;
drop table public.payroll_preflights;
