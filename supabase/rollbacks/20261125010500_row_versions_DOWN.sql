-- rollback-of: 20261125010500_row_versions
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.require_version(integer, integer);
drop function private.touch_version();
drop function private.touch_updated_at();
drop function private.is_backfill();
