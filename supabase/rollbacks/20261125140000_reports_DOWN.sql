-- rollback-of: 20261125140000_reports
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop view public.balances_by_asset;
drop view public.organization_statements;
drop view public.payslips;
drop function private.payslip_run(bigint, bigint);
drop view public.payroll_run_summaries;
drop function private.refuse_view_write();
delete from private.error_codes
where code in (
  'view_is_read_only');
