-- migration: claimable balances
-- Payments that wait on the ledger until their claimant takes them. active -> claimed | expired | reclaimed | clawed_back, expired -> claimed |
-- reclaimed. Only the service writes, only what a ledger shows, and only if that ledger is not older than the one that is known.
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.claimable_balances (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  claimable_balance_id text not null,
  employee_id bigint,
  payroll_run_id bigint,
  transaction_operation_id bigint,
  asset_code text not null,
  asset_issuer text not null default '',
  amount public.amount not null,
  sponsor text not null,
  claimant text not null,
  status text not null default 'active',
  expires_at timestamptz,
  synced_ledger bigint not null,
  created_at timestamptz not null default now(),
  claimed_at timestamptz,
  ended_at timestamptz,
  ended_tx_hash text,
  updated_at timestamptz not null default now(),
  constraint claimable_balances_id_is_unique_in_organization unique (organization_id, id),
  constraint claimable_balances_claimable_balance_id_is_unique unique (claimable_balance_id),
  constraint claimable_balances_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint claimable_balances_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint claimable_balances_operation_belongs_to_the_organization
    foreign key (organization_id, transaction_operation_id) references public.transaction_operations (organization_id, id),
  constraint claimable_balances_claimable_balance_id_is_a_balance_id check (claimable_balance_id ~ '^00000000[0-9a-f]{64}$'),
  constraint claimable_balances_hold_an_asset check (private.asset_problem(asset_code, asset_issuer) is null),
  constraint claimable_balances_amount_is_positive check (amount > 0),
  constraint claimable_balances_sponsor_is_an_account check (private.is_account_id(sponsor)),
  constraint claimable_balances_claimant_is_an_account check (private.is_account_id(claimant)),
  constraint claimable_balances_status_is_known check (status in ('active', 'claimed', 'expired', 'reclaimed', 'clawed_back')),
  constraint claimable_balances_expired_ones_can_expire check (status <> 'expired' or expires_at is not null),
  constraint claimable_balances_claimed_has_a_time check ((status = 'claimed') = (claimed_at is not null)),
  constraint claimable_balances_ended_ones_have_a_time check ((status in ('claimed', 'reclaimed', 'clawed_back')) = (ended_at is not null)),
  constraint claimable_balances_ended_tx_hash_is_a_hash check (ended_tx_hash ~ '^[0-9a-f]{64}$'),
  constraint claimable_balances_only_ended_ones_name_a_transaction check (ended_tx_hash is null or ended_at is not null),
  constraint claimable_balances_synced_ledger_is_positive check (synced_ledger > 0)
);
comment on table public.claimable_balances is 'Payments that wait on the ledger until their claimant takes them.';
comment on column public.claimable_balances.claimable_balance_id is 'The id on the ledger, 72 hexadecimal digits.';
comment on column public.claimable_balances.synced_ledger is 'The ledger that showed the state; an older one never overwrites it.';
comment on column public.claimable_balances.created_at is 'When the ledger that created it closed.';
comment on column public.claimable_balances.ended_at is 'When it left the ledger: claimed, reclaimed by the sponsor or clawed back by the issuer.';

create index idx_claimable_balances_org_id on public.claimable_balances (organization_id, created_at desc, id desc);
create index idx_claimable_balances_claimant on public.claimable_balances (organization_id, claimant);
create index idx_claimable_balances_status on public.claimable_balances (organization_id, status);
create index claimable_balances_organization_id_employee_id_idx on public.claimable_balances (organization_id, employee_id);
create index claimable_balances_organization_id_payroll_run_id_idx on public.claimable_balances (organization_id, payroll_run_id);
create index claimable_balances_transaction_operation_id_idx on public.claimable_balances (organization_id, transaction_operation_id);

insert into private.state_transitions (entity, from_state, to_state) values
  ('claimable_balance', '(new)', 'active'),
  ('claimable_balance', 'active', 'claimed'),
  ('claimable_balance', 'active', 'expired'),
  ('claimable_balance', 'active', 'reclaimed'),
  ('claimable_balance', 'active', 'clawed_back'),
  ('claimable_balance', 'expired', 'claimed'),
  ('claimable_balance', 'expired', 'reclaimed');

create trigger claimable_balances_touch_updated_at
  before update on public.claimable_balances
  for each row execute function private.touch_updated_at();

create trigger claimable_balances_enforce_first_state
  after insert on public.claimable_balances
  referencing new table as rows_after
  for each statement execute function private.enforce_transitions('claimable_balance', 'status');

create trigger claimable_balances_enforce_transitions
  after update on public.claimable_balances
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.enforce_transitions('claimable_balance', 'status');

create trigger claimable_balances_refuse_other_changes
  after update on public.claimable_balances
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.refuse_other_changes(
    'status', 'employee_id', 'payroll_run_id', 'transaction_operation_id', 'synced_ledger', 'claimed_at', 'ended_at', 'ended_tx_hash', 'updated_at');

create trigger claimable_balances_refuse_removal
  before delete or truncate on public.claimable_balances
  for each statement execute function private.refuse_change();

alter table public.claimable_balances enable row level security;
alter table public.claimable_balances force row level security;
revoke all on table public.claimable_balances from public, anon, authenticated, service_role;
grant select on table public.claimable_balances to authenticated, service_role;

create policy "Members can read claimable balances, and employees their own"
  on public.claimable_balances for select to authenticated
  using (
    organization_id = (select private.readable_organization_id())
    and ((select private.employee_id()) is null or employee_id = (select private.employee_id()))
  );

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_claimable_balances', 422, 'The claimable balances are not an array of 1 to 1000 objects.', 'Send one object for each balance, at most 1000 a call.'),
  ('invalid_claimable_balance', 422, 'Claimable balance %s of the batch cannot be recorded: %s.', 'Send it as the ledger shows it; nothing of the batch was written.'),
  ('claimable_balance_differs', 409, 'Claimable balance %s is known with another organization, asset, amount, sponsor, claimant or end.', 'A balance never changes on the ledger; check which one was read.');

create function private.claimable_balance_problem(state jsonb)
returns text
language sql stable security definer
set search_path = ''
as $$
  select case
    when private.holds_secret_key(state::text) then 'it holds a Stellar secret key'
    when coalesce(state ->> 'claimable_balance_id', '') !~ '^00000000[0-9a-f]{64}$' then 'its claimable_balance_id is not one of the ledger'
    when coalesce(state ->> 'organization_id', '') !~ '^[0-9]{1,18}$'
      or not exists (select from public.organizations as organization where organization.id = (state ->> 'organization_id')::bigint) then 'its organization does not exist'
    when coalesce(state ->> 'status', '') not in ('active', 'claimed', 'expired', 'reclaimed', 'clawed_back') then 'its status is not one of active, claimed, expired, reclaimed and clawed_back'
    when private.asset_problem(state ->> 'asset_code', coalesce(state ->> 'asset_issuer', '')) is not null then 'its asset is none'
    when jsonb_typeof(state -> 'amount') is distinct from 'string' or private.amount_problem(state ->> 'amount') is not null then 'its amount is not an amount greater than zero, as text'
    when not private.is_account_id(state ->> 'sponsor') then 'its sponsor is not an account'
    when not private.is_account_id(state ->> 'claimant') then 'its claimant is not an account'
    when state ->> 'expires_at' is not null and private.parse_instant(state ->> 'expires_at') is null then 'its expires_at is not a time with a zone'
    when coalesce(state ->> 'ledger', '') !~ '^[1-9][0-9]{0,9}$' then 'its ledger is not a ledger number'
    when private.parse_instant(state ->> 'closed_at') is null then 'its closed_at is not a time with a zone'
    when coalesce(state ->> 'tx_hash', '') <> '' and state ->> 'tx_hash' !~ '^[0-9a-f]{64}$' then 'its tx_hash is not a transaction hash'
    -- The clock that ends a claim is that of the ledger, never that of a worker.
    when state ->> 'status' = 'expired' and coalesce(private.parse_instant(state ->> 'closed_at') < private.parse_instant(state ->> 'expires_at'), true)
      then 'the ledger closed before it expires'
    when state ->> 'employee_id' is not null and not exists (
      select from public.employees as employee
      where employee.id::text = state ->> 'employee_id' and employee.organization_id = (state ->> 'organization_id')::bigint) then 'its employee does not exist in the organization'
    when state ->> 'payroll_run_id' is not null and not exists (
      select from public.payroll_runs as run
      where run.id::text = state ->> 'payroll_run_id' and run.organization_id = (state ->> 'organization_id')::bigint) then 'its payroll run does not exist in the organization'
    when state ->> 'transaction_operation_id' is not null and not exists (
      select from public.transaction_operations as operation
      where operation.id::text = state ->> 'transaction_operation_id' and operation.organization_id = (state ->> 'organization_id')::bigint)
      then 'its operation does not exist in the organization'
  end;
$$;
comment on function private.claimable_balance_problem(jsonb) is 'Why the state cannot be recorded, or null.';

create function private.require_claimable_balances(states jsonb)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_problem record;
begin
  if jsonb_typeof(require_claimable_balances.states) is distinct from 'array'
    or jsonb_array_length(require_claimable_balances.states) not between 1 and 1000
    or exists (select from jsonb_array_elements(require_claimable_balances.states) as element where jsonb_typeof(element) <> 'object') then
    perform private.refuse('invalid_claimable_balances');
  end if;

  select element.ordinality as number, problem.reason into v_problem
  from jsonb_array_elements(require_claimable_balances.states) with ordinality as element
  cross join lateral (select private.claimable_balance_problem(element.value) as reason) as problem
  where problem.reason is not null
  order by element.ordinality
  limit 1;

  if found then
    perform private.refuse('invalid_claimable_balance', v_problem.number::text, v_problem.reason);
  end if;
end;
$$;
comment on function private.require_claimable_balances(jsonb) is 'Refuses a batch in which anything is wrong.';

create function private.apply_claimable_balances(states jsonb)
returns table (created integer, changed integer, unchanged integer, stale integer)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_state record;
  v_known public.claimable_balances;
begin
  perform private.require_claimable_balances(apply_claimable_balances.states);
  created := 0;
  changed := 0;
  unchanged := 0;
  stale := 0;

  -- One order for all writers, and for one balance its older ledger first, so that every step it took is seen.
  for v_state in
    select
      given.organization_id, given.claimable_balance_id, given.asset_code, coalesce(given.asset_issuer, '') as asset_issuer,
      given.amount::public.amount as amount, given.sponsor, given.claimant, given.status,
      private.parse_instant(given.expires_at) as expires_at, given.ledger, private.parse_instant(given.closed_at) as closed_at,
      nullif(given.tx_hash, '') as tx_hash, coalesce(given.employee_id, operation.employee_id) as employee_id,
      coalesce(given.payroll_run_id, operation.payroll_run_id) as payroll_run_id, given.transaction_operation_id
    from jsonb_to_recordset(apply_claimable_balances.states) as given (
      organization_id bigint, claimable_balance_id text, asset_code text, asset_issuer text, amount text, sponsor text, claimant text, status text,
      expires_at text, ledger bigint, closed_at text, tx_hash text, employee_id bigint, payroll_run_id bigint, transaction_operation_id bigint)
    left join public.transaction_operations as operation
      on operation.id = given.transaction_operation_id and operation.organization_id = given.organization_id
    order by given.claimable_balance_id, given.ledger
  loop
    insert into public.claimable_balances (
      organization_id, claimable_balance_id, employee_id, payroll_run_id, transaction_operation_id, asset_code, asset_issuer, amount, sponsor,
      claimant, expires_at, synced_ledger, created_at)
    values (
      v_state.organization_id, v_state.claimable_balance_id, v_state.employee_id, v_state.payroll_run_id, v_state.transaction_operation_id,
      v_state.asset_code, v_state.asset_issuer, v_state.amount, v_state.sponsor, v_state.claimant, v_state.expires_at, v_state.ledger, v_state.closed_at)
    on conflict on constraint claimable_balances_claimable_balance_id_is_unique do nothing;

    if found then
      created := created + 1;
    end if;

    select balance.* into v_known
    from public.claimable_balances as balance
    where balance.claimable_balance_id = v_state.claimable_balance_id
    for update;

    if (v_known.organization_id, v_known.asset_code, v_known.asset_issuer, v_known.amount::numeric, v_known.sponsor, v_known.claimant, v_known.expires_at)
      is distinct from
      (v_state.organization_id, v_state.asset_code, v_state.asset_issuer, v_state.amount::numeric, v_state.sponsor, v_state.claimant, v_state.expires_at)
    then
      perform private.refuse('claimable_balance_differs', v_state.claimable_balance_id);
    end if;

    if v_known.synced_ledger > v_state.ledger then
      stale := stale + 1;
    elsif v_known.status = v_state.status then
      update public.claimable_balances as balance
      set synced_ledger = v_state.ledger,
          employee_id = coalesce(balance.employee_id, v_state.employee_id),
          payroll_run_id = coalesce(balance.payroll_run_id, v_state.payroll_run_id),
          transaction_operation_id = coalesce(balance.transaction_operation_id, v_state.transaction_operation_id)
      where balance.id = v_known.id
        and (balance.synced_ledger <> v_state.ledger
          or (balance.employee_id is null and v_state.employee_id is not null)
          or (balance.payroll_run_id is null and v_state.payroll_run_id is not null)
          or (balance.transaction_operation_id is null and v_state.transaction_operation_id is not null));
      unchanged := unchanged + 1;
    else
      update public.claimable_balances as balance
      set status = v_state.status,
          synced_ledger = v_state.ledger,
          claimed_at = case when v_state.status = 'claimed' then v_state.closed_at end,
          ended_at = case when v_state.status in ('claimed', 'reclaimed', 'clawed_back') then v_state.closed_at end,
          ended_tx_hash = case when v_state.status in ('claimed', 'reclaimed', 'clawed_back') then v_state.tx_hash end
      where balance.id = v_known.id;
      changed := changed + 1;
    end if;
  end loop;

  -- A balance that was new and already over counts once, as created.
  unchanged := greatest(unchanged - created, 0);

  return next;
end;
$$;
grant execute on function private.apply_claimable_balances(jsonb) to service_role;
