-- rollback-of: 20261125000000_foundation
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop schema archive;
alter default privileges grant execute on functions to public;
drop schema private;
