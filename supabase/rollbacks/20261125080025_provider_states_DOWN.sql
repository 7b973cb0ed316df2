-- rollback-of: 20261125080025_provider_states
-- rollback: lossy table private.provider_states
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_provider_states');
delete from private.doctor_checks
where function_name in ('private.check_provider_states');
drop function private.check_provider_states(bigint);
drop function private.begin_network_anew(text);
drop function private.emit_provider_state(private.provider_states);
drop function public.report_provider(text, text, bigint, timestamptz);
drop function private.report_provider(text, text, bigint, timestamptz);
drop function private.judged_provider_state(private.provider_states, text, bigint, timestamptz);
drop function private.is_provider(text);
drop table private.provider_states;
