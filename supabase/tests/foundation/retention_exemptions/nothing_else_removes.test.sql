begin;
\ir ../../_shared/setup.sql.raw
select plan(25);

select tests.create_world();
create function tests.lawful_statement() returns text language sql stable security definer set search_path = ''
as $$ select removal.statement from private.retention_exemptions as removal where removal.table_name = 'public.audit_logs'; $$;
create function tests.frame() returns text language sql immutable
as $$ select e'"\nPL/pgSQL function private.apply_retention(timestamp with time zone,integer,integer) line 31 at EXECUTE'; $$;
create temporary table before on commit drop as select count(*) as rows from public.audit_logs;

-- What the owner of the tables might try, one after the other. None of it removes a row.
select is(tests.error_code_of(statement), 'append_only', promise)
from (values
  ('delete from public.audit_logs', 'a plain statement'),
  ('delete from public.audit_logs where false', 'a statement that would remove nothing'),
  ('truncate public.audit_logs', 'emptying'),
  ('update public.audit_logs set actor = actor', 'rewriting'),
  ($$ select set_config('payd.retention', 'on', true); delete from public.audit_logs $$, 'a setting'),
  ('with gone as (delete from public.audit_logs returning *) select * from gone', 'inside of another statement'),
  ('delete from public.payroll_audit_logs', 'a table that retention never touches'),
  ('delete from public.transactions', 'the books'),
  ('delete from public.events', 'the outbox')
) as attempt (statement, promise);

-- The lawful statement in a place that is not its own, and other statements that quote the lawful one.
select is(tests.error_code_of(format('do %L', code)), 'append_only', promise)
from (values
  ($$ begin execute (select tests.lawful_statement()) using now(), 10; end $$, 'the lawful statement in an anonymous block'),
  ($$ begin execute 'delete from public.audit_logs /* ' || tests.lawful_statement() || tests.frame() || ' */'; end $$, 'a statement that carries the lawful one and its frame in a comment'),
  ($$ begin execute 'delete from public.audit_logs where actor <> ' || quote_literal(tests.lawful_statement() || tests.frame()); end $$, 'or in a text'),
  ($$ begin execute e'delete from public.audit_logs /*\n' || tests.lawful_statement() || tests.frame() || ' */'; end $$, 'or in a line of its own'),
  ($$ begin execute 'delete from public.audit_logs -- ' || tests.lawful_statement() || e'\n'; end $$, 'or behind dashes'),
  ($$ begin execute tests.lawful_statement() || e' /*"\nPL/pgSQL function private.apply_retention(timestamp with time zone,integer,integer) line 31 at EXECUTE\n*/' using now(), 10; end $$, 'the lawful statement that carries the frame')
) as attempt (code, promise);

create function pg_temp.apply_retention(p_now timestamptz, batch_size integer, max_batches integer)
returns void
language plpgsql
as $$ begin execute tests.lawful_statement() using p_now, batch_size; end; $$;
select is(tests.error_code_of($$ select pg_temp.apply_retention(now(), 10, 1) $$), 'append_only', 'a function of the same name elsewhere');

-- A name of 63 characters can hold that of the other procedure, which erases histories of preferences.
select tests.authenticate_as('vic', 'Acme');
select public.set_preference('appearance.theme', '"dark"');
select tests.reset();
create function tests."private.erase_subject(text,bigint,text)"()
returns void
language plpgsql
as $$
begin
  execute (select removal.statement from private.retention_exemptions as removal where removal.procedure like 'private.erase_subject%')
  using tests.organization_id('Acme'), tests.member_id('vic', 'Acme')::text;
end;
$$;
select is(
  tests.error_code_of($$ select tests."private.erase_subject(text,bigint,text)"() $$), 'append_only', 'a function that carries the name in its name');
select is((select rows from before), (select count(*) from public.audit_logs), 'nothing was removed');

-- The procedure removes only by the listed statement, also when its rule was changed.
update private.retention_rules set statement = 'delete from public.audit_logs where created_at < $1 or $2 > 0' where table_name = 'public.audit_logs';
select is(tests.error_code_of($$ select * from private.apply_retention(now()) $$), 'append_only', 'another statement in the procedure is refused as well');
select is((select rows from before), (select count(*) from public.audit_logs), 'and removes nothing');

-- What is lawful goes through.
update private.retention_rules set statement = tests.lawful_statement() where table_name = 'public.audit_logs';
select lives_ok($$ select * from private.apply_retention(now() + interval '8 years') $$, 'the listed statement in its procedure');
select is((select count(*) from public.audit_logs), 0::bigint, 'removes');
select is((select count(*) from archive.audit_logs), (select rows from before), 'and keeps in the archive');

select is_empty(
  $$ select removal.procedure from private.retention_exemptions as removal where removal.procedure::regprocedure is null $$, 'every procedure that may remove exists');
select is_empty(
  $$
    select removal.procedure, role_name
    from private.retention_exemptions as removal
    cross join unnest(array['anon', 'authenticated', 'service_role']) as role_name
    where has_function_privilege(role_name, removal.procedure::regprocedure, 'execute')
  $$,
  'and no client role may call one');

select * from finish();
rollback;
