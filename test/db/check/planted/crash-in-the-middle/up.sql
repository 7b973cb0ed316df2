-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: add-index | breaking: no
-- transaction: yes
set lock_timeout = '2s';

alter table public.notes add column memo text;
create index concurrently notes_memo_idx on public.notes (memo);
alter table public.notes add column hint text;
