-- rollback-of: 20261125020900_organization_settings
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.update_organization(integer, text, integer, text, integer, text, boolean, integer, text);
drop function private.update_organization(integer, text, integer, text, integer, text, boolean, integer, text);
delete from private.error_codes
where code in (
  'version_outdated',
  'invalid_setting');
delete from private.retention_rules
where table_name in ('public.approval_thresholds');
