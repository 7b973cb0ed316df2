-- rollback-of: 20261125040100_own_record
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop policy "Members can read employees, and employees their own record" on public.employees;
drop function private.readable_organization_id();
drop function private.employee_id();
drop view private.current_employment;
