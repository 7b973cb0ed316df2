begin;
\ir ../../_shared/setup.sql.raw
select plan(57);

select tests.create_world();
-- A table cannot be emptied while a change of its rows is still to be counted.
set constraints all immediate;
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

select is(
  (select count(*) from trails where has_rows), 4::bigint,
  'every append-only table has rows that an attempt could change');

select is(
  tests.error_code_of(attempt.statement), 'append_only',
  format('rows of %s cannot be %s by the owner', trails.name, attempt.verb))
from trails cross join lateral pg_temp.attempts(trails.name) as attempt;
select is(
  tests.error_code_of(attempt.statement || ' where false'), 'append_only',
  format('an update of %s that matches no row is refused', trails.name))
from trails cross join lateral pg_temp.attempts(trails.name) as attempt where attempt.verb = 'changed';

select tests.as_service();
select is(
  tests.error_code_of(attempt.statement), '42501',
  format('rows of %s cannot be %s by the service', trails.name, attempt.verb))
from trails cross join lateral pg_temp.attempts(trails.name) as attempt;

select tests.authenticate_as('ada');
select is(
  tests.error_code_of(attempt.statement), '42501',
  format('rows of %s cannot be %s by an admin', trails.name, attempt.verb))
from trails cross join lateral pg_temp.attempts(trails.name) as attempt;

select tests.reset();
select is(tests.error_code_of(statement), 'append_only', format('%s', what))
from (values
  ('delete from public.transactions', 'the owner cannot delete a transaction'),
  ('truncate public.transactions cascade', 'the owner cannot truncate the transactions'),
  ('delete from public.transaction_operations', 'the owner cannot delete an operation of a transaction'),
  ('truncate public.transaction_operations cascade', 'the owner cannot truncate the operations of transactions'),
  ('truncate public.payroll_items cascade', 'the owner cannot truncate the payroll items')
) as attempts (statement, what);

-- What was prepared, signed and sent is immutable; the owner may only move its state.
select is(
  tests.error_code_of('update public.' || change), 'immutable_columns', format('the owner cannot rewrite %s', what))
from (values
  ('transactions set amount = 1', 'the amount of a transaction'),
  ('transactions set tx_hash = repeat(''0'', 64)', 'the hash of a transaction'),
  ('transactions set source_account = tests.address(20)', 'the account a transaction is paid from'),
  ('transactions set sequence_number = ''7''', 'the sequence number of a transaction'),
  ('transaction_operations set amount = 1', 'the amount of an operation'),
  ('transaction_operations set destination = tests.address(20)', 'the destination of an operation'),
  ('payroll_runs set source_account = tests.address(20)', 'the source account of a run')
) as attempts (change, what);

-- An organization or a run with a past cannot be deleted, because its trail would lose its subject.
select is(
  tests.error_code_of('delete from public.organizations'), '23503',
  'an organization cannot be deleted; it is marked as deleted');
select is(tests.error_code_of('delete from public.payroll_runs'), '23503', 'a payroll run cannot be deleted');
select is(
  tests.error_code_of('delete from public.employees'), '23503',
  'an employee cannot be deleted; the record is marked as deleted');
select is(
  tests.error_code_of('delete from public.users'), '23503',
  'a member who did something cannot be deleted; the membership is marked as deleted');

select * from finish();
rollback;
