-- rollback-of: 20261120100200_contract_events
-- rollback: lossy table public.contract_events
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.record_contract_events(jsonb);
drop function private.record_contract_events(jsonb);
drop function private.contract_event_problem(jsonb);
drop function private.parse_instant(text);

delete from private.error_codes
where code in (
  'invalid_contract_events',
  'invalid_contract_event');

drop table public.contract_events;
