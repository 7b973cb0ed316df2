-- migration: payroll runs
-- One attempt to pay a set of employees for one period in one asset. draft -> pending -> processing -> completed |
-- failed; pending -> draft when rejected or edited; failed -> processing to pay what was not paid; draft -> discarded
-- and back.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.retention_rules, private.state_transitions, public.payroll_runs
-- depends: 20261125000000, 20261125000500, 20261125000700, 20261125000800, 20261125000900, 20261125010200,
--   20261125010400, 20261125010500, 20261125020000, 20261125020100, 20261125020200
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.payroll_runs (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  batch_id text not null,
  status text not null default 'draft',
  period_start date not null,
  period_end date not null,
  total_base_amount public.amount not null default 0,
  total_bonus_amount public.amount not null default 0,
  total_amount public.amount not null default 0,
  item_count integer not null default 0,
  asset_code text not null default 'XLM',
  asset_issuer text not null default '',
  memo text,
  source_account text,
  content_hash text,
  allows_overlap boolean not null default false,
  allows_shared_wallets boolean not null default false,
  reclaim_after_days integer,
  created_by bigint,
  submitted_by bigint,
  submitted_at timestamptz,
  approved_at timestamptz,
  processed_at timestamptz,
  failure_code text,
  failure_reason text,
  stop_requested text,
  stop_reason text,
  stop_requested_at timestamptz,
  waiting_kind text,
  waiting_reason text,
  waiting_since timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint payroll_runs_id_is_unique_in_organization unique (organization_id, id),
  constraint payroll_runs_batch_id_is_unique unique (batch_id),
  constraint payroll_runs_creator_is_a_member_of_the_organization
    foreign key (organization_id, created_by) references public.users (organization_id, id),
  constraint payroll_runs_submitter_is_a_member_of_the_organization
    foreign key (organization_id, submitted_by) references public.users (organization_id, id),
  constraint payroll_runs_batch_id_has_1_to_64_characters check (length(batch_id) between 1 and 64),
  constraint payroll_runs_status_is_known
    check (status in ('draft', 'pending', 'processing', 'completed', 'failed', 'discarded')),
  constraint payroll_runs_period_ends_after_it_starts check (period_end >= period_start),
  constraint payroll_runs_total_is_base_plus_bonus check (total_amount = total_base_amount + total_bonus_amount),
  constraint payroll_runs_item_count_is_not_negative check (item_count >= 0),
  constraint payroll_runs_pay_an_asset check (private.asset_problem(asset_code, asset_issuer) is null),
  -- A text memo has 28 bytes in the protocol, however few characters that is.
  constraint payroll_runs_memo_has_1_to_28_bytes check (octet_length(memo) between 1 and 28),
  constraint payroll_runs_source_account_is_an_account
    check (source_account is null or private.is_account_id(source_account)),
  constraint payroll_runs_submission_names_who_when_and_what
    check ((submitted_by is null) = (submitted_at is null) and (submitted_at is null) = (content_hash is null)),
  constraint payroll_runs_drafts_are_not_submitted
    check ((status in ('draft', 'discarded')) = (submitted_at is null)),
  constraint payroll_runs_reclaim_after_days_is_1_to_3650 check (reclaim_after_days between 1 and 3650),
  constraint payroll_runs_approval_follows_submission check (approved_at is null or submitted_at is not null),
  constraint payroll_runs_money_leaves_only_after_approval
    check (status in ('draft', 'pending', 'discarded') or approved_at is not null),
  constraint payroll_runs_money_leaves_a_known_account
    check (status in ('draft', 'pending', 'discarded') or source_account is not null),
  constraint payroll_runs_completed_is_processed check ((status = 'completed') = (processed_at is not null)),
  constraint payroll_runs_failed_has_a_reason
    check ((status = 'failed') = (failure_code is not null) and (failure_code is null) = (failure_reason is null)),
  constraint payroll_runs_stop_requested_is_known check (stop_requested in ('pause', 'cancel')),
  constraint payroll_runs_stop_says_why_and_when
    check ((stop_requested is null) = (stop_reason is null) and (stop_reason is null) = (stop_requested_at is null)),
  constraint payroll_runs_waiting_says_why_and_since_when
    check ((waiting_kind is null) = (waiting_reason is null) and (waiting_kind is null) = (waiting_since is null))
);
comment on table public.payroll_runs is 'One attempt to pay a set of employees for one period in one asset.';
comment on column public.payroll_runs.content_hash is
  'Hash of everything that approvers approve; an edit after submission changes it.';
comment on column public.payroll_runs.allows_overlap is
  'Whether it was submitted although somebody has base pay for the same days in another run.';
comment on column public.payroll_runs.allows_shared_wallets is
  'Whether it was submitted although several employees would be paid at the same address.';
comment on column public.payroll_runs.reclaim_after_days is
  'After how many days the organization may take back what it pays with claimable balances, as at submission; empty '
  'where it pays without them.';
comment on column public.payroll_runs.version is
  'Counts changes of the run and of what its items pay; submission names the version that was looked at.';
comment on column public.payroll_runs.stop_requested is
  'Whether a person paused or cancelled the payment: nothing more is sent, and what was sent goes on to its end.';
comment on column public.payroll_runs.waiting_kind is
  'Why the run stands still, as the doctor names it; null while nothing keeps it.';
comment on column public.payroll_runs.waiting_reason is 'Why the run stands still, as a sentence.';
comment on column public.payroll_runs.source_account is 'The account the money leaves.';

create index idx_payroll_runs_org_id on public.payroll_runs (organization_id, created_at desc, id desc);
create index idx_payroll_runs_status on public.payroll_runs (organization_id, status);
create index idx_payroll_runs_period on public.payroll_runs (organization_id, period_start, period_end);
create index payroll_runs_organization_id_created_by_idx on public.payroll_runs (organization_id, created_by);
create index payroll_runs_organization_id_submitted_by_idx on public.payroll_runs (organization_id, submitted_by);
create index payroll_runs_id_idx_when_open on public.payroll_runs (id) where status in ('pending', 'processing');
create index payroll_runs_source_account_idx_when_processing
  on public.payroll_runs (source_account, id) where status = 'processing';

insert into private.state_transitions (entity, from_state, to_state) values
  ('payroll_run', '(new)', 'draft'),
  ('payroll_run', 'draft', 'pending'),
  ('payroll_run', 'draft', 'discarded'),
  ('payroll_run', 'discarded', 'draft'),
  ('payroll_run', 'pending', 'draft'),
  ('payroll_run', 'pending', 'processing'),
  ('payroll_run', 'processing', 'completed'),
  ('payroll_run', 'processing', 'failed'),
  ('payroll_run', 'failed', 'processing');

-- Before the version is counted, because triggers run in the order of their names.
create function private.end_waiting()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  new.waiting_kind := null;
  new.waiting_reason := null;
  new.waiting_since := null;
  return new;
end;
$$;
comment on function private.end_waiting() is 'Row trigger: a run that moved on does not wait for what it waited for.';

create trigger payroll_runs_end_waiting
  before update on public.payroll_runs
  for each row
  when (old.waiting_kind is not null
    and (old.status, old.stop_requested, old.approved_at) is distinct from
      (new.status, new.stop_requested, new.approved_at))
  execute function private.end_waiting();

-- That a run waits is no change that anybody made.
create trigger payroll_runs_touch_version
  before update on public.payroll_runs
  for each row
  when ((old.waiting_kind, old.waiting_reason, old.waiting_since)
      is not distinct from (new.waiting_kind, new.waiting_reason, new.waiting_since)
    or (old.status, old.stop_requested, old.approved_at)
      is distinct from (new.status, new.stop_requested, new.approved_at))
  execute function private.touch_version();

create trigger payroll_runs_enforce_first_state
  after insert on public.payroll_runs
  referencing new table as rows_after
  for each statement execute function private.enforce_transitions('payroll_run', 'status');

create trigger payroll_runs_enforce_transitions
  after update on public.payroll_runs
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.enforce_transitions('payroll_run', 'status');

-- Approvers approve period, asset and memo with the items; the account is chosen when payment starts or is retried.
create trigger payroll_runs_keep_immutable_columns
  before update on public.payroll_runs
  for each row
  when (
    (old.organization_id, old.batch_id) is distinct from (new.organization_id, new.batch_id)
    or (old.status <> 'draft'
      and (old.period_start, old.period_end, old.asset_code, old.asset_issuer, old.memo)
        is distinct from (new.period_start, new.period_end, new.asset_code, new.asset_issuer, new.memo))
    or (old.status in ('processing', 'completed', 'failed')
      and not (old.status = 'failed' and new.status = 'processing')
      and old.source_account is distinct from new.source_account)
    or (old.status in ('processing', 'completed', 'failed')
      and old.reclaim_after_days is distinct from new.reclaim_after_days))
  execute function private.keep_immutable_columns();
alter table public.payroll_runs enable always trigger payroll_runs_keep_immutable_columns;

alter table public.payroll_runs enable row level security;
alter table public.payroll_runs force row level security;
revoke all on table public.payroll_runs from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_runs_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_runs to authenticated, service_role;

create policy "Members can read the payroll runs of their organization"
  on public.payroll_runs for select to authenticated
  using (organization_id = (select private.organization_id()));

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.payroll_runs', 'keep', null, null, 'Indefinite: books that never change.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.payroll_runs', 'member', 'created_by',
    '{period_start,period_end,total_base_amount,total_bonus_amount,total_amount,item_count,asset_code,asset_issuer,'
    'memo,source_account,content_hash,failure_code,failure_reason}',
    'Runs that the member created; the amounts are data of the company.'),
  ('public.payroll_runs', 'member', 'submitted_by',
    '{period_start,period_end,total_base_amount,total_bonus_amount,total_amount,item_count,asset_code,asset_issuer,'
    'memo,source_account,content_hash,failure_code,failure_reason}',
    'Runs that the member submitted; the amounts are data of the company.');
