-- rollback-of: 20261125070240_failed_payments
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_payable_again');
drop function private.check_payable_again(bigint);
drop function private.tell_failed_items(bigint[]);
