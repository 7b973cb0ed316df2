-- rollback-of: 20261125090200_contract_events
-- rollback: lossy table archive.contract_events, table public.contract_events
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- Archived rows exist nowhere else. They are never thrown away by a rollback: move them first.
do $archive$
begin
  if exists (select from archive.contract_events) then
    raise exception 'The archive holds rows that exist nowhere else. '
      'Copy them to a place that stays, empty the archive and roll back again.';
  end if;
end;
$archive$;
delete from private.retention_exemptions
where table_name = 'public.contract_events'
  and procedure = 'private.apply_retention(timestamp with time zone,integer,integer)';
delete from private.retention_rules
where table_name in ('public.contract_events');
drop trigger contract_events_refuse_change on archive.contract_events;
drop table archive.contract_events;
drop function public.record_contract_events(jsonb);
drop function private.record_contract_events(jsonb);
drop function private.contract_event_problem(jsonb);
delete from private.error_codes
where code in (
  'invalid_contract_events',
  'invalid_contract_event');
drop policy "Members can read contract events that concern them" on public.contract_events;
drop trigger contract_events_refuse_change on public.contract_events;
drop table public.contract_events;
