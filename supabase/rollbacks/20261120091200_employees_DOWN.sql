-- rollback-of: 20261120091200_employees
-- rollback: lossy table public.employees
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop trigger employees_emit_events_of_updates on public.employees;
drop trigger employees_emit_events_of_inserts on public.employees;

drop function private.emit_employee_events();

drop trigger employees_write_audit_of_updates on public.employees;
drop trigger employees_write_audit_of_inserts on public.employees;

drop function private.audit_employees();

drop policy "Members can read employees, and employees their own record" on public.employees;

drop function private.readable_organization_id();
drop function private.employee_id();
drop view private.current_employment;

drop trigger employees_touch_version on public.employees;

drop table public.employees;
