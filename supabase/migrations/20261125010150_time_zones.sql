-- migration: time zones
-- Only names of the IANA time zone database are time zones: they know when daylight saving begins and ends.
-- author: PayD | date: 2026-11-30
-- tables: private.error_codes | depends: 20261125000000, 20261125000100
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_time_zone', 422, '%s is not a time zone.',
    'Use the name of a place from the IANA database, such as Europe/Berlin, or UTC.');

create function private.is_time_zone(name text)
returns boolean
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  -- PostgreSQL also takes abbreviations and POSIX rules, which know nothing of daylight saving or turn its sign around.
  if is_time_zone.name is null or is_time_zone.name !~ '^(UTC|[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){1,2})$' then
    return false;
  end if;

  -- The list of names is read from hundreds of files. Only a name with digits could be a POSIX rule and must be looked
  -- up there.
  if is_time_zone.name ~ '[0-9]' then
    return exists (select from pg_catalog.pg_timezone_names as zone where zone.name = is_time_zone.name);
  end if;

  perform timestamp '2000-01-01' at time zone is_time_zone.name;
  return true;
exception when invalid_parameter_value then
  return false;
end;
$$;
comment on function private.is_time_zone(text) is 'Whether the text is the name of an IANA time zone.';
