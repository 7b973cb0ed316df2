-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: add-index | breaking: no
-- transaction: yes
set lock_timeout = '2s';

drop index concurrently if exists public.notes_priority_idx;
create index concurrently notes_priority_idx on public.notes (priority);
