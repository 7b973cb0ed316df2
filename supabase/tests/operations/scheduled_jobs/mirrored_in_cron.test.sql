begin;
\ir ../../_shared/setup.sql.raw
select plan(42);

-- The same promises hold on a server with pg_cron and on one without, where the mirror is empty.
create function tests.cron_jobs()
returns table (name text, schedule text, command text)
language plpgsql stable
as $$
begin
  if private.cron_exists() then
    return query execute 'select job.jobname::text, job.schedule, job.command from cron.job as job where job.jobname like ''payd:%''';
  end if;
end;
$$;
create function tests.mirror_is(promise text)
returns text
language sql volatile
as $$
  select results_eq(
    'select name, command from tests.cron_jobs() order by name',
    $q$
      select 'payd:' || job.name, format('select private.run_job(%L)', job.name)
      from private.scheduled_jobs as job
      where job.is_enabled and private.cron_exists()
      order by 1
    $q$,
    mirror_is.promise);
$$;

select set_eq(
  $$
    select name from private.scheduled_jobs
    where kind = 'sql' and name in ('payroll-schedules', 'preference-partitions', 'retention', 'cron-history') $$,
  array['payroll-schedules', 'preference-partitions', 'retention', 'cron-history'],
  'the jobs of the database are registered');
select tests.mirror_is('pg_cron has the registered jobs as soon as the project is migrated');
select is(private.install_cron_jobs(), 0, 'a repeated installation of the jobs changes no job');

insert into private.scheduled_jobs (name, kind, target, every_seconds) values ('test-job', 'sql', 'select 1', 300);
select tests.mirror_is('pg_cron has a new job at once');
select private.run_job('test-job');
update private.scheduled_jobs set every_seconds = 600 where name = 'test-job';
select tests.mirror_is('pg_cron has the changed period of a job at once');
update private.scheduled_jobs set is_enabled = false where name = 'test-job';
select tests.mirror_is('pg_cron no longer has a job that was switched off');
update private.scheduled_jobs set is_enabled = true where name = 'test-job';
select tests.mirror_is('pg_cron has a job again that was switched on');
delete from private.scheduled_jobs where name = 'test-job';
select tests.mirror_is('pg_cron no longer has a job that was deleted');

select is_empty(
  $$ select name from private.scheduled_job_runs where name = 'test-job' $$, 'a deleted job has no record of runs');

select is(private.uninstall_cron_jobs() > 0, private.cron_exists(), 'the jobs can be removed from pg_cron');
select is_empty('select name from tests.cron_jobs()', 'pg_cron has no job of PayD after their removal');
select is(private.install_cron_jobs() > 0, private.cron_exists(), 'the jobs can be installed in pg_cron again');
select tests.mirror_is('pg_cron has the registered jobs after they were installed again');
select is(private.trim_cron_history(), 0, 'a young history of pg_cron is kept');

-- The statement of every job runs.
select lives_ok(format('select private.run_job(%L)', job.name), format('the statement of the job %s runs', job.name))
from private.scheduled_jobs as job
where job.name in ('payroll-schedules', 'preference-partitions', 'retention', 'cron-history')
order by job.name;

-- Runs are recorded.
select results_eq(
  $$ select run.name from private.scheduled_job_runs as run where run.last_run_at is not null order by 1 $$,
  $$ values ('cron-history'), ('payroll-schedules'), ('preference-partitions'), ('retention') $$,
  'a job that ended without an error has a recorded run');
select is(
  (
    select count(*) from private.scheduled_jobs as job
    where not exists (select from private.scheduled_job_runs as run where run.name = job.name)), 0::bigint,
  'every job has a record from its registration on');
insert into private.scheduled_jobs (name, kind, target, every_seconds)
values ('failing', 'sql', 'select 1 / 0', 60), ('off', 'sql', 'select 1 / 0', 60),
  ('bell', 'function', 'horizon-sync', 60);
update private.scheduled_jobs set is_enabled = false where name = 'off';
select throws_ok($$ select private.run_job('failing') $$, '22012', null, 'a job that fails raises its error');
select lives_ok(
  $$ select private.run_job('off'), private.run_job('nobody'), private.run_job('bell') $$,
  'a job that is off or unknown is left alone, and a worker job is rung');
select results_eq(
  $$
    select run.name, run.last_run_at is not null from private.scheduled_job_runs as run
    where run.name in ('failing', 'off', 'bell') order by 1 $$,
  $$ values ('bell', true), ('failing', false), ('off', false) $$,
  'a job that failed or is off has no recorded run');

-- How pg_cron is told the period.
select is(
  private.cron_schedule('x', every_seconds, has_seconds), schedule,
  format(
    'a period of %s seconds has its schedule %s', every_seconds,
    case when has_seconds then 'on a pg_cron that knows seconds' else 'on a pg_cron that does not know seconds' end))
from (values
  (5, true, '5 seconds'), (59, true, '59 seconds'), (5, false, '* * * * *'), (30, false, '* * * * *'),
  (60, true, '* * * * *'), (60, false, '* * * * *'),
  (90, true, '* * * * *'), (120, true, '*/2 * * * *'), (300, false, '*/5 * * * *'), (420, true, '*/6 * * * *'),
  (1800, true, '*/30 * * * *'), (3540, true, '*/30 * * * *')
) as period (every_seconds, has_seconds, schedule);
select matches(
  private.cron_schedule('x', every_seconds, true), schedule,
  format('a period of %s seconds starts in a minute of its own', every_seconds))
from (values
  (3600, '^[0-5]?[0-9] \*/1 \* \* \*$'), (7200, '^[0-5]?[0-9] \*/2 \* \* \*$'), (86400, '^[0-5]?[0-9] 3 \* \* \*$'),
  (604800, '^[0-5]?[0-9] 3 \* \* \*$')
) as period (every_seconds, schedule);
select isnt(
  private.cron_schedule('retention', 86400, true), private.cron_schedule('preference-partitions', 86400, true),
  'two daily jobs do not start together');

-- Who may change the mirror.
select tests.as_service();
select is(
  tests.error_code_of($$ select private.install_cron_jobs() $$), '42501',
  'the service cannot install the jobs in pg_cron');
select is(
  tests.error_code_of($$ select private.uninstall_cron_jobs() $$), '42501',
  'the service cannot remove the jobs from pg_cron');

select * from finish();
rollback;
