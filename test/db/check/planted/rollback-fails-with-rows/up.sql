-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: private.labels | depends: 20260101000000
-- class: add-table | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.labels (id bigint generated always as identity primary key, name text not null);
