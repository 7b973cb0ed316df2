-- migration: managing employees
-- Single employees are added, changed and removed by the same rules as an import. A removed employee is kept for the
-- books and can be hired again under the same e-mail. The doors are in PL/pgSQL: a function in SQL with a search path
-- is planned anew in every request, which costs as much as all checks of an employee together.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125010000, 20261125010300, 20261125010500, 20261125020100,
--   20261125020200, 20261125020300, 20261125040000, 20261125040400
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('email_taken', 409,
    'Another employee of your organization has this e-mail address.',
    'Change the existing employee, or use another address.'),
  ('employee_has_unpaid_items', 409,
    'Employee %s is part of a payroll run that is not finished.',
    'Finish the run, or remove the employee from it first.'),
  ('invalid_fields', 422, 'The fields are not an object.', 'Send an object such as {"position": "Engineer"}.');

create function private.require_employee_document(document jsonb)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_unknown text;
begin
  perform private.require_size('The employee', require_employee_document.document, 16);

  if jsonb_typeof(require_employee_document.document) is distinct from 'object' then
    perform private.refuse('invalid_fields');
  end if;

  if private.json_holds_secret_key(require_employee_document.document) then
    perform private.refuse('secret_key_refused', 'The row');
  end if;

  v_unknown := private.unknown_employee_field(require_employee_document.document);

  if v_unknown is not null then
    perform private.refuse('unknown_field', private.quotable(v_unknown));
  end if;
end;
$$;
comment on function private.require_employee_document(jsonb) is
  'Refuses a document that is too large, no object, holds a secret key, or has a field that no employee has.';

create function private.require_employee_fields(fields private.employee_fields)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_problem text := private.employee_fields_problem(require_employee_fields.fields);
begin
  if v_problem is not null then
    perform private.refuse(v_problem,
      variadic private.employee_fields_arguments(v_problem, require_employee_fields.fields, null));
  end if;
end;
$$;
comment on function private.require_employee_fields(private.employee_fields) is
  'Refuses the fields that an import would refuse.';

create function private.locked_employee(employee_id bigint)
returns public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_employee public.employees;
begin
  select employee.* into v_employee
  from public.employees as employee
  where employee.id = locked_employee.employee_id
    and employee.organization_id = v_member.organization_id
    and employee.deleted_at is null
  for no key update;

  if not found then
    perform private.refuse('employee_not_found', coalesce(locked_employee.employee_id::text, 'without id'));
  end if;

  return v_employee;
end;
$$;
comment on function private.locked_employee(bigint) is
  'An employee of the caller''s organization, locked; for managers.';

create function private.create_employee(fields jsonb, idempotency_key text)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_fields private.employee_fields;
  v_id bigint;
  v_employee public.employees;
begin
  perform private.require_employee_document(create_employee.fields);
  v_fields := private.tidy_employee_fields(create_employee.fields);
  perform private.require_employee_fields(v_fields);

  -- Code and issuer are one value: a caller who names the code names the asset.
  v_fields.asset_issuer := coalesce(v_fields.asset_issuer, '');
  v_fields.asset_code := coalesce(v_fields.asset_code, 'XLM');
  v_fields.status := coalesce(v_fields.status, 'active');

  if create_employee.idempotency_key is not null then
    v_id := private.claim_idempotency_key('create_employee', create_employee.idempotency_key,
      jsonb_build_array(v_member.organization_id, to_jsonb(v_fields)))::bigint;
  end if;

  if v_id is null then
    perform private.require_room_for_employees(v_member.organization_id, 1);

    begin
      insert into public.employees
        (organization_id, first_name, last_name, email, wallet_address, memo_type, memo, salary, asset_code,
          asset_issuer, position, department, status)
      values (
        v_member.organization_id, v_fields.first_name, v_fields.last_name, v_fields.email, v_fields.wallet_address,
        v_fields.memo_type, v_fields.memo, v_fields.salary::numeric, v_fields.asset_code, v_fields.asset_issuer,
        v_fields.position, v_fields.department, v_fields.status)
      returning * into v_employee;
    exception when unique_violation then
      perform private.refuse('email_taken');
    end;

    v_id := v_employee.id;

    if create_employee.idempotency_key is not null then
      perform private.keep_idempotent_result('create_employee', create_employee.idempotency_key, v_id::text);
    end if;

    -- An address may have to wait; everything else is as it was written.
    if v_employee.wallet_address is null then
      return next v_employee;
      return;
    end if;
  end if;

  return query
    select employee.* from public.employees as employee where employee.id = v_id;
end;
$$;
grant execute on function private.create_employee(jsonb, text) to authenticated;

create function public.create_employee(fields jsonb, idempotency_key text default null)
returns setof public.employees
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  return query select * from private.create_employee(create_employee.fields, create_employee.idempotency_key);
end;
$$;
comment on function public.create_employee(jsonb, text) is 'Adds an employee from an object of texts. For managers.';
revoke all on function public.create_employee(jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.create_employee(jsonb, text) to authenticated;

create function private.update_employee(employee_id bigint, expected_version integer, fields jsonb)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_before public.employees := private.locked_employee(update_employee.employee_id);
  v_wanted record;
  v_fields private.employee_fields;
begin
  perform private.require_version(v_before.version, update_employee.expected_version);
  perform private.require_employee_document(update_employee.fields);
  v_fields := private.tidy_employee_fields(update_employee.fields);

  -- Every employee has a status and an asset; taking one away must not become a default that is paid.
  if update_employee.fields ? 'status' and v_fields.status is null then
    perform private.refuse('invalid_status', private.quotable(null));
  end if;

  if update_employee.fields ? 'asset_code' and v_fields.asset_code is null then
    perform private.refuse('invalid_asset_code', private.quotable(null));
  end if;

  -- Fields that are not given keep their value, and what was asked for stays asked for.
  select * into v_wanted
  from private.wanted_destination(v_before.id, v_before.wallet_address, v_before.memo_type, v_before.memo);

  if not update_employee.fields ? 'memo' then
    -- A memo belongs to its address.
    if not update_employee.fields ? 'wallet_address'
      or v_fields.wallet_address is not distinct from v_wanted.wallet_address then
      v_fields.memo := v_wanted.memo;
      v_fields.memo_type := coalesce(lower(private.tidy_value(update_employee.fields ->> 'memo_type')),
        v_wanted.memo_type);
    end if;
  end if;

  if not update_employee.fields ? 'wallet_address' then v_fields.wallet_address := v_wanted.wallet_address; end if;
  if not update_employee.fields ? 'first_name' then v_fields.first_name := v_before.first_name; end if;
  if not update_employee.fields ? 'last_name' then v_fields.last_name := v_before.last_name; end if;
  if not update_employee.fields ? 'email' then
    v_fields.email := private.wanted_email(v_before.id, v_before.email);
  end if;

  if not update_employee.fields ? 'salary' then v_fields.salary := v_before.salary::text; end if;
  if not update_employee.fields ? 'position' then v_fields.position := v_before.position; end if;
  if not update_employee.fields ? 'department' then v_fields.department := v_before.department; end if;
  if not update_employee.fields ? 'status' then v_fields.status := v_before.status; end if;

  -- A caller who names an asset by its code names its issuer too, or it has none.
  if not update_employee.fields ? 'asset_code' then
    v_fields.asset_code := v_before.asset_code;
    v_fields.asset_issuer := case when update_employee.fields ? 'asset_issuer' then v_fields.asset_issuer
      else v_before.asset_issuer end;
  end if;

  perform private.require_employee_fields(v_fields);

  begin
    return query
      update public.employees as employee
      set first_name = v_fields.first_name,
          last_name = v_fields.last_name,
          email = v_fields.email,
          wallet_address = v_fields.wallet_address,
          memo_type = v_fields.memo_type,
          memo = v_fields.memo,
          salary = v_fields.salary::numeric,
          asset_code = v_fields.asset_code,
          asset_issuer = coalesce(v_fields.asset_issuer, ''),
          position = v_fields.position,
          department = v_fields.department,
          status = v_fields.status
      where employee.id = v_before.id
      returning employee.*;
  exception when unique_violation then
    perform private.refuse('email_taken');
  end;
end;
$$;
grant execute on function private.update_employee(bigint, integer, jsonb) to authenticated;

create function public.update_employee(employee_id bigint, expected_version integer, fields jsonb)
returns setof public.employees
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  return query select * from private.update_employee(
    update_employee.employee_id, update_employee.expected_version, update_employee.fields);
end;
$$;
comment on function public.update_employee(bigint, integer, jsonb) is
  'Changes the given fields of an employee. For managers.';
revoke all on function public.update_employee(bigint, integer, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.update_employee(bigint, integer, jsonb) to authenticated;

create function private.remove_employee(employee_id bigint)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_employee public.employees;
begin
  -- A run is locked before its employees, as when a bonus is added.
  perform from public.payroll_runs as run
  where run.organization_id = v_member.organization_id
    and run.status = 'draft'
    and exists (
      select from public.payroll_items as item
      where item.payroll_run_id = run.id
        and item.organization_id = run.organization_id
        and item.employee_id = remove_employee.employee_id)
  order by run.id
  for update;

  v_employee := private.locked_employee(remove_employee.employee_id);

  if exists (
    select from public.payroll_items as item
    join public.payroll_runs as run on run.id = item.payroll_run_id
    where item.employee_id = v_employee.id
      and item.organization_id = v_employee.organization_id
      and item.status = 'pending'
      and run.status in ('pending', 'processing')
  ) then
    perform private.refuse('employee_has_unpaid_items', v_employee.id::text);
  end if;

  -- Drafts forget the employee; what was submitted or paid stays.
  delete from public.payroll_items as item
  using public.payroll_runs as run
  where run.id = item.payroll_run_id
    and item.employee_id = v_employee.id
    and item.organization_id = v_employee.organization_id
    and run.status = 'draft';

  return query
    update public.employees as employee
    set deleted_at = now(), status = 'inactive'
    where employee.id = v_employee.id
    returning employee.*;
end;
$$;
grant execute on function private.remove_employee(bigint) to authenticated;

create function public.remove_employee(employee_id bigint)
returns setof public.employees
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  return query select * from private.remove_employee(remove_employee.employee_id);
end;
$$;
comment on function public.remove_employee(bigint) is 'Marks an employee as gone; the books stay. For managers.';
revoke all on function public.remove_employee(bigint) from public, anon, authenticated, service_role;
grant execute on function public.remove_employee(bigint) to authenticated;
