-- rollback-of: 20261125100600_webhook_health
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_webhook_subscriptions');
drop function private.check_webhook_subscriptions(bigint);
delete from private.scheduled_jobs
where name in ('webhook-health');
delete from private.notification_templates
where event_type in ('webhook.failing', 'webhook.disabled');
delete from private.preference_defaults
where key in ('notifications.webhooks.failing');
drop function private.trim_webhook_logs(timestamptz, integer);
drop function private.purge_deleted_webhooks(integer);
drop function private.judge_webhook_subscriptions(timestamptz);
