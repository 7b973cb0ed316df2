-- rollback-of: 20261125060500_submit_payroll_run
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.notification_templates
where event_type in ('payroll.submitted');
delete from private.preference_defaults
where key in (
  'notifications.payroll.submitted');
drop function public.submit_payroll_run(bigint, integer, boolean, boolean);
drop function private.submit_payroll_run(bigint, integer, boolean, boolean);
drop function private.outdated_items(public.payroll_runs, bigint[]);
drop function private.overlapping_base_pay(public.payroll_runs);
drop function private.payroll_run_event(public.payroll_runs, text, text);
drop function private.payroll_run_facts(public.payroll_runs);
drop function private.refuse_employees(text, bigint, bigint[]);
drop function private.reclaim_after_days(public.payroll_runs);
drop function private.payroll_run_content_hash(bigint);
drop function private.inspect_payroll_run(bigint);
