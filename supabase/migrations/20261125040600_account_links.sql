-- migration: accounts of employees
-- An employee record is linked to the account of the person.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125000100, 20261125040000, 20261125040500
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.link_employee_account(employee_id bigint)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_employee public.employees := private.locked_employee(link_employee_account.employee_id);
  v_auth_user_id uuid;
begin
  select account.id into v_auth_user_id
  from auth.users as account
  where lower(account.email) = v_employee.email
    and account.email_confirmed_at is not null
  limit 1;

  if not found then
    perform private.refuse('account_not_found', v_employee.id::text);
  end if;

  begin
    return query
      update public.employees as employee
      set auth_user_id = v_auth_user_id
      where employee.id = v_employee.id
      returning employee.*;
  exception when unique_violation then
    perform private.refuse('account_linked', v_employee.id::text);
  end;
end;
$$;
grant execute on function private.link_employee_account(bigint) to authenticated;

create function public.link_employee_account(employee_id bigint)
returns setof public.employees
language sql volatile security invoker
set search_path = ''
as $$ select * from private.link_employee_account(employee_id); $$;
comment on function public.link_employee_account(bigint) is
  'Lets the person with the employee''s confirmed e-mail address read the own record. For managers.';
revoke all on function public.link_employee_account(bigint) from public, anon, authenticated, service_role;
grant execute on function public.link_employee_account(bigint) to authenticated;
