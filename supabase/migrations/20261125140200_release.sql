-- migration: the release
-- What a client and a worker ask before anything else: which release this database has, the oldest SDK that it still
-- serves, and the newest change that a client had to follow. Each release replaces the answer in a migration.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: none
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create type public.payd_release as (
  release text,
  oldest_sdk text,
  newest_breaking text
);
comment on type public.payd_release is
  'A release of PayD, the oldest SDK that it serves, and its newest breaking change.';

create function public.payd_version()
returns public.payd_release
language sql immutable security invoker
set search_path = ''
as $$ select row('0.1.0', '0.1.0', '0.1.0')::public.payd_release; $$;
comment on function public.payd_version() is 'The release of PayD in this database; a client that is older says so.';
revoke all on function public.payd_version() from public, anon, authenticated, service_role;
grant execute on function public.payd_version() to authenticated, service_role;
