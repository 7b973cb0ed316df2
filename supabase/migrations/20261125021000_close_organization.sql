-- migration: closing an organization
-- A company that no longer uses PayD is closed and never deleted: its books stay, its employees keep their payslips and
-- every person can still export the own data. Closing ends every membership. The rule is a trigger on the mark itself,
-- so that an operator who sets it by hand gets the same, and an operator who takes it away gives back exactly the
-- memberships that ended with it. Nothing may be under way that could still move money.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, public.organizations
-- depends: 20261125000000, 20261125000100, 20261125010000, 20261125020000, 20261125020100, 20261125020200,
--   20261125020400
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('organization_has_open_work', 409,
    'Organization %s cannot be closed: %s.',
    'Finish it, reject it or wait for its end, then close the organization.');

create function private.end_memberships()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.users as member
  set deleted_at = new.deleted_at, is_default = false
  where member.organization_id = new.id
    and member.deleted_at is null;

  return null;
end;
$$;
comment on function private.end_memberships() is 'Row trigger: the closing of an organization ends its memberships.';

create trigger organizations_end_memberships_when_closed
  after update on public.organizations
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.end_memberships();

create function private.restore_memberships()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.users as member
  set deleted_at = null
  where member.organization_id = new.id
    and member.deleted_at = old.deleted_at;

  perform private.write_audit(new.id, 'organization.reopened', 'organization', new.id::text, null);

  return null;
end;
$$;
comment on function private.restore_memberships() is
  'Row trigger: a reopened organization has the members it was closed with.';

create trigger organizations_restore_memberships_when_reopened
  after update on public.organizations
  for each row
  when (old.deleted_at is not null and new.deleted_at is null)
  execute function private.restore_memberships();

create function private.open_work(organization_id bigint)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_problem text;
begin
  -- A command that moves a run at this moment is waited for; later ones wait for this one.
  perform from public.payroll_runs as run
  where run.organization_id = open_work.organization_id
    and run.status <> 'completed'
  order by run.id
  for update;

  select format('payroll run %s is %s', run.id, run.status) into v_problem
  from public.payroll_runs as run
  where run.organization_id = open_work.organization_id
    and run.status in ('pending', 'processing')
  order by run.id
  limit 1;

  if found then
    return v_problem;
  end if;

  select format('the end of transaction %s is not proven', transaction.id) into v_problem
  from public.transactions as transaction
  where transaction.organization_id = open_work.organization_id
    and transaction.is_live
  order by transaction.id
  limit 1;

  if found then
    return v_problem;
  end if;

  select format('claimable balance %s waits to be claimed', balance.id) into v_problem
  from public.claimable_balances as balance
  where balance.organization_id = open_work.organization_id
    and balance.status = 'active'
  order by balance.id
  limit 1;

  return v_problem;
end;
$$;
comment on function private.open_work(bigint) is
  'What could still move money of the organization, or null; its unfinished runs are locked.';

create function private.close_organization(organization_id bigint, reason text)
returns setof public.organizations
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_reason text := private.required_text('The reason', close_organization.reason, 1000);
  v_organization public.organizations;
  v_member public.users;
  v_problem text;
begin
  if v_auth_user_id is null then
    perform private.refuse('not_signed_in');
  end if;

  -- Against other commands about its members. Rows that refer to the organization may still be written: what matters of
  -- them is locked below.
  select organization.* into v_organization
  from public.organizations as organization
  where organization.id = close_organization.organization_id
    and exists (
      select from public.users as member
      where member.organization_id = organization.id
        and member.auth_user_id = v_auth_user_id)
  for no key update;

  -- Closing ended the memberships, so an admin who repeats it is known by the one that ended with it.
  select member.* into v_member
  from public.users as member
  where member.organization_id = v_organization.id
    and member.auth_user_id = v_auth_user_id
    and member.deleted_at is not distinct from v_organization.deleted_at;

  if not found then
    perform private.refuse('not_your_organization', coalesce(close_organization.organization_id::text, 'without id'));
  end if;

  if v_member.role <> 'admin' then
    perform private.refuse('role_too_low', 'admin');
  end if;

  if v_organization.deleted_at is not null then
    return next v_organization;
    return;
  end if;

  v_problem := private.open_work(v_organization.id);
  if v_problem is not null then
    perform private.refuse('organization_has_open_work', v_organization.id::text, v_problem);
  end if;

  perform private.write_audit(v_organization.id, 'organization.closed', 'organization', v_organization.id::text,
    jsonb_build_object('reason', v_reason));
  perform private.emit_event(v_organization.id, 'organization.closed', 'organization', v_organization.id::text,
    'organization.closed:' || v_organization.id || ':' || v_organization.version,
    jsonb_build_object('organization_id', v_organization.id));

  update public.organizations as organization
  set deleted_at = now()
  where organization.id = v_organization.id
  returning organization.* into v_organization;

  return next v_organization;
end;
$$;
comment on function private.close_organization(bigint, text) is
  'Marks the organization as closed unless money could still move; its books stay.';
grant execute on function private.close_organization(bigint, text) to authenticated;

create function public.close_organization(organization_id bigint, reason text)
returns setof public.organizations
language sql volatile security invoker
set search_path = ''
as $$ select * from private.close_organization(organization_id, reason); $$;
comment on function public.close_organization(bigint, text) is
  'Ends every membership of an organization and keeps its books; refused while money could still move. For its admins.';
revoke all on function public.close_organization(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.close_organization(bigint, text) to authenticated;
