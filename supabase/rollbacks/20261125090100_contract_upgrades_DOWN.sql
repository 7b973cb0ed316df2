-- rollback-of: 20261125090100_contract_upgrades
-- rollback: lossy table public.contract_upgrade_logs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_rules
where table_name in ('public.contract_upgrade_logs');
drop function public.record_contract_upgrade(bigint, text, jsonb, text, jsonb, text, text);
drop function private.record_contract_upgrade(bigint, text, jsonb, text, jsonb, text, text);
drop function public.start_contract_upgrade(text, text, text, text, jsonb);
drop function private.start_contract_upgrade(text, text, text, text, jsonb);
drop function private.require_migration_steps(jsonb);
drop function private.require_transaction_hash(text);
drop function private.require_transition(text, text, text, text);
drop policy "Members can read the upgrades of contracts" on public.contract_upgrade_logs;
drop trigger contract_upgrade_logs_refuse_removal on public.contract_upgrade_logs;
drop trigger contract_upgrade_logs_refuse_change_after_the_end on public.contract_upgrade_logs;
drop trigger contract_upgrade_logs_refuse_other_changes on public.contract_upgrade_logs;
drop trigger contract_upgrade_logs_enforce_transitions on public.contract_upgrade_logs;
drop trigger contract_upgrade_logs_enforce_first_state on public.contract_upgrade_logs;
delete from private.error_codes
where code in (
  'column_is_fixed',
  'invalid_initiator',
  'invalid_migration_steps',
  'invalid_simulation_result',
  'invalid_transaction_hash',
  'invalid_upgrade_status',
  'contract_runs_this_code',
  'contract_upgrade_in_progress',
  'contract_upgrade_not_found');
delete from private.state_transitions
where entity in ('contract_upgrade');
drop table public.contract_upgrade_logs;
