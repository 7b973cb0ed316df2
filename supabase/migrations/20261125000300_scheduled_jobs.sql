-- migration: scheduled jobs
-- The table declares each job once. Where pg_cron exists, it is mirrored into pg_cron after every change; elsewhere
-- the scheduler of the local stack reads the same table. The time of the last good run is kept, so that a restart
-- finds out what is overdue, and the doctor what does not run at all.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.scheduled_job_runs, private.scheduled_jobs
-- depends: 20261125000000, 20261125000250
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.scheduled_jobs (
  name text primary key,
  kind text not null,
  target text not null,
  every_seconds integer not null,
  is_enabled boolean not null default true,
  due text,
  constraint scheduled_jobs_kind_is_known check (kind in ('function', 'sql')),
  constraint scheduled_jobs_every_seconds_is_positive check (every_seconds > 0)
);
comment on table private.scheduled_jobs is 'What runs on a schedule: an edge function to ring, or a statement.';
comment on column private.scheduled_jobs.due is
  'A query that says whether the job has anything to do; empty where it always runs.';
alter table private.scheduled_jobs enable row level security;
alter table private.scheduled_jobs force row level security;

-- Hosted projects have pg_cron at hand, but a new one has not created it. A server that does not preload it refuses;
-- then it is simply not used.
-- db-ignore hidden-ddl: pg_cron is optional, so it is created only where the server offers it.
do $extension$
begin
  if exists (select from pg_catalog.pg_available_extensions as extension
    where extension.name = 'pg_cron' and extension.installed_version is null) then
    create extension pg_cron with schema pg_catalog;
  end if;
exception when others then
  raise notice
    'pg_cron was not created (%). Ring the workers and run the jobs of private.scheduled_jobs in another way.', sqlerrm;
end;
$extension$;

create table private.scheduled_job_runs (
  name text primary key,
  known_since timestamptz not null default now(),
  last_run_at timestamptz
);
comment on table private.scheduled_job_runs is
  'When each job last ended well, run by pg_cron or otherwise; empty while nothing runs jobs.';
comment on column private.scheduled_job_runs.known_since is
  'When a job, this or another, first ran while this one was declared: since then it could have run.';
alter table private.scheduled_job_runs enable row level security;
alter table private.scheduled_job_runs force row level security;

create function private.record_job_run(name text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into private.scheduled_job_runs (name)
  select job.name
  from private.scheduled_jobs as job
  where not exists (select from private.scheduled_job_runs as known where known.name = job.name)
  on conflict do nothing;

  update private.scheduled_job_runs as run
  set last_run_at = clock_timestamp()
  where run.name = record_job_run.name;
end;
$$;
comment on function private.record_job_run(text) is 'Writes down that the job ended well just now.';

create function private.job_is_due(name text)
returns boolean
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_due text := (select job.due from private.scheduled_jobs as job where job.name = job_is_due.name);
  v_is_due boolean := true;
begin
  if v_due is not null then
    execute v_due into v_is_due;
  end if;

  return coalesce(v_is_due, true);
end;
$$;
comment on function private.job_is_due(text) is
  'Whether the job has anything to do: a project in which nothing happens calls no function.';

create function private.run_job(name text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_job private.scheduled_jobs;
begin
  select job.* into v_job
  from private.scheduled_jobs as job
  where job.name = run_job.name
    and job.is_enabled;

  if not found then
    return;
  end if;

  if not private.job_is_due(v_job.name) then
    perform private.record_job_run(v_job.name);
    return;
  end if;

  if v_job.kind = 'function' then
    perform private.ring(v_job.target);
  else
    execute v_job.target;
  end if;

  perform private.record_job_run(v_job.name);
end;
$$;
comment on function private.run_job(text) is
  'Runs an enabled job and writes down that it did; what fails is not written down.';

create function private.cron_exists()
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select to_regclass('cron.job') is not null
    and to_regprocedure('cron.unschedule(bigint)') is not null
    and has_schema_privilege('cron', 'usage');
$$;
comment on function private.cron_exists() is 'Whether this database has a pg_cron that may be used.';

create function private.cron_schedule(name text, every_seconds integer, has_seconds boolean)
returns text
language sql immutable security invoker
set search_path = ''
as $$
  -- A period that cron cannot say becomes the next shorter one that it can. Jobs of hours and days start in a minute of
  -- their own, so that they do not all start together. Before version 1.5 pg_cron knows no seconds, and a minute is the
  -- shortest period.
  select case
    when cron_schedule.every_seconds < 60 and cron_schedule.has_seconds then cron_schedule.every_seconds || ' seconds'
    when cron_schedule.every_seconds < 120 then '* * * * *'
    when cron_schedule.every_seconds < 3600 then '*/' || (
      select max(minutes) from unnest(array[2, 3, 4, 5, 6, 10, 12, 15, 20, 30]) as minutes
        where minutes * 60 <= cron_schedule.every_seconds) || ' * * * *'
    when cron_schedule.every_seconds < 86400 then abs(hashtext(cron_schedule.name)::bigint) % 60 || ' */' || (
      select max(hours) from unnest(array[1, 2, 3, 4, 6, 8, 12]) as hours
        where hours * 3600 <= cron_schedule.every_seconds) || ' * * *'
    else abs(hashtext(cron_schedule.name)::bigint) % 60 || ' 3 * * *'
  end;
$$;
comment on function private.cron_schedule(text, integer, boolean) is 'The period as pg_cron writes it.';

create function private.install_cron_jobs()
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  -- Found and not named, so that a check of the functions passes where pg_cron does not exist.
  v_jobs regclass := to_regclass('cron.job');
  v_has_seconds boolean;
  v_job_id bigint;
  v_name text;
  v_schedule text;
  v_command text;
  v_changed integer := 0;
begin
  if not private.cron_exists() then
    return 0;
  end if;

  select string_to_array(substring(extension.extversion from '^[0-9]+\.[0-9]+'), '.')::integer[] >= array[1,
    5] into v_has_seconds
  from pg_catalog.pg_extension as extension
  where extension.extname = 'pg_cron';

  for v_job_id in execute format(
    'select job.jobid from %s as job
     where starts_with(job.jobname, ''payd:'')
       and not exists (select from private.scheduled_jobs as declared
         where declared.is_enabled and ''payd:'' || declared.name = job.jobname)', v_jobs)
  loop
    execute format('select %s($1::bigint)', to_regprocedure('cron.unschedule(bigint)')::pg_catalog.regproc)
      using v_job_id;
    v_changed := v_changed + 1;
  end loop;

  for v_name, v_schedule, v_command in execute format(
    'select declared.name, declared.schedule, declared.command
     from (
       select ''payd:'' || job.name as name, private.cron_schedule(job.name, job.every_seconds, $1) as schedule,
         ''select private.run_job('' || quote_literal(job.name) || '')'' as command
       from private.scheduled_jobs as job
       where job.is_enabled
     ) as declared
     where not exists (
       select from %s as job
       where job.jobname = declared.name and job.schedule = declared.schedule and job.command = declared.command)
     order by declared.name', v_jobs)
    using v_has_seconds
  loop
    execute format('select %I.schedule($1, $2, $3)', split_part(v_jobs::text, '.', 1))
      using v_name, v_schedule, v_command;
    v_changed := v_changed + 1;
  end loop;

  return v_changed;
end;
$$;
comment on function private.install_cron_jobs() is
  'Makes the jobs of pg_cron those of private.scheduled_jobs; answers how many changed. Safe to repeat.';

create function private.uninstall_cron_jobs()
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_jobs regclass := to_regclass('cron.job');
  v_job_id bigint;
  v_removed integer := 0;
begin
  if not private.cron_exists() then
    return 0;
  end if;

  for v_job_id in execute format('select job.jobid from %s as job where starts_with(job.jobname, ''payd:'')',
    v_jobs) loop
    execute format('select %s($1::bigint)', to_regprocedure('cron.unschedule(bigint)')::pg_catalog.regproc)
      using v_job_id;
    v_removed := v_removed + 1;
  end loop;

  return v_removed;
end;
$$;
comment on function private.uninstall_cron_jobs() is
  'Takes PayD''s jobs out of pg_cron and leaves all others; answers how many.';

create function private.trim_cron_history()
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_jobs regclass := to_regclass('cron.job');
  v_details regclass := to_regclass('cron.job_run_details');
  v_removed integer := 0;
begin
  -- pg_cron keeps a row of every run for ever, and a worker that is rung every ten seconds makes three million a year.
  if private.cron_exists() and v_details is not null then
    execute format(
      'delete from %s as detail
       where detail.end_time < now() - interval ''7 days''
         and detail.jobid in (select job.jobid from %s as job
           where starts_with(job.jobname, ''payd:''))', v_details, v_jobs);
    get diagnostics v_removed = row_count;
  end if;

  return v_removed;
end;
$$;
comment on function private.trim_cron_history() is 'Forgets what PayD''s jobs did more than a week ago.';

create function private.mirror_scheduled_jobs()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  delete from private.scheduled_job_runs as run
  where not exists (select from private.scheduled_jobs as job where job.name = run.name);

  perform private.install_cron_jobs();
  return null;
end;
$$;
comment on function private.mirror_scheduled_jobs() is
  'Statement trigger: the record of runs and pg_cron follow the table of scheduled jobs.';

create trigger scheduled_jobs_mirror_into_cron
  after insert or update or delete or truncate on private.scheduled_jobs
  for each statement execute function private.mirror_scheduled_jobs();

-- The first change of the table installs everything that was declared before.
insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('cron-history', 'sql', 'select private.trim_cron_history()', 86400);

create function private.check_scheduled_jobs(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select null::bigint, 'alert', 'job_not_running', 'scheduled_job', run.name,
    coalesce(run.last_run_at, run.known_since),
    case when run.last_run_at is null
      then format('The scheduled job %s has never ended well since %s.', run.name, private.minute_of(run.known_since))
      else format('The scheduled job %s last ended well at %s.', run.name, private.minute_of(run.last_run_at)) end,
    'Look for its error in cron.job_run_details or in the log of whatever runs the jobs; every job may be run again '
    'at any time.',
    null::text, null::timestamptz, null::text
  from private.scheduled_job_runs as run
  join private.scheduled_jobs as job on job.name = run.name and job.is_enabled
  where check_scheduled_jobs.organization_id is null
    and coalesce(run.last_run_at, run.known_since)
      < now() - greatest(make_interval(secs => job.every_seconds * 3), interval '10 minutes')

  union all
  select null::bigint, 'alert', 'no_job_runs', 'scheduled_job', 'all', null::timestamptz,
    'Nothing has ever run the scheduled jobs of this project.',
    'Enable pg_cron, or let something else run private.run_job() for each row of private.scheduled_jobs.',
    null::text, null::timestamptz, null::text
  where check_scheduled_jobs.organization_id is null
    and not exists (select from private.scheduled_job_runs);
$$;
comment on function private.check_scheduled_jobs(bigint) is
  'Scheduled jobs that do not end well, or that nothing runs.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_scheduled_jobs', 'A job that nobody runs is missed by nobody.');
