-- migration: upgrades of contracts
-- pending -> simulated -> confirmed -> executing -> completed | failed, and cancelled from everywhere before
-- executing. A row is the trail of one upgrade: what it is about never changes, only its state, results and times do,
-- and nothing changes after its end.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.retention_rules, private.state_transitions, public.contract_upgrade_logs
-- depends: 20261125000000, 20261125000100, 20261125000500, 20261125000600, 20261125000700, 20261125000800,
--   20261125010000, 20261125010300, 20261125010400, 20261125020200, 20261125090000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.contract_upgrade_logs (
  id bigint generated always as identity primary key,
  registry_id bigint not null references public.contract_registry (id),
  previous_wasm_hash text not null,
  new_wasm_hash text not null,
  status text not null default 'pending',
  simulation_result jsonb,
  tx_hash text,
  migration_steps jsonb not null default '[]',
  initiated_by text not null,
  notes text,
  error_message text,
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  constraint contract_upgrade_logs_previous_wasm_hash_is_a_hash check (previous_wasm_hash ~ '^[0-9a-f]{64}$'),
  constraint contract_upgrade_logs_new_wasm_hash_is_a_hash check (new_wasm_hash ~ '^[0-9a-f]{64}$'),
  constraint contract_upgrade_logs_change_the_code check (new_wasm_hash <> previous_wasm_hash),
  constraint contract_upgrade_logs_status_is_known
    check (status in ('pending', 'simulated', 'confirmed', 'executing', 'completed', 'failed', 'cancelled')),
  constraint contract_upgrade_logs_are_simulated_before_they_are_confirmed
    check (status in ('pending', 'cancelled') or simulation_result is not null),
  constraint contract_upgrade_logs_executed_ones_have_a_transaction
    check (status not in ('executing', 'completed', 'failed') or tx_hash is not null),
  constraint contract_upgrade_logs_final_states_have_an_end
    check ((status in ('completed', 'failed', 'cancelled')) = (completed_at is not null)),
  constraint contract_upgrade_logs_failed_has_a_reason check (status <> 'failed' or error_message is not null),
  constraint contract_upgrade_logs_tx_hash_is_a_hash check (tx_hash ~ '^[0-9a-f]{64}$'),
  constraint contract_upgrade_logs_simulation_result_is_at_most_64_kilobytes
    check (octet_length(simulation_result::text) <= 65536),
  constraint contract_upgrade_logs_migration_steps_are_a_short_list
    check (jsonb_typeof(migration_steps) = 'array' and octet_length(migration_steps::text) <= 65536),
  constraint contract_upgrade_logs_initiated_by_is_an_address
    check (private.is_account_id(initiated_by) or private.is_strkey(initiated_by, 'C')),
  constraint contract_upgrade_logs_notes_has_at_most_10000_characters check (length(notes) <= 10000),
  constraint contract_upgrade_logs_error_message_has_at_most_4000_characters check (length(error_message) <= 4000)
);
comment on table public.contract_upgrade_logs is
  'Append-only trail of contract upgrades: one row each, of which only state, results and times change.';
comment on column public.contract_upgrade_logs.initiated_by is
  'Address of the admin (G…), or of the contract that administers it (C…).';

create index idx_upgrade_logs_registry_id on public.contract_upgrade_logs (registry_id, created_at desc);
create index idx_upgrade_logs_active_status on public.contract_upgrade_logs (status, created_at desc)
  where status in ('pending', 'simulated', 'confirmed', 'executing');
create index idx_upgrade_logs_created_at_brin on public.contract_upgrade_logs using brin (created_at);
create unique index contract_upgrade_logs_one_active_per_contract_key on public.contract_upgrade_logs (registry_id)
  where status in ('pending', 'simulated', 'confirmed', 'executing');

insert into private.state_transitions (entity, from_state, to_state) values
  ('contract_upgrade', '(new)', 'pending'),
  ('contract_upgrade', 'pending', 'simulated'),
  ('contract_upgrade', 'pending', 'cancelled'),
  ('contract_upgrade', 'simulated', 'confirmed'),
  ('contract_upgrade', 'simulated', 'cancelled'),
  ('contract_upgrade', 'confirmed', 'executing'),
  ('contract_upgrade', 'confirmed', 'cancelled'),
  ('contract_upgrade', 'executing', 'completed'),
  ('contract_upgrade', 'executing', 'failed');

insert into private.error_codes (code, http_status, message, hint) values
  ('column_is_fixed', 409,
    'The %s of %s %s is written once and cannot be changed.',
    'Write a new row that corrects it.'),
  ('invalid_initiator', 422,
    '%s is not the address of an admin.',
    'Give the account (G…) or the contract (C…) that administers the contract.'),
  ('invalid_migration_steps', 422,
    'The migration steps are not a list.',
    'Send an array, at most 64 kilobytes of JSON.'),
  ('invalid_simulation_result', 422,
    'The result of the simulation is missing or has more than 64 kilobytes of JSON.',
    'Send what the RPC server answered, without the ledger footprint if it is large.'),
  ('invalid_transaction_hash', 422,
    '%s is not the hash of a transaction.',
    'A transaction hash has 64 hexadecimal digits.'),
  ('invalid_upgrade_status', 422,
    '%s is not a state of an upgrade.',
    'The states are pending, simulated, confirmed, executing, completed, failed and cancelled.'),
  ('contract_runs_this_code', 409, 'Contract %s runs this code already.', 'Nothing needs to be upgraded.'),
  ('contract_upgrade_in_progress', 409,
    'Contract %s has another upgrade in progress, number %s.',
    'Finish or cancel that upgrade first.'),
  ('contract_upgrade_not_found', 404, 'There is no upgrade %s.', 'Check the id.');

create trigger contract_upgrade_logs_enforce_first_state
  after insert on public.contract_upgrade_logs
  referencing new table as rows_after
  for each statement execute function private.enforce_transitions('contract_upgrade', 'status');

create trigger contract_upgrade_logs_enforce_transitions
  after update on public.contract_upgrade_logs
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.enforce_transitions('contract_upgrade', 'status');

create trigger contract_upgrade_logs_refuse_other_changes
  after update on public.contract_upgrade_logs
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.refuse_other_changes('status', 'simulation_result', 'tx_hash',
    'migration_steps', 'error_message', 'completed_at');
alter table public.contract_upgrade_logs enable always trigger contract_upgrade_logs_refuse_other_changes;

create trigger contract_upgrade_logs_refuse_change_after_the_end
  before update on public.contract_upgrade_logs
  for each row
  when (old.status in ('completed', 'failed', 'cancelled') and new.status = old.status)
  execute function private.refuse_change();
alter table public.contract_upgrade_logs enable always trigger contract_upgrade_logs_refuse_change_after_the_end;

create trigger contract_upgrade_logs_refuse_removal
  before delete or truncate on public.contract_upgrade_logs
  for each statement execute function private.refuse_change();
alter table public.contract_upgrade_logs enable always trigger contract_upgrade_logs_refuse_removal;

alter table public.contract_upgrade_logs enable row level security;
alter table public.contract_upgrade_logs force row level security;
revoke all on table public.contract_upgrade_logs from public, anon, authenticated, service_role;
revoke all on sequence public.contract_upgrade_logs_id_seq from public, anon, authenticated, service_role;
grant select on table public.contract_upgrade_logs to authenticated, service_role;

create policy "Members can read the upgrades of contracts"
  on public.contract_upgrade_logs for select to authenticated
  using ((select private.organization_id()) is not null);

create function private.require_transition(entity text, id text, from_state text, to_state text)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if not exists (
    select from private.state_transitions as allowed
    where (allowed.entity, allowed.from_state, allowed.to_state) = (require_transition.entity,
      require_transition.from_state, require_transition.to_state)
  ) then
    perform private.refuse('transition_not_allowed',
      initcap(replace(require_transition.entity, '_', ' ')), require_transition.id, require_transition.from_state,
      require_transition.to_state,
      coalesce((
        select string_agg(allowed.to_state, ', ' order by allowed.to_state)
        from private.state_transitions as allowed
        where allowed.entity = require_transition.entity and allowed.from_state = require_transition.from_state
      ), 'nowhere, it is final'));
  end if;
end;
$$;
comment on function private.require_transition(text, text, text, text) is
  'Refuses a transition that is not listed, before what it lacks is asked for.';

create function private.require_transaction_hash(tx_hash text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_hash text := lower(btrim(left(require_transaction_hash.tx_hash, 1000)));
begin
  if private.holds_secret_key(v_hash) then
    perform private.refuse('secret_key_refused', 'The transaction hash');
  end if;

  if v_hash is null or v_hash !~ '^[0-9a-f]{64}$' then
    perform private.refuse('invalid_transaction_hash', private.quotable(v_hash, 80));
  end if;

  return v_hash;
end;
$$;
comment on function private.require_transaction_hash(text) is 'The hash in lower case; refuses everything else.';

create function private.require_migration_steps(steps jsonb)
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.require_size('The list of migration steps', require_migration_steps.steps, 128);

  if private.json_holds_secret_key(require_migration_steps.steps) then
    perform private.refuse('secret_key_refused', 'The list of migration steps');
  end if;

  if jsonb_typeof(require_migration_steps.steps) is distinct
    from 'array' or octet_length(require_migration_steps.steps::text) > 65536 then
    perform private.refuse('invalid_migration_steps');
  end if;

  return require_migration_steps.steps;
end;
$$;
comment on function private.require_migration_steps(jsonb) is 'The list of steps; refuses everything else.';

create function private.start_contract_upgrade(
  contract_id text, new_wasm_hash text, initiated_by text, notes text, migration_steps jsonb
)
returns setof public.contract_upgrade_logs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_contract_id text := private.require_contract_id(start_contract_upgrade.contract_id);
  v_hash text := private.require_wasm_hash(start_contract_upgrade.new_wasm_hash);
  v_initiator text := private.required_text('The address of the admin', start_contract_upgrade.initiated_by, 255);
  v_notes text := private.optional_text('The notes', start_contract_upgrade.notes, 10000);
  v_steps jsonb := private.require_migration_steps(coalesce(start_contract_upgrade.migration_steps, '[]'));
  v_contract public.contract_registry;
  v_upgrade public.contract_upgrade_logs;
begin
  if not private.is_account_id(v_initiator) and not private.is_strkey(v_initiator, 'C') then
    perform private.refuse('invalid_initiator', private.quotable(v_initiator, 80));
  end if;

  -- The contract is the lock: two upgrades of it cannot start at the same moment.
  select contract.* into v_contract
  from public.contract_registry as contract
  where contract.contract_id = v_contract_id
  for update;

  if not found then
    perform private.refuse('contract_not_found', v_contract_id);
  end if;

  select upgrade.* into v_upgrade
  from public.contract_upgrade_logs as upgrade
  where upgrade.registry_id = v_contract.id
    and upgrade.status in ('pending', 'simulated', 'confirmed', 'executing');

  -- A repeat of the same wish is success, so that a retry is safe.
  if found and v_upgrade.new_wasm_hash = v_hash and v_upgrade.initiated_by = v_initiator then
    return next v_upgrade;
    return;
  elsif found then
    perform private.refuse('contract_upgrade_in_progress', v_contract_id, v_upgrade.id::text);
  end if;

  if v_contract.current_wasm_hash = v_hash then
    perform private.refuse('contract_runs_this_code', v_contract_id);
  end if;

  return query
    insert into public.contract_upgrade_logs
      (registry_id, previous_wasm_hash, new_wasm_hash, initiated_by, notes, migration_steps)
    values (v_contract.id, v_contract.current_wasm_hash, v_hash, v_initiator, v_notes, v_steps)
    returning *;
end;
$$;
grant execute on function private.start_contract_upgrade(text, text, text, text, jsonb) to service_role;

create function public.start_contract_upgrade(
  contract_id text, new_wasm_hash text, initiated_by text, notes text default null, migration_steps jsonb default '[]'
)
returns setof public.contract_upgrade_logs
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.start_contract_upgrade(contract_id, new_wasm_hash, initiated_by, notes, migration_steps);
$$;
comment on function public.start_contract_upgrade(text, text, text, text, jsonb) is
  'For the service: opens an upgrade of a contract; one at a time.';
revoke all on function public.start_contract_upgrade(text, text, text, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.start_contract_upgrade(text, text, text, text, jsonb) to service_role;

create function private.record_contract_upgrade(
  upgrade_id bigint, status text, simulation_result jsonb, tx_hash text, migration_steps jsonb, error_message text,
  version text
)
returns setof public.contract_upgrade_logs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_status text := record_contract_upgrade.status;
  v_upgrade public.contract_upgrade_logs;
begin
  if v_status is null or v_status not in ('pending', 'simulated', 'confirmed', 'executing', 'completed', 'failed',
    'cancelled') then
    perform private.refuse('invalid_upgrade_status', private.quotable(v_status));
  end if;

  perform private.require_size('The result of the simulation', record_contract_upgrade.simulation_result, 256);

  if private.json_holds_secret_key(record_contract_upgrade.simulation_result) then
    perform private.refuse('secret_key_refused', 'The result of the simulation');
  end if;

  -- The contract is locked before its upgrade, in the order in which upgrades start.
  perform from public.contract_registry as contract
  where contract.id = (select upgrade.registry_id from public.contract_upgrade_logs as upgrade
    where upgrade.id = record_contract_upgrade.upgrade_id)
  for update;

  select upgrade.* into v_upgrade
  from public.contract_upgrade_logs as upgrade
  where upgrade.id = record_contract_upgrade.upgrade_id
  for update;

  if not found then
    perform private.refuse('contract_upgrade_not_found',
      coalesce(record_contract_upgrade.upgrade_id::text, 'without id'));
  end if;

  -- A repeat of a recorded state is success and changes nothing.
  if v_upgrade.status = v_status then
    return next v_upgrade;
    return;
  end if;

  perform private.require_transition('contract_upgrade', v_upgrade.id::text, v_upgrade.status, v_status);

  if v_status = 'simulated' and (record_contract_upgrade.simulation_result is null
    or octet_length(record_contract_upgrade.simulation_result::text) > 65536) then
    perform private.refuse('invalid_simulation_result');
  end if;

  if v_status = 'executing' or record_contract_upgrade.tx_hash is not null then
    perform private.require_transaction_hash(record_contract_upgrade.tx_hash);
  end if;

  if v_status = 'failed' then
    perform private.required_text('The reason of the failure', record_contract_upgrade.error_message, 4000);
  end if;

  update public.contract_upgrade_logs as upgrade
  set status = v_status,
      simulation_result = case when v_status = 'simulated' then record_contract_upgrade.simulation_result
        else upgrade.simulation_result end,
      tx_hash = coalesce(lower(btrim(record_contract_upgrade.tx_hash)), upgrade.tx_hash),
      migration_steps = case
        when record_contract_upgrade.migration_steps is null then upgrade.migration_steps
        else private.require_migration_steps(record_contract_upgrade.migration_steps) end,
      error_message = coalesce(private.optional_text('The reason', record_contract_upgrade.error_message, 4000),
        upgrade.error_message),
      completed_at = case when v_status in ('completed', 'failed', 'cancelled') then now() end
  where upgrade.id = v_upgrade.id
  returning upgrade.* into v_upgrade;

  if v_status = 'completed' then
    update public.contract_registry as contract
    set current_wasm_hash = v_upgrade.new_wasm_hash,
        version = private.require_contract_version(coalesce(record_contract_upgrade.version, contract.version)),
        last_upgraded_at = now(),
        last_upgraded_by = v_upgrade.initiated_by
    where contract.id = v_upgrade.registry_id;
  end if;

  return next v_upgrade;
end;
$$;
grant execute on function private.record_contract_upgrade(bigint, text, jsonb, text, jsonb, text, text) to service_role;

create function public.record_contract_upgrade(
  upgrade_id bigint, status text, simulation_result jsonb default null, tx_hash text default null,
  migration_steps jsonb default null,
  error_message text default null, version text default null
)
returns setof public.contract_upgrade_logs
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.record_contract_upgrade(upgrade_id, status, simulation_result, tx_hash, migration_steps,
    error_message, version);
$$;
comment on function public.record_contract_upgrade(bigint, text, jsonb, text, jsonb, text, text) is
  'For the service: moves an upgrade to its next state; a completed one gives the contract its new code and version.';
revoke all on function public.record_contract_upgrade(bigint, text, jsonb, text, jsonb, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.record_contract_upgrade(bigint, text, jsonb, text, jsonb, text, text) to service_role;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.contract_upgrade_logs', 'keep', null, null, 'Indefinite: a few rows of the platform.');
