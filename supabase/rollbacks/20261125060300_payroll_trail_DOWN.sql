-- rollback-of: 20261125060300_payroll_trail
-- rollback: lossy table public.payroll_audit_logs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.payroll_audit_logs');
delete from private.retention_rules
where table_name in ('public.payroll_audit_logs');
drop trigger payroll_runs_write_audit_of_updates on public.payroll_runs;
drop trigger payroll_runs_write_audit_of_inserts on public.payroll_runs;
drop function private.audit_payroll_runs();
drop function private.payroll_run_state(public.payroll_runs);
drop trigger payroll_audit_logs_count_edits on public.payroll_audit_logs;
drop function private.count_payroll_edit();
drop trigger payroll_audit_logs_refuse_change on public.payroll_audit_logs;
drop policy "Members can read the payroll audit trail of their organization" on public.payroll_audit_logs;
drop table public.payroll_audit_logs;
