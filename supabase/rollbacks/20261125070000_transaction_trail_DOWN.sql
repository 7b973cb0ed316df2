-- rollback-of: 20261125070000_transaction_trail
-- rollback: lossy table public.transaction_audit_logs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.transaction_audit_logs');
delete from private.retention_rules
where table_name in ('public.transaction_audit_logs');
drop trigger transactions_write_audit_of_updates on public.transactions;
drop trigger transactions_write_audit_of_inserts on public.transactions;
drop function private.audit_transactions();
drop function private.transaction_state(public.transactions);
drop trigger transaction_audit_logs_refuse_change on public.transaction_audit_logs;
drop policy "Members can read the audit trail of their transactions" on public.transaction_audit_logs;
drop table public.transaction_audit_logs;
