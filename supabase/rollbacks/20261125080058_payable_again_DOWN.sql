-- rollback-of: 20261125080058_payable_again
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.notification_templates
where event_type in ('payment.payable_again');
delete from private.preference_defaults
where key in ('notifications.payroll.payable_again');
delete from private.doctor_checks
where function_name in ('private.check_payable_again');
drop function private.check_payable_again(bigint);
drop trigger wallets_announce_payable_again on public.wallets;
drop function private.announce_payable_again();
drop function private.payable_again(public.payroll_runs);
