-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: add-constraint | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes drop constraint notes_body_is_short;
alter table public.notes add constraint notes_body_is_short check (length(body) <= 500);
