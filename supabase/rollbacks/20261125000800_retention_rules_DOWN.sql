-- rollback-of: 20261125000800_retention_rules
-- rollback: lossy table private.scheduled_job_runs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.scheduled_jobs
where name in ('retention');
drop function private.apply_retention(timestamptz, integer, integer);
drop table private.retention_rules;
