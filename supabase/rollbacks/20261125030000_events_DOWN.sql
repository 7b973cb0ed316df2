-- rollback-of: 20261125030000_events
-- rollback: lossy table private.event_counters, table private.refused_events, table public.events
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_refused_events');
drop function private.check_refused_events(bigint);
delete from private.retention_rules
where table_name in ('private.refused_events', 'public.events');
drop function private.emit_event(bigint, text, text, text, text, jsonb);
drop function private.emit_events(bigint, private.event_input[]);
drop function private.hold_event_counters(bigint[]);
drop function private.write_event_somehow(bigint, private.event_input);
drop function private.write_events(bigint, private.event_input[], boolean);
drop function private.event_data(private.event_input, boolean);
drop table private.refused_events;
drop type private.event_input;
drop table private.event_counters;
drop trigger events_refuse_change on public.events;
drop policy "Members can read the events of their organization" on public.events;
drop table public.events;
