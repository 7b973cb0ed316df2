-- migration: claimable balances
-- Payments that wait on the ledger until their claimant takes them. active -> claimed | expired | reclaimed |
-- clawed_back, expired -> claimed | reclaimed | clawed_back. Only the service writes, only what a ledger shows, and
-- only if that ledger is not older than the one that is known. An expiry alone is computed, from the clock of a
-- ledger: an end that an older ledger shows goes before it. What was recorded as created and is proven not to be is
-- disproved.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.notification_templates, private.personal_data, private.preference_defaults,
--   private.retention_rules, private.state_transitions, public.claimable_balances
-- depends: 20261125000000, 20261125000100, 20261125000500, 20261125000600, 20261125000700, 20261125000800,
--   20261125000900, 20261125001000, 20261125001100, 20261125010100, 20261125010200, 20261125010300, 20261125010400,
--   20261125010500, 20261125020000, 20261125020100, 20261125020200, 20261125020400, 20261125030000, 20261125040000,
--   20261125040100, 20261125060000, 20261125060100, 20261125060200
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
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
  reclaimable_at timestamptz,
  reclaim_requested_at timestamptz,
  reclaim_requested_by bigint,
  reclaim_failure_code text,
  reclaim_failure_reason text,
  synced_ledger bigint not null,
  created_at timestamptz not null default now(),
  claimed_at timestamptz,
  ended_at timestamptz,
  ended_tx_hash text,
  updated_at timestamptz not null default now(),
  constraint claimable_balances_id_is_unique_in_organization unique (organization_id, id),
  constraint claimable_balances_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint claimable_balances_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint claimable_balances_operation_belongs_to_the_organization
    foreign key (organization_id, transaction_operation_id)
      references public.transaction_operations (organization_id, id),
  constraint claimable_balances_reclaim_is_requested_by_a_member
    foreign key (organization_id, reclaim_requested_by) references public.users (organization_id, id),
  constraint claimable_balances_claimable_balance_id_is_a_balance_id
    check (claimable_balance_id ~ '^00000000[0-9a-f]{64}$'),
  constraint claimable_balances_hold_an_asset check (private.asset_problem(asset_code, asset_issuer) is null),
  constraint claimable_balances_amount_is_positive check (amount > 0),
  constraint claimable_balances_sponsor_is_an_account check (private.is_account_id(sponsor)),
  constraint claimable_balances_claimant_is_an_account check (private.is_account_id(claimant)),
  constraint claimable_balances_status_is_known
    check (status in ('active', 'claimed', 'expired', 'reclaimed', 'clawed_back', 'disproved')),
  constraint claimable_balances_reclaim_has_a_person
    check ((reclaim_requested_at is null) = (reclaim_requested_by is null)),
  constraint claimable_balances_reclaim_fails_with_a_reason
    check ((reclaim_failure_code is null) = (reclaim_failure_reason is null)
      and (reclaim_failure_code is null or reclaim_requested_at is not null)),
  constraint claimable_balances_expired_ones_can_expire check (status <> 'expired' or expires_at is not null),
  constraint claimable_balances_claimed_has_a_time check ((status = 'claimed') = (claimed_at is not null)),
  constraint claimable_balances_ended_ones_have_a_time
    check ((status in ('claimed', 'reclaimed', 'clawed_back')) = (ended_at is not null)),
  constraint claimable_balances_ended_tx_hash_is_a_hash check (ended_tx_hash ~ '^[0-9a-f]{64}$'),
  constraint claimable_balances_only_ended_ones_name_a_transaction
    check (ended_tx_hash is null or ended_at is not null),
  constraint claimable_balances_synced_ledger_is_positive check (synced_ledger > 0)
);
comment on table public.claimable_balances is 'Payments that wait on the ledger until their claimant takes them.';
comment on column public.claimable_balances.claimable_balance_id is 'The id on the ledger, 72 hexadecimal digits.';
comment on column public.claimable_balances.synced_ledger is
  'The ledger that showed the state; an older one never overwrites it.';
comment on column public.claimable_balances.created_at is 'When the ledger that created it closed.';
comment on column public.claimable_balances.ended_at is
  'When it left the ledger: claimed, reclaimed by the sponsor or clawed back by the issuer.';

comment on column public.claimable_balances.expires_at is
  'From when on the claimant can claim it no longer; empty when the claim never ends.';
comment on column public.claimable_balances.reclaimable_at is
  'From when on the organization may take it back, beside the claimant; empty where PayD did not create it.';
comment on column public.claimable_balances.reclaim_requested_at is
  'When a person asked to take it back.';
comment on column public.claimable_balances.reclaim_failure_code is
  'Why it could not be taken back when a person last asked for it.';

-- Of a balance that never was on the ledger the id is free: the operation that takes its place has the same.
create unique index claimable_balances_claimable_balance_id_key
  on public.claimable_balances (claimable_balance_id) where status <> 'disproved';
create index claimable_balances_sponsor_idx_when_to_be_reclaimed
  on public.claimable_balances (sponsor, reclaim_requested_at, id)
  where reclaim_requested_at is not null and reclaim_failure_code is null and status in ('active', 'expired');
create index claimable_balances_organization_id_reclaim_requested_by_idx
  on public.claimable_balances (organization_id, reclaim_requested_by);
create index idx_claimable_balances_org_id on public.claimable_balances (organization_id, created_at desc, id desc);
create index idx_claimable_balances_claimant on public.claimable_balances (organization_id, claimant);
create index idx_claimable_balances_status on public.claimable_balances (organization_id, status);
create index claimable_balances_organization_id_employee_id_idx
  on public.claimable_balances (organization_id, employee_id);
create index claimable_balances_organization_id_payroll_run_id_idx
  on public.claimable_balances (organization_id, payroll_run_id);
create index claimable_balances_transaction_operation_id_idx
  on public.claimable_balances (organization_id, transaction_operation_id);

insert into private.state_transitions (entity, from_state, to_state) values
  ('claimable_balance', '(new)', 'active'),
  ('claimable_balance', 'active', 'claimed'),
  ('claimable_balance', 'active', 'expired'),
  ('claimable_balance', 'active', 'reclaimed'),
  ('claimable_balance', 'active', 'clawed_back'),
  ('claimable_balance', 'expired', 'claimed'),
  ('claimable_balance', 'expired', 'reclaimed'),
  ('claimable_balance', 'expired', 'clawed_back');

-- Only proof that it never was on the ledger ends it so.
insert into private.state_transitions (entity, from_state, to_state, only_as_correction) values
  ('claimable_balance', 'active', 'disproved', true);

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
    'status', 'employee_id', 'payroll_run_id', 'transaction_operation_id', 'reclaimable_at', 'reclaim_requested_at',
    'reclaim_requested_by', 'reclaim_failure_code', 'reclaim_failure_reason', 'synced_ledger', 'claimed_at',
    'ended_at', 'ended_tx_hash', 'updated_at');
alter table public.claimable_balances enable always trigger claimable_balances_refuse_other_changes;

create trigger claimable_balances_refuse_removal
  before delete or truncate on public.claimable_balances
  for each statement execute function private.refuse_change();
alter table public.claimable_balances enable always trigger claimable_balances_refuse_removal;

alter table public.claimable_balances enable row level security;
alter table public.claimable_balances force row level security;
revoke all on table public.claimable_balances from public, anon, authenticated, service_role;
revoke all on sequence public.claimable_balances_id_seq from public, anon, authenticated, service_role;
grant select on table public.claimable_balances to authenticated, service_role;

create policy "Members can read claimable balances, and employees their own"
  on public.claimable_balances for select to authenticated
  using (
    organization_id = (select private.readable_organization_id())
    and case
      when (select (select current_setting('payd.reads_as_member', true))
        = current_setting('request.jwt.claims', true) || current_setting('request.headers', true)) then true
      else coalesce(employee_id = (select private.employee_id()), (select private.employee_id()) is null) end
  );

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_claimable_balances', 422,
    'The claimable balances are not an array of 1 to 1000 objects.',
    'Send one object for each balance, at most 1000 a call.'),
  ('invalid_claimable_balance', 422,
    'Claimable balance %s of the batch cannot be recorded: %s.',
    'Send it as the ledger shows it; nothing of the batch was written.'),
  ('claimable_balance_differs', 409,
    'Claimable balance %s is known with another organization, asset, amount, sponsor, claimant or end.',
    'A balance never changes on the ledger; check which one was read.');

create function private.claimable_balance_problem(state jsonb)
returns text
language sql stable security definer
set search_path = ''
as $$
  select case
    when private.json_holds_secret_key(state) then 'it holds a Stellar secret key'
    when coalesce(state ->> 'claimable_balance_id', '') !~ '^00000000[0-9a-f]{64}$'
      then 'its claimable_balance_id is not one of the ledger'
    when coalesce(state ->> 'organization_id', '') !~ '^[0-9]{1,18}$'
      or not exists (select from public.organizations as organization
        where organization.id = (state ->> 'organization_id')::bigint) then 'its organization does not exist'
    when coalesce(state ->> 'status', '') not in ('active', 'claimed', 'expired', 'reclaimed', 'clawed_back')
      then 'its status is not one of active, claimed, expired, reclaimed and clawed_back'
    when private.asset_problem(state ->> 'asset_code', coalesce(state ->> 'asset_issuer', '')) is not null
      then 'its asset is none'
    when jsonb_typeof(state -> 'amount') is distinct
      from 'string' or private.amount_problem(state ->> 'amount') is not null
      then 'its amount is not an amount greater than zero, as text'
    when not private.is_account_id(state ->> 'sponsor') then 'its sponsor is not an account'
    when not private.is_account_id(state ->> 'claimant') then 'its claimant is not an account'
    when state ->> 'expires_at' is not null
      and private.parse_instant(state ->> 'expires_at') is null then 'its expires_at is not a time with a zone'
    when coalesce(state ->> 'ledger', '') !~ '^[1-9][0-9]{0,9}$' then 'its ledger is not a ledger number'
    when private.parse_instant(state ->> 'closed_at') is null then 'its closed_at is not a time with a zone'
    when coalesce(state ->> 'tx_hash', '') <> ''
      and state ->> 'tx_hash' !~ '^[0-9a-f]{64}$' then 'its tx_hash is not a transaction hash'
    -- The clock that ends a claim is that of the ledger, never that of a worker.
    when state ->> 'status' = 'expired'
      and coalesce(private.parse_instant(state ->> 'closed_at') < private.parse_instant(state ->> 'expires_at'), true)
      then 'the ledger closed before it expires'
    when state ->> 'employee_id' is not null and not exists (
      select from public.employees as employee
      where employee.id::text = state ->> 'employee_id'
        and employee.organization_id = (state ->> 'organization_id')::bigint)
        then 'its employee does not exist in the organization'
    when state ->> 'payroll_run_id' is not null and not exists (
      select from public.payroll_runs as run
      where run.id::text = state ->> 'payroll_run_id' and run.organization_id = (state ->> 'organization_id')::bigint)
        then 'its payroll run does not exist in the organization'
    when state ->> 'transaction_operation_id' is not null and not exists (
      select from public.transaction_operations as operation
      where operation.id::text = state ->> 'transaction_operation_id'
        and operation.organization_id = (state ->> 'organization_id')::bigint)
      then 'its operation does not exist in the organization'
  end;
$$;
comment on function private.claimable_balance_problem(jsonb) is 'Why the state cannot be recorded, or null.';

-- What is fixed for ever may be left out once it is known: an effect on the ledger names little more than the id.
create function private.complete_claimable_balance(state jsonb)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select coalesce(jsonb_strip_nulls(known.fields), '{}') || jsonb_strip_nulls(complete_claimable_balance.state)
  from (values (1)) as one
  left join lateral (
    select jsonb_build_object(
      'organization_id', balance.organization_id, 'asset_code', balance.asset_code, 'asset_issuer',
      balance.asset_issuer,
      'amount', balance.amount::text, 'sponsor', balance.sponsor, 'claimant', balance.claimant,
      'expires_at', to_char(balance.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) as fields
    from public.claimable_balances as balance
    where balance.claimable_balance_id = complete_claimable_balance.state ->> 'claimable_balance_id'
      and balance.status <> 'disproved'
  ) as known on true;
$$;
comment on function private.complete_claimable_balance(jsonb) is
  'The state with the fixed fields of a known balance filled in.';

create function private.require_claimable_balances(states jsonb)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_states jsonb;
  v_problem record;
begin
  if jsonb_typeof(require_claimable_balances.states) is distinct from 'array'
    or jsonb_array_length(require_claimable_balances.states) not between 1 and 1000
    or exists (select from jsonb_array_elements(require_claimable_balances.states) as element
      where jsonb_typeof(element) <> 'object') then
    perform private.refuse('invalid_claimable_balances');
  end if;

  select jsonb_agg(private.complete_claimable_balance(element.value) order by element.ordinality) into v_states
  from jsonb_array_elements(require_claimable_balances.states) with ordinality as element;

  select element.ordinality as number, problem.reason into v_problem
  from jsonb_array_elements(v_states) with ordinality as element
  cross join lateral (select private.claimable_balance_problem(element.value) as reason) as problem
  where problem.reason is not null
  order by element.ordinality
  limit 1;

  if found then
    perform private.refuse('invalid_claimable_balance', v_problem.number::text, v_problem.reason);
  end if;

  return v_states;
end;
$$;
comment on function private.require_claimable_balances(jsonb) is
  'The complete states; refuses a batch in which anything is wrong.';

create type private.claimable_balance_state as (
  organization_id bigint,
  claimable_balance_id text,
  asset_code text,
  asset_issuer text,
  amount public.amount,
  sponsor text,
  claimant text,
  status text,
  expires_at timestamptz,
  ledger bigint,
  closed_at timestamptz,
  tx_hash text,
  employee_id bigint,
  payroll_run_id bigint,
  transaction_operation_id bigint,
  reclaimable_at timestamptz
);
comment on type private.claimable_balance_state is 'A claimable balance as one ledger shows it.';

create function private.apply_claimable_balance(state private.claimable_balance_state)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_is_new boolean;
  v_known public.claimable_balances;
begin
  insert into public.claimable_balances (
    organization_id, claimable_balance_id, employee_id, payroll_run_id, transaction_operation_id, asset_code,
    asset_issuer, amount, sponsor,
    claimant, expires_at, reclaimable_at, synced_ledger, created_at)
  values (
    (state).organization_id, (state).claimable_balance_id, (state).employee_id, (state).payroll_run_id,
    (state).transaction_operation_id,
    (state).asset_code, (state).asset_issuer, (state).amount, (state).sponsor, (state).claimant, (state).expires_at,
    (state).reclaimable_at, (state).ledger, (state).closed_at)
  on conflict (claimable_balance_id) where status <> 'disproved' do nothing;

  v_is_new := found;

  select balance.* into v_known
  from public.claimable_balances as balance
  where balance.claimable_balance_id = (state).claimable_balance_id
    and balance.status <> 'disproved'
  for update;

  if (v_known.organization_id, v_known.asset_code, v_known.asset_issuer, v_known.amount::numeric, v_known.sponsor,
    v_known.claimant, v_known.expires_at)
    is distinct from
    ((state).organization_id, (state).asset_code, (state).asset_issuer, (state).amount::numeric, (state).sponsor,
      (state).claimant, (state).expires_at)
  then
    perform private.refuse('claimable_balance_differs', (state).claimable_balance_id);
  end if;

  -- Whoever tells of the creation last may tell it of a ledger in which the balance was claimed as well.
  if v_known.synced_ledger > (state).ledger
    and not (v_known.status = 'expired' and (state).status in ('claimed', 'reclaimed', 'clawed_back'))
    or v_known.synced_ledger = (state).ledger and (state).status = 'active' and v_known.ended_at is not null then
    return 'stale';
  end if;

  -- A balance that is first seen after its end is created and ended, so that both facts are told.
  update public.claimable_balances as balance
  set status = (state).status,
      synced_ledger = (state).ledger,
      employee_id = coalesce(balance.employee_id, (state).employee_id),
      payroll_run_id = coalesce(balance.payroll_run_id, (state).payroll_run_id),
      transaction_operation_id = coalesce(balance.transaction_operation_id, (state).transaction_operation_id),
      reclaimable_at = coalesce(balance.reclaimable_at, (state).reclaimable_at),
      claimed_at = case when balance.status = (state).status then balance.claimed_at
        when (state).status = 'claimed' then (state).closed_at end,
      ended_at = case
        when balance.status = (state).status then balance.ended_at
        when (state).status in ('claimed', 'reclaimed', 'clawed_back') then (state).closed_at end,
      ended_tx_hash = case
        when balance.status = (state).status then balance.ended_tx_hash
        when (state).status in ('claimed', 'reclaimed', 'clawed_back') then (state).tx_hash end
  where balance.id = v_known.id
    and (balance.status, balance.synced_ledger, balance.employee_id, balance.payroll_run_id,
      balance.transaction_operation_id)
      is distinct from (
        (state).status, (state).ledger, coalesce(balance.employee_id, (state).employee_id),
        coalesce(balance.payroll_run_id, (state).payroll_run_id),
        coalesce(balance.transaction_operation_id, (state).transaction_operation_id));

  return case when v_is_new then 'created' when v_known.status <> (state).status then 'changed' else 'unchanged' end;
end;
$$;
comment on function private.apply_claimable_balance(private.claimable_balance_state) is
  'Writes what a ledger shows; answers created, changed, unchanged or stale.';

create function private.apply_claimable_balances(states jsonb)
returns table (created integer, changed integer, unchanged integer, stale integer)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_states jsonb := private.require_claimable_balances(apply_claimable_balances.states);
  v_state private.claimable_balance_state;
  v_outcome text;
  v_outcomes text[] := '{}'::text[];
begin
  -- Every change locks the event counter of its organization; one order for all of them, so that no two workers wait
  -- for each other for ever.
  perform private.hold_event_counters(array(
    select given.organization_id
    from jsonb_to_recordset(v_states) as given (organization_id bigint)));

  -- One order for all writers, and for one balance its older ledger first, so that every step it took is seen.
  for v_state in
    select
      given.organization_id, given.claimable_balance_id, given.asset_code, coalesce(given.asset_issuer, ''),
      given.amount::public.amount,
      given.sponsor, given.claimant, given.status, private.parse_instant(given.expires_at), given.ledger,
      private.parse_instant(given.closed_at),
      nullif(given.tx_hash, ''), coalesce(given.employee_id, operation.employee_id),
      coalesce(given.payroll_run_id, operation.payroll_run_id),
      given.transaction_operation_id, operation.reclaimable_at
    from jsonb_to_recordset(v_states) as given (
      organization_id bigint, claimable_balance_id text, asset_code text, asset_issuer text, amount text, sponsor text,
      claimant text, status text,
      expires_at text, ledger bigint, closed_at text, tx_hash text, employee_id bigint, payroll_run_id bigint,
      transaction_operation_id bigint)
    left join public.transaction_operations as operation
      on operation.id = given.transaction_operation_id and operation.organization_id = given.organization_id
    order by given.claimable_balance_id, given.ledger
  loop
    v_outcome := private.apply_claimable_balance(v_state);
    v_outcomes := v_outcomes || v_outcome;
  end loop;

  return query
    select
      (count(*) filter (where outcome = 'created'))::integer,
      (count(*) filter (where outcome = 'changed'))::integer,
      (count(*) filter (where outcome = 'unchanged'))::integer,
      (count(*) filter (where outcome = 'stale'))::integer
    from unnest(v_outcomes) as outcome;
end;
$$;
grant execute on function private.apply_claimable_balances(jsonb) to service_role;

create function public.apply_claimable_balances(states jsonb)
returns table (created integer, changed integer, unchanged integer, stale integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.apply_claimable_balances(states); $$;
comment on function public.apply_claimable_balances(jsonb) is
  'For workers: writes what the ledger says about claimable balances.';
revoke all on function public.apply_claimable_balances(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.apply_claimable_balances(jsonb) to service_role;

create function private.announce_claimable_balances()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_organization_id bigint;
  v_changes jsonb;
begin
  if tg_op = 'INSERT' then
    select jsonb_agg(jsonb_build_object('word', 'created', 'id', added.id) order by added.id) into v_changes
    from rows_after as added;
  else
    select jsonb_agg(jsonb_build_object('word', changed.status, 'id', changed.id) order by changed.id) into v_changes
    from rows_after as changed
    join rows_before as earlier on earlier.id = changed.id
    where changed.status <> earlier.status;
  end if;

  for v_organization_id in
    select distinct balance.organization_id
    from jsonb_to_recordset(v_changes) as change (word text, id bigint)
    join public.claimable_balances as balance on balance.id = change.id
    order by balance.organization_id
  loop
    perform private.emit_events(v_organization_id, (
      select array_agg(row(
        'claimable_balance.' || change.word, 'claimable_balance', balance.id::text,
        'claimable_balance.' || change.word || ':' || balance.id,
        jsonb_strip_nulls(jsonb_build_object(
          'id', balance.id, 'claimable_balance_id', balance.claimable_balance_id, 'status', balance.status, 'amount',
          balance.amount::text,
          'asset_code', balance.asset_code, 'asset_issuer', balance.asset_issuer, 'claimant', balance.claimant,
          'employee_id', balance.employee_id,
          'payroll_run_id', balance.payroll_run_id, 'expires_at', balance.expires_at,
          'reclaimable_at', balance.reclaimable_at, 'ledger', balance.synced_ledger, 'tx_hash', balance.ended_tx_hash))
      )::private.event_input order by balance.id)
      from jsonb_to_recordset(v_changes) as change (word text, id bigint)
      join public.claimable_balances as balance on balance.id = change.id
      where balance.organization_id = v_organization_id));
  end loop;

  insert into public.audit_logs
    (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
  select
    balance.organization_id, member.id, private.actor(), 'claimable_balance.' || change.word, 'claimable_balance',
    balance.id::text,
    jsonb_build_object('status', balance.status, 'ledger', balance.synced_ledger), private.request_ip_address()
  from jsonb_to_recordset(v_changes) as change (word text, id bigint)
  join public.claimable_balances as balance on balance.id = change.id
  left join private.membership() as member on member.organization_id = balance.organization_id
  order by balance.id;

  return null;
end;
$$;
comment on function private.announce_claimable_balances() is
  'Statement trigger: an event and an audit row for every new balance and every change of its state.';

create trigger claimable_balances_announce_inserts
  after insert on public.claimable_balances
  referencing new table as rows_after
  for each statement execute function private.announce_claimable_balances();

create trigger claimable_balances_announce_updates
  after update on public.claimable_balances
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.announce_claimable_balances();

create function private.tell_items_of_balances()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- Items that are being completed right now read the state themselves, once the events of the organization are locked.
  update public.payroll_items as item
  set claimable_balance_status = changed.status
  from rows_after as changed
  where item.organization_id = changed.organization_id
    and item.transaction_operation_id = changed.transaction_operation_id
    and item.claimable_balance_id = changed.claimable_balance_id
    and item.status = 'completed'
    and changed.status <> 'disproved'
    and item.claimable_balance_status is distinct from changed.status;

  return null;
end;
$$;
comment on function private.tell_items_of_balances() is
  'Statement trigger: a paid item says what became of the balance that pays it.';

create trigger claimable_balances_tell_items
  after update on public.claimable_balances
  referencing new table as rows_after
  for each statement execute function private.tell_items_of_balances();

create function private.record_balance_states(organization_id bigint, states jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_state jsonb;
begin
  for v_state in
    select state.value from jsonb_array_elements(coalesce(record_balance_states.states, '[]')) as state
  loop
    begin
      perform private.apply_claimable_balances(jsonb_build_array(v_state));
    exception when sqlstate 'PT409' or sqlstate 'PT422' then
      -- Somebody recorded the balance with other words. The evidence of the transaction stands, so the difference is
      -- written down and nothing waits for it.
      perform private.write_audit(record_balance_states.organization_id, 'claimable_balance.contradicted',
        'claimable_balance', v_state ->> 'claimable_balance_id', v_state);
    end;
  end loop;
end;
$$;
comment on function private.record_balance_states(bigint, jsonb) is
  'Records the states of balances that a proven transaction of PayD changed.';

create function private.record_created_balances(transaction public.transactions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.record_balance_states((transaction).organization_id, (
    select jsonb_agg(jsonb_build_object(
      'organization_id', operation.organization_id,
      'claimable_balance_id', operation.claimable_balance_id,
      'asset_code', operation.asset_code,
      'asset_issuer', operation.asset_issuer,
      'amount', operation.amount::text,
      'sponsor', (transaction).source_account,
      'claimant', operation.destination,
      'status', 'active',
      'ledger', (transaction).ledger,
      'closed_at', to_char(coalesce((transaction).closed_at, now()) at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'transaction_operation_id', operation.id) order by operation.operation_index)
    from public.transaction_operations as operation
    where operation.transaction_id = (transaction).id
      and operation.operation_type = 'create_claimable_balance'));

  update public.payroll_items as item
  set claimable_balance_status = balance.status
  from public.transaction_operations as operation
  join public.claimable_balances as balance
    on balance.claimable_balance_id = operation.claimable_balance_id and balance.status <> 'disproved'
  where operation.transaction_id = (transaction).id
    and operation.operation_type = 'create_claimable_balance'
    and item.organization_id = operation.organization_id
    and item.transaction_operation_id = operation.id
    and item.status = 'completed';
end;
$$;
comment on function private.record_created_balances(public.transactions) is
  'Records the claimable balances that an applied transaction created, and tells their items.';

create function private.disprove_balances(transaction public.transactions)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  update public.claimable_balances as balance
  set status = 'disproved'
  from public.transaction_operations as operation
  where operation.transaction_id = (transaction).id
    and operation.operation_type = 'create_claimable_balance'
    and balance.organization_id = operation.organization_id
    and balance.transaction_operation_id = operation.id
    and balance.status = 'active';
end;
$$;
comment on function private.disprove_balances(public.transactions) is
  'Ends the balances of a transaction that was recorded as applied and is proven not to be.';

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.claimable_balances.claimed', 'boolean', 'false', 'Waiting payments that were claimed.'),
  ('notifications.claimable_balances.expired', 'boolean', 'true', 'Waiting payments that nobody claimed in time.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('claimable_balance.claimed', 'members', 'manager',
    'notifications.claimable_balances.claimed',
    'A waiting payment was claimed',
    '{claimant} claimed {amount} {asset_code}.'),
  ('claimable_balance.expired', 'members', 'manager',
    'notifications.claimable_balances.expired',
    'A waiting payment expired',
    '{claimant} did not claim {amount} {asset_code} in time; the sponsor can take it back.'),
  ('claimable_balance.created', 'employee', null, null, 'A payment of {amount} {asset_code} waits for you',
    'Let the wallet {claimant} accept {asset_code}, then claim the payment with it.'),
  ('claimable_balance.reclaimed', 'employee', null, null,
    'A payment of {amount} {asset_code} went back to your employer',
    'You had not claimed it. Ask your employer to pay it again.'),
  ('claimable_balance.expired', 'employee', null, null, 'A payment of {amount} {asset_code} can no longer be claimed',
    'It was not claimed in time. Ask your employer to pay it again.');

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.claimable_balances', 'keep', null, null, 'Indefinite: books that never change.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.claimable_balances', 'employee', 'employee_id', '{}', 'Payments that waited for the employee; books.'),
  ('public.claimable_balances', 'member', 'reclaim_requested_by', '{}', 'Payments that the member asked back.');
