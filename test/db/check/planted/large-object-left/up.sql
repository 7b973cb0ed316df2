-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: none | depends: 20260101000000
-- class: data-migration | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

select lo_create(4711);
