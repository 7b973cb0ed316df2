begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

select tests.create_world();

select is(
  (select array_agg(distinct counted.tgrelid::regclass::text order by counted.tgrelid::regclass::text)
   from pg_catalog.pg_trigger as counted
   where counted.tgfoid = 'private.touch_version()'::regprocedure),
  array['approval_thresholds', 'balance_thresholds', 'employees', 'organizations', 'payroll_runs',
    'payroll_schedules', 'webhook_subscriptions'],
  'touch_version counts the changes of every table that people edit');

create temporary table before as select id, version from public.organizations order by id limit 1;
update public.organizations set required_approvals = required_approvals where id = (select id from before);
select is(
  (select version from public.organizations where id = (select id from before)),
  (select version + 1 from before),
  'an update of an organization raises its version by one');

select lives_ok('select private.require_version(3, 3)', 'a command that names the found version goes on');
select is(
  tests.error_code_of('select private.require_version(3, 2)'), 'version_outdated',
  'a command that names an older version is refused');
select is(
  tests.error_code_of('select private.require_version(3, null)'), 'version_outdated',
  'a command that names no version is refused');

select * from finish();
rollback;
