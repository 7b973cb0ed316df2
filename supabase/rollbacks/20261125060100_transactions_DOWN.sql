-- rollback-of: 20261125060100_transactions
-- rollback: lossy table public.transaction_operations, table public.transactions
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('public.transaction_operations', 'public.transactions');
delete from private.retention_rules
where table_name in ('public.transactions', 'public.transaction_operations');
drop policy "Members can read operations, and employees their own" on public.transaction_operations;
drop policy "Members can read the transactions of their organization" on public.transactions;
drop trigger transaction_operations_refuse_removal on public.transaction_operations;
drop trigger transaction_operations_keep_immutable_columns on public.transaction_operations;
drop table public.transaction_operations;
drop trigger transactions_refuse_removal on public.transactions;
drop trigger transactions_keep_immutable_columns on public.transactions;
drop trigger transactions_enforce_transitions on public.transactions;
drop trigger transactions_enforce_first_state on public.transactions;
drop trigger transactions_touch_updated_at on public.transactions;
delete from private.state_transitions
where entity in ('transaction');
drop table public.transactions;
