-- migration: notifications
-- What a person should know without looking for it. They are made from events, in the transaction of the event:
-- members get those of their role that they want, employees who sign in get those about their own payments, and a
-- person is not told what they did themselves. Titles and texts are data with the fields of the event filled in; they
-- name no other person.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.personal_data, private.personal_data_erasures, private.retention_rules,
--   public.events, public.notifications
-- depends: 20261125000000, 20261125000100, 20261125000700, 20261125000800, 20261125000900, 20261125001000,
--   20261125001100, 20261125020000, 20261125020100, 20261125020200, 20261125030000, 20261125040000, 20261125040100
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.notifications (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  auth_user_id uuid not null,
  user_id bigint,
  employee_id bigint,
  event_id bigint not null,
  type text not null,
  title text not null,
  message text not null,
  resource_type text not null,
  resource_id text not null,
  is_read boolean not null default false,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  constraint notifications_user_is_a_member_of_the_organization
    foreign key (organization_id, user_id) references public.users (organization_id, id),
  constraint notifications_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint notifications_are_one_per_event_and_person
    unique nulls not distinct (organization_id, event_id, user_id, employee_id),
  constraint notifications_are_for_a_member_or_an_employee check (num_nonnulls(user_id, employee_id) = 1),
  constraint notifications_type_has_1_to_50_characters check (length(type) between 1 and 50),
  constraint notifications_title_has_1_to_255_characters check (length(title) between 1 and 255),
  constraint notifications_read_ones_have_a_time check (is_read = (read_at is not null))
);
comment on table public.notifications is 'The inbox of every person, made from events.';
comment on column public.notifications.event_id is
  'The event; no key refers to it, because events are never removed and only their trigger writes here.';
comment on column public.notifications.auth_user_id is
  'The person who gets it, as a member (user_id) or as an employee (employee_id).';
comment on column public.notifications.type is 'The type of the event.';

create index idx_notifications_user_id on public.notifications (organization_id, auth_user_id, is_read);
create index idx_notifications_created_at
  on public.notifications (organization_id, auth_user_id, created_at desc, id desc);
create index notifications_organization_id_user_id_idx on public.notifications (organization_id, user_id);
create index notifications_organization_id_employee_id_idx on public.notifications (organization_id, employee_id);
create index notifications_created_at_brin on public.notifications using brin (created_at);

create trigger notifications_refuse_other_changes
  after update on public.notifications
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.refuse_other_changes('is_read', 'read_at');
alter table public.notifications enable always trigger notifications_refuse_other_changes;

alter table public.notifications enable row level security;
alter table public.notifications force row level security;
revoke all on table public.notifications from public, anon, authenticated, service_role;
revoke all on sequence public.notifications_id_seq from public, anon, authenticated, service_role;
grant select on table public.notifications to authenticated, service_role;

create policy "People can read their own notifications"
  on public.notifications for select to authenticated
  using (organization_id = (select private.readable_organization_id())
    and auth_user_id = (select private.auth_user_id()));

insert into private.error_codes (code, http_status, message, hint) values
  ('notification_not_found', 404,
    'There is no notification %s for you in this organization.',
    'Check the id; notifications are kept for 30 days.');

create function private.fill_template(template text, data jsonb)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_text text := fill_template.template;
  v_field record;
begin
  for v_field in
    select placeholder.match[1] as name
      from regexp_matches(fill_template.template, '\{([a-z_]+)\}', 'g') as placeholder (match)
  loop
    -- Amounts lose the zeros that say nothing: 4200.5000000 is read as 4200.5.
    v_text := replace(v_text, '{' || v_field.name || '}', coalesce(
      regexp_replace(fill_template.data ->> v_field.name, '^([0-9]+)\.0{7}$|^([0-9]+\.[0-9]{0,6}?[1-9])0*$', '\1\2'),
      '?'));
  end loop;

  return v_text;
end;
$$;
comment on function private.fill_template(text, jsonb) is
  'The text with the fields of the data in the places of {field}.';

create function private.create_notifications()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Imports and large runs write thousands of events that make no notification.
  if not exists (
    select from rows_after as event
    join private.notification_templates as template on template.event_type = event.type
  ) then
    return null;
  end if;

  insert into public.notifications
    (organization_id, auth_user_id, user_id, employee_id, event_id, type, title, message, resource_type, resource_id)
  select
    event.organization_id, recipient.auth_user_id, recipient.user_id, recipient.employee_id, event.id, event.type,
    left(private.fill_template(template.title, detail.data), 255), private.fill_template(template.message, detail.data),
    event.resource_type, event.resource_id
  from rows_after as event
  join private.notification_templates as template on template.event_type = event.type
  -- Both offsets keep the planner from moving conditions: a body is parsed once, and an employee is looked up by id
  -- alone, never among all employees of the organization, which the planner would prefer right after an import.
  cross join lateral (select event.body::jsonb -> 'data' as data offset 0) as detail
  cross join lateral (
    select member.auth_user_id, member.id as user_id, null::bigint as employee_id
    from public.users as member
    left join public.user_preferences as chosen on chosen.organization_id = member.organization_id
      and chosen.user_id = member.id
    join private.preference_defaults as switch on switch.key = template.preference_key
    join private.preference_defaults as main_switch on main_switch.key = 'notifications.enabled'
    where template.audience = 'members'
      and member.organization_id = event.organization_id
      and member.deleted_at is null
      and private.role_rank(member.role) >= private.role_rank(template.required_role)
      and coalesce(chosen.preferences #> string_to_array(switch.key, '.'), switch.default_value) = 'true'
      and coalesce(chosen.preferences #> string_to_array(main_switch.key, '.'), main_switch.default_value) = 'true'
      and member.auth_user_id is distinct from private.auth_user_id()
    union all
    select named.auth_user_id, null, named.id
    from (
      select employee.*
      from public.employees as employee
      where employee.id = case when detail.data ->> 'employee_id' ~ '^[0-9]{1,18}$'
        then (detail.data ->> 'employee_id')::bigint end
      offset 0
    ) as named
    where template.audience = 'employee'
      and named.organization_id = event.organization_id
      and named.deleted_at is null
  ) as recipient
  where recipient.auth_user_id is not null
    and not coalesce(detail.data @> template.not_for, false)
  order by event.id, recipient.user_id, recipient.employee_id
  on conflict on constraint notifications_are_one_per_event_and_person do nothing;

  return null;
end;
$$;
comment on function private.create_notifications() is
  'Statement trigger: puts events into the inboxes of those who want them.';

create trigger events_create_notifications
  after insert on public.events
  referencing new table as rows_after
  for each statement execute function private.create_notifications();

create function private.require_person()
returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
declare v_auth_user_id uuid := private.auth_user_id();
begin
  if v_auth_user_id is null then
    perform private.refuse('not_signed_in');
  end if;

  return v_auth_user_id;
end;
$$;
comment on function private.require_person() is 'The signed-in person; refuses everybody else.';

create function private.mark_notification_read(notification_id bigint)
returns setof public.notifications
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.require_person();
  v_notification public.notifications;
begin
  -- A repeat keeps the time of the first reading.
  update public.notifications as notification
  set is_read = true, read_at = coalesce(notification.read_at, now())
  where notification.id = mark_notification_read.notification_id
    and notification.organization_id = private.readable_organization_id()
    and notification.auth_user_id = v_auth_user_id
  returning notification.* into v_notification;

  if not found then
    perform private.refuse('notification_not_found',
      coalesce(mark_notification_read.notification_id::text, 'without id'));
  end if;

  return next v_notification;
end;
$$;
comment on function private.mark_notification_read(bigint) is
  'Marks one notification of the caller as read.';
grant execute on function private.mark_notification_read(bigint) to authenticated;

create function public.mark_notification_read(notification_id bigint)
returns setof public.notifications
language sql volatile security invoker
set search_path = ''
as $$ select * from private.mark_notification_read(notification_id); $$;
comment on function public.mark_notification_read(bigint) is 'Marks one of the caller''s notifications as read.';
revoke all on function public.mark_notification_read(bigint) from public, anon, authenticated, service_role;
grant execute on function public.mark_notification_read(bigint) to authenticated;

create function private.mark_all_notifications_read(up_to_id bigint)
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.require_person();
  v_marked integer;
begin
  update public.notifications as notification
  set is_read = true, read_at = now()
  where notification.organization_id = private.readable_organization_id()
    and notification.auth_user_id = v_auth_user_id
    and not notification.is_read
    and (mark_all_notifications_read.up_to_id is null or notification.id <= mark_all_notifications_read.up_to_id);

  get diagnostics v_marked = row_count;

  return v_marked;
end;
$$;
comment on function private.mark_all_notifications_read(bigint) is
  'Marks the notifications of the caller up to an id as read.';
grant execute on function private.mark_all_notifications_read(bigint) to authenticated;

create function public.mark_all_notifications_read(up_to_id bigint default null)
returns integer
language sql volatile security invoker
set search_path = ''
as $$ select private.mark_all_notifications_read(up_to_id); $$;
comment on function public.mark_all_notifications_read(bigint) is
  'Marks the caller''s notifications as read, up to the newest one that was seen; answers how many.';
revoke all on function public.mark_all_notifications_read(bigint) from public, anon, authenticated, service_role;
grant execute on function public.mark_all_notifications_read(bigint) to authenticated;

create function private.count_unread_notifications()
returns integer
language plpgsql stable security definer
set search_path = ''
as $$
declare v_auth_user_id uuid := private.require_person();
begin
  return (
    select count(*)
    from public.notifications as notification
    where notification.organization_id = private.readable_organization_id()
      and notification.auth_user_id = v_auth_user_id
      and not notification.is_read);
end;
$$;
comment on function private.count_unread_notifications() is
  'How many notifications of the caller are unread.';
grant execute on function private.count_unread_notifications() to authenticated;

create function public.count_unread_notifications()
returns integer
language sql stable security invoker
set search_path = ''
as $$ select private.count_unread_notifications(); $$;
comment on function public.count_unread_notifications() is
  'How many of the caller''s notifications in the organization are unread.';
revoke all on function public.count_unread_notifications() from public, anon, authenticated, service_role;
grant execute on function public.count_unread_notifications() to authenticated;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.notifications', 'delete', '30 days',
    'delete from public.notifications where ctid = any (array(select old.ctid from public.notifications as old where '
    'old.created_at < $1 limit $2))',
    'An inbox is about what is new.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.notifications', 'employee', 'employee_id', '{}', 'What the employee was told.'),
  ('public.notifications', 'member', 'user_id', '{}', 'What the member was told.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (30, 'public.notifications', 'employee', 'employee_id',
    'delete from public.notifications where organization_id = $1 and employee_id = $2::bigint'),
  (60, 'public.notifications', 'member', 'user_id',
    'delete from public.notifications where organization_id = $1 and user_id = $2::bigint');
