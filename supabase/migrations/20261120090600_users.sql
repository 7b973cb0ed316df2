-- migration: users and the organization a request acts in
-- A user is a person's membership in one organization, with one role. Whoever leaves and comes back is the same row again, so that a decision
-- can never be made by one person as two. Credentials live in Supabase Auth. A request acts in one
-- organization: the one named by the header x-organization-id (verified here), else the person's default, else the first joined.
-- Policies compare organization_id with these helpers in a sub-select, which runs once per statement and keeps index order.
-- author: PayD | date: 2026-11-20
-- tables: public.organizations, public.users | depends: 20261120090000, 20261120090500
-- class: add-table, modify-rls, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.users (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  auth_user_id uuid not null references auth.users (id),
  email text not null,
  role text not null,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint users_id_is_unique_in_organization unique (organization_id, id),
  constraint users_role_is_known check (role in ('admin', 'manager', 'viewer')),
  constraint users_email_is_lower_case check (email = lower(email)),
  constraint users_email_has_3_to_255_characters check (length(email) between 3 and 255)
);
comment on table public.users is 'A person''s membership in an organization, with one role.';

create index idx_users_org_id on public.users (organization_id);
create unique index users_email_key on public.users (organization_id, email) where deleted_at is null;
-- db-ignore unique-blocks-deleted: a person is one member of an organization for ever, and whoever comes back gets the same row.
create unique index users_auth_user_id_organization_id_key on public.users (auth_user_id, organization_id);
-- In the order in which a request chooses among several memberships, so that nothing is sorted for it.
create index users_auth_user_id_is_default_id_idx on public.users (auth_user_id, is_default desc, id);
create unique index users_one_default_per_person_key on public.users (auth_user_id) where is_default and deleted_at is null;

create trigger users_touch_updated_at
  before update on public.users
  for each row execute function private.touch_updated_at();

-- What PostgREST says about the request. A token of another issuer may carry any subject; it names nobody here.
create view private.current_request
with (security_invoker = true)
as
select
  substring(
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    from '^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$')::uuid as auth_user_id,
  nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-organization-id' as organization_id;
comment on view private.current_request is 'The signed-in person and the organization that the request names, each or null.';

create function private.auth_user_id()
returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (select request.auth_user_id from private.current_request as request);
end;
$$;
comment on function private.auth_user_id() is 'The signed-in person, or null.';

-- The one definition of who acts where. Every helper below reads it, so that each costs a single lookup.
create view private.current_membership
with (security_invoker = true)
as
select member.*
from private.current_request as request
join public.users as member on member.auth_user_id = request.auth_user_id
where member.deleted_at is null
  and coalesce(member.organization_id::text = request.organization_id, true)
order by member.auth_user_id, member.is_default desc, member.id
limit 1;
comment on view private.current_membership is 'The caller''s membership in the organization the request acts in: one row or none.';

create function private.membership()
returns public.users
language plpgsql stable security definer
set search_path = ''
as $$
declare v_member public.users;
begin
  select * into v_member from private.current_membership;
  return v_member;
end;
$$;
comment on function private.membership() is 'The caller''s membership in the organization the request acts in, or null.';

create function private.organization_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (select member.organization_id from private.current_membership as member);
end;
$$;
comment on function private.organization_id() is 'The organization the request acts in, or null for everybody who is no member.';

create function private.role_rank(role text)
returns integer
language sql immutable security invoker
set search_path = ''
as $$ select case role_rank.role when 'viewer' then 1 when 'manager' then 2 when 'admin' then 3 end; $$;
comment on function private.role_rank(text) is 'viewer < manager < admin.';

create function private.organization_id_as(required_role text)
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select member.organization_id
    from private.current_membership as member
    where private.role_rank(member.role) >= private.role_rank(organization_id_as.required_role));
end;
$$;
comment on function private.organization_id_as(text) is 'Like organization_id(), but null when the caller''s role is lower: fails closed.';

create function private.require_member(required_role text)
returns public.users
language plpgsql stable security definer
set search_path = ''
as $$
declare v_member public.users := private.membership();
begin
  if private.auth_user_id() is null then
    perform private.refuse('not_signed_in');
  end if;

  if v_member.id is null then
    perform private.refuse('no_organization');
  end if;

  if private.role_rank(v_member.role) < private.role_rank(require_member.required_role) then
    perform private.refuse('role_too_low', require_member.required_role);
  end if;

  return v_member;
end;
$$;
comment on function private.require_member(text) is 'The caller''s membership; refuses strangers and lower roles.';

create function private.actor()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_member public.users := private.membership();
begin
  return case
    when v_member.id is not null then 'user:' || v_member.id
    when private.auth_user_id() is not null then 'auth:' || private.auth_user_id()
    when coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role', '') <> '' then
      nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    else session_user::text
  end;
end;
$$;
comment on function private.actor() is 'Who acts, for the audit: user:<id>, auth:<uuid>, the service, or the database role.';

-- Policies call the first two as the person; the others run inside workers.
grant execute on function private.organization_id() to authenticated;
grant execute on function private.organization_id_as(text) to authenticated;

alter table public.users enable row level security;
alter table public.users force row level security;
revoke all on table public.users from public, anon, authenticated, service_role;
revoke all on sequence public.users_id_seq from public, anon, authenticated, service_role;
grant select on table public.users to authenticated, service_role;

create policy "Members can read the members of their organization"
  on public.users for select to authenticated
  using (organization_id = (select private.organization_id()));

create policy "Members can read their organization"
  on public.organizations for select to authenticated
  using (id = (select private.organization_id()));
