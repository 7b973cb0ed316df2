-- rollback-of: 20261125070450_fee_bumps
-- rollback: lossy table private.fee_bumps
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.require_signed_fee_bump(public.transactions, text);
drop function private.is_fee_bump(text);
drop function public.plan_fee_bump(bigint, uuid);
drop function private.plan_fee_bump(bigint, uuid);
drop function private.signed_bytes_of_fee_bump(bytea);
drop function private.xdr_fee_bump(text, bigint, bytea);
drop function private.fee_is_above_cap(public.transactions);
drop function private.last_fee_bump(public.transactions);
drop trigger fee_bumps_refuse_change on private.fee_bumps;
drop table private.fee_bumps;
