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
select is(tests.error_code_of($$ select public.create_payroll_run('2026-11-01', '2026-11-30') $$), 'no_organization', 'a stranger prepares no run');

select tests.authenticate_as('stan', 'Acme');
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Acme') <> 0 $$,
  'a stranger who names an organization reads nothing of it');
select is(tests.error_code_of($$ select public.create_payroll_run('2026-11-01', '2026-11-30') $$), 'no_organization', 'nor does the name let a stranger act');

select tests.as_anon();
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Acme') <> -1 $$,
  'without signing in no table may be read at all');
select is(tests.error_code_of($$ select * from public.organizations $$), '42501', 'nor the organizations');
select is_empty(
  $$
    select function.oid::regprocedure
    from pg_proc as function
    where function.pronamespace = 'public'::regnamespace
      and has_function_privilege(current_user, function.oid, 'execute')
  $$,
  'without signing in no function may be called');

-- A token of another issuer may carry anything as its subject.
select tests.reset();
set local role authenticated;
select is(
  tests.error_code_of($$ select public.create_organization('Of nobody') $$), 'not_signed_in', format('a token with %s is nobody''s', what))
from (values
  ('{"role": "authenticated"}', 'no subject'),
  ('{"role": "authenticated", "sub": ""}', 'an empty subject'),
  ('{"role": "authenticated", "sub": "1 or 1=1"}', 'a subject that is no uuid'),
  ('{"role": "authenticated", "sub": "00000000-0000-0000-0000-000000000000"}', 'the subject of nobody'),
  ('', 'no claims at all')
) as tokens (claims, what)
cross join lateral set_config('request.jwt.claims', claims, true);

select set_config('request.jwt.claims', '{"role": "authenticated", "sub": "1 or 1=1"}', true);
select is_empty(
  $$ select table_name from tests.tenant_tables() as table_name where tests.readable_rows(table_name, 'Acme') <> 0 $$,
  'such a token reads nothing');

select * from finish();
rollback;
