-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop index private.numbers_value_idx;
delete from private.numbers where md5(value::text) = 'never';
