begin;
\ir ../../_shared/setup.sql.raw
select plan(25);

select tests.create_world();
create function tests.lawful_statement() returns text language sql stable security definer set search_path = ''
as $$
  select removal.statement from private.retention_exemptions as removal
  where removal.table_name = 'public.audit_logs'; $$;
create function tests.frame() returns text language sql immutable
as $$
  select e'"\nPL/pgSQL function private.apply_retention(timestamp with time zone,integer,integer) line 31 at EXECUTE';
  $$;
create temporary table before on commit drop as select count(*) as rows from public.audit_logs;

-- What is checked when a transaction ends is checked now, because a table with open checks cannot be truncated at all.
set constraints all immediate;

-- What the owner of the tables might try, one after the other. No attempt removes a row.
select is(tests.error_code_of(statement), 'append_only', promise)
from (values
  ('delete from public.audit_logs', 'a plain delete of audit rows is refused'),
  ('delete from public.audit_logs where false', 'a delete of audit rows that matches no row is refused'),
  ('truncate public.audit_logs', 'truncating the audit trail is refused'),
  ('update public.audit_logs set actor = actor', 'an update of audit rows is refused'),
  ($$ select set_config('payd.retention', 'on', true); delete from public.audit_logs $$,
    'a setting of the session does not open the audit trail'),
  ('with gone as (delete from public.audit_logs returning *) select * from gone',
    'a delete of audit rows inside another statement is refused'),
  ('delete from public.payroll_audit_logs', 'a delete in an audit table that has no retention exemption is refused'),
  ('delete from public.transactions', 'a delete of transactions is refused'),
  ('delete from public.events', 'a delete of events is refused')
) as attempt (statement, promise);

-- The exempt statement in a place that is not its own, and other statements that quote the exempt one.
select is(tests.error_code_of(format('do %L', code)), 'append_only', promise)
from (values
  ($$ begin execute (select tests.lawful_statement()) using now(), 10; end $$,
    'the exempt statement is refused in an anonymous block'),
  ($$ begin execute 'delete from public.audit_logs /* ' || tests.lawful_statement() || tests.frame() || ' */'; end $$,
    'a statement that carries the exempt one and its frame in a comment is refused'),
  (
    $$
      begin execute 'delete from public.audit_logs where actor <> '
        || quote_literal(tests.lawful_statement() || tests.frame()); end $$,
    'a statement that carries the exempt one and its frame in a text is refused'),
  (
    $$
      begin execute e'delete from public.audit_logs /*\n' || tests.lawful_statement() || tests.frame() || ' */'; end $$,
    'a statement that carries the exempt one on a line of its own is refused'),
  ($$ begin execute 'delete from public.audit_logs -- ' || tests.lawful_statement() || e'\n'; end $$,
    'a statement that carries the exempt one behind dashes is refused'),
  (
    $$
      begin execute tests.lawful_statement()
        || e' /*"\nPL/pgSQL function private.apply_retention(timestamp with time zone,integer,integer) line 31 at EXECUTE\n*/' using now(),
      10; end $$, 'the exempt statement is refused when it carries the frame itself')
) as attempt (code, promise);

create function pg_temp.apply_retention(p_now timestamptz, batch_size integer, max_batches integer)
returns void
language plpgsql
as $$ begin execute tests.lawful_statement() using p_now, batch_size; end; $$;
select is(
  tests.error_code_of($$ select pg_temp.apply_retention(now(), 10, 1) $$), 'append_only',
  'the exempt statement is refused in a function of the same name in another schema');

-- A function name of 63 characters can contain the name of the procedure that erases histories of preferences.
select tests.authenticate_as('vic', 'Acme');
select public.set_preference('appearance.theme', '"dark"');
select tests.reset();
create function tests."private.erase_subject(text,bigint,text)"()
returns void
language plpgsql
as $$
begin
  execute (
    select removal.statement from private.retention_exemptions as removal
    where removal.procedure like 'private.erase_subject%')
  using tests.organization_id('Acme'), tests.member_id('vic', 'Acme')::text;
end;
$$;
select is(
  tests.error_code_of($$ select tests."private.erase_subject(text,bigint,text)"() $$), 'append_only',
  'the exempt statement is refused in a function that has the name of the procedure inside its own name');
select is(
  (select rows from before), (select count(*) from public.audit_logs),
  'no audit row was removed by any of the attempts');

-- The procedure removes rows only by the listed statement, even after its rule was changed.
update private.retention_rules set statement = 'delete from public.audit_logs where created_at < $1 or $2 > 0'
where table_name = 'public.audit_logs';
select is(
  tests.error_code_of($$ select * from private.apply_retention(now()) $$), 'append_only',
  'a changed retention rule does not make the procedure run another statement');
select is(
  (select rows from before), (select count(*) from public.audit_logs),
  'no audit row was removed by the changed retention rule');

-- The exempt statement runs.
update private.retention_rules set statement = tests.lawful_statement() where table_name = 'public.audit_logs';
select lives_ok(
  $$ select * from private.apply_retention(now() + interval '8 years') $$,
  'the retention procedure runs the exempt statement');
select is(
  (select count(*) from public.audit_logs), 0::bigint,
  'the retention procedure removes the old rows from the audit trail');
select is(
  (select count(*) from archive.audit_logs), (select rows from before),
  'the archive holds every row that the retention procedure removed');

select is_empty(
  $$
    select removal.procedure from private.retention_exemptions as removal
    where removal.procedure::regprocedure is null $$, 'every procedure with a retention exemption exists');
select is_empty(
  $$
    select removal.procedure, role_name
    from private.retention_exemptions as removal
    cross join unnest(array['anon', 'authenticated', 'service_role']) as role_name
    where has_function_privilege(role_name, removal.procedure::regprocedure, 'execute')
  $$,
  'no client role may call a procedure that has a retention exemption');

select * from finish();
rollback;
