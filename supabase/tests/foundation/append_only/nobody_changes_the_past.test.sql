begin;
\ir ../../_shared/setup.sql.raw
select plan(57);

select tests.create_world();
create temporary table trails as
  select name, (select count(*) from tests.furnished_tables() as furnished where furnished = name) = 1 as has_rows
  from unnest(array['audit_logs', 'payroll_audit_logs', 'transaction_audit_logs', 'events']) as name;
grant select on trails to public;
create function pg_temp.attempts(name text) returns table (verb text, statement text) language sql as $$
  values ('changed', format('update public.%I set organization_id = organization_id', name)),
    ('removed', format('delete from public.%I', name)),
    ('truncated', format('truncate public.%I cascade', name));
$$;
grant execute on function pg_temp.attempts(text) to public;

select is((select count(*) from trails where has_rows), 4::bigint, 'every trail has rows to defend');

select is(tests.error_code_of(attempt.statement), 'append_only', format('rows of %s are not %s by the owner', trails.name, attempt.verb))
from trails cross join lateral pg_temp.attempts(trails.name) as attempt;
select is(tests.error_code_of(attempt.statement || ' where false'), 'append_only', format('nor are none of the rows of %s %s: the attempt itself is refused', trails.name, attempt.verb))
from trails cross join lateral pg_temp.attempts(trails.name) as attempt where attempt.verb = 'changed';

select tests.as_service();
select is(tests.error_code_of(attempt.statement), '42501', format('rows of %s are not %s by the service', trails.name, attempt.verb))
from trails cross join lateral pg_temp.attempts(trails.name) as attempt;

select tests.authenticate_as('ada');
select is(tests.error_code_of(attempt.statement), '42501', format('rows of %s are not %s by an admin', trails.name, attempt.verb))
from trails cross join lateral pg_temp.attempts(trails.name) as attempt;

select tests.reset();
select is(tests.error_code_of(statement), 'append_only', format('%s', what))
from (values
  ('delete from public.transactions', 'no transaction is removed'),
  ('truncate public.transactions cascade', 'no transaction is truncated'),
  ('delete from public.transaction_operations', 'no operation is removed'),
  ('truncate public.transaction_operations cascade', 'no operation is truncated'),
  ('truncate public.payroll_items cascade', 'no item is truncated')
) as attempts (statement, what);

-- What was prepared, signed and sent stays as it was; the owner may only move its state.
select is(tests.error_code_of('update public.' || change), 'immutable_columns', format('nobody rewrites %s', what))
from (values
  ('transactions set amount = 1', 'what a transaction pays'),
  ('transactions set tx_hash = repeat(''0'', 64)', 'which transaction it is'),
  ('transactions set source_account = tests.address(20)', 'the account it is paid from'),
  ('transactions set sequence_number = ''7''', 'its place in the account'),
  ('transaction_operations set amount = 1', 'what an operation pays'),
  ('transaction_operations set destination = tests.address(20)', 'whom it pays'),
  ('payroll_runs set source_account = tests.address(20)', 'the account of a run')
) as attempts (change, what);

-- An organization or a run with a past cannot be removed either: it would leave the trail without its subject.
select is(tests.error_code_of('delete from public.organizations'), '23503', 'no organization is removed; it is marked as deleted');
select is(tests.error_code_of('delete from public.payroll_runs'), '23503', 'no run is removed');
select is(tests.error_code_of('delete from public.employees'), '23503', 'no employee is removed; an employee is marked as deleted');
select is(tests.error_code_of('delete from public.users'), '23503', 'no member who did something is removed; a member is marked as deleted');

select * from finish();
rollback;
