-- migration: reports
-- Run summaries, payslips, statements and balances, each under the row level security of the tables it reads. Amounts
-- are text, so that PostgREST exports them exactly as CSV; a text that a spreadsheet would run as a formula is marked
-- as text.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125010000, 20261125040000, 20261125040100, 20261125050000,
--   20261125060000, 20261125060100, 20261125060200, 20261125080050, 20261125080100
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('view_is_read_only', 403, '%s only shows what is in other tables.', 'Use the functions that change it.');

create view public.payroll_run_summaries
with (security_invoker = true)
as
select
  run.organization_id,
  run.id as payroll_run_id,
  run.batch_id,
  run.status,
  run.period_start,
  run.period_end,
  run.asset_code,
  run.asset_issuer,
  run.total_amount::text as total_amount,
  run.item_count,
  progress.paid_items,
  progress.failed_items,
  progress.waiting_items,
  progress.paid_amount::text as paid_amount,
  progress.unclaimed_items,
  progress.reclaimed_items,
  doubt.transactions as transactions_in_doubt,
  awaited.transactions as transactions_awaiting_signature,
  run.submitted_at,
  run.approved_at,
  run.processed_at,
  run.failure_code,
  private.spreadsheet_text(run.failure_reason) as failure_reason,
  run.created_at
from public.payroll_runs as run
cross join lateral (
  select
    count(*) filter (where item.status = 'completed') as paid_items,
    count(*) filter (where item.status = 'failed') as failed_items,
    count(*) filter (where item.status = 'pending') as waiting_items,
    coalesce(sum(item.amount::numeric) filter (where item.status = 'completed'), 0)::numeric(20, 7) as paid_amount,
    count(*) filter (where item.claimable_balance_status = 'active') as unclaimed_items,
    count(*) filter (where item.claimable_balance_status = 'reclaimed') as reclaimed_items
  from public.payroll_items as item
  where item.organization_id = run.organization_id
    and item.payroll_run_id = run.id
) as progress
cross join lateral (
  select count(*) as transactions
  from public.payments_in_doubt as doubted
  where doubted.organization_id = run.organization_id
    and doubted.payroll_run_id = run.id
) as doubt
cross join lateral (
  select count(*) as transactions
  from public.transactions as waiting
  where waiting.organization_id = run.organization_id
    and waiting.payroll_run_id = run.id
    and waiting.submission_state = 'awaiting_signature'
) as awaited;
comment on view public.payroll_run_summaries is 'Every run with what was paid, what failed and what waits.';

-- Employees may know the period and the asset of the runs that pay them, and nothing else of a run.
create function private.payslip_run(organization_id bigint, payroll_run_id bigint)
returns table (period_start date, period_end date, asset_code text, asset_issuer text)
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select run.period_start, run.period_end, run.asset_code, run.asset_issuer
    from public.payroll_runs as run
    where run.id = payslip_run.payroll_run_id
      and run.organization_id = payslip_run.organization_id;
end;
$$;
comment on function private.payslip_run(bigint, bigint) is
  'Period and asset of a run; called only for items the caller may read.';
grant execute on function private.payslip_run(bigint, bigint) to authenticated, service_role;

-- A payslip is what one person got in one run.
create view public.payslips
with (security_invoker = true)
as
select
  slip.organization_id,
  slip.payroll_run_id,
  slip.employee_id,
  private.spreadsheet_text(employee.first_name) as first_name,
  private.spreadsheet_text(employee.last_name) as last_name,
  run.period_start,
  run.period_end,
  slip.base_amount::text as base_amount,
  slip.bonus_amount::text as bonus_amount,
  (slip.base_amount + slip.bonus_amount)::text as total_amount,
  run.asset_code,
  run.asset_issuer,
  slip.destination,
  slip.tx_hash,
  slip.payout_method,
  slip.claimable_balance_id,
  slip.claimable_balance_status,
  slip.status,
  slip.failure_code,
  private.spreadsheet_text(slip.failure_reason) as failure_reason,
  slip.updated_at
from (
  select
    item.organization_id, item.payroll_run_id, item.employee_id,
    coalesce(sum(item.amount::numeric) filter (where item.item_type = 'base'), 0)::numeric(20, 7) as base_amount,
    coalesce(sum(item.amount::numeric) filter (where item.item_type = 'bonus'), 0)::numeric(20, 7) as bonus_amount,
    min(item.destination) as destination,
    min(item.tx_hash) as tx_hash,
    -- One operation pays all of it.
    min(item.payout_method) as payout_method,
    min(item.claimable_balance_id) as claimable_balance_id,
    min(item.claimable_balance_status) as claimable_balance_status,
    case when bool_or(item.status = 'failed') then 'failed' when bool_or(item.status = 'pending') then 'pending'
      else 'completed' end as status,
    min(item.failure_code) as failure_code,
    min(item.failure_reason) as failure_reason,
    max(item.updated_at) as updated_at
  from public.payroll_items as item
  group by item.organization_id, item.payroll_run_id, item.employee_id
) as slip
-- The bounds let an employee find the own name at the same cost in a company of any size.
join public.employees as employee on employee.organization_id = slip.organization_id
  and employee.id = slip.employee_id
  and employee.id >= (select private.first_readable_employee())
  and employee.id <= (select private.last_readable_employee())
cross join lateral private.payslip_run(slip.organization_id, slip.payroll_run_id) as run;
comment on view public.payslips is 'What each employee got in each run.';

create view public.organization_statements
with (security_invoker = true)
as
select
  operation.organization_id,
  transaction.closed_at,
  transaction.ledger,
  transaction.tx_hash,
  operation.operation_index,
  operation.payroll_run_id,
  operation.employee_id,
  private.spreadsheet_text(employee.first_name || ' ' || employee.last_name) as employee,
  operation.destination,
  operation.amount::text as amount,
  operation.asset_code,
  operation.asset_issuer,
  transaction.source_account,
  private.spreadsheet_text(transaction.memo) as memo,
  case when balance.id is null then 'payment' else 'claimable_balance' end as payout_method,
  balance.status as claimable_balance_status,
  case when balance.status = 'reclaimed' then balance.ended_at end as refunded_at,
  case when balance.status = 'reclaimed' then balance.ended_tx_hash end as refund_tx_hash
from public.transactions as transaction
join public.transaction_operations as operation
  on operation.organization_id = transaction.organization_id and operation.transaction_id = transaction.id
join public.employees as employee on employee.organization_id = operation.organization_id
  and employee.id = operation.employee_id
left join public.claimable_balances as balance
  on balance.organization_id = operation.organization_id and balance.transaction_operation_id = operation.id
    and balance.status <> 'disproved'
where transaction.submission_state = 'applied'
  and transaction.transaction_type <> 'refund';
comment on view public.organization_statements is
  'Every payment that is in the ledger; filter by closed_at for a period. What was not claimed and was taken back says '
  'when and in which transaction.';

create view public.balances_by_asset
with (security_invoker = true)
as
select
  wallet.organization_id,
  wallet.wallet_type,
  wallet.asset_code,
  wallet.asset_issuer,
  count(*) as wallets,
  sum(wallet.balance::numeric)::numeric(38, 7)::text as balance,
  count(*) filter (where wallet.is_frozen) as frozen_wallets,
  min(wallet.last_synced_at) as oldest_sync_at
from public.wallets as wallet
where wallet.is_active
group by wallet.organization_id, wallet.wallet_type, wallet.asset_code, wallet.asset_issuer;
comment on view public.balances_by_asset is 'What the wallets of an organization held when they were last seen.';

revoke all on public.payroll_run_summaries, public.payslips, public.organization_statements, public.balances_by_asset
  from public, anon, authenticated, service_role;
grant select on public.payroll_run_summaries, public.payslips, public.organization_statements, public.balances_by_asset
  to authenticated, service_role;

-- Without these a write would fail inside PostgreSQL's rewriter, which the API answers as a failure of the server. With
-- them the missing right answers.
create function private.refuse_view_write()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.refuse('view_is_read_only', tg_table_name);
  return null;
end;
$$;
comment on function private.refuse_view_write() is 'Row trigger of views: they show rows of other tables.';

create trigger payroll_run_summaries_refuse_writes
  instead of insert or update or delete on public.payroll_run_summaries
  for each row execute function private.refuse_view_write();

create trigger payslips_refuse_writes
  instead of insert or update or delete on public.payslips
  for each row execute function private.refuse_view_write();

create trigger organization_statements_refuse_writes
  instead of insert or update or delete on public.organization_statements
  for each row execute function private.refuse_view_write();

create trigger balances_by_asset_refuse_writes
  instead of insert or update or delete on public.balances_by_asset
  for each row execute function private.refuse_view_write();
