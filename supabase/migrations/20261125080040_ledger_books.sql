-- migration: the books of the organizations' accounts
-- What came to and left each account, summed by day, with the balance before and after; and what does not fit in either
-- direction: amounts that left without a planned payment, and payments that are recorded as made and that the ledger
-- does not show. Amounts are text, so that PostgREST exports them exactly as CSV.
-- author: PayD | date: 2026-11-30
-- tables: private.ledger_days, public.ledger_movements | depends: 20261125000000, 20261125060100, 20261125080030
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.ledger_days (
  organization_id bigint not null,
  account_id text not null,
  epoch integer not null,
  asset_code text not null,
  asset_issuer text not null,
  day date not null,
  received numeric not null default 0,
  paid_as_planned numeric not null default 0,
  paid_otherwise numeric not null default 0,
  fees numeric not null default 0,
  movements integer not null default 0,
  unplanned_movements integer not null default 0,
  constraint ledger_days_are_one_per_asset
    primary key (organization_id, account_id, epoch, asset_code, asset_issuer, day)
);
comment on table private.ledger_days is 'What came to and left an account on one day of the ledger (UTC), by asset.';
alter table private.ledger_days enable row level security;
alter table private.ledger_days force row level security;

create function private.sum_ledger_days()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into private.ledger_days as known (organization_id, account_id, epoch, asset_code, asset_issuer, day, received,
    paid_as_planned, paid_otherwise, fees, movements, unplanned_movements)
  select moved.organization_id, moved.account_id, moved.epoch, moved.asset_code, moved.asset_issuer,
    (moved.closed_at at time zone 'UTC')::date,
    coalesce(sum(moved.amount::numeric) filter (where moved.direction = 'in'), 0),
    coalesce(sum(moved.amount::numeric) filter (where moved.direction = 'out'
      and moved.transaction_operation_id is not null), 0),
    coalesce(sum(moved.amount::numeric) filter (where moved.direction = 'out' and moved.kind <> 'fee'
      and moved.transaction_operation_id is null), 0),
    coalesce(sum(moved.amount::numeric) filter (where moved.kind = 'fee'), 0),
    count(*),
    count(*) filter (where moved.direction = 'out' and moved.transaction_operation_id is null
      and moved.kind not in ('fee', 'trade', 'liquidity_pool'))
  from rows_after as moved
  group by 1, 2, 3, 4, 5, 6
  order by 1, 2, 3, 4, 5, 6
  on conflict on constraint ledger_days_are_one_per_asset do update
  set received = known.received + excluded.received,
      paid_as_planned = known.paid_as_planned + excluded.paid_as_planned,
      paid_otherwise = known.paid_otherwise + excluded.paid_otherwise,
      fees = known.fees + excluded.fees,
      movements = known.movements + excluded.movements,
      unplanned_movements = known.unplanned_movements + excluded.unplanned_movements;

  return null;
end;
$$;
comment on function private.sum_ledger_days() is 'Statement trigger: keeps the sums of each day.';

create trigger ledger_movements_sum_days
  after insert on public.ledger_movements
  referencing new table as rows_after
  for each statement execute function private.sum_ledger_days();

-- Before the first day that is known an account held what it holds now less everything that is known to have moved. A
-- balance is said only where the history and the account agreed once.
create function private.ledger_statement(organization_id bigint, account_id text, epoch integer)
returns table (
  asset_code text, asset_issuer text, day date, opening_balance numeric, received numeric, paid_as_planned numeric,
  paid_otherwise numeric, fees numeric, closing_balance numeric, movements integer, unplanned_movements integer
)
language sql stable security definer
set search_path = ''
as $$
  with summed as (
    select one.*, one.received - one.paid_as_planned - one.paid_otherwise - one.fees as change
    from private.ledger_days as one
    where one.organization_id = ledger_statement.organization_id
      and one.account_id = ledger_statement.account_id
      and one.epoch = ledger_statement.epoch
  ),
  beginning as (
    select position.asset_code, position.asset_issuer,
      position.checked_balance - coalesce(known.change, 0) + coalesce(newer.change, 0) as balance
    from private.ledger_positions as position
    left join lateral (
      select sum(summed.change) as change
      from summed
      where summed.asset_code = position.asset_code and summed.asset_issuer = position.asset_issuer
    ) as known on true
    left join lateral (
      select sum(case movement.direction when 'in' then movement.amount::numeric else -movement.amount::numeric end)
        as change
      from public.ledger_movements as movement
      where movement.organization_id = ledger_statement.organization_id
        and movement.account_id = position.account_id
        and movement.epoch = ledger_statement.epoch
        and movement.ledger > position.checked_ledger
        and movement.asset_code = position.asset_code
        and movement.asset_issuer = position.asset_issuer
    ) as newer on true
    where position.account_id = ledger_statement.account_id
  )
  select summed.asset_code, summed.asset_issuer, summed.day,
    beginning.balance + sum(summed.change) over so_far - summed.change, summed.received, summed.paid_as_planned,
    summed.paid_otherwise, summed.fees, beginning.balance + sum(summed.change) over so_far, summed.movements,
    summed.unplanned_movements
  from summed
  left join beginning
    on beginning.asset_code = summed.asset_code and beginning.asset_issuer = summed.asset_issuer
  window so_far as (partition by summed.asset_code, summed.asset_issuer order by summed.day);
$$;
comment on function private.ledger_statement(bigint, text, integer) is
  'The days of an account with the balances before and after; called only for accounts the caller may read.';
grant execute on function private.ledger_statement(bigint, text, integer) to authenticated, service_role;

create view public.ledger_statements
with (security_invoker = true)
as
select
  history.organization_id,
  history.account_id,
  history.epoch,
  statement.asset_code,
  statement.asset_issuer,
  statement.day,
  statement.opening_balance::numeric(30, 7)::text as opening_balance,
  statement.received::numeric(30, 7)::text as received,
  statement.paid_as_planned::numeric(30, 7)::text as paid_as_planned,
  statement.paid_otherwise::numeric(30, 7)::text as paid_otherwise,
  statement.fees::numeric(30, 7)::text as fees,
  statement.closing_balance::numeric(30, 7)::text as closing_balance,
  statement.movements,
  statement.unplanned_movements
from public.account_histories as history
cross join lateral private.ledger_statement(history.organization_id, history.account_id, history.epoch) as statement;
comment on view public.ledger_statements is
  'Each account day by day (UTC): what it held, received and paid, and how much of it no payroll planned.';
comment on column public.ledger_statements.opening_balance is
  'Empty until the history and the account agreed for the first time.';
revoke all on public.ledger_statements from public, anon, authenticated, service_role;
grant select on public.ledger_statements to authenticated, service_role;

create view public.ledger_differences
with (security_invoker = true)
as
select
  movement.organization_id,
  'movement:' || movement.id as difference_id,
  'payment_without_plan'::text as kind,
  movement.account_id,
  movement.ledger,
  movement.id as ledger_movement_id,
  null::bigint as history_gap_id,
  movement.tx_hash,
  movement.operation_index,
  movement.counterparty,
  movement.asset_code,
  movement.asset_issuer,
  movement.amount::text as amount,
  'open'::text as state,
  movement.closed_at as occurred_at
from public.ledger_movements as movement
where movement.direction = 'out'
  and movement.transaction_operation_id is null
  and movement.kind not in ('fee', 'trade', 'liquidity_pool')
union all
select
  gap.organization_id,
  'gap:' || gap.id,
  'plan_without_payment',
  gap.account_id,
  gap.from_ledger,
  null,
  gap.id,
  gap.tx_hash,
  null,
  null,
  paid.asset_code,
  paid.asset_issuer,
  paid.amount::text,
  gap.state,
  gap.found_at
from public.history_gaps as gap
left join public.transactions as paid on paid.organization_id = gap.organization_id and paid.tx_hash = gap.tx_hash
where gap.kind = 'payment_not_seen'
  and gap.state <> 'filled';
comment on view public.ledger_differences is
  'What does not fit: amounts that left an account without a planned payment, and payments the ledger does not show.';
revoke all on public.ledger_differences from public, anon, authenticated, service_role;
grant select on public.ledger_differences to authenticated, service_role;
