-- migration: members
-- A user is a person's membership in one organization, with one role. A person who leaves and comes back is the same
-- row again, so that a decision can never be made by one person as two. Credentials live in Supabase Auth; only a
-- membership that ended may forget its account.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.personal_data_erasures, private.retention_rules, public.users
-- depends: 20261125000000, 20261125000800, 20261125000900, 20261125010500, 20261125020000
-- class: add-table, modify-rls, data-migration | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.users (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  auth_user_id uuid references auth.users (id),
  email text not null,
  role text not null,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint users_id_is_unique_in_organization unique (organization_id, id),
  constraint users_members_have_an_account check (auth_user_id is not null or deleted_at is not null),
  constraint users_role_is_known check (role in ('admin', 'manager', 'viewer')),
  constraint users_email_is_lower_case check (email = lower(email)),
  constraint users_email_has_3_to_255_characters check (length(email) between 3 and 255)
);
comment on table public.users is 'A person''s membership in an organization, with one role.';

create index idx_users_org_id on public.users (organization_id);
create unique index users_email_key on public.users (organization_id, email) where deleted_at is null;
-- db-ignore unique-blocks-deleted: a person is one member of an organization for ever, and gets the same row again.
create unique index users_auth_user_id_organization_id_key on public.users (auth_user_id, organization_id);
-- In the order in which a request chooses among several memberships, so that nothing is sorted for it.
create index users_auth_user_id_is_default_id_idx on public.users (auth_user_id, is_default desc, id);
create unique index users_one_default_per_person_key
  on public.users (auth_user_id) where is_default and deleted_at is null;

create trigger users_touch_updated_at
  before update on public.users
  for each row execute function private.touch_updated_at();

alter table public.users enable row level security;
alter table public.users force row level security;
revoke all on table public.users from public, anon, authenticated, service_role;
revoke all on sequence public.users_id_seq from public, anon, authenticated, service_role;
grant select on table public.users to authenticated, service_role;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.users', 'keep', null, null,
    'Indefinite: rows are only marked as deleted; erase_member() takes the person out of them.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.users', 'member', 'id', '{}', 'The membership.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (50, 'public.users', 'member', 'id',
    'update public.users set email = ''erased-'' || id || ''@member.invalid'', auth_user_id = null, is_default = '
    'false where organization_id = $1 and id = $2::bigint');
