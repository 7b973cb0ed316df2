-- migration: retention
-- How long every table keeps its rows is data. What has lived its time is deleted, or moved to schema archive, in batches of one statement each, so
-- that a row is never in both places or in none. Every call is bounded and continues where the last one ended, with any clock.
-- author: PayD | date: 2026-11-20
-- tables: archive.audit_logs, archive.contract_events, private.lawful_removals, private.retention_rules, private.scheduled_jobs, private.webhook_deliveries
-- depends: 20261120090000, 20261120090400, 20261120090900, 20261120092800, 20261120100800
-- class: add-table, add-index, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create schema archive;
comment on schema archive is 'Rows that left the live tables but must be kept. Never exposed through the API.';
revoke all on schema archive from public;

create table archive.contract_events (
  id bigint primary key,
  event_id text not null,
  organization_id bigint,
  contract_id text not null,
  event_type text not null,
  category text,
  data jsonb not null,
  tx_hash text not null,
  ledger_sequence bigint not null,
  created_at timestamptz not null,
  archived_at timestamptz not null default now()
);
comment on table archive.contract_events is 'Append-only: contract events of more than two years ago.';
create index contract_events_contract_id_created_at_idx on archive.contract_events (contract_id, created_at desc);

create table archive.audit_logs (
  id bigint primary key,
  organization_id bigint not null,
  user_id bigint,
  actor text not null,
  action text not null,
  resource_type text not null,
  resource_id text not null,
  changes jsonb,
  ip_address text,
  created_at timestamptz not null,
  archived_at timestamptz not null default now()
);
comment on table archive.audit_logs is 'Append-only: the audit trail of more than seven years ago.';
create index audit_logs_organization_id_created_at_idx on archive.audit_logs (organization_id, created_at desc);
create index audit_logs_organization_id_user_id_idx on archive.audit_logs (organization_id, user_id);

alter table archive.contract_events enable row level security;
alter table archive.contract_events force row level security;
alter table archive.audit_logs enable row level security;
alter table archive.audit_logs force row level security;
revoke all on table archive.contract_events, archive.audit_logs from public, anon, authenticated, service_role;

create trigger contract_events_refuse_change
  before update or delete or truncate on archive.contract_events
  for each statement execute function private.refuse_change();

create trigger audit_logs_refuse_change
  before update or delete or truncate on archive.audit_logs
  for each statement execute function private.refuse_change();

-- The other tables that lose rows have an index on their time already. A BRIN index reads a table once and fast, and holds nobody up for long.
-- squawk-ignore require-concurrent-index-creation
create index webhook_deliveries_created_at_brin on private.webhook_deliveries using brin (created_at);

create table private.retention_rules (
  table_name text primary key,
  action text not null,
  keep_for interval,
  statement text,
  reason text not null,
  constraint retention_rules_action_is_known check (action in ('keep', 'delete', 'archive')),
  constraint retention_rules_kept_tables_have_neither_time_nor_statement
    check ((action = 'keep') = (keep_for is null) and (action = 'keep') = (statement is null)),
  constraint retention_rules_keep_for_is_at_least_a_day check (keep_for >= interval '1 day'),
  constraint retention_rules_reason_is_a_sentence check (reason ~ '\.$')
);
comment on table private.retention_rules is 'How long every table keeps its rows, and the statement that takes a batch of old ones away.';
comment on column private.retention_rules.statement is '$1 is the time before which rows are old, $2 the size of the batch.';
alter table private.retention_rules enable row level security;
alter table private.retention_rules force row level security;

insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.webhook_delivery_logs', 'delete', '90 days',
    'delete from public.webhook_delivery_logs where ctid = any (array(select old.ctid from public.webhook_delivery_logs as old where old.delivered_at < $1 limit $2))',
    'Attempts are looked at while an integration is being mended.'),
  ('public.notifications', 'delete', '30 days',
    'delete from public.notifications where ctid = any (array(select old.ctid from public.notifications as old where old.created_at < $1 limit $2))',
    'An inbox is about what is new.'),
  ('public.user_preferences_history', 'delete', '2 years',
    'delete from public.user_preferences_history where changed_at < $1 and id = any (array(select old.id from public.user_preferences_history as old where old.changed_at < $1 limit $2))',
    'Two years are enough to explain a setting; emptied partitions are dropped by their own job.'),
  ('private.idempotency_keys', 'delete', '30 days',
    'delete from private.idempotency_keys where ctid = any (array(select old.ctid from private.idempotency_keys as old where old.created_at < $1 limit $2))',
    'Nobody repeats a command after a month.'),
  ('private.webhook_deliveries', 'delete', '90 days',
    'delete from private.webhook_deliveries where ctid = any (array(select old.ctid from private.webhook_deliveries as old where old.created_at < $1 and old.state = ''delivered'' limit $2))',
    'Delivered ones have nothing left to do; the others stay until somebody decides.'),
  ('public.contract_events', 'archive', '2 years',
    'with moved as (delete from public.contract_events where ctid = any (array(select old.ctid from public.contract_events as old where old.created_at < $1 limit $2)) returning *) insert into archive.contract_events (id, event_id, organization_id, contract_id, event_type, category, data, tx_hash, ledger_sequence, created_at) select moved.id, moved.event_id, moved.organization_id, moved.contract_id, moved.event_type, moved.category, moved.data, moved.tx_hash, moved.ledger_sequence, moved.created_at from moved',
    'Old events are rarely read, but they are facts of the ledger.'),
  ('public.audit_logs', 'archive', '7 years',
    'with moved as (delete from public.audit_logs where ctid = any (array(select old.ctid from public.audit_logs as old where old.created_at < $1 limit $2)) returning *) insert into archive.audit_logs (id, organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address, created_at) select moved.id, moved.organization_id, moved.user_id, moved.actor, moved.action, moved.resource_type, moved.resource_id, moved.changes, moved.ip_address, moved.created_at from moved',
    'Seven years are what compliance asks for; after that the trail is kept out of the way.'),
  ('public.organizations', 'keep', null, null, 'Indefinite: rows are only marked as deleted.'),
  ('public.employees', 'keep', null, null, 'Indefinite: rows are only marked as deleted; erase_person() takes the person out of them.'),
  ('public.users', 'keep', null, null, 'Indefinite: rows are only marked as deleted; erase_member() takes the person out of them.'),
  ('public.payroll_runs', 'keep', null, null, 'Indefinite: books that never change.'),
  ('public.payroll_items', 'keep', null, null, 'Indefinite: books that never change.'),
  ('public.payroll_run_approvals', 'keep', null, null, 'Indefinite: they belong to the run.'),
  ('public.payroll_audit_logs', 'keep', null, null, 'Indefinite: the trail of the run.'),
  ('public.transactions', 'keep', null, null, 'Indefinite: books that never change.'),
  ('public.transaction_operations', 'keep', null, null, 'Indefinite: books that never change.'),
  ('public.transaction_audit_logs', 'keep', null, null, 'Indefinite: the trail of the transaction.'),
  ('public.claimable_balances', 'keep', null, null, 'Indefinite: books that never change.'),
  ('public.wallets', 'keep', null, null, 'Indefinite: a picture of the ledger, one row for each address and asset.'),
  ('public.events', 'keep', null, null, 'Indefinite: consumers may ask for every number they missed.'),
  ('public.payroll_schedules', 'keep', null, null, 'Indefinite: at most fifty for each organization.'),
  ('public.payroll_schedule_occurrences', 'keep', null, null, 'Indefinite: they prove that no pay day was run twice.'),
  ('public.invitations', 'keep', null, null, 'Indefinite: they say who let whom in.'),
  ('public.user_preferences', 'keep', null, null, 'Indefinite: one document for each person.'),
  ('public.webhook_subscriptions', 'keep', null, null, 'Indefinite: rows are only marked as deleted.'),
  ('public.contract_registry', 'keep', null, null, 'Indefinite: a few rows of the platform.'),
  ('public.contract_upgrade_logs', 'keep', null, null, 'Indefinite: a few rows of the platform.');

insert into private.lawful_removals (table_name, procedure, statement, reason)
select rule.table_name, 'private.apply_retention(timestamp with time zone,integer,integer)', rule.statement, rule.reason
from private.retention_rules as rule
where rule.table_name in ('public.contract_events', 'public.audit_logs', 'public.user_preferences_history');

create function private.apply_retention(p_now timestamptz default now(), batch_size integer default 10000, max_batches integer default 100)
returns table (table_name text, action text, rows bigint, is_complete boolean)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_rule private.retention_rules;
  v_before timestamptz;
  v_rows bigint;
begin
  -- A second call at the same time has nothing to do.
  if not pg_try_advisory_xact_lock(hashtextextended('payd.retention', 0)) then
    return;
  end if;

  for v_rule in
    select rule.* from private.retention_rules as rule where rule.action <> 'keep' order by rule.table_name
  loop
    table_name := v_rule.table_name;
    action := v_rule.action;
    rows := 0;
    is_complete := false;
    -- Days and years are those of UTC, whatever the session says.
    v_before := (apply_retention.p_now at time zone 'UTC' - v_rule.keep_for) at time zone 'UTC';

    for batch in 1..greatest(apply_retention.max_batches, 0) loop
      execute v_rule.statement using v_before, greatest(apply_retention.batch_size, 1);
      get diagnostics v_rows = row_count;
      rows := rows + v_rows;
      is_complete := v_rows < greatest(apply_retention.batch_size, 1);
      exit when is_complete;
    end loop;

    return next;
  end loop;
end;
$$;
comment on function private.apply_retention(timestamptz, integer, integer) is 'Takes old rows away in batches; answers how many for each table, and whether none are left.';

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('retention', 'sql', 'select private.apply_retention(now())', 86400);
