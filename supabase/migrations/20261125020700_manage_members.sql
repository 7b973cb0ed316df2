-- migration: managing members
-- Admins change roles and remove members. An organization always keeps an admin, and no invitation outlives the right
-- to give it: both rules are triggers, so that no path around the commands exists. Commands lock the organization,
-- then its members, then its invitations.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, public.users
-- depends: 20261125000000, 20261125000100, 20261125010000, 20261125020000, 20261125020100, 20261125020200,
--   20261125020400, 20261125020600
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('member_not_found', 404,
    'There is no member %s in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('last_admin', 409, 'An organization must keep at least one admin.', 'Make somebody else an admin first.'),
  ('invitation_unknown', 404,
    'There is no open invitation %s in your organization.',
    'Check the id; an accepted or revoked invitation cannot be revoked again.');

-- Deferred to the end of the transaction, so that two admins can swap their roles in one.
create function private.keep_an_admin()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Two admins who remove each other at the same moment wait here for each other.
  perform from public.organizations as organization
  where organization.id = old.organization_id
    and organization.deleted_at is null
  for no key update;

  if found and not exists (
    select from public.users as member
    where member.organization_id = old.organization_id
      and member.role = 'admin'
      and member.deleted_at is null
  ) then
    perform private.refuse('last_admin');
  end if;

  return null;
end;
$$;
comment on function private.keep_an_admin() is
  'Row trigger: refuses a change that would leave an organization without an admin.';

-- Only where an admin is lost: another change of the row must not lock the organization after the member.
create constraint trigger users_keep_an_admin
  after update on public.users
  deferrable initially deferred
  for each row
  when (old.role = 'admin' and old.deleted_at is null and (new.role <> 'admin' or new.deleted_at is not null))
  execute function private.keep_an_admin();

create constraint trigger users_keep_an_admin_when_deleted
  after delete on public.users
  deferrable initially deferred
  for each row
  when (old.role = 'admin' and old.deleted_at is null)
  execute function private.keep_an_admin();

create function private.audit_users()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into public.audit_logs
    (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
  select
    changed.organization_id, member.id, private.actor(),
    case when changed.deleted_at is not null and earlier.deleted_at is null then 'member.removed'
      else 'member.role_changed' end,
    'user', changed.id::text,
    jsonb_build_object('role', jsonb_build_object('old', earlier.role, 'new', changed.role)),
    private.request_ip_address()
  from rows_after as changed
  join rows_before as earlier on earlier.id = changed.id
  left join private.membership() as member on member.organization_id = changed.organization_id
  where earlier.deleted_at is null
    and (changed.role <> earlier.role or changed.deleted_at is not null);

  return null;
end;
$$;
comment on function private.audit_users() is
  'Statement trigger: writes every change of a role and every end of a membership.';

create trigger users_write_audit
  after update on public.users
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.audit_users();

create function private.revoke_invitations_of(organization_id bigint, inviter_id bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_invitation_id bigint;
begin
  for v_invitation_id in
    update public.invitations as invitation
    set revoked_at = now()
    where invitation.organization_id = revoke_invitations_of.organization_id
      and invitation.invited_by = revoke_invitations_of.inviter_id
      and invitation.accepted_at is null
      and invitation.revoked_at is null
    returning invitation.id
  loop
    perform private.write_audit(revoke_invitations_of.organization_id, 'member.invitation_revoked', 'invitation',
      v_invitation_id::text,
      jsonb_build_object('invited_by', revoke_invitations_of.inviter_id));
  end loop;
end;
$$;
comment on function private.revoke_invitations_of(bigint, bigint) is
  'Makes the open invitations of an inviter worthless.';

create function private.revoke_invitations_of_former_admin()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.revoke_invitations_of(old.organization_id, old.id);
  return null;
end;
$$;
comment on function private.revoke_invitations_of_former_admin() is
  'Row trigger: invitations end with the right to invite.';

create trigger users_revoke_invitations
  after update on public.users
  for each row
  when (old.role = 'admin' and old.deleted_at is null and (new.role <> 'admin' or new.deleted_at is not null))
  execute function private.revoke_invitations_of_former_admin();

create function private.locked_member(user_id bigint)
returns public.users
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.lock_organization_as_admin();
  v_member public.users;
begin
  -- Not for update: a member who acts at this moment writes audit rows that refer to it.
  select member.* into v_member
  from public.users as member
  where member.id = locked_member.user_id
    and member.organization_id = v_admin.organization_id
    and member.deleted_at is null
  for no key update;

  if not found then
    perform private.refuse('member_not_found', coalesce(locked_member.user_id::text, 'without id'));
  end if;

  return v_member;
end;
$$;
comment on function private.locked_member(bigint) is 'A member of the caller''s organization, locked; for admins.';

create function private.change_member_role(user_id bigint, role text)
returns setof public.users
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member public.users := private.locked_member(change_member_role.user_id);
begin
  if private.role_rank(change_member_role.role) is null then
    perform private.refuse('invalid_role', private.quotable(change_member_role.role));
  end if;

  return query
    update public.users as member
    set role = change_member_role.role
    where member.id = v_member.id
    returning member.*;
end;
$$;
comment on function private.change_member_role(bigint, text) is
  'Gives a member of the caller''s organization another role.';
grant execute on function private.change_member_role(bigint, text) to authenticated;

create function public.change_member_role(user_id bigint, role text)
returns setof public.users
language sql volatile security invoker
set search_path = ''
as $$ select * from private.change_member_role(user_id, role); $$;
comment on function public.change_member_role(bigint, text) is 'Gives a member another role. For admins.';
revoke all on function public.change_member_role(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.change_member_role(bigint, text) to authenticated;

create function private.remove_member(user_id bigint)
returns setof public.users
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member public.users := private.locked_member(remove_member.user_id);
begin
  return query
    update public.users as member
    set deleted_at = now(), is_default = false
    where member.id = v_member.id
    returning member.*;
end;
$$;
comment on function private.remove_member(bigint) is
  'Ends a membership; the row and its trail stay.';
grant execute on function private.remove_member(bigint) to authenticated;

create function public.remove_member(user_id bigint)
returns setof public.users
language sql volatile security invoker
set search_path = ''
as $$ select * from private.remove_member(user_id); $$;
comment on function public.remove_member(bigint) is 'Ends a membership at once. For admins.';
revoke all on function public.remove_member(bigint) from public, anon, authenticated, service_role;
grant execute on function public.remove_member(bigint) to authenticated;

create type public.revoked_invitation as (
  id bigint,
  email text,
  revoked_at timestamptz
);
comment on type public.revoked_invitation is 'An invitation whose token works no more.';

create function private.revoke_invitation(invitation_id bigint)
returns setof public.revoked_invitation
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_revoked public.revoked_invitation;
begin
  update public.invitations as invitation
  set revoked_at = now()
  where invitation.id = revoke_invitation.invitation_id
    and invitation.organization_id = v_admin.organization_id
    and invitation.accepted_at is null
    and invitation.revoked_at is null
  returning invitation.id, invitation.email, invitation.revoked_at into v_revoked;

  if not found then
    perform private.refuse('invitation_unknown', coalesce(revoke_invitation.invitation_id::text, 'without id'));
  end if;

  perform private.write_audit(v_admin.organization_id, 'member.invitation_revoked', 'invitation', v_revoked.id::text,
    null);

  return next v_revoked;
end;
$$;
comment on function private.revoke_invitation(bigint) is
  'Makes an open invitation of the caller''s organization worthless.';
grant execute on function private.revoke_invitation(bigint) to authenticated;

create function public.revoke_invitation(invitation_id bigint)
returns setof public.revoked_invitation
language sql volatile security invoker
set search_path = ''
as $$ select * from private.revoke_invitation(invitation_id); $$;
comment on function public.revoke_invitation(bigint) is 'Makes an open invitation worthless. For admins.';
revoke all on function public.revoke_invitation(bigint) from public, anon, authenticated, service_role;
grant execute on function public.revoke_invitation(bigint) to authenticated;
