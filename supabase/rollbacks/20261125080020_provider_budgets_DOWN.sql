-- rollback-of: 20261125080020_provider_budgets
-- rollback: lossy table private.provider_budgets
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_provider_budgets');
delete from private.doctor_checks
where function_name in ('private.check_provider_budgets');
drop function private.check_provider_budgets(bigint);
drop function private.configure_provider_budget(text, numeric, integer);
drop function public.report_sent_away(text, integer);
drop function private.report_sent_away(text, integer);
drop function public.take_provider_requests(text, integer, boolean);
drop function private.take_provider_requests(text, integer, boolean);
drop function private.locked_provider_budget(text);
delete from private.error_codes
where code in (
  'provider_unknown',
  'invalid_provider_budget');
drop table private.provider_budgets;
