-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: data-migration | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes disable trigger user;
update public.notes set body = 'none' where body = 'empty';
alter table public.notes enable trigger user;
