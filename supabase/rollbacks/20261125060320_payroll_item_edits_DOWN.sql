-- rollback-of: 20261125060320_payroll_item_edits
-- rollback: lossy table public.payroll_item_edits
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data_erasures
where table_name = 'public.payroll_item_edits';
delete from private.personal_data
where table_name = 'public.payroll_item_edits';
delete from private.retention_rules
where table_name = 'public.payroll_item_edits';
drop function private.write_item_edit(public.payroll_runs, bigint, text, numeric, numeric, text);
drop table public.payroll_item_edits;
