-- rollback-of: 20261125020000_organizations
-- rollback: lossy table public.organizations
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_rules
where table_name in ('public.organizations');
drop trigger organizations_touch_version on public.organizations;
drop table public.organizations;
