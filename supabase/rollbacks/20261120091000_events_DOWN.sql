-- rollback-of: 20261120091000_events
-- rollback: lossy tables public.events, private.event_counters
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.emit_event(bigint, text, text, text, text, jsonb);
drop function private.emit_events(bigint, private.fact[]);

drop type private.fact;

drop table private.event_counters;

drop trigger events_refuse_change on public.events;

drop policy "Members can read the events of their organization" on public.events;

drop table public.events;
