begin;
\ir ../../_shared/setup.sql.raw
select plan(14);

select tests.create_organization_with('Acme', '{ada}', '{max}');
select tests.create_employee('Acme', 'emma', '1000');
select tests.create_user('founder');
select tests.create_user('guest2');
select private.configure_limit(name, 2) from private.limits;
create temporary table treasuries as
with own as (
  insert into public.wallets (organization_id, wallet_address, wallet_type, trustline_state)
  select tests.organization_id('Acme'), tests.address(20 + place), 'treasury', 'not_needed'
  from generate_series(1, 3) as place
  returning id
)
select id, row_number() over () as place from own;
grant select on treasuries to public;
select is(
  (select count(*) from private.limits where hint ~ '%' or what ~ '%'), 0::bigint,
  'the words of a limit hold no place that a message would fill');

create function pg_temp.tries(statement text, count integer) returns text language plpgsql as $$
declare v_code text;
begin
  for number in 1..count loop
    v_code := tests.error_code_of(format(statement, number));
  end loop;
  return v_code;
end;
$$;
grant execute on function pg_temp.tries(text, integer) to public;

select tests.authenticate_as('founder');
select is(pg_temp.tries($$ select public.create_organization('Company %s') $$, 2), 'no error',
  'a person may found as many organizations as the limit says');
select is(pg_temp.tries($$ select public.create_organization('Company %s') $$, 1), 'limit_reached',
  'a person cannot found more organizations than the limit says');
select tests.authenticate_as('ada');
select is(pg_temp.tries($$ select public.invite_member('guest%s@example.com', 'viewer') $$, 3), 'limit_reached',
  'an organization cannot have more open invitations than the limit says');
select is(pg_temp.tries($$ select public.invite_member('guest2@example.com', 'viewer') $$, 1), 'no error',
  'an invitation that replaces an open one is no further one');
select is(pg_temp.tries($$ select public.set_approval_threshold('XLM', '', '%s', 2) $$, 3), 'limit_reached',
  'an organization cannot have more thresholds than the limit says');
select is(
  pg_temp.tries($$ select public.set_balance_threshold((select id from treasuries where place = %s), '5') $$, 3),
  'limit_reached', 'an organization cannot have more balance thresholds than the limit says');
select is(pg_temp.tries($$ select public.create_payroll_run('2027-01-0%s', '2027-01-31') $$, 3), 'limit_reached',
  'an organization cannot have more drafts than the limit says');
select is(
  pg_temp.tries($$ select public.create_employee('{"first_name": "E", "last_name": "L", "email": "e%s@example.com"}') $$,
    1),
  'no error', 'a manager may add as many employees as the limit says');
select is(
  pg_temp.tries($$ select public.create_employee('{"first_name": "E", "last_name": "L", "email": "f%s@example.com"}') $$,
    1),
  'limit_reached', 'a manager cannot add more employees than the limit says');
select is(
  pg_temp.tries($$ select public.import_employees('[{"first_name": "E", "last_name": "L", "email": "g%s@example.com"}]')
    $$, 1),
  'limit_reached', 'an import cannot add more employees than the limit says');
select is(
  pg_temp.tries($$ select public.import_employees('[{"first_name": "F", "last_name": "L", "email": "e%s@example.com"}]')
    $$, 1),
  'no error', 'an import that adds no person is possible at the limit');
create temporary table invited as select token from public.invite_member('guest2@example.com', 'viewer');
grant select on invited to public;
select tests.authenticate_as('guest2');
select is(tests.error_code_of($$ select public.accept_invitation((select token from invited)) $$), 'limit_reached',
  'an organization cannot have more members than the limit says');
select tests.authenticate_as('ada');
select matches(tests.error_of($$ select public.create_payroll_run('2027-01-04', '2027-01-31') $$),
  'At most 2 .* are possible, and they are there\.', 'the refusal says how many are possible');

select * from finish();
rollback;
