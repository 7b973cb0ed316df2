-- rollback-of: 20261125020200_acting_organization
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop policy "Members can read their organization" on public.organizations;
drop policy "Members can read the members of their organization" on public.users;
drop function private.actor();
drop function private.require_member(text);
drop function private.organization_id_as(text);
drop function private.role_rank(text);
drop function private.organization_id();
drop function private.membership();
drop function private.requested_organization();
drop function private.auth_user_id();
