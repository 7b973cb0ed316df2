-- rollback-of: 20261125060200_payroll_items
-- rollback: lossy table public.payroll_items
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data_erasures
where table_name in ('public.payroll_items');
delete from private.personal_data
where table_name in ('public.payroll_items');
delete from private.retention_rules
where table_name in ('public.payroll_items');
drop policy "Members can read payroll items, and employees their payslips" on public.payroll_items;
drop function private.payroll_run_is_started(bigint);
drop trigger payroll_items_refuse_truncate on public.payroll_items;
drop trigger payroll_items_keep_totals_of_deletes on public.payroll_items;
drop trigger payroll_items_keep_totals_of_updates on public.payroll_items;
drop trigger payroll_items_keep_totals_of_inserts on public.payroll_items;
drop function private.keep_payroll_run_totals();
drop trigger payroll_runs_totals_follow_items on public.payroll_runs;
drop trigger payroll_runs_start_without_totals on public.payroll_runs;
drop function private.refuse_direct_totals();
drop trigger payroll_items_keep_submitted_runs_of_deletes on public.payroll_items;
drop trigger payroll_items_keep_submitted_runs_of_updates on public.payroll_items;
drop trigger payroll_items_keep_submitted_runs_of_inserts on public.payroll_items;
drop function private.keep_items_of_submitted_runs();
drop trigger payroll_items_enforce_transitions on public.payroll_items;
drop trigger payroll_items_enforce_first_state on public.payroll_items;
drop trigger payroll_items_follow_their_operation on public.payroll_items;
drop function private.follow_operation();
drop trigger payroll_items_touch_updated_at on public.payroll_items;
delete from private.error_codes
where code in (
  'payroll_run_not_editable',
  'totals_follow_items');
delete from private.state_transitions
where entity in ('payroll_item');
drop table public.payroll_items;
