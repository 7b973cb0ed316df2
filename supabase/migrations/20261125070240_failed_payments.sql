-- migration: payments that fail without a transaction
-- An item may fail before anything of it is in a ledger: what was read of the account says that the payment would fail,
-- the employee left, or the network refused it at the door and named it. Whoever listens hears of it as of a payment
-- that a ledger refused, once for each time that it happens; only what stands in a transaction is absent then.
-- author: PayD | date: 2026-11-30
-- tables: none | depends: 20261125000000, 20261125030000, 20261125060000, 20261125060200
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.tell_failed_items(item_ids bigint[])
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- One payment for each employee and run, as it would have been. The items failed in this very transaction, so the
  -- key is used once; after a retry the same item may fail again, and that is news again.
  perform private.emit_events(failed.organization_id, array_agg(row(
    'payment.failed', 'payroll_item', failed.item_id::text,
    'payment.failed:item:' || failed.item_id || ':' || extract(epoch from now()),
    jsonb_strip_nulls(jsonb_build_object(
      'payroll_run_id', failed.payroll_run_id, 'employee_id', failed.employee_id, 'amount', failed.amount::text,
      'asset_code', failed.asset_code, 'asset_issuer', failed.asset_issuer, 'destination', failed.destination,
      'code', failed.code))
  )::private.event_input order by failed.item_id))
  from (
    select item.organization_id, item.payroll_run_id, item.employee_id, min(item.id) as item_id,
      sum(item.amount::numeric)::numeric(20, 7) as amount, min(run.asset_code) as asset_code,
      min(run.asset_issuer) as asset_issuer, min(item.destination) as destination, min(item.failure_code) as code
    from public.payroll_items as item
    join public.payroll_runs as run
      on run.organization_id = item.organization_id and run.id = item.payroll_run_id
    where item.id = any (tell_failed_items.item_ids)
      and item.status = 'failed'
    group by item.organization_id, item.payroll_run_id, item.employee_id
  ) as failed
  group by failed.organization_id;
end;
$$;
comment on function private.tell_failed_items(bigint[]) is
  'Tells of items that have just failed and that no transaction in a ledger pays.';
