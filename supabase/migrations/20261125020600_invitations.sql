-- migration: invitations
-- Others join by an invitation to their e-mail address: the token is shown once, only its hash is kept, it expires,
-- works once, only for the person who owns that address, and only while the inviter could still invite. Commands about
-- the members of an organization lock the organization first, so that each sees what the one before it did.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.limits, private.personal_data, private.personal_data_erasures,
--   private.retention_rules, public.invitations
-- depends: 20261125000000, 20261125000100, 20261125000800, 20261125000900, 20261125001200, 20261125010000,
--   20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125020400
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.invitations (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  email text not null,
  role text not null,
  token_hash bytea not null,
  invited_by bigint not null,
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  constraint invitations_invited_by_is_a_member_of_the_organization
    foreign key (organization_id, invited_by) references public.users (organization_id, id),
  constraint invitations_token_hash_is_unique unique (token_hash),
  constraint invitations_role_is_known check (role in ('admin', 'manager', 'viewer')),
  constraint invitations_email_is_lower_case check (email = lower(email)),
  constraint invitations_are_accepted_or_revoked_not_both check (accepted_at is null or revoked_at is null)
);
comment on table public.invitations is 'An offer to join an organization with a role, for one e-mail address.';
create index invitations_organization_id_created_at_idx
  on public.invitations (organization_id, created_at desc, id desc);
create index invitations_organization_id_invited_by_idx on public.invitations (organization_id, invited_by);
create unique index invitations_one_open_per_email_key
  on public.invitations (organization_id, email) where accepted_at is null and revoked_at is null;

alter table public.invitations enable row level security;
alter table public.invitations force row level security;
revoke all on table public.invitations from public, anon, authenticated, service_role;
revoke all on sequence public.invitations_id_seq from public, anon, authenticated, service_role;
grant select (id, organization_id, email, role, invited_by, expires_at, accepted_at, revoked_at, created_at)
  on table public.invitations to authenticated, service_role;

create policy "Admins can read the invitations of their organization"
  on public.invitations for select to authenticated
  using (organization_id = (select private.organization_id_as('admin')));

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_email', 422, '%s is not an e-mail address.', 'Write it as name@example.com.'),
  ('invalid_role', 422, '%s is not a role.', 'The roles are viewer, manager and admin.'),
  ('not_your_organization', 404, 'You are not a member of organization %s.', 'Check the id.'),
  ('already_a_member', 409,
    'This person is already a member of the organization.',
    'Change the role instead of inviting again.'),
  ('invitation_not_found', 404,
    'There is no open invitation for you with this token.',
    'Sign in with the address that was invited, check that the token is complete and not older than seven days, or '
    'ask for a new invitation.');

create type public.member_invitation as (
  id bigint,
  email text,
  role text,
  token text,
  expires_at timestamptz
);
comment on type public.member_invitation is 'An invitation with its token, which is shown only once.';

create function private.lock_organization_as_admin()
returns public.users
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_admin public.users := private.require_member('admin');
begin
  perform from public.organizations as organization
  where organization.id = v_admin.organization_id
  for no key update;

  -- What was true before the lock may have ended while another admin held it.
  if not exists (
    select from public.users as member
    where member.id = v_admin.id
      and member.role = 'admin'
      and member.deleted_at is null
  ) then
    perform private.refuse('role_too_low', 'admin');
  end if;

  return v_admin;
end;
$$;
comment on function private.lock_organization_as_admin() is
  'The caller, who is an admin, with the organization locked against other commands about its members and settings.';

create function private.new_invitation_token(invitation_id bigint)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_token text := 'pinv_' || encode(extensions.gen_random_bytes(32), 'hex');
begin
  update public.invitations as invitation
  set token_hash = sha256(convert_to(v_token, 'UTF8'))
  where invitation.id = new_invitation_token.invitation_id
    and invitation.accepted_at is null
    and invitation.revoked_at is null;

  return case when found then v_token end;
end;
$$;
comment on function private.new_invitation_token(bigint) is
  'A new token of an open invitation, in place of the one before; null when it is no longer open.';

create function private.invite_member(email text, role text, idempotency_key text)
returns setof public.member_invitation
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.lock_organization_as_admin();
  v_email text := lower(private.required_text('The e-mail address', invite_member.email, 255));
  v_first_id text;
  v_invitation public.invitations;
begin
  if not private.is_email(v_email) then
    perform private.refuse('invalid_email', private.quotable(v_email, 80));
  end if;

  if private.role_rank(invite_member.role) is null then
    perform private.refuse('invalid_role', private.quotable(invite_member.role));
  end if;

  -- The first token is not kept and its answer may be lost, so a repeat gives the same invitation another one.
  v_first_id := private.claim_idempotency_key('invite_member', invite_member.idempotency_key,
    jsonb_build_array(v_email, invite_member.role));
  if v_first_id is not null then
    return query
      select invitation.id, invitation.email, invitation.role, private.new_invitation_token(invitation.id),
      invitation.expires_at
      from public.invitations as invitation
      where invitation.id = v_first_id::bigint;
    return;
  end if;

  if exists (
    select from public.users as member
    where member.organization_id = v_admin.organization_id
      and member.email = v_email
      and member.deleted_at is null
  ) then
    perform private.refuse('already_a_member');
  end if;

  perform private.require_limit('open_invitations_per_organization',
      count(*) filter (where invitation.accepted_at is null and invitation.revoked_at is null)),
    private.require_limit('invitations_per_organization_and_day',
      count(*) filter (where invitation.created_at > now() - interval '1 day'))
  from public.invitations as invitation
  where invitation.organization_id = v_admin.organization_id
    and invitation.email <> v_email
    and (invitation.created_at > now() - interval '1 day'
      or (invitation.accepted_at is null and invitation.revoked_at is null));

  -- A new invitation replaces the open one, so that at most one token works.
  update public.invitations as invitation
  set revoked_at = now()
  where invitation.organization_id = v_admin.organization_id
    and invitation.email = v_email
    and invitation.accepted_at is null
    and invitation.revoked_at is null;

  insert into public.invitations (organization_id, email, role, token_hash, invited_by)
  values (v_admin.organization_id, v_email, invite_member.role, extensions.gen_random_bytes(32), v_admin.id)
  returning * into v_invitation;

  perform private.keep_idempotent_result('invite_member', invite_member.idempotency_key, v_invitation.id::text);
  perform private.write_audit(v_admin.organization_id, 'member.invited', 'invitation', v_invitation.id::text,
    jsonb_build_object('role', v_invitation.role));

  return next row(
    v_invitation.id, v_invitation.email, v_invitation.role, private.new_invitation_token(v_invitation.id),
    v_invitation.expires_at)::public.member_invitation;
end;
$$;
comment on function private.invite_member(text, text, text) is
  'Makes an invitation with a new token, in place of an open one for the same address.';
grant execute on function private.invite_member(text, text, text) to authenticated;

create function public.invite_member(email text, role text, idempotency_key text default null)
returns setof public.member_invitation
language sql volatile security invoker
set search_path = ''
as $$ select * from private.invite_member(email, role, idempotency_key); $$;
comment on function public.invite_member(text, text, text) is
  'Invites a person; the token is shown only in this answer.';
revoke all on function public.invite_member(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.invite_member(text, text, text) to authenticated;

create function private.locked_invitation(token text, email text)
returns public.invitations
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_hash bytea := sha256(convert_to(coalesce(left(locked_invitation.token, 200), ''), 'UTF8'));
  v_invitation public.invitations;
begin
  perform from public.organizations as organization
  where organization.id = (select invitation.organization_id from public.invitations as invitation
    where invitation.token_hash = v_hash)
  for no key update;

  select invitation.* into v_invitation
  from public.invitations as invitation
  where invitation.token_hash = v_hash
    and invitation.email = locked_invitation.email
    and invitation.revoked_at is null
  for update;

  return v_invitation;
end;
$$;
comment on function private.locked_invitation(text, text) is
  'The invitation of that token to that address, unless it was revoked; its organization is locked.';

create function private.inviter_may_still_invite(invitation public.invitations)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from public.users as member
    join public.organizations as organization on organization.id = member.organization_id
    where member.organization_id = (inviter_may_still_invite.invitation).organization_id
      and member.id = (inviter_may_still_invite.invitation).invited_by
      and member.role = 'admin'
      and member.deleted_at is null
      and organization.deleted_at is null);
$$;
comment on function private.inviter_may_still_invite(public.invitations) is
  'Whether the person who sent the invitation is still an admin there.';

create function private.accept_invitation(token text)
returns setof public.users
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_email text;
  v_invitation public.invitations;
  v_member public.users;
begin
  select lower(account.email) into v_email
  from auth.users as account
  where account.id = v_auth_user_id;

  if v_email is null then
    perform private.refuse('not_signed_in');
  end if;

  v_invitation := private.locked_invitation(accept_invitation.token, v_email);

  -- At most one row, because a person has one in every organization; also one whose membership ended.
  select member.* into v_member
  from public.users as member
  where member.organization_id = v_invitation.organization_id
    and member.auth_user_id = v_auth_user_id
  for no key update;

  -- A repeated acceptance answers the membership again.
  if v_invitation.accepted_at is not null and v_member.id is not null and v_member.deleted_at is null then
    return next v_member;
    return;
  end if;

  if v_invitation.id is null
    or v_invitation.accepted_at is not null
    or v_invitation.expires_at <= now()
    or not private.inviter_may_still_invite(v_invitation) then
    perform private.refuse('invitation_not_found');
  end if;

  -- The address of the account may have changed since the person joined.
  if v_member.id is not null and v_member.deleted_at is null then
    perform private.refuse('already_a_member');
  end if;

  perform private.require_limit('members_per_organization', count(*))
  from public.users as member
  where member.organization_id = v_invitation.organization_id
    and member.deleted_at is null;

  if v_member.id is not null then
    update public.users as member
    set email = v_email, role = v_invitation.role, deleted_at = null
    where member.id = v_member.id
    returning member.* into v_member;
  else
    insert into public.users (organization_id, auth_user_id, email, role)
    values (v_invitation.organization_id, v_auth_user_id, v_email, v_invitation.role)
    returning * into v_member;
  end if;

  update public.invitations as invitation
  set accepted_at = now()
  where invitation.id = v_invitation.id;

  perform private.write_audit(v_member.organization_id, 'member.joined', 'user', v_member.id::text,
    jsonb_build_object('role', v_member.role));

  return next v_member;
end;
$$;
comment on function private.accept_invitation(text) is
  'Makes the caller a member of the organization that invited the own e-mail address.';
grant execute on function private.accept_invitation(text) to authenticated;

create function public.accept_invitation(token text)
returns setof public.users
language sql volatile security invoker
set search_path = ''
as $$ select * from private.accept_invitation(token); $$;
comment on function public.accept_invitation(text) is
  'Joins the organization that invited the caller''s e-mail address.';
revoke all on function public.accept_invitation(text) from public, anon, authenticated, service_role;
grant execute on function public.accept_invitation(text) to authenticated;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.invitations', 'keep', null, null, 'Indefinite: they say who let whom in.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.invitations', 'member', 'invited_by', '{token_hash,email}',
    'Invitations that the member sent; to whom is the data of others.'),
  ('public.invitations', 'email', 'email', '{token_hash}', 'Invitations to the person.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (90, 'public.invitations', 'email', 'email',
    'update public.invitations set email = ''erased-'' || id || ''@invitation.invalid'', revoked_at = case when '
    'accepted_at is null then coalesce(revoked_at, now()) end where organization_id = $1 and email = $2');

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('members_per_organization', 2000, 'members in the organization',
    'An admin can remove those who no longer take part.'),
  ('open_invitations_per_organization', 500, 'open invitations in the organization',
    'Revoke the ones that are no longer meant.'),
  ('invitations_per_organization_and_day', 1000, 'invitations of the organization in a day',
    'Wait until tomorrow.');
