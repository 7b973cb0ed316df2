-- rollback-of: 20261125060600_approve_payroll_run
-- rollback: lossy table public.payroll_run_approvals
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.payroll_run_approvals');
delete from private.retention_rules
where table_name in ('public.payroll_run_approvals');
delete from private.notification_templates
where event_type in ('payroll.approved', 'payroll.rejected');
delete from private.preference_defaults
where key in (
  'notifications.payroll.approved',
  'notifications.payroll.rejected');
drop function public.payroll_run_approval_state(bigint);
drop function private.payroll_run_approval_state(bigint);
drop function private.required_approvals(public.payroll_runs);
drop function private.amount_of_same_months(public.payroll_runs);
drop function public.reject_payroll_run(bigint, text);
drop function private.reject_payroll_run(bigint, text);
drop function public.approve_payroll_run(bigint, text);
drop function private.approve_payroll_run(bigint, text);
drop function private.approval_obstacle(public.payroll_runs, public.users);
drop function private.valid_approvals(public.payroll_runs);
drop function private.is_submitter(public.payroll_runs, public.users);
delete from private.error_codes
where code in (
  'payroll_run_not_draft',
  'payroll_run_is_empty',
  'payroll_items_without_destination',
  'payroll_items_not_payable',
  'base_pay_overlaps',
  'payroll_run_not_up_to_date',
  'wallets_shared',
  'payroll_run_not_pending',
  'approver_is_submitter',
  'payroll_run_changed',
  'reason_missing');
drop policy "Members can read the approvals of their organization" on public.payroll_run_approvals;
drop trigger payroll_run_approvals_refuse_removal on public.payroll_run_approvals;
drop trigger payroll_run_approvals_keep_immutable_columns on public.payroll_run_approvals;
drop table public.payroll_run_approvals;
