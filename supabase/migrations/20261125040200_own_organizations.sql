-- migration: the organizations of a person
-- A person sees every organization that the person is a member or an employee of, and chooses the one that is shown
-- first: a request without a header acts in it. Only a member who chose an organization where the person is an employee
-- names it in the header, because a membership goes before an employment.
-- author: PayD | date: 2026-11-25
-- tables: none
-- depends: 20261125000000, 20261125000100, 20261125020000, 20261125020100, 20261125020200, 20261125040000,
--   20261125040100
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create type public.own_organization as (
  organization_id bigint,
  name text,
  role text,
  is_default boolean,
  is_employee boolean
);
comment on type public.own_organization is 'An organization the caller belongs to, with the role there.';

create function private.my_organizations()
returns setof public.own_organization
language plpgsql stable security definer
set search_path = ''
as $$
declare v_auth_user_id constant uuid := private.auth_user_id();
begin
  return query
    select organization.id, organization.name, member.role, case
      when chosen.organization_id is not null then chosen.organization_id = organization.id
      else coalesce(member.is_default, false) end, employee.id is not null
    from public.organizations as organization
    left join public.users as member
      on member.organization_id = organization.id and member.auth_user_id = v_auth_user_id
        and member.deleted_at is null
    left join public.employees as employee
      on employee.organization_id = organization.id and employee.auth_user_id = v_auth_user_id
        and employee.deleted_at is null
    left join private.chosen_employments as chosen
      on chosen.auth_user_id = v_auth_user_id
    -- Named first, so that no organization of others is read.
    where organization.id in (
        select joined.organization_id from public.users as joined
        where joined.auth_user_id = v_auth_user_id and joined.deleted_at is null
        union
        select employed.organization_id from public.employees as employed
        where employed.auth_user_id = v_auth_user_id and employed.deleted_at is null)
      and organization.deleted_at is null
    order by organization.id;
end;
$$;
grant execute on function private.my_organizations() to authenticated;

create function public.my_organizations()
returns setof public.own_organization
language plpgsql stable security invoker
set search_path = ''
as $$
begin
  return query select * from private.my_organizations();
end;
$$;
comment on function public.my_organizations() is
  'Every organization the caller works in; name one in the header x-organization-id.';
revoke all on function public.my_organizations() from public, anon, authenticated, service_role;
grant execute on function public.my_organizations() to authenticated;

create function private.choose_default_organization(organization_id bigint)
returns setof public.own_organization
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_is_member boolean;
begin
  if v_auth_user_id is null then
    perform private.refuse('not_signed_in');
  end if;

  -- In the order of their ids, so that two choices of one person wait for each other.
  perform from public.users as member
  where member.auth_user_id = v_auth_user_id
    and member.deleted_at is null
  order by member.id
  for no key update;

  v_is_member := exists (
    select from public.users as member
    where member.auth_user_id = v_auth_user_id
      and member.organization_id = choose_default_organization.organization_id
      and member.deleted_at is null);

  if not v_is_member and not exists (
    select from public.employees as employee
    where employee.auth_user_id = v_auth_user_id
      and employee.organization_id = choose_default_organization.organization_id
      and employee.deleted_at is null
  ) then
    perform private.refuse('not_your_organization',
      coalesce(choose_default_organization.organization_id::text, 'without id'));
  end if;

  update public.users as member
  set is_default = false
  where member.auth_user_id = v_auth_user_id
    and member.is_default
    and member.organization_id <> choose_default_organization.organization_id;

  if v_is_member then
    delete from private.chosen_employments as chosen where chosen.auth_user_id = v_auth_user_id;

    update public.users as member
    set is_default = true
    where member.auth_user_id = v_auth_user_id
      and member.organization_id = choose_default_organization.organization_id
      and member.deleted_at is null;
  else
    insert into private.chosen_employments as chosen (auth_user_id, organization_id)
    values (v_auth_user_id, choose_default_organization.organization_id)
    on conflict (auth_user_id) do update set organization_id = excluded.organization_id, chosen_at = now();
  end if;

  return query
    select own.* from private.my_organizations() as own
    where own.organization_id = choose_default_organization.organization_id;
end;
$$;
grant execute on function private.choose_default_organization(bigint) to authenticated;

create function public.choose_default_organization(organization_id bigint)
returns setof public.own_organization
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  return query select * from private.choose_default_organization(choose_default_organization.organization_id);
end;
$$;
comment on function public.choose_default_organization(bigint) is
  'The organization that is shown first: requests without a header act in it.';
revoke all on function public.choose_default_organization(bigint) from public, anon, authenticated, service_role;
grant execute on function public.choose_default_organization(bigint) to authenticated;
