-- rollback-of: 20261125070455_payments_in_flight
-- rollback: lossy table private.funding_waits
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where kind in ('payments_in_flight');
delete from private.doctor_checks
where function_name in ('private.check_funding_waits');
drop function private.check_funding_waits(bigint);
drop function private.waits_for_funds(text);
drop function public.wait_for_funds(bigint, uuid, bigint[]);
drop function private.wait_for_funds(bigint, uuid, bigint[]);
drop function private.require_counted_funds(private.source_accounts);
drop function public.payments_in_flight(text, uuid, bigint);
drop function private.payments_in_flight(text, uuid, bigint);
drop function private.takings_in_flight(text, bigint);
drop table private.funding_waits;
delete from private.error_codes
where code in ('payments_not_counted');
