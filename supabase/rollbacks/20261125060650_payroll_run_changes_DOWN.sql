-- rollback-of: 20261125060650_payroll_run_changes
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.payroll_run_changes(bigint);
drop function private.payroll_run_changes(bigint);
drop function private.last_address_change_of(bigint, bigint, text);
drop function private.last_change_of(bigint, bigint, text[]);
drop function private.paid_before(public.payroll_runs, bigint);
drop function private.last_run_before(public.payroll_runs);
drop type public.payroll_run_change;
