-- migration: preferences
-- One document for each person in each organization. It holds only what the person chose; everything else comes from
-- the defaults, which also say which keys exist and which values they take. Keys are dotted paths:
-- notifications.payroll.completed.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.limits, private.personal_data, private.personal_data_erasures,
--   private.preference_defaults, private.retention_rules, public.user_preferences
-- depends: 20261125000000, 20261125000100, 20261125000800, 20261125000900, 20261125001000, 20261125001200,
--   20261125010000, 20261125010150, 20261125010300, 20261125010500, 20261125020000, 20261125020100, 20261125020200,
--   20261125020250
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.preference_defaults (key, type, default_value, allowed_values, description) values
  ('appearance.theme', 'choice', '"system"', '["system", "light", "dark"]', 'The colours of the app.'),
  ('appearance.density', 'choice', '"comfortable"', '["comfortable", "compact"]', 'How much stands on a screen.'),
  ('lists.page_size', 'choice', '50', '[25, 50, 100, 200]', 'How many rows a list shows at once.'),
  ('locale.language', 'language', '"en"', null, 'The language of the app, as a tag such as de or pt-BR.'),
  ('locale.time_zone', 'time_zone', '"UTC"', null,
    'The time zone in which times are shown; by default the one of the organization.'),
  ('locale.date_format', 'choice', '"iso"', '["iso", "day_first", "month_first"]', 'How days are written.'),
  ('privacy.hide_amounts', 'boolean', 'false', null, 'Whether amounts stay hidden until the person asks for them.'),
  ('notifications.enabled', 'boolean', 'true', null, 'Whether the person gets notifications at all.');

create table public.user_preferences (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  user_id bigint not null,
  preferences jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_preferences_are_one_document_per_person unique (organization_id, user_id),
  constraint user_preferences_user_is_a_member_of_the_organization
    foreign key (organization_id, user_id) references public.users (organization_id, id),
  constraint user_preferences_are_an_object check (jsonb_typeof(preferences) = 'object'),
  constraint user_preferences_are_at_most_16_kilobytes check (octet_length(preferences::text) <= 16384)
);
comment on table public.user_preferences is
  'What a person chose in an organization; get_preferences() adds the defaults.';

create trigger user_preferences_touch_updated_at
  before update on public.user_preferences
  for each row execute function private.touch_updated_at();

create function private.user_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (private.membership()).id;
end;
$$;
comment on function private.user_id() is 'The caller''s membership in the organization the request acts in, or null.';
grant execute on function private.user_id() to authenticated;

alter table public.user_preferences enable row level security;
alter table public.user_preferences force row level security;
revoke all on table public.user_preferences from public, anon, authenticated, service_role;
revoke all on sequence public.user_preferences_id_seq from public, anon, authenticated, service_role;
grant select on table public.user_preferences to authenticated, service_role;

create policy "People can read their own preferences"
  on public.user_preferences for select to authenticated
  using (organization_id = (select private.organization_id()) and user_id = (select private.user_id()));

insert into private.error_codes (code, http_status, message, hint) values
  ('unknown_preference', 422, '%s is not a preference.',
    'Use a key of get_preferences(), such as notifications.payroll.completed, or one of your app below app.'),
  ('invalid_preference_value', 422, '%1$s is not a possible value of %2$s.', '%3$s.');

create function private.put_path(document jsonb, path text[], value jsonb)
returns jsonb
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  if cardinality(put_path.path) = 1 then
    return put_path.document || jsonb_build_object(put_path.path[1], put_path.value);
  end if;

  return put_path.document || jsonb_build_object(put_path.path[1],
    private.put_path(coalesce(put_path.document -> put_path.path[1], '{}'), put_path.path[2:], put_path.value));
end;
$$;
comment on function private.put_path(jsonb, text[], jsonb) is
  'The document with the value at the path; objects on the way are made.';

create function private.cut_path(document jsonb, path text[])
returns jsonb
language plpgsql immutable security invoker
set search_path = ''
as $$
declare v_inner jsonb := cut_path.document -> cut_path.path[1];
begin
  if cardinality(cut_path.path) = 1 or v_inner is null then
    return cut_path.document - cut_path.path[1];
  end if;

  v_inner := private.cut_path(v_inner, cut_path.path[2:]);

  -- An object that is left empty goes too, so that a reset document is the one of a new person.
  return case when v_inner = '{}' then cut_path.document - cut_path.path[1]
    else cut_path.document || jsonb_build_object(cut_path.path[1], v_inner) end;
end;
$$;
comment on function private.cut_path(jsonb, text[]) is 'The document without what stands at the path.';

create function private.preferences_of(user_id bigint)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_chosen jsonb;
  v_zone text;
  v_document jsonb := '{}'::jsonb;
  v_default private.preference_defaults;
begin
  select chosen.preferences, organization.time_zone into v_chosen, v_zone
  from public.users as member
  join public.organizations as organization on organization.id = member.organization_id
  left join public.user_preferences as chosen
    on chosen.organization_id = member.organization_id and chosen.user_id = member.id
  where member.id = preferences_of.user_id;

  for v_default in
    select preference.* from private.preference_defaults as preference order by preference.key
  loop
    v_document := private.put_path(v_document, string_to_array(v_default.key, '.'),
      coalesce(v_chosen #> string_to_array(v_default.key, '.'),
        -- Who chose no time zone reads times in the one of the organization.
        case when v_default.key = 'locale.time_zone' then to_jsonb(v_zone) end,
        v_default.default_value));
  end loop;

  -- What apps keep there has no defaults.
  return v_document || case when v_chosen ? 'app' then jsonb_build_object('app', v_chosen -> 'app') else '{}' end;
end;
$$;
comment on function private.preferences_of(bigint) is
  'Every preference of the person: what was chosen, else the default.';

create function private.get_preferences()
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return private.preferences_of((private.require_member('viewer')).id);
end;
$$;
comment on function private.get_preferences() is
  'All preferences of the caller, with the defaults where nothing was chosen.';
grant execute on function private.get_preferences() to authenticated;

create function public.get_preferences()
returns jsonb
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return private.get_preferences();
end;
$$;
comment on function public.get_preferences() is 'All preferences of the caller in the organization, defaults included.';
revoke all on function public.get_preferences() from public, anon, authenticated, service_role;
grant execute on function public.get_preferences() to authenticated;

create function private.is_app_preference(key text)
returns boolean
language sql immutable security invoker
set search_path = ''
as $$
  select coalesce(length(is_app_preference.key) <= 100
    and is_app_preference.key ~ '^app(\.[a-z][a-z0-9_]*){1,4}$', false);
$$;
comment on function private.is_app_preference(text) is
  'Whether the key is in the namespace app., in which apps keep what they like.';

create function private.require_preference_value(key text, value jsonb)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_default private.preference_defaults;
  v_problem text;
begin
  perform private.require_size('The value of a preference', require_preference_value.value, 8);

  -- First of all: a key must not reach any later check or message.
  if private.holds_secret_key(require_preference_value.value::text)
    or private.holds_secret_key(left(require_preference_value.key, 1000)) then
    perform private.refuse('secret_key_refused', 'The preference');
  end if;

  select preference.* into v_default
  from private.preference_defaults as preference
  where preference.key = require_preference_value.key;

  if not found then
    if not private.is_app_preference(require_preference_value.key) then
      perform private.refuse('unknown_preference', private.quotable(require_preference_value.key, 100));
    end if;

    if require_preference_value.value is null or pg_column_size(require_preference_value.value) > 2048 then
      perform private.refuse('invalid_preference_value', 'The value', require_preference_value.key,
        'It is any JSON of at most 2 kilobytes');
    end if;

    return;
  end if;

  v_problem := case v_default.type
    when 'boolean' then
      case when jsonb_typeof(require_preference_value.value) is distinct from 'boolean' then 'It is true or false' end
    when 'choice' then
      case when require_preference_value.value is null
        or jsonb_typeof(require_preference_value.value) in ('array', 'object', 'null')
        or not v_default.allowed_values @> require_preference_value.value
      then 'It is one of ' || (select string_agg(choice #>> '{}', ', ')
        from jsonb_array_elements(v_default.allowed_values) as choice) end
    when 'time_zone' then
      case when jsonb_typeof(require_preference_value.value) is distinct
        from 'string' or not private.is_time_zone(require_preference_value.value #>> '{}')
      then 'It is the name of a place from the IANA database, such as Europe/Berlin, or UTC' end
    else
      case when jsonb_typeof(require_preference_value.value) is distinct from 'string'
        or require_preference_value.value #>> '{}' !~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'
      then 'It is the tag of a language, such as de or pt-BR' end
  end;

  if v_problem is not null then
    perform private.refuse('invalid_preference_value', private.quotable(require_preference_value.value #>> '{}'),
      v_default.key, v_problem);
  end if;
end;
$$;
comment on function private.require_preference_value(text, jsonb) is
  'Refuses unknown keys and values that the key does not take.';

create function private.set_preference(key text, value jsonb)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('viewer');
  v_chosen jsonb;
begin
  perform private.count_use('preference_changes_per_person_and_hour', v_member);
  perform private.require_preference_value(set_preference.key, set_preference.value);

  if private.is_app_preference(set_preference.key) then
    -- The whole document has a limit; a key inside another value would silently replace it.
    select chosen.preferences into v_chosen
    from public.user_preferences as chosen
    where chosen.organization_id = v_member.organization_id
      and chosen.user_id = v_member.id;

    if octet_length(coalesce(v_chosen, '{}')::text) + octet_length(set_preference.value::text) > 16000 then
      perform private.refuse('invalid_preference_value', 'The value', set_preference.key,
        'All preferences of a person together have at most 16 kilobytes');
    end if;

    if exists (
      select from generate_series(1, cardinality(string_to_array(set_preference.key, '.')) - 1) as depth
      where jsonb_typeof(v_chosen #> (string_to_array(set_preference.key, '.'))[1:depth]) <> 'object'
    ) then
      perform private.refuse('invalid_preference_value', 'The value', set_preference.key,
        'A key above it holds a value already, so nothing can stand below that one');
    end if;
  end if;

  perform set_config('payd.preference_key', set_preference.key, true);

  insert into public.user_preferences as chosen (organization_id, user_id, preferences)
  values (v_member.organization_id, v_member.id,
    private.put_path('{}', string_to_array(set_preference.key, '.'), set_preference.value))
  on conflict on constraint user_preferences_are_one_document_per_person
  do update set preferences = private.put_path(chosen.preferences, string_to_array(set_preference.key, '.'),
    set_preference.value)
  where chosen.preferences #> string_to_array(set_preference.key, '.') is distinct from set_preference.value;

  return private.preferences_of(v_member.id);
end;
$$;
comment on function private.set_preference(text, jsonb) is
  'Stores one preference of the caller after checking key and value.';
grant execute on function private.set_preference(text, jsonb) to authenticated;

create function public.set_preference(key text, value jsonb)
returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  return private.set_preference(set_preference.key, set_preference.value);
end;
$$;
comment on function public.set_preference(text, jsonb) is
  'Sets one preference by its dotted path and answers all of them.';
revoke all on function public.set_preference(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.set_preference(text, jsonb) to authenticated;

create function private.reset_preference(key text)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member public.users := private.require_member('viewer');
begin
  -- A branch is reset with everything below it; no key means everything.
  if reset_preference.key is not null and not exists (
    select from private.preference_defaults as preference
    where preference.key = reset_preference.key
      or starts_with(preference.key, reset_preference.key || '.')
  ) and reset_preference.key <> 'app' and not private.is_app_preference(reset_preference.key) then
    perform private.refuse('unknown_preference', private.quotable(reset_preference.key, 100));
  end if;

  perform private.count_use('preference_changes_per_person_and_hour', v_member);
  perform set_config('payd.preference_key', coalesce(reset_preference.key, ''), true);

  update public.user_preferences as chosen
  set preferences = case when reset_preference.key is null then '{}'
    else private.cut_path(chosen.preferences, string_to_array(reset_preference.key, '.')) end
  where chosen.organization_id = v_member.organization_id
    and chosen.user_id = v_member.id
    and case when reset_preference.key is null then chosen.preferences <> '{}'
      else chosen.preferences #> string_to_array(reset_preference.key, '.') is not null end;

  return private.preferences_of(v_member.id);
end;
$$;
comment on function private.reset_preference(text) is
  'Takes a preference, a branch or all of them back to the defaults.';
grant execute on function private.reset_preference(text) to authenticated;

create function public.reset_preference(key text default null)
returns jsonb
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  return private.reset_preference(reset_preference.key);
end;
$$;
comment on function public.reset_preference(text) is
  'Takes one preference, a branch of them or all of them back to the defaults.';
revoke all on function public.reset_preference(text) from public, anon, authenticated, service_role;
grant execute on function public.reset_preference(text) to authenticated;

create function private.get_user_preference(user_id bigint, key text, default_value jsonb)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare v_member public.users := private.require_member('viewer');
begin
  perform private.require_size('The default', get_user_preference.default_value, 4);

  if coalesce(length(get_user_preference.key), 0) not between 1 and 100 then
    perform private.refuse('unknown_preference', private.quotable(left(get_user_preference.key, 100), 100));
  end if;

  if private.holds_secret_key(get_user_preference.key)
    or private.json_holds_secret_key(get_user_preference.default_value) then
    perform private.refuse('secret_key_refused', 'The preference');
  end if;

  if get_user_preference.user_id is distinct from v_member.id then
    perform private.refuse('member_not_found', coalesce(get_user_preference.user_id::text, 'without id'));
  end if;

  return coalesce(private.preferences_of(v_member.id) #> string_to_array(get_user_preference.key, '.'),
    get_user_preference.default_value);
end;
$$;
comment on function private.get_user_preference(bigint, text, jsonb) is
  'One preference of the caller: what was chosen, else the default of the key, else the given one.';
grant execute on function private.get_user_preference(bigint, text, jsonb) to authenticated;

create function public.get_user_preference(user_id bigint, key text, default_value jsonb default null)
returns jsonb
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return private.get_user_preference(
    get_user_preference.user_id, get_user_preference.key, get_user_preference.default_value);
end;
$$;
comment on function public.get_user_preference(bigint, text, jsonb) is
  'One preference by its dotted path: what was chosen, else the default of the key, else the given one. For the member '
  'whose id it is.';
revoke all on function public.get_user_preference(bigint, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.get_user_preference(bigint, text, jsonb) to authenticated;

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('preference_changes_per_person_and_hour', 1000, 'changes of preferences in an hour',
    'Wait until the next hour.');

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.user_preferences', 'keep', null, null, 'Indefinite: one document for each person.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.user_preferences', 'member', 'user_id', '{}', 'What the person chose.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (70, 'public.user_preferences', 'member', 'user_id',
    'delete from public.user_preferences where organization_id = $1 and user_id = $2::bigint');
