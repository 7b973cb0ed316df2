-- migration: Stellar transactions
-- A row is one Stellar transaction, written with its hash, sequence number, bounds and envelope before it is signed or
-- sent. From then on only evidence from the ledger moves it to a final state. One live transaction for each account
-- that gives numbers and one live operation per employee and run are constraints, so that paying twice is impossible
-- for every worker, however wrong.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.retention_rules, private.state_transitions, public.transaction_operations,
--   public.transactions
-- depends: 20261125000000, 20261125000500, 20261125000600, 20261125000700, 20261125000800, 20261125000900,
--   20261125010000, 20261125010200, 20261125010400, 20261125010500, 20261125020000, 20261125020200, 20261125040000,
--   20261125040100, 20261125060000
-- class: add-table, modify-rls, data-migration | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.transactions (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  employee_id bigint,
  payroll_run_id bigint,
  tx_hash text not null,
  amount public.amount not null,
  asset_code text not null,
  asset_issuer text not null default '',
  status text not null default 'pending',
  transaction_type text not null default 'payment',
  submission_state text not null default 'prepared',
  source_account text not null,
  channel_account text,
  sequence_number text not null,
  envelope_xdr text not null,
  signed_envelope_xdr text,
  memo_type text,
  memo text,
  operation_count integer not null,
  fee_bid_stroops bigint not null,
  fee_charged_stroops bigint,
  required_fee_stroops bigint,
  max_ledger bigint not null,
  max_time timestamptz not null,
  attempts integer not null default 0,
  last_code text,
  last_http_status integer,
  last_operation_index integer,
  next_check_at timestamptz not null default now(),
  ledger bigint,
  closed_at timestamptz,
  result_xdr text,
  proof text,
  held_reason text,
  held_since timestamptz,
  in_doubt_since timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  is_live boolean not null generated always as (submission_state in ('prepared', 'awaiting_signature', 'submitting',
    'held')) stored,
  sequence_account text not null generated always as (coalesce(channel_account, source_account)) stored,
  search_vector tsvector generated always as (
    setweight(to_tsvector('simple', tx_hash), 'A')
    || setweight(to_tsvector('simple', source_account), 'B')
    -- A search splits its words at everything that is no letter or digit, so this does too.
    || setweight(to_tsvector('simple', regexp_replace(
      private.folded_text(asset_code || ' ' || coalesce(memo, '')), '[^[:alnum:]]+', ' ', 'g')), 'C')
  ) stored,
  constraint transactions_tx_hash_is_unique unique (tx_hash),
  constraint transactions_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint transactions_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint transactions_tx_hash_is_a_hash check (tx_hash ~ '^[0-9a-f]{64}$'),
  constraint transactions_amount_is_positive check (amount > 0),
  constraint transactions_pay_an_asset check (private.asset_problem(asset_code, asset_issuer) is null),
  constraint transactions_status_is_known check (status in ('pending', 'completed', 'failed')),
  constraint transactions_transaction_type_is_known check (transaction_type in ('payment', 'refund', 'bonus')),
  constraint transactions_submission_state_is_known
    check (submission_state in ('prepared', 'awaiting_signature', 'submitting', 'held', 'applied', 'applied_failed',
      'never_applied')),
  constraint transactions_status_follows_submission_state check (
    status = case submission_state when 'applied' then 'completed' when 'applied_failed' then 'failed'
      when 'never_applied' then 'failed' else 'pending' end),
  constraint transactions_source_account_is_an_account check (private.is_account_id(source_account)),
  constraint transactions_channel_account_is_another_account
    check (channel_account is null or private.is_account_id(channel_account) and channel_account <> source_account),
  constraint transactions_sequence_number_is_a_positive_int64
    check (case when sequence_number ~ '^[1-9][0-9]{0,18}$' then sequence_number::numeric <= 9223372036854775807
      else false end),
  constraint transactions_memo_is_one_of_a_payment check (private.memo_problem(memo_type, memo) is null),
  constraint transactions_have_1_to_100_operations check (operation_count between 1 and 100),
  constraint transactions_fee_bid_is_positive check (fee_bid_stroops > 0),
  constraint transactions_required_fee_is_positive check (required_fee_stroops > 0),
  constraint transactions_are_signed_before_they_are_sent check (attempts = 0 or signed_envelope_xdr is not null),
  constraint transactions_final_states_have_a_proof check (is_live = (proof is null)),
  constraint transactions_proof_is_known
    check (proof in ('found_by_hash', 'sequence_unused_after_bounds', 'sequence_used_by_other', 'resolved_by_people')),
  constraint transactions_held_say_why check ((submission_state = 'held') = (held_reason is not null)),
  constraint transactions_held_say_since_when check ((held_reason is null) = (held_since is null)),
  constraint transactions_in_doubt_have_ended check (in_doubt_since is null or proof is not null),
  constraint transactions_applied_name_their_ledger
    check ((submission_state in ('applied', 'applied_failed')) = (ledger is not null))
);
comment on table public.transactions is
  'One Stellar transaction that PayD prepared, from before it is signed to the proof of its end.';
comment on column public.transactions.amount is 'Sum of its operations in units of the asset.';
comment on column public.transactions.source_account is 'The treasury account: every operation acts for it.';
comment on column public.transactions.channel_account is
  'The account that gives the sequence number and pays the fee in place of the treasury; null where the treasury does.';
comment on column public.transactions.sequence_account is
  'The account of the sequence number: the channel account, or the treasury itself.';
comment on column public.transactions.sequence_number is 'int64 as text, because JSON numbers end at 2^53.';
comment on column public.transactions.fee_bid_stroops is
  'The highest fee offered for the whole transaction, in stroops.';
comment on column public.transactions.required_fee_stroops is
  'What the network last asked for one operation when the offer was not enough; null when it always was.';
comment on column public.transactions.max_ledger is 'First ledger in which the transaction is no longer valid.';
comment on column public.transactions.last_operation_index is
  'Which operation the last answer named as the first bad one; null when it named none.';
comment on column public.transactions.in_doubt_since is
  'Since when two people doubt the recorded end, so that the ledger is searched for it once more.';
comment on column public.transactions.proof is 'The evidence for the final state.';

create unique index transactions_one_live_per_sequence_account_key
  on public.transactions (sequence_account) where is_live;
create index transactions_source_account_idx_when_live on public.transactions (source_account) where is_live;
-- Foreign keys refer to it.
create unique index idx_transactions_org_id on public.transactions (organization_id, id);
create index idx_transactions_employee_id
  on public.transactions (organization_id, employee_id) where employee_id is not null;
create index idx_transactions_status on public.transactions (organization_id, status);
create index idx_transactions_search on public.transactions using gin (search_vector);
create index idx_transactions_created_at on public.transactions (organization_id, created_at desc, id desc);
create index idx_transactions_amount on public.transactions (organization_id, amount);
create index transactions_organization_id_payroll_run_id_idx on public.transactions (organization_id, payroll_run_id);
create index transactions_sequence_account_number_idx_when_in_ledger
  on public.transactions (sequence_account, (sequence_number::numeric) desc)
  where submission_state in ('applied', 'applied_failed');
create index transactions_source_account_id_idx_when_in_ledger
  on public.transactions (source_account, id desc) where submission_state in ('applied', 'applied_failed');
create index transactions_next_check_at_idx_when_live on public.transactions (next_check_at) where is_live;
create index transactions_sequence_account_next_check_at_idx_when_in_doubt
  on public.transactions (sequence_account, next_check_at) where in_doubt_since is not null;

insert into private.state_transitions (entity, from_state, to_state) values
  ('transaction', '(new)', 'prepared'),
  ('transaction', '(new)', 'awaiting_signature'),
  ('transaction', 'awaiting_signature', 'prepared'),
  ('transaction', 'awaiting_signature', 'never_applied'),
  ('transaction', 'awaiting_signature', 'held'),
  ('transaction', 'prepared', 'awaiting_signature'),
  ('transaction', 'submitting', 'awaiting_signature'),
  ('transaction', 'prepared', 'submitting'),
  ('transaction', 'prepared', 'applied'),
  ('transaction', 'prepared', 'applied_failed'),
  ('transaction', 'prepared', 'never_applied'),
  ('transaction', 'awaiting_signature', 'applied'),
  ('transaction', 'awaiting_signature', 'applied_failed'),
  ('transaction', 'submitting', 'held'),
  ('transaction', 'prepared', 'held'),
  ('transaction', 'held', 'prepared'),
  ('transaction', 'held', 'submitting'),
  ('transaction', 'submitting', 'applied'),
  ('transaction', 'submitting', 'applied_failed'),
  ('transaction', 'submitting', 'never_applied'),
  ('transaction', 'held', 'applied'),
  ('transaction', 'held', 'applied_failed'),
  ('transaction', 'held', 'never_applied');

create trigger transactions_touch_updated_at
  before update on public.transactions
  for each row execute function private.touch_updated_at();

create trigger transactions_enforce_first_state
  after insert on public.transactions
  referencing new table as rows_after
  for each statement execute function private.enforce_transitions('transaction', 'submission_state');

create trigger transactions_enforce_transitions
  after update on public.transactions
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.enforce_transitions('transaction', 'submission_state');

-- For every role, the owner included: what was prepared, signed and sent stays as it was.
create trigger transactions_keep_immutable_columns
  before update on public.transactions
  for each row
  when (
    (old.organization_id, old.employee_id, old.payroll_run_id, old.tx_hash, old.amount::numeric, old.asset_code,
      old.asset_issuer, old.transaction_type,
      old.source_account, old.channel_account, old.sequence_number, old.envelope_xdr, old.memo_type, old.memo,
      old.operation_count, old.fee_bid_stroops,
      old.max_ledger, old.max_time)
    is distinct from
    (new.organization_id, new.employee_id, new.payroll_run_id, new.tx_hash, new.amount::numeric, new.asset_code,
      new.asset_issuer, new.transaction_type,
      new.source_account, new.channel_account, new.sequence_number, new.envelope_xdr, new.memo_type, new.memo,
      new.operation_count, new.fee_bid_stroops,
      new.max_ledger, new.max_time))
  execute function private.keep_immutable_columns();
alter table public.transactions enable always trigger transactions_keep_immutable_columns;

create trigger transactions_refuse_removal
  before delete or truncate on public.transactions
  for each statement execute function private.refuse_change();
alter table public.transactions enable always trigger transactions_refuse_removal;

create table public.transaction_operations (
  id bigint generated always as identity primary key,
  -- The keys to transaction, run and employee carry the organization.
  organization_id bigint not null,
  transaction_id bigint not null,
  operation_index integer not null,
  payroll_run_id bigint not null,
  employee_id bigint not null,
  operation_type text not null default 'payment',
  destination text not null,
  asset_code text not null,
  asset_issuer text not null default '',
  amount public.amount not null,
  claimable_balance_id text,
  reclaimable_at timestamptz,
  is_live boolean not null default true,
  result_code text,
  created_at timestamptz not null default now(),
  constraint transaction_operations_id_is_unique_in_organization unique (organization_id, id),
  constraint transaction_operations_transaction_belongs_to_the_organization
    foreign key (organization_id, transaction_id) references public.transactions (organization_id, id),
  constraint transaction_operations_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint transaction_operations_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint transaction_operations_index_is_unique_in_transaction unique (transaction_id, operation_index),
  constraint transaction_operations_index_is_0_to_99 check (operation_index between 0 and 99),
  constraint transaction_operations_operation_type_is_known
    check (operation_type in ('payment', 'create_account', 'create_claimable_balance', 'claim_claimable_balance')),
  constraint transaction_operations_balances_have_their_id
    check ((operation_type in ('create_claimable_balance', 'claim_claimable_balance'))
      = (claimable_balance_id is not null)),
  constraint transaction_operations_claimable_balance_id_is_a_balance_id
    check (claimable_balance_id ~ '^00000000[0-9a-f]{64}$'),
  constraint transaction_operations_created_balances_can_be_taken_back
    check ((operation_type = 'create_claimable_balance') = (reclaimable_at is not null)),
  constraint transaction_operations_destination_is_an_account
    check (length(destination) = 56 and starts_with(destination, 'G')),
  constraint transaction_operations_amount_is_positive check (amount > 0)
);
comment on table public.transaction_operations is 'The operations of a transaction: what it pays to whom.';
comment on column public.transaction_operations.claimable_balance_id is
  'The balance on the ledger that it creates or claims, known before the transaction is sent.';
comment on column public.transaction_operations.reclaimable_at is
  'From when on the treasury may take back what it creates.';
comment on column public.transaction_operations.is_live is
  'True while the operation may still pay or has paid; false once it is proven that it did not.';

-- The constraint that makes a double payment impossible: an employee has at most one operation of a run that can pay or
-- has paid.
create unique index transaction_operations_one_live_per_employee_and_run_key
  on public.transaction_operations (payroll_run_id, employee_id)
  where is_live and operation_type <> 'claim_claimable_balance';
-- What waits on the ledger is created once and taken back once.
create unique index transaction_operations_one_live_per_claimable_balance_key
  on public.transaction_operations (claimable_balance_id, operation_type) where is_live;
create index transaction_operations_organization_id_transaction_id_idx
  on public.transaction_operations (organization_id, transaction_id);
create index transaction_operations_organization_id_payroll_run_id_idx
  on public.transaction_operations (organization_id, payroll_run_id);
create index transaction_operations_organization_id_employee_id_idx
  on public.transaction_operations (organization_id, employee_id, created_at desc, id desc);

create trigger transaction_operations_keep_immutable_columns
  before update on public.transaction_operations
  for each row
  when (
    (old.organization_id, old.transaction_id, old.operation_index, old.payroll_run_id, old.employee_id,
      old.operation_type, old.destination,
      old.asset_code, old.asset_issuer, old.amount::numeric, old.claimable_balance_id, old.reclaimable_at)
    is distinct from
    (new.organization_id, new.transaction_id, new.operation_index, new.payroll_run_id, new.employee_id,
      new.operation_type, new.destination,
      new.asset_code, new.asset_issuer, new.amount::numeric, new.claimable_balance_id, new.reclaimable_at))
  execute function private.keep_immutable_columns();
alter table public.transaction_operations enable always trigger transaction_operations_keep_immutable_columns;

create trigger transaction_operations_refuse_removal
  before delete or truncate on public.transaction_operations
  for each statement execute function private.refuse_change();
alter table public.transaction_operations enable always trigger transaction_operations_refuse_removal;

alter table public.transactions enable row level security;
alter table public.transactions force row level security;
revoke all on table public.transactions from public, anon, authenticated, service_role;
revoke all on sequence public.transactions_id_seq from public, anon, authenticated, service_role;
grant select on table public.transactions to authenticated, service_role;

create policy "Members can read the transactions of their organization"
  on public.transactions for select to authenticated
  using (organization_id = (select private.organization_id()));

alter table public.transaction_operations enable row level security;
alter table public.transaction_operations force row level security;
revoke all on table public.transaction_operations from public, anon, authenticated, service_role;
revoke all on sequence public.transaction_operations_id_seq from public, anon, authenticated, service_role;
grant select on table public.transaction_operations to authenticated, service_role;

create policy "Members can read operations, and employees their own"
  on public.transaction_operations for select to authenticated
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
  );

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.transactions', 'keep', null, null, 'Indefinite: books that never change.'),
  ('public.transaction_operations', 'keep', null, null, 'Indefinite: books that never change.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.transaction_operations', 'employee', 'employee_id', '{}', 'What the employee was paid; books.'),
  ('public.transactions', 'employee', 'employee_id',
    '{envelope_xdr,signed_envelope_xdr,result_xdr,search_vector}',
    'Transactions that paid one employee; books.');
