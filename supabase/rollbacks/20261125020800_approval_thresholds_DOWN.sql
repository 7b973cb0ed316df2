-- rollback-of: 20261125020800_approval_thresholds
-- rollback: lossy table public.approval_thresholds
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('approval_thresholds_per_organization');
drop function public.set_approval_threshold(text, text, text, integer, integer, text);
drop function private.set_approval_threshold(text, text, text, integer, integer, text);
drop function private.write_threshold_audit(public.approval_thresholds, public.approval_thresholds);
drop trigger approval_thresholds_touch_version on public.approval_thresholds;
drop policy "Members can read the approval thresholds of their organization" on public.approval_thresholds;
drop table public.approval_thresholds;
