-- rollback-of: 20261125100500_webhook_doors
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.limits
where name in ('webhook_requests_per_person_and_hour');
drop function public.reproduce_webhook(bigint, bigint);
drop function private.reproduce_webhook(bigint, bigint);
drop function public.pull_webhook_events(text, bigint, integer);
drop function private.pull_webhook_events(text, bigint, integer);
drop function public.replay_missing_webhooks(text, timestamptz);
drop function private.replay_missing_webhooks(text, timestamptz);
drop function private.sequence_before(bigint, timestamptz);
drop function public.recover_webhooks(text, timestamptz);
drop function private.recover_webhooks(text, timestamptz);
drop function public.resend_webhook(text, bigint, text);
drop function private.resend_webhook(text, bigint, text);
drop function public.send_test_webhook(text, text);
drop function private.send_test_webhook(text, text);
drop function private.active_webhook_subscription(public.users, text);
delete from private.error_codes
where code in ('webhook_subscription_inactive', 'event_not_found', 'webhook_attempt_not_found',
  'too_many_test_webhooks');
