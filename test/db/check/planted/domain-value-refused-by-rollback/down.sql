-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter domain private.score drop constraint score_is_small;
alter domain private.score add constraint score_is_small check (value between 1 and 10);
