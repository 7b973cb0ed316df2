-- migration: what employees read
-- An employee who signs in reads the own record, payslips, wallet and payments and nothing else: the same policies
-- serve members and employees, because employee_id() is null for a member.
-- author: PayD | date: 2026-11-25
-- tables: public.employees | depends: 20261125000000, 20261125020200, 20261125040000
-- class: modify-rls, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create view private.current_employment
with (security_invoker = true)
as
select employee.id, employee.organization_id
from private.current_request as request
join public.employees as employee on employee.auth_user_id = request.auth_user_id
where employee.deleted_at is null
  and coalesce(employee.organization_id::text = request.organization_id, true)
order by employee.auth_user_id, employee.organization_id
limit 1;
comment on view private.current_employment is
  'The caller''s employee record in the organization the request acts in: one row or none.';

create function private.employee_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  -- Hardly any member is an employee with an account, so asking for that first saves members a lookup.
  return (
    select case when employee.id is not null and private.organization_id() is null then employee.id end
    from private.current_employment as employee);
end;
$$;
comment on function private.employee_id() is
  'The employee whose own rows the caller may read; null for a member, who reads all of the organization.';

create function private.readable_organization_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(
    (select member.organization_id from private.current_membership as member),
    (select employee.organization_id from private.current_employment as employee));
end;
$$;
comment on function private.readable_organization_id() is
  'The organization of a member, else of an employee; always used together with employee_id().';
grant execute on function private.employee_id() to authenticated;
grant execute on function private.readable_organization_id() to authenticated;

create policy "Members can read employees, and employees their own record"
  on public.employees for select to authenticated
  using (
    organization_id = (select private.readable_organization_id())
    and case when (select private.employee_id()) is null then true else id = (select private.employee_id()) end
  );
