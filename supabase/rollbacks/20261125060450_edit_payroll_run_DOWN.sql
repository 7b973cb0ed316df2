-- rollback-of: 20261125060450_edit_payroll_run
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('items_per_payroll_run');
drop function public.restore_payroll_run(bigint);
drop function private.restore_payroll_run(bigint);
drop function public.discard_payroll_run(bigint, text, integer);
drop function private.discard_payroll_run(bigint, text, integer);
drop function public.update_payroll_run(bigint, integer, jsonb);
drop function private.update_payroll_run(bigint, integer, jsonb);
drop function private.changed_run(public.payroll_runs, jsonb);
drop function public.refresh_payroll_run(bigint, integer);
drop function private.refresh_payroll_run(bigint, integer);
drop function private.write_run_audit(bigint, text, text);
drop function private.bring_up_to_date(public.payroll_runs);
drop function public.remove_employee_from_payroll_run(bigint, bigint, text, integer);
drop function private.remove_employee_from_payroll_run(bigint, bigint, text, integer);
drop function public.remove_payroll_item(bigint, integer);
drop function private.remove_payroll_item(bigint, integer);
drop function public.change_payroll_item(bigint, text, text, integer);
drop function private.change_payroll_item(bigint, text, text, integer);
drop function private.locked_payroll_item(bigint);
drop function public.add_base_pay(bigint, bigint, text, text, integer, text);
drop function private.add_base_pay(bigint, bigint, text, text, integer, text);
drop function public.add_bonus(bigint, bigint, text, text, text, integer);
drop function private.add_bonus(bigint, bigint, text, text, text, integer);
drop function private.base_pay_in_run(public.payroll_runs, numeric);
drop function private.payable_employee(public.payroll_runs, bigint);
drop function private.editable_payroll_run(public.payroll_runs, integer, text);
drop function private.require_run_version(public.payroll_runs, integer);
drop function private.editors_since(public.payroll_runs, integer);
delete from private.error_codes
where code in (
  'amount_reason_missing',
  'bonus_amount_missing',
  'employee_in_payroll_run',
  'employee_not_in_payroll_run',
  'employee_without_base_pay',
  'payroll_run_not_discarded',
  'payroll_run_has_edits',
  'unknown_payroll_run_field');
