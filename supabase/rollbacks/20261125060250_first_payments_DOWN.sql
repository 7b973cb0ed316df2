-- rollback-of: 20261125060250_first_payments
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.shared_destinations(bigint);
drop function private.first_payments(bigint);
drop function private.run_destinations(bigint);
