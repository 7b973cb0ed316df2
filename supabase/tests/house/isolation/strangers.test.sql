begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

select tests.create_world();

select tests.authenticate_as('stan');
select is_empty(
  $$
    select table_name, organization
    from tests.tenant_tables() as table_name
    cross join unnest(array['Acme', 'Globex']) as organization
    where tests.readable_rows(table_name, organization) <> 0
  $$,
  'a stranger reads nothing in any table');
select is((select count(*) from public.organizations), 0::bigint, 'a stranger reads no organization');
select is(
  tests.error_code_of($$ select public.create_payroll_run('2026-11-01', '2026-11-30') $$), 'no_organization',
  'a stranger prepares no run');

select tests.authenticate_as('stan', 'Acme');
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Acme') <> 0 $$,
  'a stranger who names an organization reads nothing of it');
select is(
  tests.error_code_of($$ select public.create_payroll_run('2026-11-01', '2026-11-30') $$), 'no_organization',
  'a stranger who names an organization in the header prepares no run in it');

select tests.as_anon();
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Acme') <> -1 $$,
  'a caller who has not signed in may read no table of an organization');
select is(
  tests.error_code_of($$ select * from public.organizations $$), '42501',
  'a caller who has not signed in may not read the organizations');
select is_empty(
  $$
    select function.oid::regprocedure
    from pg_proc as function
    where function.pronamespace = 'public'::regnamespace
      and has_function_privilege(current_user, function.oid, 'execute')
  $$,
  'a caller who has not signed in may call no function');

-- A token of another issuer may carry anything as its subject.
select tests.reset();
set local role authenticated;
select is(
  tests.error_code_of($$ select public.create_organization('Of nobody') $$), 'not_signed_in',
  format('a token with %s signs in no account', what))
from (values
  ('{"role": "authenticated"}', 'no subject'),
  ('{"role": "authenticated", "sub": ""}', 'an empty subject'),
  ('{"role": "authenticated", "sub": "1 or 1=1"}', 'a subject that is no uuid'),
  ('{"role": "authenticated", "sub": "00000000-0000-0000-0000-000000000000"}', 'a subject that no account has'),
  ('', 'no claims at all')
) as tokens (claims, what)
cross join lateral set_config('request.jwt.claims', claims, true);

select set_config('request.jwt.claims', '{"role": "authenticated", "sub": "1 or 1=1"}', true);
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Acme') <> 0 $$,
  'a token with an invalid subject reads no row');

select * from finish();
rollback;
