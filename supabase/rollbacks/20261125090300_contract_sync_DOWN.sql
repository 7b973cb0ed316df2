-- rollback-of: 20261125090300_contract_sync
-- rollback: lossy table private.contract_walks, table private.contract_gaps
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_contracts');
drop function private.check_contracts(bigint);
drop trigger contract_events_announce_inserts on public.contract_events;
drop function private.announce_contract_events();
drop function private.verify_contract_code(jsonb);
drop function private.attributed_contract_event(jsonb);
drop function public.apply_contract_walk(jsonb);
drop function private.apply_contract_walk(jsonb);
drop function private.contract_page_is_plausible(jsonb);
drop function private.contract_page_problem(jsonb);
drop function public.claim_contract_walks(integer, integer);
drop function private.claim_contract_walks(integer, integer);
delete from private.error_codes
where code in ('invalid_contract_page');
drop trigger contract_registry_begin_walks on public.contract_registry;
drop function private.begin_contract_walks();
drop table private.contract_gaps;
drop table private.contract_walks;
