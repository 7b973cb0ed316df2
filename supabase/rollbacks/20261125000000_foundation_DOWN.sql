-- rollback-of: 20261125000000_foundation
-- rollback: lossy table private.payd_migrations
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop table private.payd_migrations;
drop schema archive;
alter default privileges grant execute on functions to public;
drop schema private;
