-- rollback-of: 20261125020100_members
-- rollback: lossy table public.users
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data_erasures
where table_name in ('public.users');
delete from private.personal_data
where table_name in ('public.users');
delete from private.retention_rules
where table_name in ('public.users');
drop trigger users_touch_updated_at on public.users;
drop table public.users;
