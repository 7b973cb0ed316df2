-- rollback-of: 20261125090000_contract_registry
-- rollback: lossy table public.contract_registry
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_rules
where table_name in ('public.contract_registry');
drop function public.register_contract(text, text, text, text, text, text);
drop function private.register_contract(text, text, text, text, text, text);
drop function private.require_contract_version(text);
drop function private.require_wasm_hash(text);
drop function private.require_contract_id(text);
drop function private.project_network();
delete from private.error_codes
where code in (
  'invalid_contract_id',
  'invalid_wasm_hash',
  'invalid_contract_version',
  'invalid_network',
  'contract_network_mismatch',
  'contract_name_taken',
  'contract_already_registered',
  'contract_not_found');
drop policy "Members can read the contracts of the platform" on public.contract_registry;
drop trigger contract_registry_refuse_removal on public.contract_registry;
drop trigger contract_registry_touch_updated_at on public.contract_registry;
drop table public.contract_registry;
