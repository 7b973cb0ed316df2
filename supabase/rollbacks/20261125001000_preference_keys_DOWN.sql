-- rollback-of: 20261125001000_preference_keys
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop table private.preference_defaults;
