-- rollback-of: 20261120100000_contract_registry
-- rollback: lossy table public.contract_registry
set local lock_timeout = '2s';
set local statement_timeout = '30s';

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

drop table public.contract_registry;
