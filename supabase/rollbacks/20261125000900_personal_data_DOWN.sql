-- rollback-of: 20261125000900_personal_data
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop table private.personal_data_erasures;
drop table private.personal_data;
