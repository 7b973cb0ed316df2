-- migration: registry of notifications
-- Which events become notifications, for whom and in which words. Each concept declares the notifications of its own
-- events; the words name no other person.
-- author: PayD | date: 2026-11-25
-- tables: private.notification_templates | depends: 20261125000000, 20261125001000
-- class: add-table | breaking: no
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
  not_for jsonb,
  constraint notification_templates_are_one_per_event_and_audience primary key (event_type, audience),
  constraint notification_templates_audience_is_known check (audience in ('members', 'employee')),
  constraint notification_templates_for_members_name_role_and_preference
    check ((audience = 'members') = (required_role is not null)
      and (audience = 'members') = (preference_key is not null)),
  constraint notification_templates_required_role_is_known check (required_role in ('viewer', 'manager', 'admin')),
  constraint notification_templates_title_has_1_to_150_characters check (length(title) between 1 and 150),
  constraint notification_templates_message_is_a_sentence check (message ~ '\.$')
);
comment on table private.notification_templates is
  'Which events become notifications, for whom, and in which words; {field} stands for a field of the event''s data.';
comment on column private.notification_templates.not_for is
  'Events whose data contain this make no such notification.';
create index notification_templates_preference_key_idx on private.notification_templates (preference_key);
alter table private.notification_templates enable row level security;
alter table private.notification_templates force row level security;
