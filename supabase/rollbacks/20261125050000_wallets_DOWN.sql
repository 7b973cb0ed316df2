-- rollback-of: 20261125050000_wallets
-- rollback: lossy table public.wallets
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data_erasures
where table_name in ('public.wallets');
delete from private.personal_data
where table_name in ('public.wallets');
delete from private.retention_rules
where table_name in ('public.wallets');
drop trigger employees_keep_wallets_of_updates on public.employees;
drop trigger employees_keep_wallets_of_inserts on public.employees;
drop function private.keep_employee_wallets();
drop policy "Members can read wallets, and employees their own" on public.wallets;
drop trigger wallets_touch_updated_at on public.wallets;
drop table public.wallets;
