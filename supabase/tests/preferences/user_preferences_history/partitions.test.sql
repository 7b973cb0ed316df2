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
as $$ select string_agg(tableoid::regclass::text, ', ') from public.user_preferences_history where changed_at = place_of.at; $$;

select is(tests.partitions(), '{user_preferences_history_default}', 'at first there is only the default partition');
select tests.remember('vic', '2026-11-05'), tests.remember('vic', '2026-11-30 23:59:59.999999+00'), tests.remember('vic', '2026-12-01 00:00+00'), tests.remember('vic', '2026-10-31');
select is(tests.place_of('2026-11-05'), 'private.user_preferences_history_default', 'which takes everything');

select results_eq(
  $$ select * from private.keep_preference_partitions('2026-11-20') $$, $$ values (4, 0) $$, 'the job makes this month and three more');
select is(
  tests.partitions(),
  '{user_preferences_history_2026_11,user_preferences_history_2026_12,user_preferences_history_2027_01,user_preferences_history_2027_02,user_preferences_history_default}',
  'with their names');
select is(tests.place_of('2026-11-05'), 'private.user_preferences_history_2026_11', 'what waited moves to its month');
select is(tests.place_of('2026-11-30 23:59:59.999999+00'), 'private.user_preferences_history_2026_11', 'to the last microsecond');
select is(tests.place_of('2026-12-01 00:00+00'), 'private.user_preferences_history_2026_12', 'and from the first');
select is(tests.place_of('2026-10-31'), 'private.user_preferences_history_default', 'what has no month stays');
select is((select count(*) from public.user_preferences_history), 4::bigint, 'nothing is lost or doubled');
select results_eq(
  $$ select * from private.keep_preference_partitions('2026-11-20') $$, $$ values (0, 0) $$, 'the job can be repeated');
select results_eq(
  $$ select * from private.keep_preference_partitions('2027-03-01') $$, $$ values (4, 0) $$, 'after months without it, it goes on from where it is');
select tests.remember('vic', '2027-06-30');
select is(tests.place_of('2027-06-30'), 'private.user_preferences_history_2027_06', 'rows land in their month');

-- Partitions are as closed as the table.
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
  'every partition has row level security, no rights and lives in schema private');
select tests.authenticate_as('vic', 'Acme');
select is((select count(*) from public.user_preferences_history), 5::bigint, 'a person reads the own history through the table');
select is(tests.error_code_of($$ select * from private.user_preferences_history_2026_11 $$), '42501', 'and nobody''s through a partition');
select tests.authenticate_as('max', 'Acme');
select is((select count(*) from public.user_preferences_history), 0::bigint, 'a colleague reads none of it');
select tests.reset();

select is(tests.error_code_of(statement), 'append_only', promise)
from (values
  ('update public.user_preferences_history set preferences = ''{}''', 'history is not rewritten'),
  ('delete from public.user_preferences_history', 'nor removed'),
  ('truncate public.user_preferences_history', 'nor emptied'),
  ('update private.user_preferences_history_2026_11 set preferences = ''{}''', 'not in a partition either'),
  ('delete from private.user_preferences_history_2026_11', 'by nobody'),
  ('truncate private.user_preferences_history_2026_11', 'in no way'),
  ('delete from private.user_preferences_history_default', 'nor in the default one'),
  ('truncate private.user_preferences_history_default', 'which is not emptied'),
  ('delete from private.user_preferences_history_default as waiting where waiting.changed_at >= ''2026-10-01'' and waiting.changed_at < ''2026-11-01''', 'however much it looks like the job')
) as refusal (statement, promise);

-- Two years later.
select results_eq(
  $$ select * from private.keep_preference_partitions('2028-12-01', 0) $$, $$ values (1, 0) $$, 'a month that still has rows is not dropped');
select results_eq(
  $$ select rows, is_complete from private.apply_retention('2028-12-01 00:00:00+00') where table_name = 'public.user_preferences_history' $$,
  $$ values (3::bigint, true) $$, 'retention takes the rows that are over two years old');
select results_eq(
  $$ select * from private.keep_preference_partitions('2028-12-01', 0) $$, $$ values (0, 1) $$, 'an emptied month that can get no more rows is dropped');
select results_eq(
  $$ select * from private.keep_preference_partitions('2028-12-31', 0) $$, $$ values (0, 0) $$, 'the next one not before its time');
select is((tests.partitions())[1], 'user_preferences_history_2026_12', 'and its neighbour stays');
select is(
  (select target from private.scheduled_jobs where name = 'preference-partitions' and every_seconds = 86400), 'select private.keep_preference_partitions(now())',
  'a job does it every day');

select * from finish();
rollback;
