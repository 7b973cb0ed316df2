-- rollback-of: 20261120092100_transaction_audit_logs
-- rollback: lossy table public.transaction_audit_logs
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop trigger transactions_write_audit_of_updates on public.transactions;
drop trigger transactions_write_audit_of_inserts on public.transactions;

drop function private.audit_transactions();
drop function private.transaction_state(public.transactions);

drop trigger transaction_audit_logs_refuse_change on public.transaction_audit_logs;

drop policy "Members can read the audit trail of their transactions" on public.transaction_audit_logs;

drop table public.transaction_audit_logs;
