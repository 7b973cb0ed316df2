-- rollback-of: 20261125040500_manage_employees
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.remove_employee(bigint);
drop function private.remove_employee(bigint);
drop function public.update_employee(bigint, integer, jsonb);
drop function private.update_employee(bigint, integer, jsonb);
drop function public.create_employee(jsonb, text);
drop function private.create_employee(jsonb, text);
drop function private.locked_employee(bigint);
drop function private.require_employee_fields(private.employee_fields);
drop function private.require_employee_document(jsonb);
delete from private.error_codes
where code in (
  'email_taken',
  'employee_has_unpaid_items',
  'invalid_fields');
