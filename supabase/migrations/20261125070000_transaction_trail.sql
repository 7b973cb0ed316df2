-- migration: audit of transactions
-- Every change of state of a transaction is written with its actor, reason and the states before and after.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.retention_rules, public.transaction_audit_logs, public.transactions
-- depends: 20261125000000, 20261125000600, 20261125000800, 20261125000900, 20261125020000, 20261125020200,
--   20261125060100
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.transaction_audit_logs (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  transaction_id bigint not null,
  action text not null,
  previous_state jsonb,
  new_state jsonb not null,
  actor text not null,
  reason text,
  created_at timestamptz not null default now(),
  constraint transaction_audit_logs_transaction_belongs_to_the_organization
    foreign key (organization_id, transaction_id) references public.transactions (organization_id, id),
  constraint transaction_audit_logs_action_has_1_to_50_characters check (length(action) between 1 and 50),
  constraint transaction_audit_logs_actor_has_1_to_255_characters check (length(actor) between 1 and 255)
);
comment on table public.transaction_audit_logs is 'Append-only trail of transactions.';
create index idx_transaction_audit_logs_tx_id
  on public.transaction_audit_logs (organization_id, transaction_id, created_at desc);
create index idx_transaction_audit_logs_action on public.transaction_audit_logs (organization_id, action);
create index transaction_audit_logs_created_at_brin on public.transaction_audit_logs using brin (created_at);

alter table public.transaction_audit_logs enable row level security;
alter table public.transaction_audit_logs force row level security;
revoke all on table public.transaction_audit_logs from public, anon, authenticated, service_role;
revoke all on sequence public.transaction_audit_logs_id_seq from public, anon, authenticated, service_role;
grant select on table public.transaction_audit_logs to authenticated, service_role;

create policy "Members can read the audit trail of their transactions"
  on public.transaction_audit_logs for select to authenticated
  using (organization_id = (select private.organization_id()));

create trigger transaction_audit_logs_refuse_change
  before update or delete or truncate on public.transaction_audit_logs
  for each statement execute function private.refuse_change();
alter table public.transaction_audit_logs enable always trigger transaction_audit_logs_refuse_change;

create function private.transaction_state(transaction public.transactions)
returns jsonb
language sql immutable security invoker
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'status', (transaction).status,
    'submission_state', (transaction).submission_state,
    'tx_hash', (transaction).tx_hash,
    'amount', (transaction).amount::text,
    'source_account', (transaction).source_account,
    'channel_account', (transaction).channel_account,
    'sequence_number', (transaction).sequence_number,
    'attempts', (transaction).attempts,
    'last_code', (transaction).last_code,
    'ledger', (transaction).ledger,
    'fee_charged_stroops', (transaction).fee_charged_stroops::text,
    'proof', (transaction).proof));
$$;

create function private.audit_transactions()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_reason text := nullif(current_setting('payd.reason', true), '');
begin
  if tg_op = 'INSERT' then
    insert into public.transaction_audit_logs (organization_id, transaction_id, action, new_state, actor, reason)
    select added.organization_id, added.id, 'created', private.transaction_state(added.*::public.transactions),
    private.actor(), v_reason
    from rows_after as added;

    return null;
  end if;

  insert into public.transaction_audit_logs
    (organization_id, transaction_id, action, previous_state, new_state, actor, reason)
  select
    changed.organization_id, changed.id,
    case when changed.status = 'failed' then 'failed' else 'updated' end,
    private.transaction_state(earlier.*::public.transactions),
    private.transaction_state(changed.*::public.transactions),
    private.actor(), v_reason
  from rows_after as changed
  join rows_before as earlier on earlier.id = changed.id
  where private.transaction_state(earlier.*::public.transactions) <> private.transaction_state(
    changed.*::public.transactions);

  return null;
end;
$$;

create trigger transactions_write_audit_of_inserts
  after insert on public.transactions
  referencing new table as rows_after
  for each statement execute function private.audit_transactions();

create trigger transactions_write_audit_of_updates
  after update on public.transactions
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.audit_transactions();

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.transaction_audit_logs', 'keep', null, null, 'Indefinite: the trail of the transaction.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.transaction_audit_logs', 'actor', 'actor',
    '{previous_state,new_state}',
    'What the member did with transactions; the states are data of the company.');
