begin;
\ir ../../_shared/setup.sql.raw
select plan(6);

select matches((public.payd_version()).release, '^[0-9]+[.][0-9]+[.][0-9]+$', 'the database names its release');
select matches((public.payd_version()).oldest_sdk, '^[0-9]+[.][0-9]+[.][0-9]+$', 'the database names the oldest SDK that it serves');
select function_privs_are('public', 'payd_version', array[]::text[], 'authenticated', array['EXECUTE'],
  'people who have signed in may ask for the release');
select function_privs_are('public', 'payd_version', array[]::text[], 'anon', array[]::text[],
  'a caller who has not signed in may not ask for the release');
select function_privs_are('public', 'payd_version', array[]::text[], 'service_role', array['EXECUTE'],
  'the workers may ask for the release');
select table_privs_are('private', 'payd_migrations', 'authenticated', array[]::text[],
  'no client role reads which migrations are installed');

select * from finish();
rollback;
