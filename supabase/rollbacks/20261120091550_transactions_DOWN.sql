-- rollback-of: 20261120091550_transactions
-- rollback: lossy tables public.transactions, public.transaction_operations
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop policy "Members can read operations, and employees their own" on public.transaction_operations;
drop policy "Members can read the transactions of their organization" on public.transactions;

drop trigger transaction_operations_refuse_removal on public.transaction_operations;

drop table public.transaction_operations;

drop trigger transactions_refuse_removal on public.transactions;
drop trigger transactions_enforce_transitions on public.transactions;
drop trigger transactions_enforce_first_state on public.transactions;
drop trigger transactions_touch_updated_at on public.transactions;

delete from private.state_transitions
where entity = 'transaction';

drop table public.transactions;
