-- rollback-of: 20261125060550_independent_approvers
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.part_in_payroll_run(public.payroll_runs, public.users);
drop function private.weakened_rules(public.payroll_runs, bigint[]);
drop function private.payees_shaped_by(public.payroll_runs, bigint[]);
drop function private.memberships_of(public.users);
delete from private.error_codes
where code in (
  'approver_prepared_run');
