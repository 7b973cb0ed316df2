-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.notes | depends: 20260101000000
-- class: add-index | breaking: no
-- transaction: no
set lock_timeout = '2s';
set statement_timeout = '10min';

-- An index of this name may be there, invalid.

create index concurrently notes_memo_idx on public.notes (memo);
