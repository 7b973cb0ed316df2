-- rollback-of: 20261120090400_doorbells
-- rollback: lossy table private.scheduled_jobs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.ring(text);
drop function private.doorbell_wires();

drop table private.scheduled_jobs;
