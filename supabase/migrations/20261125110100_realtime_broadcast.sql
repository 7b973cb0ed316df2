-- migration: Realtime broadcast
-- On Supabase every event and every new notification also rings at the apps that listen. The message is a hint that
-- something is new, the row is the truth: it carries ids and types, never amounts or names. Members may listen to
-- their organization, and everybody to the own inbox. Where Realtime does not exist, nothing happens.
-- author: PayD | date: 2026-11-25
-- tables: public.events, public.notifications
-- depends: 20261125000000, 20261125020100, 20261125020200, 20261125030000, 20261125110000
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.realtime_exists()
returns boolean
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null;
end;
$$;
comment on function private.realtime_exists() is 'Whether this database has Supabase Realtime.';

create function private.broadcast(topic text, event text, payload jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Written without the name, so that a check of the functions passes where Realtime does not exist.
  if private.realtime_exists() then
    execute format('select %s($1, $2, $3, true)',
      to_regprocedure('realtime.send(jsonb,text,text,boolean)')::pg_catalog.regproc)
    using broadcast.payload, broadcast.event, broadcast.topic;
  end if;
end;
$$;
comment on function private.broadcast(text, text, jsonb) is
  'Sends a message to the private Realtime channel of that topic, if Realtime exists.';

create function private.may_listen(topic text)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare v_auth_user_id uuid := private.auth_user_id();
begin
  if may_listen.topic ~ '^organization:[0-9]{1,18}$' then
    return exists (
      select from public.users as member
      where member.auth_user_id = v_auth_user_id
        and member.organization_id = substr(may_listen.topic, 14)::bigint
        and member.deleted_at is null);
  end if;

  return coalesce(may_listen.topic = 'notifications:' || v_auth_user_id, false);
end;
$$;
comment on function private.may_listen(text) is
  'Whether the caller may listen to the topic organization:<id> or notifications:<auth user id>.';
grant execute on function private.may_listen(text) to authenticated;

create function private.broadcast_events()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if not private.realtime_exists() then
    return null;
  end if;

  -- One message for each organization and statement, however many events a run writes; a gap tells the app to read
  -- again.
  perform private.broadcast('organization:' || summary.organization_id, 'events', jsonb_build_object(
    'organization_id', summary.organization_id, 'first_sequence', summary.first_sequence, 'last_sequence',
    summary.last_sequence, 'events', summary.events))
  from (
    select event.organization_id, min(event.sequence) as first_sequence, max(event.sequence) as last_sequence,
      jsonb_agg(jsonb_build_object('id', event.event_id, 'sequence', event.sequence, 'type', event.type,
        'resource_type', event.resource_type,
        'resource_id', event.resource_id) order by event.sequence) filter (where event.position <= 20) as events
    from (
      select added.*, row_number() over (partition by added.organization_id order by added.sequence) as position
      from rows_after as added
    ) as event
    group by event.organization_id
  ) as summary;

  return null;
end;
$$;
comment on function private.broadcast_events() is
  'Statement trigger: tells the apps of each organization which events are new.';

create trigger events_broadcast
  after insert on public.events
  referencing new table as rows_after
  for each statement execute function private.broadcast_events();

create function private.broadcast_notifications()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if not private.realtime_exists() then
    return null;
  end if;

  perform private.broadcast('notifications:' || summary.auth_user_id, 'notifications', jsonb_build_object(
    'organization_id', summary.organization_id, 'newest_id', summary.newest_id, 'count', summary.count))
  from (
    select added.auth_user_id, added.organization_id, max(added.id) as newest_id, count(*) as count
    from rows_after as added
    group by added.auth_user_id, added.organization_id
  ) as summary;

  return null;
end;
$$;
comment on function private.broadcast_notifications() is
  'Statement trigger: tells the apps of each person that the inbox has something new.';

create trigger notifications_broadcast
  after insert on public.notifications
  referencing new table as rows_after
  for each statement execute function private.broadcast_notifications();

-- db-ignore hidden-ddl: only a project with Supabase Realtime has the table this policy is for.
do $policies$
begin
  if to_regclass('realtime.messages') is not null and to_regprocedure('realtime.topic()') is not null then
    execute $policy$
      create policy "People can listen to their organization and their inbox"
        on realtime.messages for select to authenticated
        using (private.may_listen((select realtime.topic())))
    $policy$;
  end if;
exception when insufficient_privilege then
  -- Without the policy private channels refuse everybody; the migration itself must not depend on it.
  raise warning 'The policy for Realtime could not be created: %', sqlerrm;
end;
$policies$;
