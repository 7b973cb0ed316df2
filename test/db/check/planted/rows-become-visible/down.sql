-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create or replace function private.organization_id()
returns bigint
language sql stable security definer
set search_path = ''
as $$ select min(organization.id) from public.organizations as organization; $$;
