-- rollback-of: 20261120101300_retention
-- rollback: lossy changed rules of private.retention_rules; refused while the archive holds rows
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- Archived rows exist nowhere else. They are never thrown away by a rollback: move them first.
do $archive$
begin
  if exists (select from archive.audit_logs) or exists (select from archive.contract_events) then
    raise exception 'The archive holds rows that exist nowhere else. Copy them to a place that stays, empty the archive and roll back again.';
  end if;
end;
$archive$;

delete from private.scheduled_jobs
where name = 'retention';

drop function private.apply_retention(timestamptz, integer, integer);

delete from private.lawful_removals
where procedure = 'private.apply_retention(timestamp with time zone,integer,integer)';

drop table private.retention_rules;
-- squawk-ignore require-concurrent-index-deletion
drop index private.webhook_deliveries_created_at_brin;
drop table archive.audit_logs;
drop table archive.contract_events;
drop schema archive;
