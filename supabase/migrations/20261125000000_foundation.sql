-- migration: the foundation every later migration stands on
-- Schema private holds the workers, queues and helpers that no API exposes; schema public is the only exposed one.
-- Nothing is executable by everybody: each function says who may call it. Schema archive keeps rows that left the live
-- tables.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: none
-- class: modify-rls, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create schema private;
comment on schema private is 'Workers, queues and helpers. Never exposed through the API.';
revoke all on schema private from public;
grant usage on schema private to authenticator, anon, authenticated, service_role;

-- The global form is needed: a per-schema one cannot take away the right that PostgreSQL gives PUBLIC by default.
alter default privileges revoke execute on functions from public;

create schema archive;
comment on schema archive is 'Rows that left the live tables but must be kept. Never exposed through the API.';
revoke all on schema archive from public;
