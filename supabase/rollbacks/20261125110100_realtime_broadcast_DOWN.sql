-- rollback-of: 20261125110100_realtime_broadcast
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- db-ignore hidden-ddl: only a project with Supabase Realtime has the policy.
do $policies$
begin
  if exists (
    select from pg_catalog.pg_policies as policy
    where policy.schemaname = 'realtime'
      and policy.tablename = 'messages'
      and policy.policyname = 'People can listen to their organization and their inbox'
  ) then
    execute 'drop policy "People can listen to their organization and their inbox" on realtime.messages';
  end if;
end;
$policies$;
drop trigger notifications_broadcast on public.notifications;
drop function private.broadcast_notifications();
drop trigger events_broadcast on public.events;
drop function private.broadcast_events();
drop function private.may_listen(text);
drop function private.broadcast(text, text, jsonb);
drop function private.realtime_exists();
