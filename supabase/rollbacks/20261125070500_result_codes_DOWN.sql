-- rollback-of: 20261125070500_result_codes
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.unknown_result();
drop table private.result_codes;
