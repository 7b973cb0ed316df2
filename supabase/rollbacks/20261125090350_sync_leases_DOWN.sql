-- rollback-of: 20261125090350_sync_leases
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.extend_sync_leases(uuid, integer);
drop function private.extend_sync_leases(uuid, integer);
