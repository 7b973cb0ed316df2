-- migration: the history of the organizations' accounts
-- Everything that the ledger shows of an account that payrolls are paid from: each transaction it took part in,
-- successful or not, and each amount that came or left. A walk goes on from a stored place; the rows of a page and the
-- new place are written in one transaction, so that a walk can end anywhere and goes on without a hole and without a
-- row twice. Sequence numbers and balances are audited on the way: what is missing is a gap with a name, which is read
-- again until it is closed or a person accepts it.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.error_codes, private.history_walks, private.ledger_positions,
--   private.notification_templates, private.personal_data, private.preference_defaults, private.retention_rules,
--   private.source_accounts, private.state_transitions, public.account_histories, public.history_gaps,
--   public.ledger_movements, public.ledger_transactions
-- depends: 20261125000000, 20261125000100, 20261125000200, 20261125000250, 20261125000500, 20261125000600,
--   20261125000800, 20261125000900, 20261125001000, 20261125001100, 20261125010000, 20261125010100, 20261125010200,
--   20261125010300, 20261125010400, 20261125020000, 20261125020100, 20261125020200, 20261125020400, 20261125030000,
--   20261125060100, 20261125070100, 20261125080000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.account_histories (
  -- db-ignore key-without-tenant: an account is enrolled for one organization of the whole project.
  account_id text primary key references private.source_accounts (account_id),
  organization_id bigint not null references public.organizations (id),
  epoch integer not null default 0,
  epoch_since timestamptz,
  state text not null default 'reading',
  state_since timestamptz not null default now(),
  problem text,
  begins_at_ledger bigint,
  complete_to_ledger bigint not null default 0,
  read_at timestamptz,
  last_sequence text,
  seen_sequence text,
  seen_ledger bigint,
  constraint account_histories_account_belongs_to_one_organization unique (organization_id, account_id),
  constraint account_histories_epoch_is_not_negative check (epoch >= 0),
  constraint account_histories_state_is_known check (state in ('reading', 'current', 'unreadable', 'stopped')),
  constraint account_histories_problems_have_a_name check (problem ~ '^[a-z_]{1,60}$'),
  constraint account_histories_say_why_they_stand_still
    check ((state in ('unreadable', 'stopped')) = (problem is not null)),
  constraint account_histories_are_complete_from_where_they_begin
    check (complete_to_ledger >= 0 and (complete_to_ledger = 0 or begins_at_ledger is not null)),
  constraint account_histories_last_sequence_is_a_number check (last_sequence ~ '^[0-9]{1,19}$'),
  constraint account_histories_a_look_names_sequence_and_ledger check ((seen_sequence is null) = (seen_ledger is null))
);
comment on table public.account_histories is
  'How far the history of each account that payrolls are paid from is known.';
comment on column public.account_histories.epoch is
  'Grows when a test network begins anew; the rows of earlier epochs stay as they were.';
comment on column public.account_histories.epoch_since is
  'When an operator began the books of a new network; payments from before say nothing about it. Empty for the first.';
comment on column public.account_histories.state is
  'reading: behind the ledger; current: complete to complete_to_ledger; unreadable: answers cannot be used; stopped: '
  'the provider shows another network.';
comment on column public.account_histories.begins_at_ledger is
  'The oldest ledger that is known: what the provider kept when the history was begun, or one that kept more later.';
comment on column public.account_histories.last_sequence is
  'The highest sequence number that the history shows the account used; int64 as text.';
comment on column public.account_histories.seen_sequence is
  'The sequence number that the account itself showed in seen_ledger; int64 as text.';
create index account_histories_organization_id_idx on public.account_histories (organization_id);

create table public.ledger_transactions (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  account_id text not null,
  epoch integer not null default 0,
  ledger bigint not null,
  application_order integer not null,
  tx_hash text not null,
  origin text not null,
  source_account text not null,
  sequence_number text not null,
  fee_account text not null,
  fee_charged_stroops bigint not null,
  is_successful boolean not null,
  result_code text not null,
  operation_count integer not null,
  memo text,
  is_signed_by_source boolean not null,
  closed_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  constraint ledger_transactions_account_belongs_to_the_organization
    foreign key (organization_id, account_id) references public.account_histories (organization_id, account_id),
  constraint ledger_transactions_place_is_unique unique (organization_id, account_id, epoch, ledger,
    application_order),
  constraint ledger_transactions_tx_hash_is_a_hash check (tx_hash ~ '^[0-9a-f]{64}$'),
  constraint ledger_transactions_origin_is_known check (origin in ('payd', 'foreign', 'other')),
  constraint ledger_transactions_ledger_is_a_number check (ledger between 1 and 4294967295),
  constraint ledger_transactions_application_order_is_a_place check (application_order between 1 and 1048575),
  constraint ledger_transactions_fee_is_not_negative check (fee_charged_stroops >= 0),
  constraint ledger_transactions_have_1_to_100_operations check (operation_count between 1 and 100),
  constraint ledger_transactions_memo_is_short check (length(memo) <= 64)
);
comment on table public.ledger_transactions is
  'Every transaction of the ledger that an account of the organization took part in, successful or not.';
comment on column public.ledger_transactions.origin is
  'payd: PayD prepared it; foreign: the account sent it and PayD did not prepare it; other: somebody else sent it.';
comment on column public.ledger_transactions.sequence_number is 'int64 as text, because JSON numbers end at 2^53.';
comment on column public.ledger_transactions.is_signed_by_source is
  'Whether the key of the source account signed it; accounts with other signers need not.';
create index ledger_transactions_organization_id_idx
  on public.ledger_transactions (organization_id, ledger desc, application_order desc, id desc);
create index ledger_transactions_tx_hash_idx on public.ledger_transactions (tx_hash);
create index ledger_transactions_sequence_number_idx_when_own
  on public.ledger_transactions (account_id, epoch, (sequence_number::numeric)) where source_account = account_id;

create table public.ledger_movements (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  account_id text not null,
  epoch integer not null default 0,
  ledger bigint not null,
  application_order integer not null,
  place integer not null,
  operation_index integer,
  kind text not null,
  direction text not null,
  asset_code text not null,
  asset_issuer text not null default '',
  amount public.amount not null,
  counterparty text,
  claimable_balance_id text,
  tx_hash text not null,
  transaction_operation_id bigint,
  closed_at timestamptz not null,
  constraint ledger_movements_transaction_is_recorded
    foreign key (organization_id, account_id, epoch, ledger, application_order)
      references public.ledger_transactions (organization_id, account_id, epoch, ledger, application_order),
  constraint ledger_movements_operation_belongs_to_the_organization
    foreign key (organization_id, transaction_operation_id)
      references public.transaction_operations (organization_id, id),
  constraint ledger_movements_place_is_unique unique (organization_id, account_id, epoch, ledger, application_order,
    place),
  constraint ledger_movements_kind_is_known
    check (kind in ('payment', 'path_payment', 'account_created', 'account_merged', 'claimable_balance_created',
      'claimable_balance_claimed', 'clawback', 'trade', 'liquidity_pool', 'contract', 'inflation', 'fee')),
  constraint ledger_movements_direction_is_known check (direction in ('in', 'out')),
  constraint ledger_movements_only_fees_have_no_operation check ((kind = 'fee') = (operation_index is null)),
  constraint ledger_movements_operation_index_is_0_to_99 check (operation_index between 0 and 99),
  constraint ledger_movements_amount_is_positive check (amount > 0),
  constraint ledger_movements_counterparty_is_short check (length(counterparty) <= 69)
);
comment on table public.ledger_movements is
  'Every amount that came to or left an account of the organization, each with the payment of PayD that it is.';
comment on column public.ledger_movements.operation_index is 'The place of the operation; empty for the fee.';
comment on column public.ledger_movements.transaction_operation_id is
  'The planned payment that this is: the same transaction, operation, asset and amount; empty where there is none.';
create index ledger_movements_organization_id_idx
  on public.ledger_movements (organization_id, ledger desc, application_order desc, id desc);
create index ledger_movements_organization_id_idx_when_unplanned
  on public.ledger_movements (organization_id, ledger desc, id desc)
  where direction = 'out' and transaction_operation_id is null and kind not in ('fee', 'trade', 'liquidity_pool');
create index ledger_movements_transaction_operation_id_idx
  on public.ledger_movements (organization_id, transaction_operation_id) where transaction_operation_id is not null;
create index ledger_movements_claimable_balance_id_idx
  on public.ledger_movements (organization_id, claimable_balance_id) where claimable_balance_id is not null;

create table public.history_gaps (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  account_id text not null,
  epoch integer not null default 0,
  kind text not null,
  from_ledger bigint not null,
  to_ledger bigint not null,
  from_sequence text,
  to_sequence text,
  tx_hash text,
  asset_code text,
  asset_issuer text,
  expected text,
  found text,
  state text not null default 'open',
  found_at timestamptz not null default now(),
  closed_at timestamptz,
  accepted_by bigint,
  accepted_reason text,
  constraint history_gaps_id_is_unique_in_organization unique (organization_id, id),
  constraint history_gaps_account_belongs_to_the_organization
    foreign key (organization_id, account_id) references public.account_histories (organization_id, account_id),
  constraint history_gaps_accepted_by_a_member_of_the_organization
    foreign key (organization_id, accepted_by) references public.users (organization_id, id),
  constraint history_gaps_kind_is_known
    check (kind in ('before_retention', 'sequence_hole', 'sequence_repeated', 'sequence_ahead', 'payment_not_seen',
      'balance_differs', 'balance_gone', 'unreadable_transaction')),
  constraint history_gaps_range_is_in_order check (from_ledger between 0 and to_ledger),
  constraint history_gaps_state_is_known check (state in ('open', 'filled', 'accepted')),
  constraint history_gaps_closed_ones_say_when check ((state = 'open') = (closed_at is null)),
  constraint history_gaps_accepted_ones_say_who_and_why
    check ((state = 'accepted') = (accepted_by is not null) and (accepted_by is null) = (accepted_reason is null)),
  constraint history_gaps_accepted_reason_has_at_most_1000_characters check (length(accepted_reason) <= 1000)
);
comment on table public.history_gaps is
  'Parts of an account''s history that are missing or do not fit, why, and what became of them.';
comment on column public.history_gaps.expected is 'The number or amount that the history leads to; exact text.';
comment on column public.history_gaps.found is 'The number or amount that the ledger showed; exact text.';
create index history_gaps_organization_id_idx on public.history_gaps (organization_id, found_at desc, id desc);
create index history_gaps_account_id_idx on public.history_gaps (organization_id, account_id);
create index history_gaps_accepted_by_idx
  on public.history_gaps (organization_id, accepted_by) where accepted_by is not null;
create unique index history_gaps_one_open_of_a_kind_at_a_place_key
  on public.history_gaps (account_id, epoch, kind, from_ledger, coalesce(from_sequence, ''), coalesce(tx_hash, ''),
    coalesce(asset_code, ''), coalesce(asset_issuer, '')) where state = 'open';

insert into private.state_transitions (entity, from_state, to_state) values
  ('history_gap', '(new)', 'open'),
  ('history_gap', 'open', 'filled'),
  ('history_gap', 'open', 'accepted');

create trigger history_gaps_enforce_transitions
  after update on public.history_gaps
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.enforce_transitions('history_gap', 'state');

create trigger history_gaps_enforce_first_state
  after insert on public.history_gaps
  referencing new table as rows_after
  for each statement execute function private.enforce_transitions('history_gap', 'state');

create trigger history_gaps_refuse_removal
  before delete or truncate on public.history_gaps
  for each statement execute function private.refuse_change();
alter table public.history_gaps enable always trigger history_gaps_refuse_removal;

create trigger ledger_transactions_refuse_change
  before update or delete or truncate on public.ledger_transactions
  for each statement execute function private.refuse_change();
alter table public.ledger_transactions enable always trigger ledger_transactions_refuse_change;

create trigger ledger_movements_refuse_change
  before update or delete or truncate on public.ledger_movements
  for each statement execute function private.refuse_change();
alter table public.ledger_movements enable always trigger ledger_movements_refuse_change;

create table private.history_walks (
  id bigint generated always as identity primary key,
  account_id text not null references public.account_histories (account_id),
  gap_id bigint references public.history_gaps (id),
  place numeric(19) not null default 0,
  until_ledger bigint,
  lease_token uuid,
  leased_until timestamptz,
  asked_at timestamptz,
  next_read_at timestamptz not null default now(),
  quiet_reads integer not null default 0,
  useless_answers integer not null default 0,
  balances_listed_at timestamptz,
  constraint history_walks_place_is_an_int64 check (place between 0 and 9223372036854775807),
  constraint history_walks_of_a_gap_have_an_end check ((gap_id is null) = (until_ledger is null)),
  constraint history_walks_lease_has_an_end check ((lease_token is null) = (leased_until is null)),
  constraint history_walks_counts_are_not_negative check (quiet_reads >= 0 and useless_answers >= 0)
);
comment on table private.history_walks is
  'The walks along the ledger: one at the head of each account''s history, and one for each gap that is read again.';
comment on column private.history_walks.place is
  'Where the walk stands: the number of the last transaction that was recorded (ledger * 2^32 + order * 2^12).';
create unique index history_walks_one_head_per_account_key on private.history_walks (account_id) where gap_id is null;
create unique index history_walks_one_per_gap_key on private.history_walks (gap_id) where gap_id is not null;
create index history_walks_account_id_idx on private.history_walks (account_id);
create index history_walks_next_read_at_idx on private.history_walks (next_read_at);
alter table private.history_walks enable row level security;
alter table private.history_walks force row level security;

create table private.ledger_positions (
  account_id text not null references public.account_histories (account_id),
  asset_code text not null,
  asset_issuer text not null,
  checked_ledger bigint,
  checked_balance numeric,
  pending_ledger bigint,
  pending_balance numeric,
  constraint ledger_positions_are_one_per_asset primary key (account_id, asset_code, asset_issuer),
  constraint ledger_positions_checked_balance_has_a_ledger
    check ((checked_ledger is null) = (checked_balance is null)),
  constraint ledger_positions_pending_balance_has_a_ledger
    check ((pending_ledger is null) = (pending_balance is null))
);
comment on table private.ledger_positions is
  'The balance up to which movements and the account agree, and a newer look that waits for the history to reach it.';
alter table private.ledger_positions enable row level security;
alter table private.ledger_positions force row level security;

alter table public.account_histories enable row level security;
alter table public.account_histories force row level security;
revoke all on table public.account_histories from public, anon, authenticated, service_role;
grant select on table public.account_histories to authenticated, service_role;
create policy "Members can read how far the history of their accounts is known"
  on public.account_histories for select to authenticated
  using (organization_id = (select private.organization_id()));

alter table public.ledger_transactions enable row level security;
alter table public.ledger_transactions force row level security;
revoke all on table public.ledger_transactions from public, anon, authenticated, service_role;
revoke all on sequence public.ledger_transactions_id_seq from public, anon, authenticated, service_role;
grant select on table public.ledger_transactions to authenticated, service_role;
create policy "Members can read the ledger's transactions of their accounts"
  on public.ledger_transactions for select to authenticated
  using (organization_id = (select private.organization_id()));

alter table public.ledger_movements enable row level security;
alter table public.ledger_movements force row level security;
revoke all on table public.ledger_movements from public, anon, authenticated, service_role;
revoke all on sequence public.ledger_movements_id_seq from public, anon, authenticated, service_role;
grant select on table public.ledger_movements to authenticated, service_role;
create policy "Members can read what came to and left their accounts"
  on public.ledger_movements for select to authenticated
  using (organization_id = (select private.organization_id()));

alter table public.history_gaps enable row level security;
alter table public.history_gaps force row level security;
revoke all on table public.history_gaps from public, anon, authenticated, service_role;
revoke all on sequence public.history_gaps_id_seq from public, anon, authenticated, service_role;
grant select on table public.history_gaps to authenticated, service_role;
create policy "Members can read the gaps in the history of their accounts"
  on public.history_gaps for select to authenticated
  using (organization_id = (select private.organization_id()));

insert into private.error_codes (code, http_status, message, hint) values
  ('invalid_account_history', 422,
    'The page of history cannot be recorded: %s.',
    'Send what follows the place of the claimed walk, as the ledger shows it; nothing of the page was written.'),
  ('history_gap_not_found', 404, 'There is no gap %s in the history of an account.', 'Check the id.'),
  ('history_gap_closed', 409, 'Gap %s is already %s.', 'Read it again before you decide.');

-- Every account that payrolls are paid from has a history and a walk at its head.
create function private.begin_account_histories()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into public.account_histories (account_id, organization_id)
  select enrolled.account_id, enrolled.organization_id
  from rows_after as enrolled;

  insert into private.history_walks (account_id)
  select enrolled.account_id
  from rows_after as enrolled;

  return null;
end;
$$;

create trigger source_accounts_begin_account_histories
  after insert on private.source_accounts
  referencing new table as rows_after
  for each statement execute function private.begin_account_histories();

insert into public.account_histories (account_id, organization_id)
select enrolled.account_id, enrolled.organization_id from private.source_accounts as enrolled;

insert into private.history_walks (account_id)
select history.account_id from public.account_histories as history;

create function private.network_begun_at(account_id text)
returns timestamptz
language sql stable security definer
set search_path = ''
as $$
  select coalesce(max(history.epoch_since), '-infinity')
  from public.account_histories as history
  where history.account_id = network_begun_at.account_id;
$$;
comment on function private.network_begun_at(text) is
  'Since when payments from the account are on the network of now; ledgers of earlier ones have the same numbers.';

create function private.claim_history_walks(batch_size integer, lease_seconds integer)
returns table (
  walk_id bigint, account_id text, "cursor" text, lease_token uuid, horizon_url text, network_passphrase text,
  lists_balances boolean
)
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_settings private.settings;
  v_token uuid := gen_random_uuid();
  v_limit integer := least(greatest(claim_history_walks.batch_size, 1), 50);
begin
  select settings.* into v_settings from private.settings as settings;

  if v_settings.network_passphrase is null then
    perform private.refuse('network_not_configured');
  end if;

  return query
  with due as (
    (select walk.id
     from private.history_walks as walk
     where walk.next_read_at <= now()
       and coalesce(walk.leased_until <= now(), true)
     order by walk.next_read_at
     limit v_limit)
    union
    -- An account that pays right now is followed ledger by ledger.
    (select walk.id
     from public.transactions as paying
     join private.history_walks as walk on walk.account_id = paying.source_account and walk.gap_id is null
     where paying.is_live
       and coalesce(walk.asked_at <= now() - interval '5 seconds', true)
       and walk.useless_answers = 0
       and coalesce(walk.leased_until <= now(), true)
     limit v_limit)
    limit v_limit
  ),
  free as (
    select walk.id
    from private.history_walks as walk
    where walk.id in (select due.id from due)
      and coalesce(walk.leased_until <= now(), true)
    for update skip locked
  )
  update private.history_walks as walk
  set lease_token = v_token,
      leased_until = now() + make_interval(secs => least(greatest(claim_history_walks.lease_seconds, 10), 600)),
      asked_at = now()
  from free
  where walk.id = free.id
  returning walk.id, walk.account_id, walk.place::text, v_token, v_settings.horizon_url,
    v_settings.network_passphrase, walk.gap_id is null and private.balances_are_due(walk.account_id);

  -- When nothing is due any more, what people asked for may be done.
  if not found then
    perform private.finish_sync_requests();
  end if;
end;
$$;
comment on function private.claim_history_walks(integer, integer) is 'Leases the walks that are due.';
grant execute on function private.claim_history_walks(integer, integer) to service_role;

create function public.claim_history_walks(batch_size integer default 8, lease_seconds integer default 20)
returns table (
  walk_id bigint, account_id text, "cursor" text, lease_token uuid, horizon_url text, network_passphrase text,
  lists_balances boolean
)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.claim_history_walks(batch_size, lease_seconds); $$;
comment on function public.claim_history_walks(integer, integer) is
  'For workers: leases accounts whose history is read on, each with the place where it was left.';
revoke all on function public.claim_history_walks(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.claim_history_walks(integer, integer) to service_role;

-- What is wrong with a page as a whole, or null. Every field is looked at before anything is cast.
create function private.history_page_problem(page jsonb)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_transactions constant jsonb := page -> 'transactions';
begin
  return case
    when jsonb_typeof(page) is distinct from 'object' then 'it is no object'
    when coalesce(page ->> 'walk_id', '') !~ '^[1-9][0-9]{0,17}$' then 'its walk_id is not a number'
    when coalesce(page ->> 'lease_token', '') !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      then 'its lease_token is none'
    when coalesce(page ->> 'cursor', '') !~ '^(0|[1-9][0-9]{0,18})$' then 'its cursor is no place in the ledger'
    when coalesce(page ->> 'next_cursor', '') !~ '^(0|[1-9][0-9]{0,18})$'
      or (page ->> 'next_cursor')::numeric > 9223372036854775807 then 'its next_cursor is no place in the ledger'
    when (page ->> 'next_cursor')::numeric < (page ->> 'cursor')::numeric then 'its next_cursor goes back'
    when coalesce(page ->> 'outcome', '') !~ '^[a-z_]{1,60}$' then 'its outcome has no name'
    when page ->> 'latest_ledger' is not null and page ->> 'latest_ledger' !~ '^[1-9][0-9]{0,9}$'
      then 'its latest_ledger is not a ledger number'
    when page ->> 'elder_ledger' is not null and page ->> 'elder_ledger' !~ '^[1-9][0-9]{0,9}$'
      then 'its elder_ledger is not a ledger number'
    when page ->> 'unreadable_toid' is not null and page ->> 'unreadable_toid' !~ '^[1-9][0-9]{0,18}$'
      then 'its unreadable_toid is no place in the ledger'
    when jsonb_typeof(page -> 'sponsored') not in ('null', 'object') then 'its sponsored balances are no object'
    when jsonb_typeof(page -> 'sponsored') = 'object' and (
      coalesce(page #>> '{sponsored,ledger}', '') !~ '^[1-9][0-9]{0,9}$'
      or jsonb_typeof(page #> '{sponsored,balance_ids}') is distinct from 'array'
      or exists (select from jsonb_array_elements_text(page #> '{sponsored,balance_ids}') as listed
        where listed !~ '^0{8}[0-9a-f]{64}$')) then 'its sponsored balances are no list of a ledger'
    when jsonb_typeof(v_transactions) is distinct from 'array' or jsonb_array_length(v_transactions) > 1000
      then 'its transactions are not an array of at most 1000'
  end;
end;
$$;
comment on function private.history_page_problem(jsonb) is 'Why the frame of a page cannot be used, or null.';

create type private.history_transaction as (
  toid bigint,
  ledger bigint,
  closed_at timestamptz,
  tx_hash text,
  source_account text,
  sequence_number text,
  fee_account text,
  fee_charged_stroops bigint,
  is_successful boolean,
  result_code text,
  operation_count integer,
  memo text,
  is_signed_by_source boolean,
  may_skip_numbers boolean,
  sequence_after text,
  movements jsonb,
  balances jsonb
);
comment on type private.history_transaction is 'A transaction of an account''s history as a worker read it.';

-- What is wrong with the transactions of a page, or null. A length that is asked for beside a pattern costs a
-- tenth of a pattern that counts.
create function private.history_transactions_problem(page jsonb)
returns text
language plpgsql stable security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_cursor constant numeric := (page ->> 'cursor')::numeric;
  v_next_cursor constant numeric := (page ->> 'next_cursor')::numeric;
  v_problem text;
begin
  with element as materialized (
    select one.ordinality, one.value, one.value ->> 'toid' as toid, one.value ->> 'ledger' as ledger,
      one.value ->> 'source_account' as source_account, one.value ->> 'fee_account' as fee_account,
      one.value ->> 'tx_hash' as tx_hash, one.value ->> 'sequence_number' as sequence_number,
      one.value ->> 'sequence_after' as sequence_after, one.value ->> 'fee_charged_stroops' as fee,
      one.value ->> 'result_code' as result_code, one.value -> 'movements' as movements
    from jsonb_array_elements(page -> 'transactions') with ordinality as one
  ),
  movement as materialized (
    select element.ordinality, jsonb_typeof(moved.value) = 'object' as is_object, moved.value ->> 'amount' as amount,
      moved.value ->> 'kind' as kind, moved.value ->> 'direction' as direction,
      coalesce(moved.value ->> 'operation_index', '0') as operation_index,
      moved.value ->> 'claimable_balance_id' as balance_id, moved.value ->> 'asset_code' as asset_code,
      moved.value ->> 'asset_issuer' as asset_issuer, moved.value ->> 'counterparty' as counterparty
    from element
    cross join lateral jsonb_array_elements(
      case jsonb_typeof(element.movements) when 'array' then element.movements else '[]' end) as moved
  ),
  -- Most of a page names the same few accounts and assets: a checksum is proven once for each of them.
  named_account as materialized (
    select distinct named.address
    from element
    cross join lateral (values (element.source_account), (element.fee_account)) as named (address)
  ),
  account as materialized (
    select named_account.address from named_account where private.is_account_id(named_account.address)
  ),
  named_asset as materialized (
    select distinct movement.asset_code as code, movement.asset_issuer as issuer from movement
  ),
  asset as materialized (
    select named_asset.code, named_asset.issuer
    from named_asset
    where private.asset_problem(named_asset.code, named_asset.issuer) is null
  ),
  wrong_movement as materialized (
    select movement.ordinality
    from movement
    where not coalesce(
      movement.is_object
      and length(movement.amount) between 9 and 20 and movement.amount ~ '^[0-9]+\.[0-9]{7}$'
      and length(movement.kind) <= 40 and movement.kind ~ '^[a-z_]+$'
      and movement.direction in ('in', 'out')
      and movement.operation_index ~ '^[0-9][0-9]?$'
      and (movement.balance_id is null
        or length(movement.balance_id) = 72 and movement.balance_id ~ '^00000000[0-9a-f]+$')
      and (movement.counterparty is null or length(movement.counterparty) <= 69)
      and (movement.asset_code, movement.asset_issuer) in (select asset.code, asset.issuer from asset), false)
  )
  select 'transaction ' || element.ordinality || ' ' || problem.reason into v_problem
  from element
  cross join lateral (
    select case
      when jsonb_typeof(element.value) <> 'object' then 'is no object'
      when not coalesce(length(element.toid) <= 19 and element.toid ~ '^[1-9][0-9]*$', false)
        or not element.toid::numeric > v_cursor
        or not element.toid::numeric <= v_next_cursor
        then 'does not lie between the two places of the page'
      when not coalesce(length(element.ledger) <= 10 and element.ledger ~ '^[1-9][0-9]*$', false)
        or element.toid::bigint >> 32 <> element.ledger::bigint
        then 'has a ledger that is not that of its place'
      when element.toid::bigint & 4095 <> 0 or element.toid::bigint & 4294967295 = 0
        then 'has a place that no transaction has'
      when private.parse_instant(element.value ->> 'closed_at') is null then 'has no close time with a zone'
      when not coalesce(length(element.tx_hash) = 64 and element.tx_hash ~ '^[0-9a-f]+$', false) then 'has no hash'
      when coalesce(element.source_account, '') not in (select account.address from account)
        or coalesce(element.fee_account, '') not in (select account.address from account)
        then 'has no account as its source'
      when not coalesce(length(element.sequence_number) <= 19 and element.sequence_number ~ '^[0-9]+$', false)
        or not coalesce(length(element.sequence_after) <= 19 and element.sequence_after ~ '^[0-9]+$', true)
        then 'has no sequence number'
      when not coalesce(length(element.fee) <= 18 and element.fee ~ '^[0-9]+$', false) then 'has no fee'
      when jsonb_typeof(element.value -> 'is_successful') is distinct from 'boolean'
        or jsonb_typeof(element.value -> 'is_signed_by_source') is distinct from 'boolean'
        or jsonb_typeof(element.value -> 'may_skip_numbers') is distinct from 'boolean'
        then 'does not say whether it was successful and signed'
      when not coalesce(length(element.result_code) <= 64 and element.result_code ~ '^[a-z][a-z0-9_]*$', false)
        then 'has no result code'
      when coalesce(element.value ->> 'operation_count', '') !~ '^([1-9][0-9]?|100)$'
        then 'has no number of operations'
      when length(element.value ->> 'memo') > 64 then 'has a memo of more than 64 characters'
      when jsonb_typeof(element.movements) is distinct from 'array'
        or jsonb_typeof(element.value -> 'balances') is distinct from 'array' then 'has no list of movements'
      when element.ordinality in (select wrong_movement.ordinality from wrong_movement)
        then 'has a movement that is none'
    end as reason
  ) as problem
  where problem.reason is not null
  order by element.ordinality
  limit 1;

  return v_problem;
end;
$$;
comment on function private.history_transactions_problem(jsonb) is
  'Why a transaction of the page cannot be recorded, or null.';

create function private.locked_history_walk(page jsonb)
returns private.history_walks
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_walk private.history_walks;
  v_organization_id bigint;
begin
  -- Whoever changes an organization's accounts holds its event counter first, as other workers do; in another order
  -- two of them could wait for each other for ever.
  select history.organization_id into v_organization_id
  from private.history_walks as walk
  join public.account_histories as history on history.account_id = walk.account_id
  where walk.id = (page ->> 'walk_id')::bigint;

  perform private.hold_event_counters(array[v_organization_id]);

  select walk.* into v_walk
  from private.history_walks as walk
  where walk.id = (page ->> 'walk_id')::bigint
    and walk.lease_token = (page ->> 'lease_token')::uuid
  for update;

  if not found then
    perform private.refuse('lease_lost', 'history walk ' || (page ->> 'walk_id'));
  end if;

  return v_walk;
end;
$$;
comment on function private.locked_history_walk(jsonb) is
  'The leased walk, locked after the event counter of its organization; refuses a worker that was overtaken.';

create function private.apply_account_history(page jsonb)
returns table (recorded integer, repeated integer)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_problem text;
  v_walk private.history_walks;
  v_transactions private.history_transaction[];
begin
  perform private.require_size('The page of history', page, 16384);

  v_problem := coalesce(private.history_page_problem(page), private.history_transactions_problem(page));
  if v_problem is not null then
    perform private.refuse('invalid_account_history', v_problem);
  end if;

  if private.json_holds_secret_key(page) then
    perform private.refuse('secret_key_refused', 'The page of history');
  end if;

  v_walk := private.locked_history_walk(page);

  -- A page that was told before is told again after an answer that was lost: the walk already stands behind it.
  if v_walk.place <> (page ->> 'cursor')::numeric then
    return query select 0, jsonb_array_length(page -> 'transactions');
    return;
  end if;

  -- A ledger that cannot exist yet is no evidence of anything.
  if page ->> 'latest_ledger' is not null
    and not private.ledger_is_plausible((page ->> 'latest_ledger')::bigint) then
    perform private.walk_on(v_walk, page || '{"outcome": "ledger_implausible", "latest_ledger": null}');
    return query select 0, 0;
    return;
  end if;

  v_transactions := array(
    select one
    from jsonb_populate_recordset(null::private.history_transaction, page -> 'transactions') as one);
  recorded := private.record_history(v_walk, v_transactions);
  repeated := cardinality(v_transactions) - recorded;
  perform private.walk_on(v_walk, page);
  return next;
end;
$$;
comment on function private.apply_account_history(jsonb) is
  'Writes the rows of a page and the new place of its walk, or nothing.';
grant execute on function private.apply_account_history(jsonb) to service_role;

create function public.apply_account_history(page jsonb)
returns table (recorded integer, repeated integer)
language sql volatile security invoker
set search_path = ''
as $$ select * from private.apply_account_history(page); $$;
comment on function public.apply_account_history(jsonb) is
  'For workers: records what follows the place of a claimed walk.';
revoke all on function public.apply_account_history(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.apply_account_history(jsonb) to service_role;

create function private.record_history(
  walk private.history_walks, transactions private.history_transaction[]
)
returns integer
language plpgsql volatile security definer
set search_path = ''
set plan_cache_mode = 'force_generic_plan'
as $$
declare
  v_history public.account_histories;
  v_recorded bigint[];
begin
  select history.* into v_history
  from public.account_histories as history
  where history.account_id = (walk).account_id
  for update;

  -- Only the head of the history meets numbers for the first time and in order.
  if (walk).gap_id is null then
    perform private.audit_sequence_numbers(v_history, record_history.transactions);
  end if;

  with inserted as (
    insert into public.ledger_transactions (organization_id, account_id, epoch, ledger, application_order, tx_hash,
      origin, source_account, sequence_number, fee_account, fee_charged_stroops, is_successful, result_code,
      operation_count, memo, is_signed_by_source, closed_at)
    select v_history.organization_id, v_history.account_id, v_history.epoch, given.ledger,
      (given.toid & 4294967295) >> 12, given.tx_hash,
      case when prepared.id is not null then 'payd' when given.source_account = v_history.account_id then 'foreign'
        else 'other' end,
      given.source_account, given.sequence_number, given.fee_account, given.fee_charged_stroops, given.is_successful,
      given.result_code, given.operation_count, private.without_secret_key(given.memo), given.is_signed_by_source,
      given.closed_at
    from unnest(record_history.transactions) as given
    left join public.transactions as prepared
      on prepared.tx_hash = given.tx_hash and prepared.organization_id = v_history.organization_id
    order by given.toid
    on conflict on constraint ledger_transactions_place_is_unique do nothing
    returning (ledger << 32) + (application_order << 12) as toid
  )
  select array_agg(inserted.toid) into v_recorded
  from inserted;

  insert into public.ledger_movements (organization_id, account_id, epoch, ledger, application_order, place,
    operation_index, kind, direction, asset_code, asset_issuer, amount, counterparty, claimable_balance_id, tx_hash,
    transaction_operation_id, closed_at)
  select v_history.organization_id, v_history.account_id, v_history.epoch, given.ledger,
    (given.toid & 4294967295) >> 12, movement.ordinality - 1, movement.operation_index, movement.kind,
    movement.direction, movement.asset_code, movement.asset_issuer, movement.amount::public.amount,
    movement.counterparty, movement.claimable_balance_id, given.tx_hash, planned.id, given.closed_at
  from unnest(record_history.transactions) as given
  left join public.transactions as prepared
    on prepared.tx_hash = given.tx_hash and prepared.organization_id = v_history.organization_id
  cross join lateral rows from (jsonb_to_recordset(given.movements) as (
    operation_index integer, kind text, direction text, asset_code text, asset_issuer text, amount text,
    counterparty text, claimable_balance_id text)) with ordinality as movement
  left join public.transaction_operations as planned
    on planned.transaction_id = prepared.id and planned.operation_index = movement.operation_index
      and movement.direction
        = case planned.operation_type when 'claim_claimable_balance' then 'in' else 'out' end
      and planned.asset_code = movement.asset_code
      and planned.asset_issuer = movement.asset_issuer and planned.amount::numeric = movement.amount::numeric
      and coalesce(movement.counterparty = planned.destination, true)
  where given.toid = any (v_recorded)
  order by given.toid, movement.ordinality;

  perform private.record_balance_facts(v_history, record_history.transactions);

  return coalesce(cardinality(v_recorded), 0);
end;
$$;
comment on function private.record_history(private.history_walks, private.history_transaction[]) is
  'Writes the transactions of a page that are not known yet, with their movements; answers how many.';

-- What the page says of claimable balances that the account created: created first, then what became of them.
create function private.record_balance_facts(
  history public.account_histories, transactions private.history_transaction[]
)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_fact record;
begin
  for v_fact in
    select jsonb_strip_nulls(jsonb_build_object(
      'organization_id', (history).organization_id,
      'claimable_balance_id', fact.value ->> 'claimable_balance_id',
      'asset_code', coalesce(fact.value ->> 'asset_code', known.asset_code),
      'asset_issuer', coalesce(fact.value ->> 'asset_issuer', known.asset_issuer),
      'amount', coalesce(fact.value ->> 'amount', known.amount::text),
      'sponsor', coalesce(known.sponsor, (history).account_id),
      'claimant', coalesce(payee.claimant, known.claimant),
      'expires_at', case when fact.value ->> 'status' = 'created' then payee.expires_at end,
      'status', case fact.value ->> 'status' when 'created' then 'active' when 'clawed_back' then 'clawed_back'
        else case when fact.value ->> 'claimant' = (history).account_id then 'reclaimed' else 'claimed' end end,
      'ledger', one.ledger, 'closed_at', one.closed_at,
      'tx_hash', case when fact.value ->> 'status' <> 'created' then one.tx_hash end,
      'transaction_operation_id', planned.transaction_operation_id)) as state
    from unnest(record_balance_facts.transactions) as one
    cross join lateral jsonb_array_elements(one.balances) as fact
    left join public.claimable_balances as known
      on known.claimable_balance_id = fact.value ->> 'claimable_balance_id'
        and known.organization_id = (history).organization_id and known.status <> 'disproved'
    left join lateral (
      -- Somebody else is paid; the account itself is there to take back what nobody claimed.
      select claimant.value ->> 'destination' as claimant, claimant.value ->> 'expires_at' as expires_at
      from jsonb_array_elements(fact.value -> 'claimants') with ordinality as claimant
      order by claimant.value ->> 'destination' = (history).account_id, claimant.ordinality
      limit 1
    ) as payee on fact.value ->> 'status' = 'created'
    left join public.ledger_movements as planned
      on planned.organization_id = (history).organization_id and planned.account_id = (history).account_id
        and planned.epoch = (history).epoch and planned.ledger = one.ledger and planned.tx_hash = one.tx_hash
        and planned.operation_index = (fact.value ->> 'operation_index')::integer
        and planned.kind = 'claimable_balance_created'
    where one.is_successful
    order by one.toid, (fact.value ->> 'operation_index')::integer
  loop
    -- A balance of somebody else is none of the organization's.
    continue when v_fact.state ->> 'status' <> 'active' and not exists (
      select from public.claimable_balances as known
      where known.claimable_balance_id = v_fact.state ->> 'claimable_balance_id'
        and known.organization_id = (history).organization_id and known.status <> 'disproved');

    begin
      perform private.apply_claimable_balances(jsonb_build_array(v_fact.state));
    exception when raise_exception or sqlstate 'PT409' or sqlstate 'PT422' then
      -- Somebody recorded the balance with other words; what was recorded first stays, and the difference is written
      -- down. No page of history waits for it.
      perform private.write_audit((history).organization_id, 'claimable_balance.contradicted', 'claimable_balance',
        v_fact.state ->> 'claimable_balance_id', v_fact.state);
    end;
  end loop;
end;
$$;
comment on function private.record_balance_facts(public.account_histories, private.history_transaction[]) is
  'Records what the ledger shows of the claimable balances of an account, with the time of the ledger.';

create function private.expire_claimable_balances(account_id text, ledger bigint, closed_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_states jsonb;
begin
  -- The clock that ends a claim is that of the ledger.
  select jsonb_agg(expired.state) into v_states
  from (
    select jsonb_build_object('organization_id', balance.organization_id, 'claimable_balance_id',
      balance.claimable_balance_id, 'status', 'expired', 'ledger', expire_claimable_balances.ledger, 'closed_at',
      expire_claimable_balances.closed_at) as state
    from public.claimable_balances as balance
    join public.account_histories as history
      on history.organization_id = balance.organization_id and history.account_id = balance.sponsor
    where balance.sponsor = expire_claimable_balances.account_id
      and balance.status = 'active'
      and balance.expires_at <= expire_claimable_balances.closed_at
      and balance.synced_ledger <= expire_claimable_balances.ledger
    order by balance.id
    limit 500
  ) as expired;

  if v_states is not null then
    perform private.apply_claimable_balances(v_states);
  end if;
end;
$$;
comment on function private.expire_claimable_balances(text, bigint, timestamptz) is
  'Marks balances that nobody can claim any more, once the history of their account is known up to that ledger.';

-- The numbers of an account's own transactions follow one another; what jumps was missed, unless the account or the
-- transaction itself says that it may.
create function private.audit_sequence_numbers(
  history public.account_histories, transactions private.history_transaction[]
)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_last numeric := (history).last_sequence::numeric;
  v_ledger bigint := (history).complete_to_ledger;
  v_one record;
begin
  for v_one in
    select one.ledger, one.tx_hash, one.source_account, one.sequence_number::numeric as number, one.may_skip_numbers,
      one.sequence_after::numeric as after
    from unnest(audit_sequence_numbers.transactions) as one
    where one.source_account = (history).account_id or one.sequence_after is not null
    order by one.toid
  loop
    if v_one.source_account = (history).account_id then
      if v_one.number > v_last + 1 and not v_one.may_skip_numbers then
        perform private.open_history_gap(history, 'sequence_hole', least(v_ledger, v_one.ledger), v_one.ledger,
          jsonb_build_object('from_sequence', (v_last + 1)::text, 'to_sequence', (v_one.number - 1)::text));
      elsif v_one.number <= v_last then
        perform private.open_history_gap(history, 'sequence_repeated', v_one.ledger, v_one.ledger,
          jsonb_build_object('from_sequence', v_one.number::text, 'to_sequence', v_one.number::text,
            'tx_hash', v_one.tx_hash, 'expected', (v_last + 1)::text, 'found', v_one.number::text));
      end if;

      v_last := greatest(v_last, v_one.number);
    end if;

    -- An account that is created, again or for the first time, begins with the first number of its ledger.
    v_last := greatest(v_last, v_one.after);
    v_ledger := v_one.ledger;
  end loop;

  update public.account_histories as known
  set last_sequence = v_last::text
  where known.account_id = (history).account_id
    and known.last_sequence is distinct from v_last::text;
end;
$$;
comment on function private.audit_sequence_numbers(public.account_histories, private.history_transaction[]) is
  'Compares the sequence numbers of a page with the last one that is known, and names what is missing between them.';

create function private.open_history_gap(
  history public.account_histories, kind text, from_ledger bigint, to_ledger bigint, facts jsonb
)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare v_gap public.history_gaps;
begin
  insert into public.history_gaps (organization_id, account_id, epoch, kind, from_ledger, to_ledger, from_sequence,
    to_sequence, tx_hash, asset_code, asset_issuer, expected, found)
  values ((history).organization_id, (history).account_id, (history).epoch, open_history_gap.kind,
    open_history_gap.from_ledger, open_history_gap.to_ledger, facts ->> 'from_sequence', facts ->> 'to_sequence',
    facts ->> 'tx_hash', facts ->> 'asset_code', facts ->> 'asset_issuer', facts ->> 'expected', facts ->> 'found')
  on conflict do nothing
  returning * into v_gap;

  -- A gap that is open is one gap, however often it is met.
  if not found then
    return;
  end if;

  -- What is missing is read again: soon, because most gaps are a page that did not arrive whole.
  insert into private.history_walks (account_id, gap_id, place, until_ledger, next_read_at)
  values (v_gap.account_id, v_gap.id, greatest(v_gap.from_ledger::numeric * 4294967296 - 1, 0), v_gap.to_ledger,
    now() + interval '10 seconds');

  perform private.emit_history_gap(v_gap, 'sync.gap');
end;
$$;
comment on function private.open_history_gap(public.account_histories, text, bigint, bigint, jsonb) is
  'Names a part of the history that is missing, tells of it once, and has it read again.';

create function private.emit_history_gap(gap public.history_gaps, type text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select private.emit_event(
    (gap).organization_id, emit_history_gap.type, 'history_gap', (gap).id::text,
    emit_history_gap.type || ':' || (gap).id,
    jsonb_strip_nulls(jsonb_build_object(
      'gap_id', (gap).id, 'account_id', (gap).account_id, 'kind', (gap).kind, 'state', (gap).state,
      'from_ledger', (gap).from_ledger, 'to_ledger', (gap).to_ledger, 'from_sequence', (gap).from_sequence,
      'to_sequence', (gap).to_sequence, 'tx_hash', (gap).tx_hash, 'asset_code', (gap).asset_code,
      'asset_issuer', (gap).asset_issuer, 'expected', (gap).expected, 'found', (gap).found)));
$$;
comment on function private.emit_history_gap(public.history_gaps, text) is 'Tells of a gap, once for each type.';

create function private.close_history_gap(gap_id bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_gap public.history_gaps;
begin
  delete from private.history_walks as walk where walk.gap_id = close_history_gap.gap_id;

  update public.history_gaps as gap
  set state = 'filled', closed_at = now()
  where gap.id = close_history_gap.gap_id
    and gap.state = 'open'
  returning gap.* into v_gap;

  if found then
    perform private.emit_history_gap(v_gap, 'sync.gap_closed');
  end if;
end;
$$;
comment on function private.close_history_gap(bigint) is 'Closes a gap whose missing part is there now.';

-- Whether what was missing is there now.
create function private.history_gap_is_filled(gap public.history_gaps)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return case (gap).kind
    -- That a provider keeps these ledgers is its word. In the middle of a history the sequence numbers say what is
    -- missing; in front of it the account begins only where it was seen to be created.
    when 'before_retention' then not exists (
      select from public.account_histories as history
      where history.account_id = (gap).account_id
        and history.begins_at_ledger > (gap).to_ledger)
      or exists (
        select from public.ledger_movements as movement
        where movement.organization_id = (gap).organization_id
          and movement.account_id = (gap).account_id
          and movement.epoch = (gap).epoch
          and movement.kind = 'account_created'
          and movement.direction = 'in'
          and movement.ledger between (gap).from_ledger and (gap).to_ledger)
    when 'sequence_hole' then (
      select count(distinct own.sequence_number) = (gap).to_sequence::numeric - (gap).from_sequence::numeric + 1
      from public.ledger_transactions as own
      where own.account_id = (gap).account_id
        and own.source_account = own.account_id
        and own.epoch = (gap).epoch
        and own.sequence_number::numeric between (gap).from_sequence::numeric and (gap).to_sequence::numeric)
    when 'sequence_ahead' then exists (
      select from public.account_histories as history
      where history.account_id = (gap).account_id
        and history.last_sequence::numeric >= (gap).found::numeric)
    when 'payment_not_seen' then exists (
      select from public.ledger_transactions as seen
      where seen.account_id = (gap).account_id
        and seen.tx_hash = (gap).tx_hash)
    when 'unreadable_transaction' then exists (
      select from public.ledger_transactions as seen
      where seen.account_id = (gap).account_id
        and seen.epoch = (gap).epoch
        and seen.ledger::numeric * 4294967296 + seen.application_order * 4096 = (gap).found::numeric)
    when 'balance_gone' then not private.balances_are_missed((gap).account_id, (gap).from_ledger, (gap).to_ledger)
    when 'balance_differs' then (gap).found::numeric = private.balance_from_movements((gap).account_id, (gap).epoch,
      (gap).asset_code, (gap).asset_issuer, (gap).from_ledger - 1, (gap).to_ledger)
    else false
  end;
end;
$$;
comment on function private.history_gap_is_filled(public.history_gaps) is
  'Whether the history now holds what the gap says is missing.';

create function private.balance_from_movements(
  account_id text, epoch integer, asset_code text, asset_issuer text, after_ledger bigint, to_ledger bigint
)
returns numeric
language sql stable security definer
set search_path = ''
as $$
  select coalesce(position.checked_balance, 0) + coalesce((
    select sum(case movement.direction when 'in' then movement.amount::numeric else -movement.amount::numeric end)
    from public.ledger_movements as movement
    where movement.organization_id = history.organization_id
      and movement.account_id = balance_from_movements.account_id
      and movement.epoch = balance_from_movements.epoch
      and movement.ledger > coalesce(balance_from_movements.after_ledger, 0)
      and movement.ledger <= balance_from_movements.to_ledger
      and movement.asset_code = balance_from_movements.asset_code
      and movement.asset_issuer = balance_from_movements.asset_issuer), 0)
  from private.ledger_positions as position
  join public.account_histories as history on history.account_id = position.account_id
  where position.account_id = balance_from_movements.account_id
    and position.asset_code = balance_from_movements.asset_code
    and position.asset_issuer = balance_from_movements.asset_issuer;
$$;
comment on function private.balance_from_movements(text, integer, text, text, bigint, bigint) is
  'The last balance that agreed, or nothing, and what came and left since.';

-- The numbers of an account begin with the ledger that created it: where that ledger is part of the history, what the
-- account holds is all that came and left, and the transaction that created it must be there too.
create function private.account_began_in_history(history public.account_histories)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  select coalesce(mod(began.number, 4294967296) = 0 and div(began.number, 4294967296) >= (history).begins_at_ledger,
    false)
  from (
    select coalesce((
      select own.sequence_number::numeric - 1
      from public.ledger_transactions as own
      where own.account_id = (history).account_id
        and own.source_account = own.account_id
        and own.epoch = (history).epoch
      order by own.sequence_number::numeric
      limit 1), (history).seen_sequence::numeric) as number
  ) as began;
$$;
comment on function private.account_began_in_history(public.account_histories) is
  'Whether the account was created in a ledger that the provider kept when its history was begun.';

-- Where a walk stands after a page, and when it goes on.
create function private.walk_on(walk private.history_walks, page jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_outcome text := page ->> 'outcome';
  v_found integer := jsonb_array_length(page -> 'transactions');
  v_is_useful boolean := v_outcome in ('more', 'paused', 'end');
  v_place numeric := greatest((walk).place, (page ->> 'next_cursor')::numeric);
  v_useless integer := case when v_is_useful then 0 else (walk).useless_answers + 1 end;
begin
  if (walk).gap_id is null then
    perform private.note_history(walk, page, v_useless);
  end if;

  -- One record that nobody can read does not hide all later ones: it is named, and the walk goes around it.
  if page ->> 'unreadable_toid' is not null and v_useless >= 5 then
    if (walk).gap_id is null then
      perform private.open_history_gap(history, 'unreadable_transaction', div((page ->> 'unreadable_toid')::numeric,
        4294967296)::bigint, div((page ->> 'unreadable_toid')::numeric, 4294967296)::bigint,
        jsonb_build_object('found', page ->> 'unreadable_toid'))
      from public.account_histories as history
      where history.account_id = (walk).account_id;
    end if;

    v_place := greatest(v_place, (page ->> 'unreadable_toid')::numeric);
    v_useless := 0;
    v_outcome := 'paused';
  end if;

  update private.history_walks as standing
  set place = v_place,
      useless_answers = v_useless,
      quiet_reads = case when v_found > 0 then 0 when v_outcome = 'end' then (walk).quiet_reads + 1
        else (walk).quiet_reads end,
      leased_until = case v_outcome when 'more' then now() + interval '20 seconds' end,
      lease_token = case v_outcome when 'more' then (walk).lease_token end,
      next_read_at = case
        when v_outcome in ('more', 'paused') then now()
        -- Half a minute, then twice as long after each useless answer, up to an hour.
        when v_outcome <> 'end' then now()
          + least(interval '1 hour', interval '30 seconds' * 2 ^ least(v_useless - 1, 7))
        -- An account in which nothing happens is asked about less and less often, at least every quarter of an hour.
        when (walk).gap_id is null then now() + least(interval '15 minutes',
          interval '5 seconds' * 2 ^ least(case when v_found > 0 then 0 else (walk).quiet_reads end, 8))
        -- A gap that could not be filled is tried again, at least every six hours.
        else now() + least(interval '6 hours', interval '1 minute' * 2 ^ least((walk).quiet_reads, 9))
      end
  where standing.id = (walk).id;

  if (walk).gap_id is not null and (v_outcome = 'end' or div(v_place, 4294967296) > (walk).until_ledger) then
    perform private.end_gap_walk(walk, page);
  end if;

  if (walk).gap_id is null and v_outcome = 'end' and page ->> 'latest_ledger' is not null then
    perform private.note_sponsored_balances(walk, page);
    perform private.audit_account((walk).account_id);
    perform private.audit_sponsored_balances((walk).account_id);

    if private.parse_instant(page ->> 'latest_closed_at') is not null then
      perform private.expire_claimable_balances((walk).account_id, (page ->> 'latest_ledger')::bigint - 2,
        private.parse_instant(page ->> 'latest_closed_at'));
    end if;
  end if;
end;
$$;
comment on function private.walk_on(private.history_walks, jsonb) is
  'Moves a walk to its next place, and says when it is read on.';

-- How far the history is known after a page of its head. The newest two ledgers do not count yet: another server of the
-- same provider may be that far behind the one that named them.
create function private.note_history(walk private.history_walks, page jsonb, useless_answers integer)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_outcome text := page ->> 'outcome';
  v_elder bigint := (page ->> 'elder_ledger')::bigint;
  v_latest bigint := (page ->> 'latest_ledger')::bigint - 2;
  v_history public.account_histories;
  v_state text;
begin
  select history.* into v_history
  from public.account_histories as history
  where history.account_id = (walk).account_id
  for update;

  -- A provider that no longer keeps what follows the known part would go on silently behind the hole.
  if v_elder is not null and v_history.begins_at_ledger is not null and v_elder > v_history.complete_to_ledger + 1
    and v_elder > div((walk).place, 4294967296) + 1 and v_history.complete_to_ledger > 0 then
    perform private.open_history_gap(v_history, 'before_retention', v_history.complete_to_ledger + 1, v_elder - 1,
      '{}');
  end if;

  -- A provider that keeps more than the one that the history was begun with: what was not known is read too. Servers of
  -- one provider forget up to an hour apart, and of a short history up to a tenth of it; that is no gap.
  if v_outcome in ('more', 'paused', 'end')
    and v_elder < v_history.begins_at_ledger
      - least(greatest((v_latest - v_history.begins_at_ledger) / 10, 0), 720)
    and not exists (
    select from public.history_gaps as gap
    where gap.account_id = v_history.account_id
      and gap.epoch = v_history.epoch
      and gap.kind = 'before_retention'
      and gap.state in ('open', 'accepted')
      and gap.from_ledger <= v_elder
      and gap.to_ledger >= v_history.begins_at_ledger - 1) then
    perform private.open_history_gap(v_history, 'before_retention', v_elder, v_history.begins_at_ledger - 1, '{}');
  end if;

  v_state := case
    when v_outcome = 'end' and v_latest > 0 then 'current'
    when v_outcome in ('more', 'paused', 'end') then 'reading'
    when v_outcome in ('network_other', 'network_reset') then 'stopped'
    when note_history.useless_answers >= 3 then 'unreadable'
    else v_history.state
  end;

  update public.account_histories as history
  set begins_at_ledger = coalesce(history.begins_at_ledger, v_elder),
      complete_to_ledger = case when v_outcome = 'end' and coalesce(history.begins_at_ledger, v_elder) is not null
        then greatest(history.complete_to_ledger, v_latest) else history.complete_to_ledger end,
      read_at = case when v_outcome in ('more', 'paused', 'end') then now() else history.read_at end,
      state = v_state,
      state_since = case when history.state = v_state then history.state_since else now() end,
      problem = case when v_state not in ('unreadable', 'stopped') then null
        when v_outcome in ('more', 'paused', 'end') then history.problem else v_outcome end
  where history.account_id = v_history.account_id;
end;
$$;
comment on function private.note_history(private.history_walks, jsonb, integer) is
  'Keeps how far the history of an account is known, and names what the provider no longer keeps.';

-- A gap in front of the history that is filled is its new beginning.
create function private.begin_history_earlier(gap public.history_gaps)
returns void
language sql volatile security definer
set search_path = ''
as $$
  update public.account_histories as history
  set begins_at_ledger = (gap).from_ledger
  where (gap).kind = 'before_retention'
    and history.account_id = (gap).account_id
    and history.epoch = (gap).epoch
    and history.begins_at_ledger > (gap).from_ledger
    and history.begins_at_ledger <= (gap).to_ledger + 1;
$$;
comment on function private.begin_history_earlier(public.history_gaps) is
  'Says that the history begins where a filled gap in front of it begins.';

create function private.end_gap_walk(walk private.history_walks, page jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_gap public.history_gaps;
begin
  select gap.* into v_gap
  from public.history_gaps as gap
  where gap.id = (walk).gap_id
  for update;

  -- A provider that does not keep the ledgers of the gap has read nothing of it.
  if v_gap.state = 'open'
    and (v_gap.kind <> 'before_retention' or coalesce((page ->> 'elder_ledger')::bigint <= v_gap.from_ledger, false))
    and private.history_gap_is_filled(v_gap) then
    perform private.close_history_gap(v_gap.id);
    perform private.begin_history_earlier(v_gap);
    return;
  end if;

  -- A balance that still differs is no page that was missing.
  if v_gap.state = 'open' and v_gap.kind = 'balance_differs' then
    perform private.contradict_by_gap(v_gap);
  end if;

  -- The whole gap is read again at the next try.
  update private.history_walks as standing
  set place = greatest(v_gap.from_ledger::numeric * 4294967296 - 1, 0),
      lease_token = null,
      leased_until = null,
      quiet_reads = (walk).quiet_reads + 1,
      next_read_at = now() + least(interval '6 hours', interval '1 minute' * 2 ^ least((walk).quiet_reads, 9))
  where standing.id = (walk).id;
end;
$$;
comment on function private.end_gap_walk(private.history_walks, jsonb) is
  'Closes a gap that is filled, or has it read again later.';

-- What the account itself showed, kept until the history has reached that ledger.
create function private.note_account_states(states jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_look record;
begin
  for v_look in
    select history.account_id, (given.value ->> 'ledger')::bigint as ledger,
      coalesce(given.value ->> 'sequence', '0') as sequence, given.value -> 'balances' as balances,
      given.value -> 'account_exists' = 'true'::jsonb as account_exists
    from jsonb_array_elements(note_account_states.states) as given
    join private.wallet_reads as read
      on read.account_id = given.value ->> 'account_id' and read.lease_token::text = given.value ->> 'lease_token'
    join public.account_histories as history on history.account_id = read.account_id
    where case when given.value ->> 'ledger' ~ '^[0-9]{1,18}$'
        then private.ledger_is_plausible((given.value ->> 'ledger')::bigint) else false end
      and jsonb_typeof(given.value -> 'account_exists') = 'boolean'
      and coalesce(given.value ->> 'sequence' ~ '^[0-9]{1,19}$', given.value -> 'account_exists' = 'false'::jsonb)
      and jsonb_typeof(given.value -> 'balances') = 'array'
    order by history.account_id
  loop
    perform from public.account_histories as history
    where history.account_id = v_look.account_id
    for update;

    update public.account_histories as history
    set seen_sequence = v_look.sequence, seen_ledger = v_look.ledger
    where history.account_id = v_look.account_id
      and v_look.account_exists
      and coalesce(history.seen_ledger < v_look.ledger, true);

    -- A look that still waits is not replaced: an account that changes all the time would never be compared.
    insert into private.ledger_positions as position (account_id, asset_code, asset_issuer, pending_ledger,
      pending_balance)
    select distinct on (line.asset_code, line.asset_issuer)
      v_look.account_id, line.asset_code, line.asset_issuer, v_look.ledger, line.balance
    from (
      select holding.asset_code, holding.asset_issuer, holding.balance
      from jsonb_array_elements(v_look.balances) as holdings (value)
      cross join lateral private.read_balance_line(holdings.value) as holding
      where holding.is_readable
      union all
      -- An asset that is gone is held with nothing; an account that is gone holds nothing at all.
      select known.asset_code, known.asset_issuer, 0
      from private.ledger_positions as known
      where known.account_id = v_look.account_id
        and not exists (
          select from jsonb_array_elements(v_look.balances) as holdings (value)
          where coalesce(holdings.value ->> 'asset_code', '') = known.asset_code
            and coalesce(holdings.value ->> 'asset_issuer', '') = known.asset_issuer)
        and (known.asset_issuer <> '' or not v_look.account_exists)
    ) as line
    order by line.asset_code, line.asset_issuer
    on conflict on constraint ledger_positions_are_one_per_asset do update
    set pending_ledger = excluded.pending_ledger, pending_balance = excluded.pending_balance
    where coalesce(position.checked_ledger < excluded.pending_ledger, true)
      and (position.pending_ledger is null
        -- One that was compared and did not fit may have been wrong itself.
        or position.pending_ledger < excluded.pending_ledger and exists (
          select from public.history_gaps as gap
          where gap.account_id = position.account_id
            and gap.kind = 'balance_differs'
            and gap.state = 'open'
            and gap.to_ledger = position.pending_ledger
            and (gap.asset_code, gap.asset_issuer) = (position.asset_code, position.asset_issuer)));

    perform private.audit_account(v_look.account_id);
  end loop;
end;
$$;
comment on function private.note_account_states(jsonb) is
  'Keeps what source accounts showed of themselves, and compares it with their history as far as that is known.';

-- The account against its history: the last sequence number, every balance, and every payment that is recorded as made.
create function private.audit_account(account_id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_history public.account_histories;
  v_position private.ledger_positions;
  v_expected numeric;
  v_payment record;
begin
  select history.* into v_history
  from public.account_histories as history
  where history.account_id = audit_account.account_id
  for update;

  if v_history.complete_to_ledger = 0 then
    return;
  end if;

  if v_history.complete_to_ledger >= v_history.seen_ledger
    and v_history.seen_sequence::numeric > coalesce(v_history.last_sequence::numeric, 0)
    and v_history.last_sequence is not null then
    perform private.open_history_gap(v_history, 'sequence_ahead', v_history.begins_at_ledger, v_history.seen_ledger,
      jsonb_build_object('expected', v_history.last_sequence, 'found', v_history.seen_sequence));
  end if;

  for v_position in
    select position.*
    from private.ledger_positions as position
    where position.account_id = v_history.account_id
      and position.pending_ledger <= v_history.complete_to_ledger
    order by position.asset_code, position.asset_issuer
  loop
    -- The first look is where the books of an account begin that is older than its history.
    v_expected := case
      when v_position.checked_ledger is null and not private.account_began_in_history(v_history)
        then v_position.pending_balance
      else private.balance_from_movements(v_history.account_id, v_history.epoch, v_position.asset_code,
        v_position.asset_issuer, v_position.checked_ledger, v_position.pending_ledger) end;

    if v_expected <> v_position.pending_balance then
      perform private.open_history_gap(v_history, 'balance_differs',
        coalesce(v_position.checked_ledger + 1, v_history.begins_at_ledger), v_position.pending_ledger,
        jsonb_build_object('asset_code', v_position.asset_code, 'asset_issuer', v_position.asset_issuer,
          'expected', v_expected::text, 'found', v_position.pending_balance::text));
      continue;
    end if;

    update private.ledger_positions as position
    set checked_ledger = position.pending_ledger,
        checked_balance = position.pending_balance,
        pending_ledger = null,
        pending_balance = null
    where position.account_id = v_position.account_id
      and position.asset_code = v_position.asset_code
      and position.asset_issuer = v_position.asset_issuer;

    -- What did not fit before fits now.
    perform private.close_history_gap(gap.id)
    from public.history_gaps as gap
    where gap.account_id = v_position.account_id
      and gap.epoch = v_history.epoch
      and gap.kind = 'balance_differs'
      and gap.state = 'open'
      and gap.asset_code = v_position.asset_code
      and gap.asset_issuer = v_position.asset_issuer;
  end loop;

  perform private.judge_waiting_look(v_history.account_id);
  perform private.end_explained_contradiction(v_history.account_id);

  -- Payments that are recorded as made and that the ledger's own history of the account does not show.
  for v_payment in
    select paid.tx_hash, paid.ledger
    from (
      select applied.tx_hash, applied.ledger
      from public.transactions as applied
      where applied.source_account = v_history.account_id
        and applied.submission_state in ('applied', 'applied_failed')
        and applied.created_at >= coalesce(v_history.epoch_since, '-infinity')
      order by applied.id desc
      limit 200
    ) as paid
    where paid.ledger between v_history.begins_at_ledger and v_history.complete_to_ledger
      and not exists (
        select from public.ledger_transactions as seen
        where seen.account_id = v_history.account_id
          and seen.tx_hash = paid.tx_hash)
    order by paid.ledger
  loop
    perform private.open_history_gap(v_history, 'payment_not_seen', v_payment.ledger, v_payment.ledger,
      jsonb_build_object('tx_hash', v_payment.tx_hash));
  end loop;
end;
$$;
comment on function private.audit_account(text) is
  'Compares an account with its history: sequence number, balances, and the payments that are recorded as made.';

create function private.accept_history_gap(gap_id bigint, reason text)
returns setof public.history_gaps
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('admin');
  v_reason text := private.required_text('The reason', accept_history_gap.reason, 1000);
  v_gap public.history_gaps;
begin
  -- The event counter first, as the workers take it.
  perform private.hold_event_counters(array[v_member.organization_id]);

  select gap.* into v_gap
  from public.history_gaps as gap
  where gap.id = accept_history_gap.gap_id
    and gap.organization_id = v_member.organization_id
  for update;

  if not found then
    perform private.refuse('history_gap_not_found', coalesce(accept_history_gap.gap_id::text, 'without id'));
  end if;

  -- A repeat is success, so that a retry is safe.
  if v_gap.state = 'accepted' then
    return next v_gap;
    return;
  end if;

  if v_gap.state <> 'open' then
    perform private.refuse('history_gap_closed', v_gap.id::text, v_gap.state);
  end if;

  -- What contradicts payments is decided by two people.
  if v_gap.kind = 'balance_differs' and private.source_account_is_held(v_gap.account_id) then
    perform private.refuse('source_account_held', v_gap.account_id);
  end if;

  delete from private.history_walks as walk where walk.gap_id = v_gap.id;

  update public.history_gaps as gap
  set state = 'accepted', closed_at = now(), accepted_by = v_member.id, accepted_reason = v_reason
  where gap.id = v_gap.id
  returning gap.* into v_gap;

  -- The books go on from the balance that the account showed.
  if v_gap.kind = 'balance_differs' then
    update private.ledger_positions as position
    set checked_ledger = v_gap.to_ledger,
        checked_balance = v_gap.found::numeric,
        pending_ledger = null,
        pending_balance = null
    where position.account_id = v_gap.account_id
      and position.asset_code = v_gap.asset_code
      and position.asset_issuer = v_gap.asset_issuer
      and coalesce(position.checked_ledger < v_gap.to_ledger, true);
  elsif v_gap.kind = 'sequence_ahead' then
    update public.account_histories as history
    set last_sequence = v_gap.found
    where history.account_id = v_gap.account_id
      and history.last_sequence::numeric < v_gap.found::numeric;
  end if;

  perform private.write_audit(v_gap.organization_id, 'history_gap.accepted', 'history_gap', v_gap.id::text,
    jsonb_build_object('kind', v_gap.kind, 'account_id', v_gap.account_id, 'from_ledger', v_gap.from_ledger,
      'to_ledger', v_gap.to_ledger, 'reason', v_reason));
  perform private.emit_history_gap(v_gap, 'sync.gap_closed');

  return next v_gap;
end;
$$;
comment on function private.accept_history_gap(bigint, text) is
  'Accepts that a part of the history stays unknown, with a reason; the books go on behind it.';
grant execute on function private.accept_history_gap(bigint, text) to authenticated;

create function public.accept_history_gap(gap_id bigint, reason text)
returns setof public.history_gaps
language sql volatile security invoker
set search_path = ''
as $$ select * from private.accept_history_gap(gap_id, reason); $$;
comment on function public.accept_history_gap(bigint, text) is
  'Accepts that a part of an account''s history stays unknown, and says why.';
revoke all on function public.accept_history_gap(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.accept_history_gap(bigint, text) to authenticated;

-- Money that came from outside, and payments that the account made without PayD, are told once each.
create function private.announce_ledger_movements()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_organization_id bigint;
begin
  for v_organization_id in
    select distinct moved.organization_id
    from rows_after as moved
    where moved.kind not in ('fee', 'trade', 'liquidity_pool')
      and moved.counterparty is distinct from moved.account_id
      and (moved.direction = 'in' or moved.transaction_operation_id is null)
    order by moved.organization_id
  loop
    perform private.emit_events(v_organization_id, (
      select array_agg(row(
        case moved.direction when 'in' then 'payment.received' else 'payment.unplanned' end, 'ledger_movement',
        moved.id::text,
        concat_ws(':', 'ledger_movement', moved.account_id, moved.epoch, moved.ledger, moved.application_order,
          moved.place),
        jsonb_strip_nulls(jsonb_build_object(
          'ledger_movement_id', moved.id, 'account_id', moved.account_id, 'kind', moved.kind,
          'amount', moved.amount::text, 'asset_code', moved.asset_code, 'asset_issuer', moved.asset_issuer,
          'counterparty', moved.counterparty, 'claimable_balance_id', moved.claimable_balance_id,
          'tx_hash', moved.tx_hash, 'operation_index', moved.operation_index, 'ledger', moved.ledger,
          'closed_at', moved.closed_at)))::private.event_input order by moved.id)
      from rows_after as moved
      where moved.organization_id = v_organization_id
        and moved.kind not in ('fee', 'trade', 'liquidity_pool')
        and moved.counterparty is distinct from moved.account_id
        and (moved.direction = 'in' or moved.transaction_operation_id is null)));
  end loop;

  return null;
end;
$$;
comment on function private.announce_ledger_movements() is
  'Statement trigger: an event for every payment from outside and for every one that PayD did not plan.';

create trigger ledger_movements_announce_inserts
  after insert on public.ledger_movements
  referencing new table as rows_after
  for each statement execute function private.announce_ledger_movements();

create function private.check_account_histories(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select gap.organization_id, 'alert', 'history_gap', 'history_gap', gap.id::text, gap.found_at,
    format('The history of %s between the ledgers %s and %s is not complete or does not fit (%s).', gap.account_id,
      gap.from_ledger, gap.to_ledger, gap.kind),
    'It is read again by itself. If the provider no longer keeps these ledgers, name one that does, or accept the gap.',
    'the next try', walk.next_read_at, 'accept_history_gap'
  from public.history_gaps as gap
  left join private.history_walks as walk on walk.gap_id = gap.id
  where gap.state = 'open'
    and (check_account_histories.organization_id is null
      or gap.organization_id = check_account_histories.organization_id)

  union all
  select history.organization_id, 'warning', 'history_' || history.state, 'account', history.account_id,
    history.state_since,
    format('The history of %s is not read on: %s.', history.account_id, history.problem),
    'Check the address and the network of the provider.', 'the next try', walk.next_read_at,
    'private.configure_network'
  from public.account_histories as history
  left join private.history_walks as walk on walk.account_id = history.account_id and walk.gap_id is null
  where history.state in ('unreadable', 'stopped')
    and (check_account_histories.organization_id is null
      or history.organization_id = check_account_histories.organization_id);
$$;
comment on function private.check_account_histories(bigint) is
  'Parts of histories that are missing, and histories that are not read on.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_account_histories', 'Books with a hole in them are no books.');

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.ledger.gaps', 'boolean', 'true', 'Parts of an account''s history that are missing.'),
  ('notifications.ledger.payments', 'boolean', 'true', 'Payments of an account that PayD did not plan.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('sync.gap', 'members', 'manager', 'notifications.ledger.gaps', 'A part of the history of {account_id} is missing',
    'Between the ledgers {from_ledger} and {to_ledger} the books do not fit the ledger ({kind}). It is read again by '
    'itself.'),
  ('payment.unplanned', 'members', 'manager', 'notifications.ledger.payments', '{account_id} paid without PayD',
    '{amount} {asset_code} left the account in ledger {ledger}, and no payroll planned it.');

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.account_histories', 'keep', null, null, 'Indefinite: one row for each account.'),
  ('public.history_gaps', 'keep', null, null, 'Indefinite: evidence about the books.'),
  ('public.ledger_transactions', 'keep', null, null, 'Indefinite: books that never change.'),
  ('public.ledger_movements', 'keep', null, null, 'Indefinite: books that never change.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.history_gaps', 'member', 'accepted_by', '{}', 'What the member accepted.');
