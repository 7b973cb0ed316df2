-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: breaking-change | breaking: numbers are larger
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes alter column priority type bigint;
