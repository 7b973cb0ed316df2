-- rollback-of: 20261120091300_wallets
-- rollback: lossy table public.wallets
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop trigger employees_keep_wallets_of_updates on public.employees;
drop trigger employees_keep_wallets_of_inserts on public.employees;

drop function private.keep_employee_wallets();

drop policy "Members can read wallets, and employees their own" on public.wallets;

drop trigger wallets_touch_updated_at on public.wallets;

drop table public.wallets;
