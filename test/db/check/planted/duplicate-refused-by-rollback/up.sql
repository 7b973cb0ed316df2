-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: private.numbers | depends: 20260101000000
-- class: breaking-change | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table private.numbers drop constraint numbers_code_is_unique;
