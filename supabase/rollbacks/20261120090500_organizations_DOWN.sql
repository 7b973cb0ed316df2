-- rollback-of: 20261120090500_organizations
-- rollback: lossy table public.organizations
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop trigger organizations_touch_version on public.organizations;

drop table public.organizations;
