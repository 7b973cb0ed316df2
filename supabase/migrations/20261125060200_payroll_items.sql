-- migration: payroll items
-- What one employee gets in one run: one base item at most, and bonuses. The totals of the run are kept equal to its
-- items by statement triggers, whatever path wrote them. The destination follows the employee until submission fixes
-- it for the approvers to see.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.personal_data, private.personal_data_erasures, private.retention_rules,
--   private.state_transitions, public.payroll_items, public.payroll_runs
-- depends: 20261125000000, 20261125000100, 20261125000500, 20261125000600, 20261125000800, 20261125000900,
--   20261125010200, 20261125010400, 20261125010500, 20261125040000, 20261125040100, 20261125060000, 20261125060100
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.payroll_items (
  id bigint generated always as identity primary key,
  -- The keys to run and employee carry the organization; a key of its own would only be checked once more.
  organization_id bigint not null,
  payroll_run_id bigint not null,
  employee_id bigint not null,
  item_type text not null,
  amount public.amount not null,
  amount_reason text,
  description text,
  destination text,
  memo_type text,
  memo text,
  tx_hash text,
  status text not null default 'pending',
  failure_code text,
  failure_reason text,
  transaction_operation_id bigint,
  payout_method text not null default 'payment',
  claimable_balance_id text,
  claimable_balance_status text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint payroll_items_id_is_unique_in_organization unique (organization_id, id),
  constraint payroll_items_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint payroll_items_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint payroll_items_operation_belongs_to_the_organization
    foreign key (organization_id, transaction_operation_id)
      references public.transaction_operations (organization_id, id),
  constraint payroll_items_item_type_is_known check (item_type in ('base', 'bonus')),
  constraint payroll_items_amount_is_positive check (amount > 0),
  constraint payroll_items_amount_reason_is_about_base_pay check (amount_reason is null or item_type = 'base'),
  constraint payroll_items_amount_reason_has_1_to_1000_characters check (length(amount_reason) between 1 and 1000),
  constraint payroll_items_description_has_at_most_1000_characters check (length(description) <= 1000),
  -- The checksum was verified when the employee got the address; here it would cost five times the row.
  constraint payroll_items_destination_is_an_account check (length(destination) = 56 and starts_with(destination, 'G')),
  constraint payroll_items_memo_is_one_of_a_payment check (private.memo_problem(memo_type, memo) is null),
  constraint payroll_items_tx_hash_is_a_hash check (tx_hash ~ '^[0-9a-f]{64}$'),
  constraint payroll_items_payout_method_is_known check (payout_method in ('payment', 'claimable_balance')),
  constraint payroll_items_balances_have_their_id
    check ((payout_method = 'claimable_balance') = (claimable_balance_id is not null)),
  constraint payroll_items_claimable_balance_status_is_known
    check (claimable_balance_status in ('active', 'claimed', 'expired', 'reclaimed', 'clawed_back')),
  constraint payroll_items_only_completed_balances_have_a_status
    check (claimable_balance_status is null or (claimable_balance_id is not null and status = 'completed')),
  constraint payroll_items_status_is_known check (status in ('pending', 'completed', 'failed')),
  constraint payroll_items_completed_has_a_transaction check ((status = 'completed') = (tx_hash is not null)),
  constraint payroll_items_failed_has_a_reason
    check ((status = 'failed') = (failure_code is not null) and (failure_code is null) = (failure_reason is null))
);
comment on table public.payroll_items is 'What one employee gets in one payroll run.';
comment on column public.payroll_items.amount is 'Units of the asset of the run.';
comment on column public.payroll_items.amount_reason is
  'Why the base pay is another than the salary gives for the period; empty while it follows the salary.';
comment on column public.payroll_items.transaction_operation_id is
  'The operation that pays or paid it; empty while nothing can.';
comment on column public.payroll_items.payout_method is
  'How the operation that pays or paid it does so: with a payment, or with a claimable balance that waits on the '
  'ledger until the employee claims it.';
comment on column public.payroll_items.claimable_balance_id is 'The id of that balance on the ledger.';
comment on column public.payroll_items.claimable_balance_status is
  'What became of that balance: active while it waits, claimed, reclaimed by the organization, clawed back by the '
  'issuer.';
comment on column public.payroll_items.destination is
  'Where it is paid, as approved; a later change of the employee''s address does not move it.';
comment on column public.payroll_items.memo is
  'The memo of the employee, as approved: part of where it is paid. Without it the payment carries the memo of the '
  'run.';

create unique index payroll_items_one_base_per_employee_and_run_key
  on public.payroll_items (payroll_run_id, employee_id) where item_type = 'base';
-- The run first: what works on one run names no organization.
create index idx_payroll_items_run_id on public.payroll_items (payroll_run_id, organization_id, employee_id);
create index idx_payroll_items_employee_id
  on public.payroll_items (organization_id, employee_id, created_at desc, id desc);
create index idx_payroll_items_type on public.payroll_items (organization_id, item_type);
create index payroll_items_transaction_operation_id_idx
  on public.payroll_items (organization_id, transaction_operation_id);
-- A look at an account asks whether a payment to it failed.
create index payroll_items_payroll_run_id_destination_idx_when_failed
  on public.payroll_items (payroll_run_id, destination) where status = 'failed';
-- A transaction has one memo, so payments are planned memo by memo: first those that have none of their own.
create index payroll_items_payroll_run_id_memo_employee_id_idx_when_pending
  on public.payroll_items (payroll_run_id, (coalesce(memo_type || ' ' || memo, '')), employee_id)
  where status = 'pending';

insert into private.state_transitions (entity, from_state, to_state) values
  ('payroll_item', '(new)', 'pending'),
  ('payroll_item', 'pending', 'completed'),
  ('payroll_item', 'pending', 'failed'),
  ('payroll_item', 'failed', 'pending');

insert into private.error_codes (code, http_status, message, hint) values
  ('payroll_run_not_editable', 409,
    'Payroll run %s is %s, so its items can no longer be changed.',
    'Only drafts, and pending runs before they are paid, can be edited.'),
  ('totals_follow_items', 403,
    'The totals of payroll run %s are the sums of its items and cannot be written.',
    'Change the items; the totals follow.');

create trigger payroll_items_touch_updated_at
  before update on public.payroll_items
  for each row execute function private.touch_updated_at();

create function private.follow_operation()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  new.claimable_balance_id := (
    select operation.claimable_balance_id
    from public.transaction_operations as operation
    where operation.id = new.transaction_operation_id);
  new.payout_method := case when new.claimable_balance_id is null then 'payment' else 'claimable_balance' end;
  new.claimable_balance_status := null;

  return new;
end;
$$;
comment on function private.follow_operation() is
  'Trigger of items: an item says how the operation that it points to pays it.';

create trigger payroll_items_follow_their_operation
  before update on public.payroll_items
  for each row
  when (old.transaction_operation_id is distinct from new.transaction_operation_id)
  execute function private.follow_operation();

create trigger payroll_items_enforce_first_state
  after insert on public.payroll_items
  referencing new table as rows_after
  for each statement execute function private.enforce_transitions('payroll_item', 'status');

create trigger payroll_items_enforce_transitions
  after update on public.payroll_items
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.enforce_transitions('payroll_item', 'status');

-- What may be paid is frozen once the run leaves draft: an editing command takes a pending run back to draft first.
create function private.keep_items_of_submitted_runs()
returns trigger
language plpgsql volatile security definer
set search_path = ''
-- A plan that was made for one changed row must not be used for ten thousand.
set plan_cache_mode = force_custom_plan
as $$
declare v_run public.payroll_runs;
begin
  if tg_op = 'INSERT' then
    select run.* into v_run
    from public.payroll_runs as run
    where run.id in (select added.payroll_run_id from rows_after as added)
      and run.status <> 'draft'
    limit 1;
  elsif tg_op = 'DELETE' then
    select run.* into v_run
    from public.payroll_runs as run
    where run.id in (select removed.payroll_run_id from rows_before as removed)
      and run.status <> 'draft'
    limit 1;
  else
    -- Set differences instead of a join: what approvers approve must be the same before and after.
    select run.* into v_run
    from public.payroll_runs as run
    where run.status <> 'draft'
      and run.id in (
        select changed.payroll_run_id
        from (
          (select id, organization_id, payroll_run_id, employee_id, item_type, amount, destination, memo_type, memo
           from rows_after
           except
           select id, organization_id, payroll_run_id, employee_id, item_type, amount, destination, memo_type, memo
           from rows_before)
          union all
          (select id, organization_id, payroll_run_id, employee_id, item_type, amount, destination, memo_type, memo
           from rows_before
           except
           select id, organization_id, payroll_run_id, employee_id, item_type, amount, destination, memo_type, memo
           from rows_after)
        ) as changed)
    limit 1;
  end if;

  if v_run.id is not null then
    perform private.refuse('payroll_run_not_editable', v_run.id::text, v_run.status);
  end if;

  return null;
end;
$$;

comment on function private.keep_items_of_submitted_runs() is
  'Statement trigger: refuses every change of what a run pays unless the run is a draft.';

create trigger payroll_items_keep_submitted_runs_of_inserts
  after insert on public.payroll_items
  referencing new table as rows_after
  for each statement execute function private.keep_items_of_submitted_runs();

create trigger payroll_items_keep_submitted_runs_of_updates
  after update on public.payroll_items
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.keep_items_of_submitted_runs();

create trigger payroll_items_keep_submitted_runs_of_deletes
  after delete on public.payroll_items
  referencing old table as rows_before
  for each statement execute function private.keep_items_of_submitted_runs();

-- Totals come from the items alone: the trigger below writes them from inside another trigger, and every other write is
-- refused.
create function private.refuse_direct_totals()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.refuse('totals_follow_items', new.id::text);
  return null;
end;
$$;
comment on function private.refuse_direct_totals() is
  'Trigger of runs: refuses totals that do not come from the items.';

create trigger payroll_runs_start_without_totals
  before insert on public.payroll_runs
  for each row
  when (new.item_count <> 0 or new.total_amount::numeric <> 0)
  execute function private.refuse_direct_totals();

create trigger payroll_runs_totals_follow_items
  before update of total_base_amount, total_bonus_amount, total_amount, item_count on public.payroll_runs
  for each row
  when (pg_catalog.pg_trigger_depth() = 0)
  execute function private.refuse_direct_totals();

create function private.keep_payroll_run_totals()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Differences instead of sums: the cost is that of the changed items, not of the whole run, and the row lock makes it
  -- exact.
  if tg_op = 'INSERT' then
    update public.payroll_runs as run
    set total_base_amount = run.total_base_amount + change.base,
        total_bonus_amount = run.total_bonus_amount + change.bonus,
        total_amount = run.total_amount + change.base + change.bonus,
        item_count = run.item_count + change.items
    from (
      select added.payroll_run_id as run_id,
        coalesce(sum(added.amount::numeric) filter (where added.item_type = 'base'), 0) as base,
        coalesce(sum(added.amount::numeric) filter (where added.item_type = 'bonus'), 0) as bonus,
        count(*)::integer as items
      from rows_after as added
      group by added.payroll_run_id
    ) as change
    where run.id = change.run_id;
  elsif tg_op = 'DELETE' then
    update public.payroll_runs as run
    set total_base_amount = run.total_base_amount - change.base,
        total_bonus_amount = run.total_bonus_amount - change.bonus,
        total_amount = run.total_amount - change.base - change.bonus,
        item_count = run.item_count - change.items
    from (
      select removed.payroll_run_id as run_id,
        coalesce(sum(removed.amount::numeric) filter (where removed.item_type = 'base'), 0) as base,
        coalesce(sum(removed.amount::numeric) filter (where removed.item_type = 'bonus'), 0) as bonus,
        count(*)::integer as items
      from rows_before as removed
      group by removed.payroll_run_id
    ) as change
    where run.id = change.run_id;
  else
    update public.payroll_runs as run
    set total_base_amount = run.total_base_amount + change.base,
        total_bonus_amount = run.total_bonus_amount + change.bonus,
        total_amount = run.total_amount + change.base + change.bonus,
        item_count = run.item_count + change.items
    from (
      select side.run_id,
        coalesce(sum(side.amount) filter (where side.item_type = 'base'), 0) as base,
        coalesce(sum(side.amount) filter (where side.item_type = 'bonus'), 0) as bonus,
        sum(side.items)::integer as items
      from (
        select changed.payroll_run_id as run_id, changed.item_type, changed.amount::numeric as amount, 1 as items
          from rows_after as changed
        union all
        select earlier.payroll_run_id, earlier.item_type, -earlier.amount::numeric, -1 from rows_before as earlier
      ) as side
      group by side.run_id
    ) as change
    where run.id = change.run_id
      and ((change.base, change.bonus, change.items) is distinct from (0::numeric, 0::numeric, 0)
        -- Two amounts that changed places, or another address, are another version of what was looked at.
        or exists (
          select changed.id, changed.employee_id, changed.item_type, changed.amount, changed.destination,
            changed.memo_type, changed.memo
          from rows_after as changed
          where changed.payroll_run_id = run.id
          except
          select earlier.id, earlier.employee_id, earlier.item_type, earlier.amount, earlier.destination,
            earlier.memo_type, earlier.memo
          from rows_before as earlier
          where earlier.payroll_run_id = run.id));
  end if;

  return null;
exception when check_violation or numeric_value_out_of_range then
  perform private.refuse('amount_too_large', 'The total of the payroll run');
  return null;
end;
$$;
comment on function private.keep_payroll_run_totals() is
  'Keeps the totals and the count of a run equal to its items, and counts every change of them as a new version.';

create trigger payroll_items_keep_totals_of_inserts
  after insert on public.payroll_items
  referencing new table as rows_after
  for each statement execute function private.keep_payroll_run_totals();

create trigger payroll_items_keep_totals_of_updates
  after update on public.payroll_items
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.keep_payroll_run_totals();

create trigger payroll_items_keep_totals_of_deletes
  after delete on public.payroll_items
  referencing old table as rows_before
  for each statement execute function private.keep_payroll_run_totals();

create trigger payroll_items_refuse_truncate
  before truncate on public.payroll_items
  for each statement execute function private.refuse_change();
alter table public.payroll_items enable always trigger payroll_items_refuse_truncate;

alter table public.payroll_items enable row level security;
alter table public.payroll_items force row level security;
revoke all on table public.payroll_items from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_items_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_items to authenticated, service_role;

-- What a manager is still preparing is no payslip yet.
create function private.payroll_run_is_started(payroll_run_id bigint)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return exists (
    select from public.payroll_runs as run
    where run.id = payroll_run_is_started.payroll_run_id
      and run.status in ('processing', 'completed', 'failed'));
end;
$$;
comment on function private.payroll_run_is_started(bigint) is
  'Whether the payment of the run has begun, from when on its employees see their items.';
grant execute on function private.payroll_run_is_started(bigint) to authenticated;

create policy "Members can read payroll items, and employees their payslips"
  on public.payroll_items for select to authenticated
  using (
    organization_id = (select private.readable_organization_id())
    and employee_id >= (select case
      when (select current_setting('payd.reads_as_member', true))
        = current_setting('request.jwt.claims', true) || current_setting('request.headers', true) then 0
      else private.first_readable_employee() end)
    and employee_id <= (select case
      when (select current_setting('payd.reads_as_member', true))
        = current_setting('request.jwt.claims', true) || current_setting('request.headers', true)
        then 9223372036854775807
      else private.last_readable_employee() end)
    and case
      when (select (select current_setting('payd.reads_as_member', true))
        = current_setting('request.jwt.claims', true) || current_setting('request.headers', true)) then true
      else (select private.employee_id()) is null or private.payroll_run_is_started(payroll_run_id) end
  );

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.payroll_items', 'keep', null, null, 'Indefinite: books that never change.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.payroll_items', 'employee', 'employee_id', '{}', 'What the employee was to be paid; books.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (40, 'public.payroll_items', 'employee', 'employee_id',
    'update public.payroll_items set description = null, amount_reason = case when amount_reason is not null then '
    '''erased'' end where organization_id = $1 and employee_id = $2::bigint and (description is not null or '
    'amount_reason is not null)');
