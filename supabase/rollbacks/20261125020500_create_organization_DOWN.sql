-- rollback-of: 20261125020500_create_organization
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('organizations_per_person', 'organizations_per_person_and_day');
drop function public.create_organization(text, text, text);
drop function private.create_organization(text, text, text);
