-- migration: the organization a request acts in
-- A request acts in one organization: the one named by the header x-organization-id (verified here), else the person's
-- default, else the first joined. Policies compare organization_id with these helpers in a sub-select, which runs once
-- per statement and keeps index order.
-- author: PayD | date: 2026-11-25
-- tables: public.organizations, public.users | depends: 20261125000000, 20261125000100, 20261125020000, 20261125020100
-- class: modify-rls, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- What PostgREST says about the request. A token of another issuer may carry any subject; it names nobody here.
create view private.current_request
with (security_invoker = true)
as
select
  substring(
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    from '^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$')::uuid as auth_user_id,
  nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-organization-id' as organization_id;
comment on view private.current_request is
  'The signed-in person and the organization that the request names, each or null.';

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
comment on view private.current_membership is
  'The caller''s membership in the organization the request acts in: one row or none.';

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
comment on function private.membership() is
  'The caller''s membership in the organization the request acts in, or null.';

create function private.organization_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (select member.organization_id from private.current_membership as member);
end;
$$;
comment on function private.organization_id() is
  'The organization the request acts in, or null for everybody who is no member.';

create function private.role_rank(role text)
returns integer
language plpgsql immutable security invoker
set search_path = ''
as $$
begin
  return case role_rank.role when 'viewer' then 1 when 'manager' then 2 when 'admin' then 3 end;
end;
$$;
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
comment on function private.organization_id_as(text) is
  'Like organization_id(), but null when the caller''s role is lower: fails closed.';

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
comment on function private.actor() is
  'Who acts, for the audit: user:<id>, auth:<uuid>, the service, or the database role.';

-- Policies call the first two as the person; the others run inside workers.
grant execute on function private.auth_user_id() to authenticated;
grant execute on function private.organization_id() to authenticated;
grant execute on function private.organization_id_as(text) to authenticated;

create policy "Members can read the members of their organization"
  on public.users for select to authenticated
  using (organization_id = (select private.organization_id()));

create policy "Members can read their organization"
  on public.organizations for select to authenticated
  using (id = (select private.organization_id()));
