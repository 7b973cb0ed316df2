-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: add-column | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

lock table public.notes in share mode;
alter table public.notes add column hint text;
