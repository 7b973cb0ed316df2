-- migration: notifications
-- What a person should know without looking for it. They are made from events, in the transaction of the event: members get those of their role that
-- they want, employees who sign in get those about their own payments, and nobody is told what they did themselves. Titles and texts
-- are data with the fields of the event filled in; they name no other person.
-- author: PayD | date: 2026-11-20
-- tables: private.error_codes, private.notification_templates, private.preference_defaults, public.events, public.notifications
-- depends: 20261120090000, 20261120090500, 20261120090600, 20261120091000, 20261120091200, 20261120100100, 20261120100900
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.notification_templates (
  event_type text not null,
  audience text not null,
  required_role text,
  preference_key text references private.preference_defaults (key),
  title text not null,
  message text not null,
  constraint notification_templates_are_one_per_event_and_audience primary key (event_type, audience),
  constraint notification_templates_audience_is_known check (audience in ('members', 'employee')),
  constraint notification_templates_for_members_name_role_and_preference
    check ((audience = 'members') = (required_role is not null) and (audience = 'members') = (preference_key is not null)),
  constraint notification_templates_required_role_is_known check (private.role_rank(coalesce(required_role, 'viewer')) is not null),
  constraint notification_templates_title_has_1_to_150_characters check (length(title) between 1 and 150),
  constraint notification_templates_message_is_a_sentence check (message ~ '\.$')
);
comment on table private.notification_templates is 'Which events become notifications, for whom, and in which words; {field} stands for a field of the event''s data.';
create index notification_templates_preference_key_idx on private.notification_templates (preference_key);
alter table private.notification_templates enable row level security;
alter table private.notification_templates force row level security;

insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.payroll.submitted', 'boolean', 'true', 'Runs that wait for approval.'),
  ('notifications.payroll.approved', 'boolean', 'true', 'Runs that were approved.'),
  ('notifications.payroll.rejected', 'boolean', 'true', 'Runs that were sent back.'),
  ('notifications.payroll.started', 'boolean', 'false', 'Runs that are being paid.'),
  ('notifications.payroll.completed', 'boolean', 'true', 'Runs that are paid.'),
  ('notifications.payroll.failed', 'boolean', 'true', 'Runs that were not completely paid.'),
  ('notifications.schedules.ran', 'boolean', 'true', 'Drafts that a schedule created.'),
  ('notifications.schedules.failed', 'boolean', 'true', 'Schedules that could not create their draft.'),
  ('notifications.schedules.skipped', 'boolean', 'true', 'Occurrences of schedules that were missed.'),
  ('notifications.wallets.frozen', 'boolean', 'true', 'Trustlines that an issuer froze.'),
  ('notifications.wallet_changes.requested', 'boolean', 'true', 'Payout addresses that are to change.'),
  ('notifications.wallet_changes.applied', 'boolean', 'true', 'Payout addresses that changed.'),
  ('notifications.wallet_changes.cancelled', 'boolean', 'true', 'Changes of payout addresses that were withdrawn.'),
  ('notifications.claimable_balances.claimed', 'boolean', 'false', 'Waiting payments that were claimed.'),
  ('notifications.claimable_balances.expired', 'boolean', 'true', 'Waiting payments that nobody claimed in time.');

insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('payroll.submitted', 'members', 'manager', 'notifications.payroll.submitted', 'Payroll run {batch_id} waits for approval',
    '{item_count} items, {total_amount} {asset_code} for {period_start} to {period_end}. Somebody other than the submitter must approve it.'),
  ('payroll.approved', 'members', 'manager', 'notifications.payroll.approved', 'Payroll run {batch_id} is approved',
    '{total_amount} {asset_code} for {period_start} to {period_end} can be paid now.'),
  ('payroll.rejected', 'members', 'manager', 'notifications.payroll.rejected', 'Payroll run {batch_id} was sent back',
    'The run for {period_start} to {period_end} is a draft again; its audit trail gives the reason.'),
  ('payroll.started', 'members', 'manager', 'notifications.payroll.started', 'Payroll run {batch_id} is being paid',
    '{item_count} items, {total_amount} {asset_code}.'),
  ('payroll.completed', 'members', 'manager', 'notifications.payroll.completed', 'Payroll run {batch_id} is paid',
    '{item_count} items, {total_amount} {asset_code} for {period_start} to {period_end}.'),
  ('payroll.failed', 'members', 'manager', 'notifications.payroll.failed', 'Payroll run {batch_id} is not completely paid',
    '{failure_reason} Mend the cause, then retry the run: only what was not paid is paid.'),
  ('payroll_schedule.ran', 'members', 'manager', 'notifications.schedules.ran', 'A draft was prepared by the schedule {name}',
    'It covers {period_start} to {period_end}. Check it and submit it for approval.'),
  ('payroll_schedule.failed', 'members', 'manager', 'notifications.schedules.failed', 'The schedule {name} could not create its draft',
    'The draft for {occurrence_on} is tried again by itself. Reason: {reason}.'),
  ('payroll_schedule.skipped', 'members', 'manager', 'notifications.schedules.skipped', 'The schedule {name} skipped {occurrence_on}',
    'The day was missed and the schedule does not make up for it. Create the run yourself if it is needed.'),
  ('wallet.frozen', 'members', 'manager', 'notifications.wallets.frozen', 'The issuer froze {asset_code} of a wallet',
    'The wallet {wallet_address} can neither send nor receive {asset_code} until the issuer allows it again.'),
  ('wallet_change.requested', 'members', 'manager', 'notifications.wallet_changes.requested', 'The payout address of employee {employee_id} is to change',
    'Ask the employee whether that is right. Wallet change {wallet_change_id} can be confirmed by another person or cancelled.'),
  ('wallet_change.applied', 'members', 'manager', 'notifications.wallet_changes.applied', 'The payout address of employee {employee_id} changed',
    'Wallet change {wallet_change_id} is in effect. Runs that were submitted before pay the address that was approved.'),
  ('wallet_change.cancelled', 'members', 'manager', 'notifications.wallet_changes.cancelled', 'A change of the payout address of employee {employee_id} was withdrawn',
    'Wallet change {wallet_change_id} will not take effect.'),
  ('claimable_balance.claimed', 'members', 'manager', 'notifications.claimable_balances.claimed', 'A waiting payment was claimed',
    '{claimant} claimed {amount} {asset_code}.'),
  ('claimable_balance.expired', 'members', 'manager', 'notifications.claimable_balances.expired', 'A waiting payment expired',
    '{claimant} did not claim {amount} {asset_code} in time; the sponsor can take it back.'),
  ('payment.completed', 'employee', null, null, 'You were paid {amount} {asset_code}',
    'It was sent to {destination} in transaction {tx_hash}.'),
  ('wallet_change.requested', 'employee', null, null, 'Your payout address is to change',
    'If you did not ask for it, tell your employer now: wallet change {wallet_change_id} can still be cancelled.'),
  ('wallet_change.applied', 'employee', null, null, 'Your payout address changed',
    'If you did not ask for it, tell your employer now, before the next payment.'),
  ('wallet_change.cancelled', 'employee', null, null, 'A change of your payout address was withdrawn',
    'Wallet change {wallet_change_id} will not take effect.'),
  ('claimable_balance.created', 'employee', null, null, 'A payment of {amount} {asset_code} waits for you',
    'Claim it with the wallet {claimant}.'),
  ('claimable_balance.expired', 'employee', null, null, 'A payment of {amount} {asset_code} can no longer be claimed',
    'It was not claimed in time. Ask your employer to pay it again.');

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
  constraint notifications_event_belongs_to_the_organization
    foreign key (organization_id, event_id) references public.events (organization_id, id),
  constraint notifications_are_one_per_event_and_person unique nulls not distinct (organization_id, event_id, user_id, employee_id),
  constraint notifications_are_for_a_member_or_an_employee check (num_nonnulls(user_id, employee_id) = 1),
  constraint notifications_type_has_1_to_50_characters check (length(type) between 1 and 50),
  constraint notifications_title_has_1_to_255_characters check (length(title) between 1 and 255),
  constraint notifications_read_ones_have_a_time check (is_read = (read_at is not null))
);
comment on table public.notifications is 'The inbox of every person, made from events.';
comment on column public.notifications.auth_user_id is 'The person who gets it, as a member (user_id) or as an employee (employee_id).';
comment on column public.notifications.type is 'The type of the event.';

create index idx_notifications_user_id on public.notifications (organization_id, auth_user_id, is_read);
create index idx_notifications_created_at on public.notifications (organization_id, auth_user_id, created_at desc, id desc);
create index notifications_organization_id_user_id_idx on public.notifications (organization_id, user_id);
create index notifications_organization_id_employee_id_idx on public.notifications (organization_id, employee_id);
create index notifications_created_at_brin on public.notifications using brin (created_at);

create trigger notifications_refuse_other_changes
  after update on public.notifications
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.refuse_other_changes('is_read', 'read_at');

alter table public.notifications enable row level security;
alter table public.notifications force row level security;
revoke all on table public.notifications from public, anon, authenticated, service_role;
revoke all on sequence public.notifications_id_seq from public, anon, authenticated, service_role;
grant select on table public.notifications to authenticated, service_role;

-- The policy below asks for the person as the person.
grant execute on function private.auth_user_id() to authenticated;

create policy "People can read their own notifications"
  on public.notifications for select to authenticated
  using (organization_id = (select private.readable_organization_id()) and auth_user_id = (select private.auth_user_id()));

insert into private.error_codes (code, http_status, message, hint) values
  ('notification_not_found', 404, 'There is no notification %s for you in this organization.', 'Check the id; notifications are kept for 30 days.');

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
    select placeholder.match[1] as name from regexp_matches(fill_template.template, '\{([a-z_]+)\}', 'g') as placeholder (match)
  loop
    -- Amounts lose the zeros that say nothing: 4200.5000000 is read as 4200.5.
    v_text := replace(v_text, '{' || v_field.name || '}', coalesce(
      regexp_replace(fill_template.data ->> v_field.name, '^([0-9]+)\.0{7}$|^([0-9]+\.[0-9]{0,6}?[1-9])0*$', '\1\2'), '?'));
  end loop;

  return v_text;
end;
$$;
comment on function private.fill_template(text, jsonb) is 'The text with the fields of the data in the places of {field}.';

create function private.create_notifications()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Imports and large runs write thousands of events that nobody is told of.
  if not exists (
    select from rows_after as event
    join private.notification_templates as template on template.event_type = event.type
  ) then
    return null;
  end if;

  insert into public.notifications (organization_id, auth_user_id, user_id, employee_id, event_id, type, title, message, resource_type, resource_id)
  select
    event.organization_id, recipient.auth_user_id, recipient.user_id, recipient.employee_id, event.id, event.type,
    left(private.fill_template(template.title, detail.data), 255), private.fill_template(template.message, detail.data),
    event.resource_type, event.resource_id
  from rows_after as event
  join private.notification_templates as template on template.event_type = event.type
  -- Both offsets keep the planner from moving conditions: a body is parsed once, and an employee is looked up by id alone, never among all
  -- employees of the organization, which the planner would prefer right after an import.
  cross join lateral (select event.body::jsonb -> 'data' as data offset 0) as detail
  cross join lateral (
    select member.auth_user_id, member.id as user_id, null::bigint as employee_id
    from public.users as member
    left join public.user_preferences as chosen on chosen.organization_id = member.organization_id and chosen.user_id = member.id
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
      where employee.id = case when detail.data ->> 'employee_id' ~ '^[0-9]{1,18}$' then (detail.data ->> 'employee_id')::bigint end
      offset 0
    ) as named
    where template.audience = 'employee'
      and named.organization_id = event.organization_id
      and named.deleted_at is null
  ) as recipient
  where recipient.auth_user_id is not null
  order by event.id, recipient.user_id, recipient.employee_id
  on conflict on constraint notifications_are_one_per_event_and_person do nothing;

  return null;
end;
$$;
comment on function private.create_notifications() is 'Statement trigger: puts events into the inboxes of those who want them.';

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
    perform private.refuse('notification_not_found', coalesce(mark_notification_read.notification_id::text, 'without id'));
  end if;

  return next v_notification;
end;
$$;
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
grant execute on function private.mark_all_notifications_read(bigint) to authenticated;

create function public.mark_all_notifications_read(up_to_id bigint default null)
returns integer
language sql volatile security invoker
set search_path = ''
as $$ select private.mark_all_notifications_read(up_to_id); $$;
comment on function public.mark_all_notifications_read(bigint) is 'Marks the caller''s notifications as read, up to the newest one that was seen; answers how many.';
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
grant execute on function private.count_unread_notifications() to authenticated;

create function public.count_unread_notifications()
returns integer
language sql stable security invoker
set search_path = ''
as $$ select private.count_unread_notifications(); $$;
comment on function public.count_unread_notifications() is 'How many of the caller''s notifications in the organization are unread.';
revoke all on function public.count_unread_notifications() from public, anon, authenticated, service_role;
grant execute on function public.count_unread_notifications() to authenticated;
