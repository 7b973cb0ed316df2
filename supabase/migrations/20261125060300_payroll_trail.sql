-- migration: audit of payroll runs
-- Every change of a run is written with who did it, why, and the states before and after. Bulk changes of items appear
-- as one row with the new totals, not as one row an item.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.retention_rules, public.payroll_audit_logs, public.payroll_runs
-- depends: 20261125000000, 20261125000600, 20261125000800, 20261125000900, 20261125020000, 20261125020200,
--   20261125020400, 20261125060000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.payroll_audit_logs (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  payroll_run_id bigint not null,
  action text not null,
  previous_state jsonb,
  new_state jsonb not null,
  actor text not null,
  reason text,
  created_at timestamptz not null default now(),
  constraint payroll_audit_logs_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint payroll_audit_logs_action_has_1_to_50_characters check (length(action) between 1 and 50),
  constraint payroll_audit_logs_actor_has_1_to_255_characters check (length(actor) between 1 and 255)
);
comment on table public.payroll_audit_logs is 'Append-only trail of payroll runs.';
create index idx_payroll_audit_logs_run_id
  on public.payroll_audit_logs (organization_id, payroll_run_id, created_at desc);
create index payroll_audit_logs_created_at_brin on public.payroll_audit_logs using brin (created_at);

alter table public.payroll_audit_logs enable row level security;
alter table public.payroll_audit_logs force row level security;
revoke all on table public.payroll_audit_logs from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_audit_logs_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_audit_logs to authenticated, service_role;

create policy "Members can read the payroll audit trail of their organization"
  on public.payroll_audit_logs for select to authenticated
  using (organization_id = (select private.organization_id()));

create trigger payroll_audit_logs_refuse_change
  before update or delete or truncate on public.payroll_audit_logs
  for each statement execute function private.refuse_change();
alter table public.payroll_audit_logs enable always trigger payroll_audit_logs_refuse_change;

create function private.payroll_run_state(run public.payroll_runs)
returns jsonb
language sql immutable security invoker
set search_path = ''
as $$
  -- Amounts as text: readers in JavaScript would lose digits of a JSON number.
  select jsonb_strip_nulls(jsonb_build_object(
    'version', (run).version,
    'status', (run).status,
    'total_base_amount', (run).total_base_amount::text,
    'total_bonus_amount', (run).total_bonus_amount::text,
    'total_amount', (run).total_amount::text,
    'item_count', (run).item_count,
    'asset_code', (run).asset_code,
    'asset_issuer', (run).asset_issuer,
    'period_start', (run).period_start,
    'period_end', (run).period_end,
    'submitted_by', (run).submitted_by,
    'approved_at', (run).approved_at,
    'source_account', (run).source_account,
    'content_hash', (run).content_hash,
    'memo', (run).memo,
    'allows_overlap', case when (run).allows_overlap then true end,
    'allows_shared_wallets', case when (run).allows_shared_wallets then true end,
    'reclaim_after_days', (run).reclaim_after_days,
    'failure_code', (run).failure_code,
    'failure_reason', (run).failure_reason));
$$;
comment on function private.payroll_run_state(public.payroll_runs) is
  'What the trail keeps of a run: its version, status, totals, period and who stands behind it.';

create function private.audit_payroll_runs()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_reason text := nullif(current_setting('payd.reason', true), '');
begin
  if tg_op = 'INSERT' then
    insert into public.payroll_audit_logs (organization_id, payroll_run_id, action, new_state, actor, reason)
    select added.organization_id, added.id, 'created', private.payroll_run_state(added.*::public.payroll_runs),
    private.actor(), v_reason
    from rows_after as added;

    return null;
  end if;

  insert into public.payroll_audit_logs
    (organization_id, payroll_run_id, action, previous_state, new_state, actor, reason)
  select
    changed.organization_id, changed.id,
    case
      when earlier.status = 'draft' and changed.status = 'pending' then 'submitted'
      when earlier.status = 'pending' and changed.status = 'draft' then 'returned_to_draft'
      when earlier.status = 'discarded' and changed.status = 'draft' then 'restored'
      when changed.status = 'processing' and earlier.status = 'failed' then 'retried'
      when changed.status = 'processing' and earlier.status = 'pending' then 'disbursement_started'
      when changed.status <> earlier.status then changed.status
      when changed.approved_at is not null and earlier.approved_at is null then 'approved'
      when changed.item_count <> earlier.item_count
        or changed.total_amount::numeric <> earlier.total_amount::numeric then 'items_changed'
      else 'updated'
    end,
    private.payroll_run_state(earlier.*::public.payroll_runs),
    private.payroll_run_state(changed.*::public.payroll_runs),
    private.actor(), v_reason
  from rows_after as changed
  join rows_before as earlier on earlier.id = changed.id
  -- The version alone counts; a change of addresses is written by the command that made it.
  where private.payroll_run_state(earlier.*::public.payroll_runs) - 'version'
    <> private.payroll_run_state(changed.*::public.payroll_runs) - 'version';

  return null;
end;
$$;
comment on function private.audit_payroll_runs() is
  'Statement trigger: writes every change of a run into its trail, with who did it and why.';

create trigger payroll_runs_write_audit_of_inserts
  after insert on public.payroll_runs
  referencing new table as rows_after
  for each statement execute function private.audit_payroll_runs();

create trigger payroll_runs_write_audit_of_updates
  after update on public.payroll_runs
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.audit_payroll_runs();

create function private.count_payroll_edit()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.count_edit(new.organization_id, substr(new.actor, 6)::bigint);
  return null;
end;
$$;
comment on function private.count_payroll_edit() is
  'Row trigger: a line of the trail of a run counts as a change of its person.';

create constraint trigger payroll_audit_logs_count_edits
  after insert on public.payroll_audit_logs
  deferrable initially deferred
  for each row
  when (new.actor ~ '^user:[0-9]{1,18}$')
  execute function private.count_payroll_edit();

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.payroll_audit_logs', 'keep', null, null, 'Indefinite: the trail of the run.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.payroll_audit_logs', 'actor', 'actor',
    '{previous_state,new_state}',
    'What the member did with runs; the states are data of the company.');
