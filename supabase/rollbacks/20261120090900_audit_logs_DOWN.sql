-- rollback-of: 20261120090900_audit_logs
-- rollback: lossy table public.audit_logs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.write_audit(bigint, text, text, text, jsonb);
drop function private.request_ip_address();

drop trigger audit_logs_refuse_change on public.audit_logs;

drop policy "Admins can read the audit trail of their organization" on public.audit_logs;

drop table public.audit_logs;

drop function private.refuse_rewriting();
drop function private.refuse_change();

delete from private.error_codes
where code in ('append_only', 'written_for_good');
