-- rollback-of: 20261120092600_wallet_sync
-- rollback: lossy tables private.wallet_sync_leases, private.sync_requests
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop trigger wallets_emit_events on public.wallets;

drop function private.emit_wallet_events();
drop function public.apply_wallet_states(jsonb);
drop function private.apply_wallet_states(jsonb);
drop function public.claim_wallets_for_sync(integer, integer);
drop function private.claim_wallets_for_sync(integer, integer);
drop function public.request_sync();
drop function private.request_sync();

delete from private.error_codes
where code = 'invalid_wallet_states';

drop table private.sync_requests;
drop table private.wallet_sync_leases;
