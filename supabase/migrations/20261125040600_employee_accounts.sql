-- migration: accounts of employees
-- An employee reads the own record, payslips and payments once the account is linked. Both sides agree: the company
-- invites the record's e-mail address, and the owner of that address accepts with the token. The token is shown once,
-- only its hash is kept, it expires, and it works only while the inviter could still invite. Nothing that the company
-- is told depends on whether the address has an account. The employee can leave at any time; the company can unlink.
-- Commands lock the employee first.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.limits, private.notification_templates, private.personal_data,
--   private.personal_data_erasures, private.preference_defaults, private.retention_rules, public.employee_invitations,
--   public.employees
-- depends: 20261125000000, 20261125000100, 20261125000800, 20261125000900, 20261125001000, 20261125001100,
--   20261125001200, 20261125020000, 20261125020100, 20261125020200, 20261125020250, 20261125020300, 20261125020400,
--   20261125030000, 20261125040000, 20261125040100, 20261125040500
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.employee_invitations (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  employee_id bigint not null,
  email text not null,
  token_hash bytea not null,
  invited_by bigint not null,
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  constraint employee_invitations_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint employee_invitations_invited_by_is_a_member_of_the_organization
    foreign key (organization_id, invited_by) references public.users (organization_id, id),
  constraint employee_invitations_token_hash_is_unique unique (token_hash),
  constraint employee_invitations_email_is_lower_case check (email = lower(email)),
  constraint employee_invitations_are_accepted_or_revoked_not_both check (accepted_at is null or revoked_at is null)
);
comment on table public.employee_invitations is
  'An offer to an employee to link the account of the record''s e-mail address.';
create index employee_invitations_organization_id_created_at_idx
  on public.employee_invitations (organization_id, created_at desc, id desc);
create index employee_invitations_organization_id_employee_id_idx
  on public.employee_invitations (organization_id, employee_id);
create index employee_invitations_organization_id_invited_by_idx
  on public.employee_invitations (organization_id, invited_by);
create unique index employee_invitations_one_open_per_employee_key
  on public.employee_invitations (employee_id) where accepted_at is null and revoked_at is null;

alter table public.employee_invitations enable row level security;
alter table public.employee_invitations force row level security;
revoke all on table public.employee_invitations from public, anon, authenticated, service_role;
revoke all on sequence public.employee_invitations_id_seq from public, anon, authenticated, service_role;
grant select (id, organization_id, employee_id, email, invited_by, expires_at, accepted_at, revoked_at, created_at)
  on table public.employee_invitations to authenticated, service_role;

create policy "Managers can read the invitations of employees"
  on public.employee_invitations for select to authenticated
  using (organization_id = (select private.organization_id_as('manager')));

insert into private.error_codes (code, http_status, message, hint) values
  ('account_linked', 409,
    'Employee %s is linked to an account already.',
    'Unlink it first, if another account is to read the record.'),
  ('account_belongs_to_another_employee', 409,
    'Your account is linked to another employee of this organization.',
    'Ask your employer which of the two records is yours, and have the other one unlinked.'),
  ('account_not_linked', 409, 'Employee %s is not linked to an account.', 'There is nothing to unlink.'),
  ('employee_invitation_not_found', 404,
    'There is no open invitation for you with this token.',
    'Sign in with the confirmed address that was invited, check that the token is complete and not older than seven '
    'days, or ask your employer for a new invitation.'),
  ('not_your_employment', 404, 'You have no linked record in organization %s.', 'Check the id.');

create type public.employee_invitation as (
  id bigint,
  employee_id bigint,
  email text,
  token text,
  expires_at timestamptz
);
comment on type public.employee_invitation is 'An invitation of an employee with its token, which is shown only once.';

create function private.announce_account(employee public.employees, type text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.write_audit((employee).organization_id, announce_account.type, 'employee', (employee).id::text, null);

  perform private.emit_event((employee).organization_id, announce_account.type, 'employee', (employee).id::text,
    announce_account.type || ':' || (employee).id || ':' || gen_random_uuid(),
    jsonb_build_object('employee_id', (employee).id, 'status', (employee).status));
end;
$$;
comment on function private.announce_account(public.employees, text) is
  'Writes a step of linking an account into the audit trail and the outbox.';

create function private.revoke_employee_invitations(employee_id bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.employee_invitations as invitation
  set revoked_at = now()
  where invitation.employee_id = revoke_employee_invitations.employee_id
    and invitation.accepted_at is null
    and invitation.revoked_at is null;
end;
$$;
comment on function private.revoke_employee_invitations(bigint) is 'Ends the open invitation of an employee.';

-- An invitation is for the address that the record had when it was sent, and for somebody who is still there.
create function private.end_employee_invitations()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.revoke_employee_invitations(new.id);
  return null;
end;
$$;
comment on function private.end_employee_invitations() is
  'Row trigger: another e-mail address, or a farewell, ends the open invitation.';

create trigger employees_end_invitations
  after update of email, deleted_at on public.employees
  for each row
  when (new.email <> old.email or (new.deleted_at is not null and old.deleted_at is null))
  execute function private.end_employee_invitations();

create function private.new_employee_invitation_token(invitation_id bigint)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_token text := 'pemp_' || encode(extensions.gen_random_bytes(32), 'hex');
begin
  update public.employee_invitations as invitation
  set token_hash = sha256(convert_to(v_token, 'UTF8'))
  where invitation.id = new_employee_invitation_token.invitation_id
    and invitation.accepted_at is null
    and invitation.revoked_at is null;

  return case when found then v_token end;
end;
$$;
comment on function private.new_employee_invitation_token(bigint) is
  'A new token of an open invitation, in place of the one before; null when it is no longer open.';

create function private.invite_employee(employee_id bigint, idempotency_key text)
returns setof public.employee_invitation
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_employee public.employees := private.locked_employee(invite_employee.employee_id);
  v_first_id text;
  v_invitation public.employee_invitations;
begin
  -- The first token is not kept and its answer may be lost, so a repeat gives the same invitation another one.
  v_first_id := private.claim_idempotency_key('invite_employee', invite_employee.idempotency_key,
    jsonb_build_array(v_employee.id, v_employee.email));

  if v_first_id is not null then
    return query
      select invitation.id, invitation.employee_id, invitation.email,
        private.new_employee_invitation_token(invitation.id), invitation.expires_at
      from public.employee_invitations as invitation
      where invitation.id = v_first_id::bigint;
    return;
  end if;

  if v_employee.auth_user_id is not null then
    perform private.refuse('account_linked', v_employee.id::text);
  end if;

  perform private.count_use('employee_invitations_per_person_and_hour', v_member);

  -- A new invitation replaces the open one, so that at most one token works.
  perform private.revoke_employee_invitations(v_employee.id);

  insert into public.employee_invitations (organization_id, employee_id, email, token_hash, invited_by)
  values (v_employee.organization_id, v_employee.id, v_employee.email, extensions.gen_random_bytes(32), v_member.id)
  returning * into v_invitation;

  perform private.keep_idempotent_result('invite_employee', invite_employee.idempotency_key, v_invitation.id::text);
  perform private.announce_account(v_employee, 'employee.invited');

  return next row(v_invitation.id, v_invitation.employee_id, v_invitation.email,
    private.new_employee_invitation_token(v_invitation.id), v_invitation.expires_at)::public.employee_invitation;
end;
$$;
grant execute on function private.invite_employee(bigint, text) to authenticated;

create function public.invite_employee(employee_id bigint, idempotency_key text default null)
returns setof public.employee_invitation
language sql volatile security invoker
set search_path = ''
as $$ select * from private.invite_employee(employee_id, idempotency_key); $$;
comment on function public.invite_employee(bigint, text) is
  'Invites the owner of the employee''s e-mail address to read the own record; the token is shown only in this answer. '
  'For managers.';
revoke all on function public.invite_employee(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.invite_employee(bigint, text) to authenticated;

create function private.revoke_employee_invitation(employee_id bigint)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_employee public.employees := private.locked_employee(revoke_employee_invitation.employee_id);
begin
  perform private.revoke_employee_invitations(v_employee.id);
  perform private.write_audit(v_employee.organization_id, 'employee.invitation_revoked', 'employee',
    v_employee.id::text, null);

  return next v_employee;
end;
$$;
grant execute on function private.revoke_employee_invitation(bigint) to authenticated;

create function public.revoke_employee_invitation(employee_id bigint)
returns setof public.employees
language sql volatile security invoker
set search_path = ''
as $$ select * from private.revoke_employee_invitation(employee_id); $$;
comment on function public.revoke_employee_invitation(bigint) is
  'Ends the open invitation of an employee; without one nothing happens. For managers.';
revoke all on function public.revoke_employee_invitation(bigint) from public, anon, authenticated, service_role;
grant execute on function public.revoke_employee_invitation(bigint) to authenticated;

create function private.accept_employee_invitation(token text)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_hash constant bytea := sha256(convert_to(coalesce(left(accept_employee_invitation.token, 200), ''), 'UTF8'));
  v_email text;
  v_employee public.employees;
  v_invitation public.employee_invitations;
begin
  if v_auth_user_id is null then
    perform private.refuse('not_signed_in');
  end if;

  -- A person who signs up with the address of somebody else has not confirmed it.
  select lower(normalize(account.email, nfc)) into v_email
  from auth.users as account
  where account.id = v_auth_user_id
    and account.email_confirmed_at is not null;

  select employee.* into v_employee
  from public.employees as employee
  where employee.id = (
      select invitation.employee_id from public.employee_invitations as invitation where invitation.token_hash = v_hash)
    and employee.deleted_at is null
  for no key update;

  select invitation.* into v_invitation
  from public.employee_invitations as invitation
  where invitation.token_hash = v_hash
    and invitation.employee_id = v_employee.id
    and invitation.email = v_email
    and invitation.revoked_at is null
  for update;

  -- A repeat of an acceptance that succeeded gets the record again.
  if v_invitation.accepted_at is not null and v_employee.auth_user_id = v_auth_user_id then
    return next v_employee;
    return;
  end if;

  if v_invitation.id is null
    or v_invitation.accepted_at is not null
    or v_invitation.expires_at <= now()
    or v_employee.auth_user_id is not null
    or not exists (
      select from public.users as inviter
      join public.organizations as organization on organization.id = inviter.organization_id
      where inviter.organization_id = v_invitation.organization_id
        and inviter.id = v_invitation.invited_by
        and inviter.role in ('manager', 'admin')
        and inviter.deleted_at is null
        and organization.deleted_at is null
    ) then
    perform private.refuse('employee_invitation_not_found');
  end if;

  begin
    update public.employees as employee
    set auth_user_id = v_auth_user_id
    where employee.id = v_employee.id
    returning employee.* into v_employee;
  exception when unique_violation then
    perform private.refuse('account_belongs_to_another_employee');
  end;

  update public.employee_invitations as invitation
  set accepted_at = now()
  where invitation.id = v_invitation.id;

  perform private.announce_account(v_employee, 'employee.account_linked');

  return next v_employee;
end;
$$;
grant execute on function private.accept_employee_invitation(text) to authenticated;

create function public.accept_employee_invitation(token text)
returns setof public.employees
language sql volatile security invoker
set search_path = ''
as $$ select * from private.accept_employee_invitation(token); $$;
comment on function public.accept_employee_invitation(text) is
  'Links the caller''s account to the employee record whose e-mail address it has; answers the own record.';
revoke all on function public.accept_employee_invitation(text) from public, anon, authenticated, service_role;
grant execute on function public.accept_employee_invitation(text) to authenticated;

create function private.unlink_account(employee public.employees)
returns public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_employee public.employees;
begin
  perform private.revoke_employee_invitations((employee).id);
  -- Told before the link is gone, so that the person hears of it too.
  perform private.announce_account(employee, 'employee.account_unlinked');

  delete from private.chosen_employments as chosen
  where chosen.auth_user_id = (employee).auth_user_id
    and chosen.organization_id = (employee).organization_id;

  update public.employees as linked
  set auth_user_id = null
  where linked.id = (employee).id
  returning linked.* into v_employee;

  return v_employee;
end;
$$;
comment on function private.unlink_account(public.employees) is
  'Ends the link between a record, which is locked, and its account.';

create function private.unlink_employee_account(employee_id bigint)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_employee public.employees := private.locked_employee(unlink_employee_account.employee_id);
begin
  if v_employee.auth_user_id is null then
    perform private.refuse('account_not_linked', v_employee.id::text);
  end if;

  return next private.unlink_account(v_employee);
end;
$$;
grant execute on function private.unlink_employee_account(bigint) to authenticated;

create function public.unlink_employee_account(employee_id bigint)
returns setof public.employees
language sql volatile security invoker
set search_path = ''
as $$ select * from private.unlink_employee_account(employee_id); $$;
comment on function public.unlink_employee_account(bigint) is
  'Takes the right to read the own record from the linked account. For managers.';
revoke all on function public.unlink_employee_account(bigint) from public, anon, authenticated, service_role;
grant execute on function public.unlink_employee_account(bigint) to authenticated;

create function private.leave_employment(organization_id bigint)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_employee public.employees;
begin
  if v_auth_user_id is null then
    perform private.refuse('not_signed_in');
  end if;

  select employee.* into v_employee
  from public.employees as employee
  where employee.auth_user_id = v_auth_user_id
    and employee.organization_id = leave_employment.organization_id
    and employee.deleted_at is null
  for no key update;

  if not found then
    perform private.refuse('not_your_employment', coalesce(leave_employment.organization_id::text, 'without id'));
  end if;

  return next private.unlink_account(v_employee);
end;
$$;
grant execute on function private.leave_employment(bigint) to authenticated;

create function public.leave_employment(organization_id bigint)
returns setof public.employees
language sql volatile security invoker
set search_path = ''
as $$ select * from private.leave_employment(organization_id); $$;
comment on function public.leave_employment(bigint) is
  'Unlinks the caller''s own account from the record in that organization; the record and its payments stay.';
revoke all on function public.leave_employment(bigint) from public, anon, authenticated, service_role;
grant execute on function public.leave_employment(bigint) to authenticated;

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.employees.account_linked', 'boolean', 'true', 'Employees who linked or unlinked their account.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('employee.account_linked', 'members', 'manager', 'notifications.employees.account_linked',
    'Employee {employee_id} accepted the invitation', 'The employee reads the own record and payslips from now on.'),
  ('employee.account_unlinked', 'members', 'manager', 'notifications.employees.account_linked',
    'The account of employee {employee_id} was unlinked', 'The employee no longer reads the own record.'),
  ('employee.account_linked', 'employee', null, null, 'Your account is linked to your record',
    'You can read your record, payslips and payments, and leave at any time.'),
  ('employee.account_unlinked', 'employee', null, null, 'Your account is no longer linked to your record',
    'Ask your employer for an invitation if you want to read it again.');

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('employee_invitations_per_person_and_hour', 2000, 'invitations of employees in an hour',
    'Wait until the next hour.');

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.employee_invitations', 'keep', null, null, 'Indefinite: they say who let whom read the record.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.employee_invitations', 'employee', 'employee_id', '{token_hash}', 'Invitations of the employee.'),
  ('public.employee_invitations', 'member', 'invited_by', '{token_hash,email}',
    'Invitations that the member sent; to whom is the data of others.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (27, 'public.employee_invitations', 'employee', 'employee_id',
    'update public.employee_invitations set email = ''erased-'' || id || ''@invitation.invalid'', revoked_at = case '
    'when accepted_at is null then coalesce(revoked_at, now()) end where organization_id = $1 and employee_id = '
    '$2::bigint');
