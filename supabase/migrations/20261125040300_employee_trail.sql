-- migration: audit and events of employees
-- Every change of an employee is audited, personal values replaced by a mark, and announced.
-- author: PayD | date: 2026-11-25
-- tables: public.employees | depends: 20261125000000, 20261125020200, 20261125020400, 20261125030000, 20261125040000
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
begin
  if tg_op = 'INSERT' then
    insert into public.audit_logs
      (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
    select added.organization_id, member.id, private.actor(), 'employee.added', 'employee', added.id::text, null,
    private.request_ip_address()
    from rows_after as added
    left join private.membership() as member on member.organization_id = added.organization_id;

    return null;
  end if;

  insert into public.audit_logs
    (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
  select
    changed.organization_id, member.id, private.actor(),
    case when changed.deleted_at is not null and earlier.deleted_at is null then 'employee.removed'
      else 'employee.updated' end,
    'employee', changed.id::text,
    jsonb_build_object('fields', difference.fields),
    private.request_ip_address()
  from rows_after as changed
  join rows_before as earlier on earlier.id = changed.id
  cross join lateral (
    select jsonb_agg(now_field.key order by now_field.key) as fields
    from jsonb_each(to_jsonb(changed) - 'updated_at' - 'version' - 'search_vector' - 'wallet_address_set_at')
      as now_field
    where now_field.value is distinct from to_jsonb(earlier) -> now_field.key
  ) as difference
  left join private.membership() as member on member.organization_id = changed.organization_id
  where difference.fields is not null;

  return null;
end;
$$;

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
  -- Events carry ids only; whoever needs the record asks for it with the right to read it.
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
