-- rollback-of: 20261125060655_payroll_checks
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_runs_before_payment');
delete from private.doctor_checks
where function_name in ('private.check_runs_before_payment');
drop function private.check_runs_before_payment(bigint);
drop function private.possible_approvers(public.payroll_runs);
