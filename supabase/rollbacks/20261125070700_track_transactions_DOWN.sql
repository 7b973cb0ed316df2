-- rollback-of: 20261125070700_track_transactions
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.claim_transactions_to_track(integer, integer);
drop function private.claim_transactions_to_track(integer, integer);
