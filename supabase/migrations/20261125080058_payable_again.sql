-- migration: people who can be paid now
-- Nothing is paid again by itself: an employee whose payment failed mends the account, the next look at the account
-- shows it, and the managers hear of it, once for each failure of each person. Whether a payment would be taken is
-- judged as before every payment, so all that can be wrong with an account counts.
-- author: PayD | date: 2026-12-01
-- tables: private.doctor_checks, private.notification_templates, private.preference_defaults, public.wallets
-- depends: 20261125000000, 20261125000250, 20261125001000, 20261125001100, 20261125030000, 20261125040000,
--   20261125050000, 20261125060000, 20261125060200, 20261125070250
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.payable_again(run public.payroll_runs)
returns table (
  employee_id bigint, item_id bigint, destination text, amount numeric, code text, failed_at timestamptz,
  last_synced_at timestamptz
)
language sql stable security definer
set search_path = ''
as $$
  with failed as (
    select item.employee_id, min(item.id) as item_id, min(item.destination) as destination,
      min(item.memo_type) as memo_type, min(item.memo) as memo, sum(item.amount::numeric) as amount,
      array_agg(item.id order by item.id) as item_ids, min(item.failure_code) as code, max(item.updated_at) as failed_at
    from public.payroll_items as item
    join public.employees as employee
      on employee.organization_id = item.organization_id and employee.id = item.employee_id
    where (run).status = 'failed'
      and item.payroll_run_id = (run).id
      and item.status = 'failed'
      and employee.status = 'active'
      and employee.deleted_at is null
    group by item.employee_id
    -- Everything else that may fail a payment is not about the account of the employee.
    having bool_and(item.failure_code in ('op_no_destination', 'op_low_reserve', 'op_no_trust', 'op_not_authorized',
      'op_line_full', 'memo_required'))
  )
  select failed.employee_id, failed.item_id, failed.destination, failed.amount, failed.code, failed.failed_at,
    judged.last_synced_at
  from private.judged_payees(run, (
    -- Only a look from after the failure says that something changed.
    select array_agg(row(one.employee_id, one.destination, one.memo_type, one.memo, one.amount, one.item_ids,
      one.failed_at + interval '1 microsecond')::private.payee)
    from failed as one)) as judged
  join failed on failed.employee_id = judged.employee_id
  where judged.problem is null
    and judged.unknown is null;
$$;
comment on function private.payable_again(public.payroll_runs) is
  'The people of a failed run whose accounts would take now what could not be paid to them.';

create function private.announce_payable_again()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_found record;
  v_run public.payroll_runs;
begin
  for v_found in
    select run.id, array_agg(distinct looked.wallet_address) as addresses
    from rows_after as looked
    join public.payroll_runs as run
      on run.organization_id = looked.organization_id and run.status = 'failed'
        and run.asset_code = looked.asset_code and run.asset_issuer = looked.asset_issuer
    where looked.last_synced_at is not null
      and exists (
        select from public.payroll_items as item
        where item.payroll_run_id = run.id
          and item.destination = looked.wallet_address
          and item.status = 'failed'
          and item.updated_at < looked.last_synced_at)
    group by run.id
    order by run.id
  loop
    select run.* into v_run from public.payroll_runs as run where run.id = v_found.id;

    -- One person is one event for each failure; the first of those that one look shows is also told to the managers,
    -- with how many there are.
    perform private.emit_events(v_run.organization_id, (
      select array_agg(row('payment.payable_again', 'payroll_item', told.item_id::text, told.key,
        jsonb_build_object('payroll_run_id', v_run.id, 'batch_id', v_run.batch_id, 'employee_id', told.employee_id,
          'amount', told.amount::numeric(20, 7)::text, 'asset_code', v_run.asset_code,
          'asset_issuer', v_run.asset_issuer, 'destination', told.destination, 'code', told.code,
          'payable_people', told.payable_people, 'is_first', told.place = 1)
        )::private.event_input order by told.employee_id)
      from (
        select fresh.*, row_number() over (order by fresh.employee_id) as place
        from (
          select payable.*, count(*) over () as payable_people, concat_ws(':', 'payment.payable_again', payable.item_id,
            extract(epoch from payable.failed_at)) as key
          from private.payable_again(v_run) as payable
        ) as fresh
        where fresh.destination = any (v_found.addresses)
          and not exists (
            select from public.events as event
            where event.organization_id = v_run.organization_id
              and event.resource_id = fresh.item_id::text
              and event.dedupe_key = fresh.key)
      ) as told));
  end loop;

  return null;
end;
$$;
comment on function private.announce_payable_again() is
  'Statement trigger: tells of each person of a failed run whose account takes the payment by now.';

create trigger wallets_announce_payable_again
  after update on public.wallets
  referencing new table as rows_after
  for each statement execute function private.announce_payable_again();

create function private.check_payable_again(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id, 'info', 'payments_payable_again', 'payroll_run', run.id::text,
    max(payable.last_synced_at),
    format('%s of the people whom payroll run %s could not pay can be paid now: their accounts take the payment.',
      count(*), run.id),
    'Retry the run: it pays exactly what was approved and not paid.', 'a manager', null::timestamptz,
    'retry_payroll_run'
  from public.payroll_runs as run
  cross join lateral private.payable_again(run) as payable
  where run.status = 'failed'
    and (check_payable_again.organization_id is null or run.organization_id = check_payable_again.organization_id)
  group by run.organization_id, run.id;
$$;
comment on function private.check_payable_again(bigint) is
  'Failed runs with people whose accounts take the payment by now.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_payable_again', 'An employee who mended an account waits for the pay.');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.payroll.payable_again', 'boolean', 'true', 'People of a failed run who can be paid now.');

-- Who is told, and in which words.
insert into private.notification_templates
  (event_type, audience, required_role, preference_key, title, message, not_for)
values
  ('payment.payable_again', 'members', 'manager', 'notifications.payroll.payable_again',
    'Payroll run {batch_id} can be paid to {payable_people} more of its people',
    'Their accounts could not take the payment and can now. Retry the run: it pays exactly what was approved and not '
    'paid.',
    -- Of many who are seen at once the first stands for all.
    '{"is_first": false}');
