-- rollback-of: 20261125100100_webhook_queue
-- rollback: lossy table public.webhook_attempts, table private.webhook_dead, table private.webhook_heads,
--   table private.webhook_leases, table private.webhook_numbers, table private.webhook_ready,
--   table private.webhook_retry, table private.webhook_waiting
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.retention_rules
where table_name in ('public.webhook_attempts', 'private.webhook_dead');
drop trigger events_fan_out on public.events;
drop function private.webhook_signature(bigint, text, text, timestamptz);
drop function private.webhook_retry_delay(integer, bigint, integer[]);
drop function private.fan_out_events();
drop function private.forget_order(bigint);
drop function private.advance_in_order(bigint, text);
drop function private.enqueue_in_order(bigint, text, bigint, bigint);
drop sequence private.webhook_dispatch_rung_at;
drop view public.webhook_delivery_logs;
drop policy "Managers can read the attempts of their organization" on public.webhook_attempts;
drop table public.webhook_attempts;
drop table private.webhook_numbers;
drop table private.webhook_waiting;
drop table private.webhook_heads;
drop table private.webhook_dead;
drop table private.webhook_leases;
drop table private.webhook_retry;
drop view private.webhook_ready_deliveries;
drop table private.webhook_ready;
