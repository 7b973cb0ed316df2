-- rollback-of: 20260201000000_planted
-- rollback: lossy table private.labels
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table private.labels add column hint text not null;
drop table private.labels;
