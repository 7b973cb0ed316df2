-- rollback-of: 20261125021000_close_organization
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.close_organization(bigint, text);
drop function private.close_organization(bigint, text);
drop function private.open_work(bigint);
drop trigger organizations_restore_memberships_when_reopened on public.organizations;
drop function private.restore_memberships();
drop trigger organizations_end_memberships_when_closed on public.organizations;
drop function private.end_memberships();
delete from private.error_codes
where code in ('organization_has_open_work');
