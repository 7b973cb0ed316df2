-- migration: first payments to an address
-- Stolen pay goes to an address that was never paid before, so the approver of a run sees which payments of it are the
-- first to their address, and which addresses several people share. Both are facts read from the books.
-- author: PayD | date: 2026-11-25
-- tables: none | depends: 20261125000000, 20261125040000, 20261125060000, 20261125060200
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.run_destinations(payroll_run_id bigint)
returns table (organization_id bigint, employee_id bigint, destination text, memo_type text, memo text)
language sql stable security definer
set search_path = ''
as $$
  -- A draft pays to the address that the employee has now; later the run keeps the address that was submitted.
  select distinct item.organization_id, item.employee_id,
    case when run.status = 'draft' then employee.wallet_address else item.destination end,
    case when run.status = 'draft' then employee.memo_type else item.memo_type end,
    case when run.status = 'draft' then employee.memo else item.memo end
  from public.payroll_runs as run
  join public.payroll_items as item
    on item.organization_id = run.organization_id and item.payroll_run_id = run.id
  join public.employees as employee
    on employee.organization_id = item.organization_id and employee.id = item.employee_id
  where run.id = run_destinations.payroll_run_id;
$$;
comment on function private.run_destinations(bigint) is
  'Where each employee of the run would be paid, with which memo; null without an address.';

create function private.first_payments(payroll_run_id bigint)
returns table (employee_id bigint, destination text, was_paid_elsewhere boolean)
language sql stable security definer
set search_path = ''
as $$
  select payee.employee_id, payee.destination, exists (
    select from public.payroll_items as earlier
    where earlier.organization_id = payee.organization_id
      and earlier.employee_id = payee.employee_id
      and earlier.status = 'completed')
  from private.run_destinations(first_payments.payroll_run_id) as payee
  where payee.destination is not null
    and not exists (
      select from public.payroll_items as earlier
      where earlier.organization_id = payee.organization_id
        and earlier.employee_id = payee.employee_id
        and earlier.destination = payee.destination
        and earlier.status = 'completed')
  order by payee.employee_id;
$$;
comment on function private.first_payments(bigint) is
  'The payees of the run who were never paid at that address: was_paid_elsewhere tells an address that changed from a '
  'person who is new.';

create function private.shared_destinations(payroll_run_id bigint)
returns table (destination text, employee_ids bigint[])
language sql stable security definer
set search_path = ''
as $$
  select payee.destination, array_agg(payee.employee_id order by payee.employee_id)
  from private.run_destinations(shared_destinations.payroll_run_id) as payee
  where payee.destination is not null
  -- Customers of an exchange have its address in common, and each the own memo.
  group by payee.destination, payee.memo_type, payee.memo
  having count(*) > 1
  order by payee.destination, payee.memo;
$$;
comment on function private.shared_destinations(bigint) is
  'The addresses at which the run pays more than one employee with the same memo, with those employees.';
