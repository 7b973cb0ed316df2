-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.labels | depends: none
-- class: add-table | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.labels (id bigint primary key);
alter table public.labels enable row level security;
revoke all on table public.labels from public, anon, authenticated;
