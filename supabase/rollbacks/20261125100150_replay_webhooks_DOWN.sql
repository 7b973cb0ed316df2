-- rollback-of: 20261125100150_replay_webhooks
-- rollback: lossy table private.webhook_replays
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.feed_webhook_replays();
drop function private.feed_webhook_replay(private.webhook_replays);
drop function private.subscription_wants(public.webhook_subscriptions, public.events);
drop function private.queue_webhook(public.webhook_subscriptions, public.events);
drop function private.is_webhook_missing(bigint, bigint, bigint);
drop function private.plan_webhook_replay(public.webhook_subscriptions, bigint);
drop table private.webhook_replays;
