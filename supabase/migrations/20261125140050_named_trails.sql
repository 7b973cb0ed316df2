-- migration: trails with names
-- Screens show people and not numbers: items with the employee, decisions and trails with the e-mail of the member.
-- Each view stands under the row level security of the tables it reads.
-- author: PayD | date: 2026-11-30
-- tables: none
-- depends: 20261125000000, 20261125020100, 20261125020400, 20261125040000, 20261125060200, 20261125060300,
--   20261125060600, 20261125140000
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create view public.payroll_item_details
with (security_invoker = true)
as
select
  item.organization_id, item.id, item.payroll_run_id, item.employee_id,
  employee.first_name, employee.last_name, employee.email, employee.department, employee.position,
  item.item_type, item.amount, item.amount_reason, item.description, item.destination, item.status, item.tx_hash,
  item.payout_method, item.claimable_balance_id, item.claimable_balance_status, item.failure_code, item.failure_reason,
  item.created_at, item.updated_at
from public.payroll_items as item
join public.employees as employee on employee.organization_id = item.organization_id
  and employee.id = item.employee_id;
comment on view public.payroll_item_details is 'The items of runs with the names of their employees.';

create view public.payroll_decisions
with (security_invoker = true)
as
select
  approval.organization_id, approval.id, approval.payroll_run_id, approval.user_id, member.email, member.role,
  approval.decision, approval.reason, approval.content_hash, approval.voided_at, approval.created_at
from public.payroll_run_approvals as approval
left join public.users as member on member.organization_id = approval.organization_id
  and member.id = approval.user_id;
comment on view public.payroll_decisions is 'Who approved or rejected which run, with e-mail addresses.';

create view public.payroll_trail
with (security_invoker = true)
as
select
  entry.organization_id, entry.id, entry.payroll_run_id, entry.action, entry.previous_state, entry.new_state,
  entry.actor, member.id as user_id, member.email, entry.reason, entry.created_at
from public.payroll_audit_logs as entry
left join public.users as member on member.organization_id = entry.organization_id
  and member.id = substring(entry.actor from '^user:([0-9]{1,18})$')::bigint;
comment on view public.payroll_trail is 'The trail of runs, with the e-mail address of the member who acted.';

create view public.audit_trail
with (security_invoker = true)
as
select
  entry.organization_id, entry.id, entry.action, entry.resource_type, entry.resource_id, entry.changes, entry.actor,
  entry.user_id, member.email, entry.ip_address, entry.created_at
from public.audit_logs as entry
left join public.users as member on member.organization_id = entry.organization_id
  and member.id = entry.user_id;
comment on view public.audit_trail is 'The audit trail, with the e-mail address of the member who acted. For admins.';

revoke all on public.payroll_item_details, public.payroll_decisions, public.payroll_trail, public.audit_trail
  from public, anon, authenticated, service_role;
grant select on public.payroll_item_details, public.payroll_decisions, public.payroll_trail, public.audit_trail
  to authenticated, service_role;

create trigger payroll_item_details_refuse_writes
  instead of insert or update or delete on public.payroll_item_details
  for each row execute function private.refuse_view_write();

create trigger payroll_decisions_refuse_writes
  instead of insert or update or delete on public.payroll_decisions
  for each row execute function private.refuse_view_write();

create trigger payroll_trail_refuse_writes
  instead of insert or update or delete on public.payroll_trail
  for each row execute function private.refuse_view_write();

create trigger audit_trail_refuse_writes
  instead of insert or update or delete on public.audit_trail
  for each row execute function private.refuse_view_write();
