-- rollback-of: 20260201000000_planted
-- rollback: lossy table public.labels
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop table public.labels;
