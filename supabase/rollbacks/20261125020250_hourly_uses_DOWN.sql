-- rollback-of: 20261125020250_hourly_uses
-- rollback: lossy table private.hourly_uses
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data_erasures
where table_name in ('private.hourly_uses');
delete from private.personal_data
where table_name in ('private.hourly_uses');
delete from private.retention_rules
where table_name in ('private.hourly_uses');
drop function private.count_use(text, public.users);
drop table private.hourly_uses;
