-- rollback-of: 20261125040200_own_organizations
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.choose_default_organization(bigint);
drop function private.choose_default_organization(bigint);
drop function public.my_organizations();
drop function private.my_organizations();
drop type public.own_organization;
