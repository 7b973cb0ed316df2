-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: private.log, private.log_rest | depends: 20260101000000
-- class: add-table | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.log (
  id bigint,
  day date
) partition by range (day);
create table private.log_rest partition of private.log default;

create index log_day_idx on only private.log (day);
