-- rollback-of: 20261125100000_webhook_subscriptions
-- rollback: lossy table private.webhook_secrets, table private.webhook_endpoints, table public.webhook_subscriptions
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_rules
where table_name in ('public.webhook_subscriptions', 'private.webhook_secrets');
drop function private.webhook_url_problem(text);
drop table private.webhook_secrets;
drop trigger webhook_subscriptions_have_endpoints on public.webhook_subscriptions;
drop function private.follow_subscription();
drop table private.webhook_endpoints;
drop policy "Managers can read the webhook subscriptions" on public.webhook_subscriptions;
drop trigger webhook_subscriptions_touch_version on public.webhook_subscriptions;
drop table public.webhook_subscriptions;
