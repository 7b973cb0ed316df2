-- rollback-of: 20261125100100_webhook_deliveries
-- rollback: lossy table public.webhook_delivery_logs, table private.webhook_deliveries
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.scheduled_jobs
where name in ('webhook-dispatch');
delete from private.retention_rules
where table_name in ('public.webhook_delivery_logs', 'private.webhook_deliveries');
drop trigger webhook_subscriptions_park_deliveries on public.webhook_subscriptions;
drop function private.park_deliveries();
drop function public.release_webhook_deliveries(bigint[], uuid);
drop function private.release_webhook_deliveries(bigint[], uuid);
drop function public.complete_webhook_deliveries(jsonb);
drop function private.complete_webhook_deliveries(jsonb);
drop function private.webhook_retry_delay(integer, bigint);
drop function public.claim_webhook_deliveries(integer, integer);
drop function private.claim_webhook_deliveries(integer, integer);
drop function private.webhook_signature(bigint, text, text);
drop type public.claimed_webhook_delivery;
drop trigger events_fan_out on public.events;
drop function private.fan_out_events();
drop function private.event_matches(text, text[]);
delete from private.error_codes
where code in ('invalid_delivery_results');
drop policy "Managers can read the delivery log of their organization" on public.webhook_delivery_logs;
drop table public.webhook_delivery_logs;
drop table private.webhook_deliveries;
