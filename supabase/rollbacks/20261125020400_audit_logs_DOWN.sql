-- rollback-of: 20261125020400_audit_logs
-- rollback: lossy table archive.audit_logs, table public.audit_logs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('edits_per_person_and_hour');
drop trigger audit_logs_count_edits on public.audit_logs;
drop function private.count_audited_edit();
drop function private.count_edit(bigint, bigint);
-- Archived rows exist nowhere else. They are never thrown away by a rollback: move them first.
do $archive$
begin
  if exists (select from archive.audit_logs) then
    raise exception 'The archive holds rows that exist nowhere else. '
      'Copy them to a place that stays, empty the archive and roll back again.';
  end if;
end;
$archive$;
delete from private.personal_data
where table_name in ('archive.audit_logs', 'public.audit_logs');
delete from private.retention_exemptions
where table_name = 'public.audit_logs'
  and procedure = 'private.apply_retention(timestamp with time zone,integer,integer)';
delete from private.retention_rules
where table_name in ('public.audit_logs');
drop trigger audit_logs_refuse_change on archive.audit_logs;
drop table archive.audit_logs;
drop function private.write_audit(bigint, text, text, text, jsonb);
drop function private.request_ip_address();
drop trigger audit_logs_refuse_change on public.audit_logs;
drop policy "Admins can read the audit trail of their organization" on public.audit_logs;
drop table public.audit_logs;
