-- migration: audit and events of employees
-- Every change of an employee is audited, personal values replaced by a mark, and announced.
-- author: PayD | date: 2026-11-25
-- tables: public.employees
-- depends: 20261125000000, 20261125010500, 20261125020100, 20261125020200, 20261125020400, 20261125030000,
--   20261125040000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- Names of what changed, never the personal values: the trail is kept for years and read by auditors.
create function private.audit_employees()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.membership();
  v_actor constant text := private.actor();
  v_ip_address constant text := private.request_ip_address();
begin
  -- A filled column is no edit of anybody, so the trail does not tell of it.
  if private.is_backfill() then
    return null;
  end if;

  if tg_op = 'INSERT' then
    insert into public.audit_logs
      (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
    select added.organization_id, case when added.organization_id = v_member.organization_id then v_member.id end,
      v_actor, 'employee.added', 'employee', added.id::text, null, v_ip_address
    from rows_after as added;

    return null;
  end if;

  insert into public.audit_logs
    (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
  select
    changed.organization_id, case when changed.organization_id = v_member.organization_id then v_member.id end, v_actor,
    case when changed.deleted_at is not null and earlier.deleted_at is null then 'employee.removed'
      else 'employee.updated' end,
    'employee', changed.id::text, jsonb_build_object('fields', difference.fields), v_ip_address
  from rows_after as changed
  join rows_before as earlier on earlier.id = changed.id
  cross join lateral (
    select array_remove(array[
      case when changed.asset_code <> earlier.asset_code then 'asset_code' end,
      case when changed.asset_issuer <> earlier.asset_issuer then 'asset_issuer' end,
      case when changed.auth_user_id is distinct from earlier.auth_user_id then 'auth_user_id' end,
      case when changed.deleted_at is distinct from earlier.deleted_at then 'deleted_at' end,
      case when changed.department is distinct from earlier.department then 'department' end,
      case when changed.email <> earlier.email then 'email' end,
      case when changed.first_name <> earlier.first_name then 'first_name' end,
      case when changed.last_name <> earlier.last_name then 'last_name' end,
      case when changed.memo is distinct from earlier.memo then 'memo' end,
      case when changed.memo_type is distinct from earlier.memo_type then 'memo_type' end,
      case when changed.position is distinct from earlier.position then 'position' end,
      case when changed.salary::numeric is distinct from earlier.salary::numeric then 'salary' end,
      case when changed.status <> earlier.status then 'status' end,
      case when changed.wallet_address is distinct from earlier.wallet_address then 'wallet_address' end
    ], null) as fields
  ) as difference
  where difference.fields <> '{}';

  return null;
end;
$$;
comment on function private.audit_employees() is
  'Statement trigger: one row of the trail for each employee, with the names of the fields that changed.';

create trigger employees_write_audit_of_inserts
  after insert on public.employees
  referencing new table as rows_after
  for each statement execute function private.audit_employees();

create trigger employees_write_audit_of_updates
  after update on public.employees
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.audit_employees();

create function private.emit_employee_events()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_organization_id bigint;
begin
  -- A filled column is no news for anybody.
  if private.is_backfill() then
    return null;
  end if;

  -- Events carry ids only; a consumer that needs the record asks for it with the right to read it.
  for v_organization_id in
    select distinct changed.organization_id from rows_after as changed
  loop
    if tg_op = 'INSERT' then
      perform private.emit_events(v_organization_id, (
        select array_agg(row('employee.added', 'employee', added.id::text, 'employee.added:' || added.id,
          jsonb_build_object('employee_id', added.id, 'status', added.status))::private.event_input order by added.id)
        from rows_after as added
        where added.organization_id = v_organization_id));
    else
      perform private.emit_events(v_organization_id, (
        select array_agg(row(kind.type, 'employee', changed.id::text,
          kind.type || ':' || changed.id || ':' || changed.version,
          jsonb_build_object('employee_id', changed.id, 'status', changed.status))::private.event_input
            order by changed.id)
        from rows_after as changed
        join rows_before as earlier on earlier.id = changed.id
        cross join lateral (
          select case when changed.deleted_at is not null and earlier.deleted_at is null then 'employee.removed'
            else 'employee.updated' end as type
        ) as kind
        where changed.organization_id = v_organization_id));
    end if;
  end loop;

  return null;
end;
$$;

create trigger employees_emit_events_of_inserts
  after insert on public.employees
  referencing new table as rows_after
  for each statement execute function private.emit_employee_events();

create trigger employees_emit_events_of_updates
  after update on public.employees
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.emit_employee_events();
