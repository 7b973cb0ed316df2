-- migration: export of employees
-- The people of an organization as a spreadsheet takes them: amounts are exact texts, and a text that a spreadsheet
-- would run as a formula is marked as text. Who reads which rows is decided by the table; what was exported can be
-- imported again.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125010000, 20261125040000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create view public.employee_exports
with (security_invoker = true)
as
select
  employee.organization_id,
  employee.id as employee_id,
  private.spreadsheet_text(employee.first_name) as first_name,
  private.spreadsheet_text(employee.last_name) as last_name,
  private.spreadsheet_text(employee.email) as email,
  private.spreadsheet_text(employee.position) as "position",
  private.spreadsheet_text(employee.department) as department,
  employee.status,
  -- Three decimals could be read as thousands; the import asks for another number of them.
  case when scale(trim_scale(employee.salary::numeric)) = 3 then trim_scale(employee.salary::numeric)::text || '0'
    else trim_scale(employee.salary::numeric)::text end as salary,
  employee.asset_code,
  employee.asset_issuer,
  employee.wallet_address,
  employee.memo_type,
  private.spreadsheet_text(employee.memo) as memo,
  employee.created_at
from public.employees as employee
where employee.deleted_at is null;
comment on view public.employee_exports is
  'The employees for a spreadsheet: ask for it as text/csv instead of the table, whose texts are as people typed them.';

revoke all on public.employee_exports from public, anon, authenticated, service_role;
grant select on public.employee_exports to authenticated, service_role;
