-- rollback-of: 20261125080010_balance_thresholds
-- rollback: lossy table public.balance_thresholds
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_rules
where table_name in ('public.balance_thresholds');
delete from private.notification_templates
where event_type in ('balance.low');
delete from private.preference_defaults
where key in ('notifications.wallets.low');
delete from private.limits
where name in ('balance_thresholds_per_organization');
drop function public.set_balance_threshold(uuid, text, integer, text);
drop function private.set_balance_threshold(uuid, text, integer, text);
drop trigger wallets_judge_changed_balances on public.wallets;
drop function private.judge_changed_balances();
drop function private.judge_balances(uuid[]);
delete from private.error_codes
where code in ('wallet_not_found');
drop trigger balance_thresholds_touch_version on public.balance_thresholds;
drop policy "Members can read the balance thresholds of their organization" on public.balance_thresholds;
drop table public.balance_thresholds;
