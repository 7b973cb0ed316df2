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

-- A policy is checked in every request, so each helper reads the claims and the headers once, as text.
create function private.auth_user_id()
returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
declare v_subject text := nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub';
begin
  -- A token of another issuer may carry any subject; only a uuid counts as a person. A regular expression would cost as
  -- much as the whole look-up of the membership.
  if v_subject like '________-____-____-____-____________'
    and v_subject not like '%-%-%-%-%-%'
    and rtrim(v_subject, '0123456789abcdefABCDEF-') = '' then
    return v_subject::uuid;
  end if;

  return null;
end;
$$;
comment on function private.auth_user_id() is 'The signed-in person, or null.';

create function private.requested_organization()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_headers text := current_setting('request.headers', true);
begin
  -- Few requests name an organization, and reading the headers as JSON costs more than looking for the name.
  if strpos(v_headers, 'x-organization-id') > 0 then
    return v_headers::json ->> 'x-organization-id';
  end if;

  return null;
end;
$$;
comment on function private.requested_organization() is 'What the header x-organization-id says, or null without one.';

-- Who acts where is looked up here, in membership() and in readable_organization_id(), each in one step, because a call
-- within a call costs more than the look-up; a test compares the three for every kind of caller.
create function private.organization_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_subject constant text := nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub';
  v_auth_user_id constant uuid := case
    when v_subject like '________-____-____-____-____________'
      and v_subject not like '%-%-%-%-%-%'
      and rtrim(v_subject, '0123456789abcdefABCDEF-') = '' then v_subject::uuid end;
  v_requested constant text := case
    when strpos(current_setting('request.headers', true), 'x-organization-id') > 0
      then current_setting('request.headers', true)::json ->> 'x-organization-id' end;
  v_organization_id bigint;
begin
  select member.organization_id into v_organization_id
  from public.users as member
  where member.auth_user_id = v_auth_user_id
    and member.deleted_at is null
    and (v_requested is null or member.organization_id::text = v_requested)
  order by member.is_default desc, member.id
  limit 1;

  return v_organization_id;
end;
$$;
comment on function private.organization_id() is
  'The organization the request acts in, or null for everybody who is no member.';

create function private.membership()
returns public.users
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_subject constant text := nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub';
  v_auth_user_id constant uuid := case
    when v_subject like '________-____-____-____-____________'
      and v_subject not like '%-%-%-%-%-%'
      and rtrim(v_subject, '0123456789abcdefABCDEF-') = '' then v_subject::uuid end;
  v_requested constant text := case
    when strpos(current_setting('request.headers', true), 'x-organization-id') > 0
      then current_setting('request.headers', true)::json ->> 'x-organization-id' end;
  v_member public.users;
begin
  select member.* into v_member
  from public.users as member
  where member.auth_user_id = v_auth_user_id
    and member.deleted_at is null
    and (v_requested is null or member.organization_id::text = v_requested)
  order by member.is_default desc, member.id
  limit 1;

  return v_member;
end;
$$;
comment on function private.membership() is
  'The caller''s membership in the organization the request acts in, or null.';

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
declare v_member public.users := private.membership();
begin
  if private.role_rank(v_member.role) >= private.role_rank(organization_id_as.required_role) then
    return v_member.organization_id;
  end if;

  return null;
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
  if v_member.id is null then
    perform private.refuse(case when private.auth_user_id() is null then 'not_signed_in' else 'no_organization' end);
  end if;

  if v_member.role <> require_member.required_role
    and private.role_rank(v_member.role) < private.role_rank(require_member.required_role) then
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
declare
  v_member public.users := private.membership();
  v_auth_user_id uuid;
begin
  if v_member.id is not null then
    return 'user:' || v_member.id;
  end if;

  v_auth_user_id := private.auth_user_id();

  return case
    when v_auth_user_id is not null then 'auth:' || v_auth_user_id
    else coalesce(nullif(nullif(current_setting('request.jwt.claims', true), '')::json ->> 'role', ''),
      session_user::text)
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
