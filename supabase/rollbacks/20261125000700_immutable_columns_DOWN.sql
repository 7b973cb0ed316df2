-- rollback-of: 20261125000700_immutable_columns
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.refuse_other_changes();
drop function private.keep_immutable_columns();
