-- migration: what changed since the last run
-- Approvers decide about differences: who is new, who left, whose amount or address is another than in the last run
-- that paid that person and who changed it, which addresses several people share, and which items were edited by hand.
-- author: PayD | date: 2026-11-30
-- tables: none
-- depends: 20261125000000, 20261125000100, 20261125020100, 20261125020200, 20261125020400, 20261125040000,
--   20261125050100, 20261125060000, 20261125060200, 20261125060250, 20261125060320
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create type public.payroll_run_change as (
  kind text,
  employee_id bigint,
  first_name text,
  last_name text,
  old_amount text,
  new_amount text,
  old_address text,
  new_address text,
  is_first_payment_to_address boolean,
  changed_by bigint,
  changed_by_email text,
  changed_at timestamptz,
  reason text,
  other_employee_ids bigint[]
);
comment on type public.payroll_run_change is
  'One difference between a run and what was paid before: new, left, amount, address, shared_address, item_added, '
  'item_changed or item_removed. Amounts are text, because an API would make numbers of them here.';

create function private.last_run_before(run public.payroll_runs)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select other.id
  from public.payroll_runs as other
  where other.organization_id = (run).organization_id
    and other.id <> (run).id
    and other.asset_code = (run).asset_code
    and other.asset_issuer = (run).asset_issuer
    and other.status in ('processing', 'completed', 'failed')
    and other.submitted_at <= coalesce((run).submitted_at, 'infinity')
    and other.total_base_amount::numeric > 0
  order by other.submitted_at desc, other.id desc
  limit 1;
$$;
comment on function private.last_run_before(public.payroll_runs) is
  'The last run of the asset with base pay that was paid before this one was submitted.';

create function private.paid_before(run public.payroll_runs, employee_id bigint)
returns table (payroll_run_id bigint, amount numeric, destination text, memo text, submitted_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
  select last_item.payroll_run_id, sum(paid.amount::numeric), min(paid.destination), min(paid.memo),
    min(last_item.submitted_at)
  from (
    select item.payroll_run_id, paid_run.submitted_at
    from public.payroll_items as item
    join public.payroll_runs as paid_run on paid_run.organization_id = item.organization_id
      and paid_run.id = item.payroll_run_id
    where item.organization_id = (run).organization_id
      and item.employee_id = paid_before.employee_id
      and item.status = 'completed'
      and item.payroll_run_id <> (run).id
      and paid_run.asset_code = (run).asset_code
      and paid_run.asset_issuer = (run).asset_issuer
    order by item.created_at desc, item.id desc
    limit 1
  ) as last_item
  join public.payroll_items as paid on paid.payroll_run_id = last_item.payroll_run_id
    and paid.organization_id = (run).organization_id
    and paid.employee_id = paid_before.employee_id
    and paid.status = 'completed'
  group by last_item.payroll_run_id;
$$;
comment on function private.paid_before(public.payroll_runs, bigint) is
  'What the last run of the asset that paid the employee paid, and where.';

create function private.last_change_of(organization_id bigint, employee_id bigint, fields text[])
returns table (user_id bigint, changed_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
  select entry.user_id, entry.created_at
  from public.audit_logs as entry
  where entry.organization_id = last_change_of.organization_id
    and entry.resource_type = 'employee'
    and entry.resource_id = last_change_of.employee_id::text
    and (entry.action = 'employee.added'
      or (entry.action = 'employee.updated' and entry.changes -> 'fields' ?| last_change_of.fields))
  order by entry.created_at desc, entry.id desc
  limit 1;
$$;
comment on function private.last_change_of(bigint, bigint, text[]) is
  'Who last changed one of the fields of the employee, or added the employee, and when.';

create function private.last_address_change_of(organization_id bigint, employee_id bigint, address text)
returns table (user_id bigint, changed_at timestamptz)
language sql stable security definer
set search_path = ''
as $$
  -- The person who asked for a change counts, not the one who confirmed it or the job that carried it out.
  select found.user_id, found.changed_at
  from (
    (select change.requested_by_user as user_id, change.decided_at as changed_at, 1 as rank
    from public.wallet_changes as change
    where change.organization_id = last_address_change_of.organization_id
      and change.employee_id = last_address_change_of.employee_id
      and change.new_address = last_address_change_of.address
      and change.state = 'applied'
    order by change.decided_at desc, change.id desc
    limit 1)
    union all
    select entry.user_id, entry.changed_at, 2
    from private.last_change_of(last_address_change_of.organization_id, last_address_change_of.employee_id,
      '{wallet_address}') as entry
  ) as found
  order by found.rank
  limit 1;
$$;
comment on function private.last_address_change_of(bigint, bigint, text) is
  'Who asked for the address of the employee, and since when it counts.';

create function private.payroll_run_changes(payroll_run_id bigint)
returns setof public.payroll_run_change
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('viewer');
  v_run public.payroll_runs;
  v_last_run_id bigint;
begin
  select run.* into v_run
  from public.payroll_runs as run
  where run.id = payroll_run_changes.payroll_run_id
    and run.organization_id = v_member.organization_id;

  if not found then
    perform private.refuse('payroll_run_not_found', coalesce(payroll_run_changes.payroll_run_id::text, 'without id'));
  end if;

  v_last_run_id := private.last_run_before(v_run);

  return query
    with payee as materialized (
      select present.employee_id, present.amount, present.destination, before.payroll_run_id as before_id,
        before.amount as old_amount, before.destination as old_address, present.memo, before.memo as old_memo
      from (
        select item.employee_id, sum(item.amount::numeric) as amount, min(item.destination) as destination,
          min(item.memo) as memo
        from public.payroll_items as item
        where item.organization_id = v_run.organization_id
          and item.payroll_run_id = v_run.id
        group by item.employee_id
      ) as present
      left join lateral private.paid_before(v_run, present.employee_id) as before on true
    ),
    difference as (
      select 'new' as kind, payee.employee_id, null::numeric as old_amount, payee.amount as new_amount,
        null::text as old_address, payee.destination as new_address, added.user_id as changed_by, added.changed_at,
        null::text as reason, null::bigint[] as others
      from payee
      left join lateral private.last_change_of(v_run.organization_id, payee.employee_id,
        '{salary,wallet_address,email}') as added on true
      where payee.before_id is null
      union all
      select 'amount', payee.employee_id, payee.old_amount, payee.amount, null, null, changed.user_id,
        changed.changed_at, null, null
      from payee
      left join lateral private.last_change_of(v_run.organization_id, payee.employee_id,
        '{salary,asset_code,asset_issuer}') as changed on true
      where payee.old_amount <> payee.amount
      union all
      select 'address', payee.employee_id, null, null, payee.old_address, payee.destination, changed.user_id,
        changed.changed_at, null, null
      from payee
      left join lateral private.last_address_change_of(v_run.organization_id, payee.employee_id, payee.destination)
        as changed on true
      where payee.before_id is not null
        and payee.old_address is distinct from payee.destination
      union all
      select 'memo', payee.employee_id, null, null, null, payee.destination, changed.user_id, changed.changed_at,
        format('The memo was %s and is %s.', coalesce(payee.old_memo, 'empty'), coalesce(payee.memo, 'empty')), null
      from payee
      left join lateral private.last_change_of(v_run.organization_id, payee.employee_id, '{memo,memo_type}')
        as changed on true
      where payee.before_id is not null
        and payee.old_memo is distinct from payee.memo
      union all
      select 'left', earlier.employee_id, sum(earlier.amount::numeric), null, min(earlier.destination), null,
        null, null, null, null
      from public.payroll_items as earlier
      where earlier.organization_id = v_run.organization_id
        and earlier.payroll_run_id = v_last_run_id
        and earlier.item_type = 'base'
        and not exists (select from payee where payee.employee_id = earlier.employee_id)
      group by earlier.employee_id
      union all
      select 'shared_address', person.employee_id, null, null, null, shared.destination, null, null, null,
        array_remove(shared.employee_ids, person.employee_id)
      from private.shared_destinations(v_run.id) as shared
      cross join lateral unnest(shared.employee_ids) as person (employee_id)
      union all
      select 'item_' || edit.action, edit.employee_id, edit.old_amount, edit.new_amount, null, null, edit.user_id,
        edit.created_at, edit.reason, null
      from public.payroll_item_edits as edit
      where edit.organization_id = v_run.organization_id
        and edit.payroll_run_id = v_run.id
    )
    select difference.kind, difference.employee_id, employee.first_name::text, employee.last_name::text,
      difference.old_amount::numeric(20, 7)::text, difference.new_amount::numeric(20, 7)::text,
      difference.old_address, difference.new_address, first_payment.employee_id is not null,
      difference.changed_by, member.email::text, difference.changed_at, difference.reason, difference.others
    from difference
    join public.employees as employee on employee.organization_id = v_run.organization_id
      and employee.id = difference.employee_id
    left join public.users as member on member.organization_id = v_run.organization_id
      and member.id = difference.changed_by
    left join private.first_payments(v_run.id) as first_payment
      on first_payment.employee_id = difference.employee_id
        and first_payment.destination = difference.new_address
    order by difference.kind, difference.employee_id, difference.changed_at;
end;
$$;
comment on function private.payroll_run_changes(bigint) is
  'The differences between a run of the caller''s organization and what was paid before.';
grant execute on function private.payroll_run_changes(bigint) to authenticated;

create function public.payroll_run_changes(payroll_run_id bigint)
returns setof public.payroll_run_change
language sql stable security invoker
set search_path = ''
as $$ select * from private.payroll_run_changes(payroll_run_id); $$;
comment on function public.payroll_run_changes(bigint) is
  'What an approver should look at: people who are new or left, amounts and addresses that changed since each person '
  'was last paid and by whom, shared addresses, and items edited by hand. For members.';
revoke all on function public.payroll_run_changes(bigint) from public, anon, authenticated, service_role;
grant execute on function public.payroll_run_changes(bigint) to authenticated;
