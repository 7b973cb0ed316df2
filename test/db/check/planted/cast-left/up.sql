-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.mood_number(mood private.mood)
returns integer
language sql immutable
set search_path = ''
as $$ select 1; $$;
create cast (private.mood as integer) with function private.mood_number(private.mood);
comment on table public.notes is 'Notes.';
