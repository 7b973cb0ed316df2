-- rollback-of: 20261125040300_employee_trail
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop trigger employees_emit_events_of_updates on public.employees;
drop trigger employees_emit_events_of_inserts on public.employees;
drop function private.emit_employee_events();
drop trigger employees_write_audit_of_updates on public.employees;
drop trigger employees_write_audit_of_inserts on public.employees;
drop function private.audit_employees();
