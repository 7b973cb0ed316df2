-- rollback-of: 20261120091900_approve_payroll_run
-- rollback: lossy table public.payroll_run_approvals
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.reject_payroll_run(bigint, text);
drop function private.reject_payroll_run(bigint, text);
drop function public.approve_payroll_run(bigint, text);
drop function private.approve_payroll_run(bigint, text);
drop function private.valid_approvals(public.payroll_runs);
drop function private.is_submitter(public.payroll_runs, public.users);
drop function private.required_approvals(public.payroll_runs);
drop function public.submit_payroll_run(bigint, boolean);
drop function private.submit_payroll_run(bigint, boolean);
drop function private.overlapping_base_pay(public.payroll_runs);
drop function private.payroll_run_event(public.payroll_runs, text, text);
drop function private.refuse_employees(text, bigint, bigint[]);
drop function private.payroll_run_content_hash(bigint);
drop function private.inspect_payroll_run(bigint);

delete from private.error_codes
where code in (
  'payroll_run_not_draft',
  'payroll_run_is_empty',
  'payroll_items_without_destination',
  'payroll_items_not_payable',
  'base_pay_overlaps',
  'payroll_run_not_pending',
  'approver_is_submitter',
  'payroll_run_changed',
  'reason_missing');

drop policy "Members can read the approvals of their organization" on public.payroll_run_approvals;

drop table public.payroll_run_approvals;
