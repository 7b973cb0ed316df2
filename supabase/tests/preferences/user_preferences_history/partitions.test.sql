begin;
\ir ../../_shared/setup.sql.raw
select plan(31);

select tests.create_organization_with('Acme', '{ada}', '{max}', '{vic}');
create function tests.partitions()
returns text[]
language sql stable
as $$
  select array_agg(child.relname::text order by child.relname)
  from pg_inherits as inheritance
  join pg_class as child on child.oid = inheritance.inhrelid
  where inheritance.inhparent = 'public.user_preferences_history'::regclass;
$$;
create function tests.remember(person text, at timestamptz)
returns void
language sql volatile
as $$
  insert into public.user_preferences_history (organization_id, user_id, preferences, changed_by, changed_at)
  values (tests.organization_id('Acme'), tests.member_id(remember.person, 'Acme'), '{}', 'test', remember.at);
$$;
create function tests.place_of(at timestamptz)
returns text
language sql stable
as $$
  select string_agg(tableoid::regclass::text, ', ') from public.user_preferences_history
  where changed_at = place_of.at; $$;

select is(tests.partitions(), '{user_preferences_history_default}', 'a new project has only the default partition');
select tests.remember('vic', '2026-11-05'), tests.remember('vic', '2026-11-30 23:59:59.999999+00'),
  tests.remember('vic', '2026-12-01 00:00+00'), tests.remember('vic', '2026-10-31');
select is(
  tests.place_of('2026-11-05'), 'private.user_preferences_history_default',
  'a row without a partition for its month is stored in the default partition');

select results_eq(
  $$ select * from private.keep_preference_partitions('2026-11-20') $$, $$ values (4, 0) $$,
  'the partition job makes partitions for this month and the three after it');
select is(
  tests.partitions(),
  '{user_preferences_history_2026_11,user_preferences_history_2026_12,user_preferences_history_2027_01,user_preferences_history_2027_02,user_preferences_history_default}',
  'a monthly partition is named by its year and month');
select is(
  tests.place_of('2026-11-05'), 'private.user_preferences_history_2026_11',
  'a row in the default partition moves to the partition of its month');
select is(
  tests.place_of('2026-11-30 23:59:59.999999+00'), 'private.user_preferences_history_2026_11',
  'a row of the last microsecond of a month is in the partition of that month');
select is(
  tests.place_of('2026-12-01 00:00+00'), 'private.user_preferences_history_2026_12',
  'a row of the first instant of a month is in the partition of that month');
select is(
  tests.place_of('2026-10-31'), 'private.user_preferences_history_default',
  'a row of a month without a partition stays in the default partition');
select is(
  (select count(*) from public.user_preferences_history), 4::bigint,
  'the partition job neither loses nor doubles a row');
select results_eq(
  $$ select * from private.keep_preference_partitions('2026-11-20') $$, $$ values (0, 0) $$,
  'a repeated partition job makes no partition');
select results_eq(
  $$ select * from private.keep_preference_partitions('2027-03-01') $$, $$ values (4, 0) $$,
  'a partition job after months without one makes the missing partitions');
select tests.remember('vic', '2027-06-30');
select is(
  tests.place_of('2027-06-30'), 'private.user_preferences_history_2027_06',
  'a new row is stored in the partition of its month');

-- A partition is as closed as its table.
select is_empty(
  $$
    select child.relname
    from pg_inherits as inheritance
    join pg_class as child on child.oid = inheritance.inhrelid
    where inheritance.inhparent = 'public.user_preferences_history'::regclass
      and (not child.relrowsecurity or not child.relforcerowsecurity or child.relnamespace <> 'private'::regnamespace
        or has_table_privilege('authenticated', child.oid, 'select') or has_table_privilege('anon', child.oid, 'select')
        or has_table_privilege('service_role', child.oid, 'select'))
  $$,
  'every partition has row level security, grants no rights and lies in schema private');
select tests.authenticate_as('vic', 'Acme');
select is(
  (select count(*) from public.user_preferences_history), 5::bigint,
  'a member reads the own history through the table');
select is(
  tests.error_code_of($$ select * from private.user_preferences_history_2026_11 $$), '42501',
  'a member cannot read a partition directly');
select tests.authenticate_as('max', 'Acme');
select is(
  (select count(*) from public.user_preferences_history), 0::bigint, 'a member reads no history of a colleague');
select tests.reset();

select is(tests.error_code_of(statement), 'append_only', promise)
from (values
  ('update public.user_preferences_history set preferences = ''{}''', 'the history of preferences cannot be updated'),
  ('delete from public.user_preferences_history', 'the history of preferences cannot be deleted'),
  ('truncate public.user_preferences_history', 'the history of preferences cannot be truncated'),
  ('update private.user_preferences_history_2026_11 set preferences = ''{}''', 'a monthly partition cannot be updated'),
  ('delete from private.user_preferences_history_2026_11', 'rows of a monthly partition cannot be deleted'),
  ('truncate private.user_preferences_history_2026_11', 'a monthly partition cannot be truncated'),
  ('delete from private.user_preferences_history_default', 'rows of the default partition cannot be deleted'),
  ('truncate private.user_preferences_history_default', 'the default partition cannot be truncated'),
  (
    'delete from private.user_preferences_history_default as waiting where waiting.changed_at >= ''2026-10-01'' and waiting.changed_at < ''2026-11-01''',
    'a delete that looks like the statement of the partition job is refused')
) as refusal (statement, promise);

-- Two years later.
select results_eq(
  $$ select * from private.keep_preference_partitions('2028-12-01', 0) $$, $$ values (1, 0) $$,
  'a monthly partition with rows is not dropped');
select results_eq(
  $$
    select rows, is_complete from private.apply_retention('2028-12-01 00:00:00+00')
    where table_name = 'public.user_preferences_history' $$,
  $$ values (3::bigint, true) $$, 'retention deletes the history that is over two years old');
select results_eq(
  $$ select * from private.keep_preference_partitions('2028-12-01', 0) $$, $$ values (0, 1) $$,
  'an empty monthly partition that is over two years old is dropped');
select results_eq(
  $$ select * from private.keep_preference_partitions('2028-12-31', 0) $$, $$ values (0, 0) $$,
  'a monthly partition that is under two years old is not dropped');
select is((tests.partitions())[1], 'user_preferences_history_2026_12', 'the partition after a dropped one stays');
select is(
  (select target from private.scheduled_jobs where name = 'preference-partitions' and every_seconds = 86400),
  'select private.keep_preference_partitions(now())',
  'the partition job is registered for every day');

select * from finish();
rollback;
