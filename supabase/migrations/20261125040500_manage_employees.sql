-- migration: managing employees
-- Single employees are added, changed and removed by the same rules as an import. A removed employee is kept for the
-- books and can be hired again under the same e-mail. An employee may sign in once the account is linked, and only as
-- long as it is the account of that e-mail.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125010000, 20261125010200, 20261125010300, 20261125010500,
--   20261125020100, 20261125020200, 20261125020300, 20261125040000, 20261125040400
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
  ('account_not_found', 404,
    'Nobody has signed up with the e-mail address of employee %s.',
    'Ask the employee to sign up with that address first.'),
  ('account_linked', 409,
    'The account with the e-mail address of employee %s belongs to another employee of your organization.',
    'Correct the e-mail address of one of the two: whoever has another address is no longer linked.'),
  ('unknown_field', 422,
    '%s is not a field of an employee that can be set here.',
    'Use first_name, last_name, email, status, position, department, salary, asset_code, asset_issuer and '
    'wallet_address.'),
  ('invalid_fields', 422, 'The fields are not an object.', 'Send an object such as {"position": "Engineer"}.');

create function private.require_employee_fields(fields jsonb)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_unknown text;
  v_candidate jsonb;
  v_problem text;
begin
  if jsonb_typeof(require_employee_fields.fields) is distinct from 'object' then
    perform private.refuse('invalid_fields');
  end if;

  select given.key into v_unknown
  from jsonb_object_keys(require_employee_fields.fields) as given (key)
  where given.key not in ('first_name', 'last_name', 'email', 'status', 'position', 'department', 'salary',
    'asset_code', 'asset_issuer', 'wallet_address')
  limit 1;

  if found then
    perform private.refuse('unknown_field', private.quotable(v_unknown));
  end if;

  v_candidate := private.normalise_import_row(require_employee_fields.fields);
  v_problem := coalesce(
    case when private.json_holds_secret_key(require_employee_fields.fields) then 'secret_key_refused' end,
    private.import_problem(v_candidate));

  if v_problem is not null then
    perform private.refuse(v_problem, variadic private.import_problem_arguments(v_problem, v_candidate));
  end if;

  return v_candidate;
end;
$$;
comment on function private.require_employee_fields(jsonb) is
  'The fields normalised; refuses what an import would refuse.';

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
  v_fields jsonb := private.require_employee_fields(create_employee.fields);
  v_id bigint;
begin
  v_fields := private.completed_import_row(create_employee.fields, v_fields, null);
  v_id := private.claim_idempotency_key('create_employee', create_employee.idempotency_key,
    jsonb_build_array(v_member.organization_id, v_fields))::bigint;

  if v_id is null then
    begin
      insert into public.employees
        (organization_id, first_name, last_name, email, wallet_address, salary, asset_code, asset_issuer, position,
          department, status)
      values (
        v_member.organization_id, v_fields ->> 'first_name', v_fields ->> 'last_name', v_fields ->> 'email',
        v_fields ->> 'wallet_address',
        (v_fields ->> 'salary')::public.amount, v_fields ->> 'asset_code', v_fields ->> 'asset_issuer',
        v_fields ->> 'position',
        v_fields ->> 'department', v_fields ->> 'status')
      returning id into v_id;
    exception when unique_violation then
      perform private.refuse('email_taken');
    end;

    perform private.keep_idempotent_result('create_employee', create_employee.idempotency_key, v_id::text);
  end if;

  return query
    select employee.* from public.employees as employee where employee.id = v_id;
end;
$$;
grant execute on function private.create_employee(jsonb, text) to authenticated;

create function public.create_employee(fields jsonb, idempotency_key text default null)
returns setof public.employees
language sql volatile security invoker
set search_path = ''
as $$ select * from private.create_employee(fields, idempotency_key); $$;
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
  v_fields jsonb;
begin
  perform private.require_version(v_before.version, update_employee.expected_version);

  if jsonb_typeof(update_employee.fields) is distinct from 'object' then
    perform private.refuse('invalid_fields');
  end if;

  -- Fields that are not given keep their value; an amount as text, so that it is checked like any other. An address
  -- that was asked for stays asked for. Whoever names an asset by its code names its issuer too, or it has none.
  v_fields := private.require_employee_fields(
    jsonb_build_object(
      'first_name', v_before.first_name, 'last_name', v_before.last_name, 'email', v_before.email, 'status',
      v_before.status,
      'position', v_before.position, 'department', v_before.department, 'salary', v_before.salary::text,
      'asset_code', v_before.asset_code, 'asset_issuer', case
        when not update_employee.fields ? 'asset_code' then v_before.asset_issuer end,
      'wallet_address', private.wanted_wallet_address(v_before))
    || update_employee.fields);

  -- Nobody is without a status or an asset; taking one away must not become a default that pays somebody.
  if v_fields ->> 'status' is null then
    perform private.refuse('invalid_status', private.quotable(null));
  end if;

  if v_fields ->> 'asset_code' is null then
    perform private.refuse('invalid_asset_code', private.quotable(null));
  end if;

  begin
    return query
      update public.employees as employee
      set first_name = v_fields ->> 'first_name',
          last_name = v_fields ->> 'last_name',
          email = v_fields ->> 'email',
          wallet_address = v_fields ->> 'wallet_address',
          salary = (v_fields ->> 'salary')::public.amount,
          asset_code = v_fields ->> 'asset_code',
          asset_issuer = coalesce(v_fields ->> 'asset_issuer', ''),
          position = v_fields ->> 'position',
          department = v_fields ->> 'department',
          status = v_fields ->> 'status',
          -- Another address may be another person, who must not read on.
          auth_user_id = case when v_fields ->> 'email' = v_before.email then v_before.auth_user_id end
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
language sql volatile security invoker
set search_path = ''
as $$ select * from private.update_employee(employee_id, expected_version, fields); $$;
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
language sql volatile security invoker
set search_path = ''
as $$ select * from private.remove_employee(employee_id); $$;
comment on function public.remove_employee(bigint) is 'Marks an employee as gone; the books stay. For managers.';
revoke all on function public.remove_employee(bigint) from public, anon, authenticated, service_role;
grant execute on function public.remove_employee(bigint) to authenticated;
