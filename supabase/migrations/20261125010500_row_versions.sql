-- migration: versions of rows that people edit
-- A row that people edit counts its changes, and a command names the version that its author saw, so that no edit
-- silently overwrites one that was not seen.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125000100
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- A backfill fills a new column of every row in batches (npm run db -- backfill). Filling is no edit, so no time, no
-- version, no line of a trail and no event tells of it. Only the owner of the schema can say that this is a backfill:
-- a setting can be made in every session, and people and workers never sign in as the owner.
create function private.is_backfill()
returns boolean
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  -- Every change of a row asks, and hardly any is a backfill.
  if coalesce(current_setting('payd.backfill', true), '') = '' then
    return false;
  end if;

  return exists (
    select from pg_catalog.pg_namespace as schema
    where schema.nspname = 'private'
      and schema.nspowner = (select role.oid from pg_catalog.pg_roles as role where role.rolname = session_user));
end;
$$;
comment on function private.is_backfill() is
  'Whether the owner of the schema fills a column in this session, which is no edit.';

create function private.touch_updated_at()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  if not private.is_backfill() then
    new.updated_at := now();
  end if;

  return new;
end;
$$;
comment on function private.touch_updated_at() is 'Keeps updated_at the time of the last change.';

create function private.touch_version()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  if not private.is_backfill() then
    new.updated_at := now();
    new.version := old.version + 1;
  end if;

  return new;
end;
$$;
comment on function private.touch_version() is
  'Counts changes of a row that people edit, so that a person does not overwrite what they have not seen.';

create function private.require_version(found_version integer, expected_version integer)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if require_version.expected_version is distinct from require_version.found_version then
    perform private.refuse('version_outdated', coalesce(require_version.found_version::text, 'none'),
      coalesce(require_version.expected_version::text, 'none'));
  end if;
end;
$$;
comment on function private.require_version(integer, integer) is
  'Refuses a change of something the caller has not seen as it is now.';
