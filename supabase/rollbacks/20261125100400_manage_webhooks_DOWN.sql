-- rollback-of: 20261125100400_manage_webhooks
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.delete_webhook_subscription(text);
drop function private.delete_webhook_subscription(text);
drop function public.rotate_webhook_secret(text, integer, text);
drop function private.rotate_webhook_secret(text, integer, text);
drop function public.enable_webhook_subscription(text, boolean);
drop function private.enable_webhook_subscription(text, boolean);
drop function public.pause_webhook_subscription(text);
drop function private.pause_webhook_subscription(text);
drop function public.update_webhook_subscription(text, jsonb, integer);
drop function private.update_webhook_subscription(text, jsonb, integer);
drop function private.own_webhook_subscription(public.users, text);
drop function public.create_webhook_subscription(text, text[], text, jsonb);
drop function private.header_names(jsonb);
drop function private.webhook_schedule(jsonb);
drop function private.create_webhook_subscription(text, text[], text, jsonb);
drop function private.add_webhook_secret(public.webhook_subscriptions, text);
drop function private.checked_webhook_url(text);
drop function private.refuse_webhook_options(jsonb, text[]);
drop function private.webhook_headers_problem(jsonb);
drop function private.checked_event_patterns(text[]);
drop type public.webhook_subscription_with_secret;
delete from private.error_codes
where code in ('invalid_webhook_url', 'invalid_event_pattern', 'invalid_webhook_option',
  'webhook_subscription_not_found', 'webhook_subscription_deleted',
  'webhook_subscription_unverified', 'too_many_webhook_subscriptions',
  'too_many_webhook_secrets', 'invalid_overlap');
