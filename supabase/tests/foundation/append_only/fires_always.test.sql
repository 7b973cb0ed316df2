begin;
\ir ../../_shared/setup.sql.raw
select plan(5);

select is_empty(
  $$
    select guard.tgrelid::regclass, guard.tgname
    from pg_catalog.pg_trigger as guard
    where guard.tgfoid in ('private.refuse_change()'::regprocedure, 'private.keep_immutable_columns()'::regprocedure,
        'private.refuse_other_changes()'::regprocedure)
      and guard.tgparentid = 0
      and guard.tgenabled <> 'A'
      and guard.tgrelid::regclass::text !~ 'user_preferences_history_'
  $$,
  'every trigger that keeps the past fires also in a session that plays a replica');

-- A function whose name contains the procedure that may remove rows, in the words of a stack.
select is(private.removal_is_exempt(removal.table_name, e'trigger\nSQL statement "' || removal.statement || e'"\n' || frame), expected, what)
from private.retention_exemptions as removal
cross join (values
  ('PL/pgSQL function private.apply_retention(timestamp with time zone,integer,integer) line 33 at EXECUTE', true,
    'the procedure of a retention exemption removes rows'),
  ('PL/pgSQL function public."x private.apply_retention(timestamp with time zone,integer,integer) y"() line 3 at EXECUTE', false,
    'a function whose name contains the procedure removes nothing'),
  ('PL/pgSQL function "x private.apply_retention(timestamp with time zone,integer,integer) y"() line 3 at EXECUTE', false,
    'a function in the search path whose name contains the procedure removes nothing'),
  ('PL/pgSQL-Funktion private.apply_retention(timestamp with time zone,integer,integer) Zeile 33 bei EXECUTE', true,
    'the procedure is known in whatever language the server speaks')
) as frames (frame, expected, what)
where removal.table_name = 'public.audit_logs';

select * from finish();
rollback;
