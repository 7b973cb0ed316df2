-- rollback-of: 20261125000300_scheduled_jobs
-- rollback: lossy table private.scheduled_job_runs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_scheduled_jobs');
drop function private.check_scheduled_jobs(bigint);
-- The extension stays: jobs of others may live in it.
drop trigger scheduled_jobs_mirror_into_cron on private.scheduled_jobs;
do $cron$
begin
  perform private.uninstall_cron_jobs();
end;
$cron$;
drop function private.mirror_scheduled_jobs();
drop function private.trim_cron_history();
drop function private.uninstall_cron_jobs();
drop function private.install_cron_jobs();
drop function private.cron_schedule(text, integer, boolean);
drop function private.cron_exists();
drop function private.run_job(text);
drop function private.job_is_due(text);
drop function private.record_job_run(text);
drop table private.scheduled_job_runs;
drop table private.scheduled_jobs;
