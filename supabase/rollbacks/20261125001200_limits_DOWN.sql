-- rollback-of: 20261125001200_limits
-- rollback: lossy table private.limits
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.configure_limit(text, bigint);
drop function private.require_limit(text, bigint);
delete from private.error_codes
where code in (
  'limit_reached');
drop table private.limits;
