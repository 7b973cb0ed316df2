-- rollback-of: 20261125030000_events
-- rollback: lossy table private.event_counters, table public.events
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_rules
where table_name in ('public.events');
drop function private.emit_event(bigint, text, text, text, text, jsonb);
drop function private.emit_events(bigint, private.event_input[]);
drop type private.event_input;
drop table private.event_counters;
drop trigger events_refuse_change on public.events;
drop policy "Members can read the events of their organization" on public.events;
drop table public.events;
