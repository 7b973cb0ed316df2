-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table private.numbers add constraint numbers_code_is_unique unique (code);
