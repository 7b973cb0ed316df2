-- rollback-of: 20261125100000_webhook_subscriptions
-- rollback: lossy table private.webhook_secrets, table public.webhook_subscriptions
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_rules
where table_name in ('public.webhook_subscriptions');
drop function public.delete_webhook_subscription(text);
drop function private.delete_webhook_subscription(text);
drop function public.create_webhook_subscription(text, text[], text);
drop function private.create_webhook_subscription(text, text[], text);
drop function private.webhook_url_problem(text);
delete from private.error_codes
where code in (
  'invalid_webhook_url',
  'invalid_event_pattern',
  'webhook_subscription_not_found',
  'too_many_webhook_subscriptions');
drop type public.webhook_subscription_with_secret;
drop table private.webhook_secrets;
drop policy "Managers can read the webhook subscriptions" on public.webhook_subscriptions;
drop trigger webhook_subscriptions_touch_updated_at on public.webhook_subscriptions;
drop table public.webhook_subscriptions;
