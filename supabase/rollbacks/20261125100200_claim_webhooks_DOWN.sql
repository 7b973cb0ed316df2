-- rollback-of: 20261125100200_claim_webhooks
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.scheduled_jobs
where name in ('webhook-dispatch');
drop function private.webhooks_are_due();
drop function public.claim_webhook_deliveries(integer, integer, bigint, bigint[], boolean);
drop function private.webhook_claim(bigint[], bigint[], bigint[], bigint[], smallint[], json);
drop function private.held_webhooks(bigint[], bigint[], bigint[], bigint[], smallint[]);
drop function private.claim_webhook_deliveries(integer, integer, bigint, bigint[], boolean);
drop function private.webhook_shares(integer, bigint, bigint[], boolean);
drop type private.webhook_share;
drop function private.move_due_webhooks(integer);
drop function private.expire_webhook_leases();
drop function private.give_back_what_waited(private.webhook_leases);
drop function private.expire_webhook_lease_somehow(private.webhook_leases);
drop function private.expire_webhook_lease(private.webhook_leases);
