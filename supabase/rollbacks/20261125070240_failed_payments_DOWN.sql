-- rollback-of: 20261125070240_failed_payments
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.tell_failed_items(bigint[]);
