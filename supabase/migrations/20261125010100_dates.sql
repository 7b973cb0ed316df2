-- migration: days and instants
-- A day is one of this age: neither infinite nor before Christ nor a slip of the keyboard. Text becomes a day or an
-- instant only in the form of ISO 8601.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125000100
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.is_usable_date(value date)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$ select is_usable_date.value between date '1900-01-01' and date '2200-12-31'; $$;
comment on function private.is_usable_date(date) is
  'Whether the day is one of this age: neither infinite nor before Christ nor a slip of the keyboard.';

create function private.require_date(label text, value date)
returns date
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if not coalesce(private.is_usable_date(require_date.value), false) then
    perform private.refuse('invalid_date', require_date.label);
  end if;

  return require_date.value;
end;
$$;
comment on function private.require_date(text, date) is
  'The day; refuses none, an infinite one and one outside 1900 to 2200.';

create function private.parse_instant(value text)
returns timestamptz
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  -- Without a zone the same text would mean another instant on another server.
  if parse_instant.value
    ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$' then
    return parse_instant.value::timestamptz;
  end if;

  return null;
exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
  return null;
end;
$$;
comment on function private.parse_instant(text) is 'The instant that an ISO 8601 text with its zone names, or null.';

create function private.parse_date(value text)
returns date
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  if parse_date.value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
    return make_date(left(parse_date.value, 4)::integer, substr(parse_date.value, 6, 2)::integer,
      right(parse_date.value, 2)::integer);
  end if;

  return null;
exception when datetime_field_overflow then
  return null;
end;
$$;
comment on function private.parse_date(text) is 'The day that a text such as 2026-11-30 names, or null.';
