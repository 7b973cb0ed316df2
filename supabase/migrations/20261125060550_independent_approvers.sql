-- migration: independent approvers
-- An approver is independent of a run if the person neither submitted it nor shaped what it pays: created or changed
-- the draft, edited an item, or since the last run that paid an employee of this one added that employee or changed
-- salary, address, memo, e-mail, name or status, weakened the rules of approval, or said that a salary is for another
-- time. People count and not memberships.
-- author: PayD | date: 2026-11-30
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125020100, 20261125020400, 20261125040000, 20261125050100,
--   20261125060000, 20261125060200, 20261125060300, 20261125060320
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('approver_prepared_run', 403,
    'You took part in preparing payroll run %1$s (%2$s), so another person must approve it.',
    'Ask a manager or an admin who had no part in it.');

create function private.memberships_of(member public.users)
returns bigint[]
language sql stable security definer
set search_path = ''
as $$
  select array(
    select same.id
    from public.users as same
    where same.organization_id = (member).organization_id
      and (same.id = (member).id or same.auth_user_id = (member).auth_user_id)
    order by same.id);
$$;
comment on function private.memberships_of(public.users) is
  'Every membership of the same person in the organization, present and past.';

create function private.payees_shaped_by(run public.payroll_runs, user_ids bigint[])
returns table (employee_id bigint, changed_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
  select shaped.employee_id, shaped.changed_at
  from (
    select entry.resource_id::bigint as employee_id, entry.created_at as changed_at
    from public.audit_logs as entry
    where entry.organization_id = (run).organization_id
      and entry.user_id = any (payees_shaped_by.user_ids)
      and entry.resource_type = 'employee'
      and (entry.action = 'employee.added'
        or (entry.action = 'employee.updated'
          and entry.changes -> 'fields' ?| array['salary', 'wallet_address', 'memo', 'memo_type', 'email', 'first_name',
            'last_name', 'asset_code', 'asset_issuer', 'status']
          -- Confirming or carrying out another person's change of address is no change of one's own.
          and not (entry.changes -> 'fields' <@ '["auth_user_id", "email", "memo", "memo_type", "wallet_address"]'
            and exists (
            select from public.wallet_changes as change
            where change.organization_id = entry.organization_id
              and change.employee_id = entry.resource_id::bigint
              and change.state = 'applied'
              and change.decided_at = entry.created_at))))
    union all
    select change.employee_id, change.decided_at
    from public.wallet_changes as change
    where change.organization_id = (run).organization_id
      and change.requested_by_user = any (payees_shaped_by.user_ids)
      and change.state = 'applied'
  ) as shaped
  where shaped.changed_at <= coalesce((run).submitted_at, 'infinity')
    and exists (
      select from public.payroll_items as item
      where item.organization_id = (run).organization_id
        and item.payroll_run_id = (run).id
        and item.employee_id = shaped.employee_id)
    and shaped.changed_at >= coalesce((
      select max(paid_run.submitted_at)
      from public.payroll_items as paid
      join public.payroll_runs as paid_run on paid_run.organization_id = paid.organization_id
        and paid_run.id = paid.payroll_run_id
      where paid.organization_id = (run).organization_id
        and paid.employee_id = shaped.employee_id
        and paid.status = 'completed'
        and paid.payroll_run_id <> (run).id
    ), '-infinity');
$$;
comment on function private.payees_shaped_by(public.payroll_runs, bigint[]) is
  'Employees of the run whom the members added, or whose pay, address or identity they changed, since the last run '
  'that paid them.';

create function private.weakened_rules(run public.payroll_runs, user_ids bigint[])
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select exists (
    select from public.audit_logs as entry
    where entry.organization_id = (run).organization_id
      and entry.user_id = any (weakened_rules.user_ids)
      and ((entry.action = 'organization.updated'
          and ((entry.changes #>> '{required_approvals,old}')::integer
              > (entry.changes #>> '{required_approvals,new}')::integer
            or entry.changes #>> '{wallet_change_policy,new}' = 'immediate'
            or entry.changes #>> '{wallet_change_policy,old}' = 'second_person'
            or (entry.changes #>> '{wallet_change_hours,old}')::integer
              > (entry.changes #>> '{wallet_change_hours,new}')::integer
            -- The same salary for another time is another pay of everybody.
            or entry.changes ? 'salary_period'))
        or (entry.action in ('organization.threshold_set', 'organization.threshold_removed')
          and (entry.changes #>> '{required_approvals,old}')::integer
            > coalesce((entry.changes #>> '{required_approvals,new}')::integer, 0))
        -- A server signs instead of wallets, or other wallets than before.
        or (entry.action = 'source_account.custody_set' and entry.changes ? 'weaker'))
      and entry.created_at >= coalesce((
        select max(paid.submitted_at)
        from public.payroll_runs as paid
        where paid.organization_id = (run).organization_id
          and paid.id <> (run).id
          and paid.status in ('processing', 'completed', 'failed')
      ), '-infinity'));
$$;
comment on function private.weakened_rules(public.payroll_runs, bigint[]) is
  'Whether one of the members asked for fewer approvals, for less protection of addresses, for a server that signs '
  'alone, for other wallets that sign, or for salaries of another time, since the last run was paid.';

create function private.part_in_payroll_run(run public.payroll_runs, member public.users)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_user_ids bigint[] := private.memberships_of(member);
  v_name text;
begin
  if (run).created_by = any (v_user_ids) then
    return 'you created the draft';
  end if;

  if exists (
    select from public.payroll_audit_logs as entry
    where entry.organization_id = (run).organization_id
      and entry.payroll_run_id = (run).id
      and entry.action = 'updated'
      and entry.previous_state ->> 'status' = 'draft'
      and entry.actor in (select 'user:' || user_id from unnest(v_user_ids) as user_id)
  ) then
    return 'you changed the draft';
  end if;

  if exists (
    select from public.payroll_item_edits as edit
    where edit.organization_id = (run).organization_id
      and edit.payroll_run_id = (run).id
      and edit.user_id = any (v_user_ids)
  ) then
    return 'you edited its items';
  end if;

  select employee.first_name || ' ' || employee.last_name into v_name
  from private.payees_shaped_by(run, v_user_ids) as shaped
  join public.employees as employee on employee.organization_id = (run).organization_id
    and employee.id = shaped.employee_id
  limit 1;

  if not found and private.weakened_rules(run, v_user_ids) then
    return 'you weakened the rules of approval, or said that a salary is for another time, since the last run';
  end if;

  if v_name is not null then
    return format('you changed pay, address or identity of %s since the last run', v_name);
  end if;

  return null;
end;
$$;
comment on function private.part_in_payroll_run(public.payroll_runs, public.users) is
  'What the person did to shape the run, as a sentence for that person, or null for an independent approver.';
