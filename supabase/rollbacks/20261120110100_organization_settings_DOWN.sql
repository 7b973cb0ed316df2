-- rollback-of: 20261120110100_organization_settings
-- rollback: lossy table public.approval_thresholds, columns wallet_change_policy and wallet_change_hours of public.organizations
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create or replace function private.required_approvals(run public.payroll_runs)
returns integer
language sql stable security definer
set search_path = ''
as $$
  select organization.required_approvals
  from public.organizations as organization
  where organization.id = (run).organization_id;
$$;
drop function public.set_approval_threshold(text, text, text, integer, integer, text);
drop function private.set_approval_threshold(text, text, text, integer, integer, text);
drop function private.write_threshold_audit(public.approval_thresholds, public.approval_thresholds);
drop function public.update_organization(integer, text, integer, text, integer);
drop function private.update_organization(integer, text, integer, text, integer);
drop function private.require_version(integer, integer);
delete from private.error_codes
where code in ('version_outdated', 'invalid_setting');
delete from private.retention_rules
where table_name in ('public.approval_thresholds');
drop trigger approval_thresholds_touch_version on public.approval_thresholds;
drop table public.approval_thresholds;
alter table public.organizations
  drop constraint organizations_wallet_change_hours_is_1_to_720,
  drop constraint organizations_wallet_change_policy_is_known,
  drop column wallet_change_hours,
  drop column wallet_change_policy;
