-- rollback-of: 20261125100300_complete_webhooks
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.release_webhook_deliveries(bigint[]);
drop function private.release_webhook_deliveries(bigint[]);
drop function public.extend_webhook_deliveries(bigint[], integer);
drop function private.extend_webhook_deliveries(bigint[], integer);
drop function public.complete_webhook_deliveries(bigint, bigint[], integer[], integer[], integer[], integer[],
  text[], text[], text[], text[], text[], boolean);
drop function private.complete_webhook_deliveries(bigint, bigint[], integer[], integer[], integer[], integer[],
  text[], text[], text[], text[], text[], boolean);
drop function private.give_back_webhooks(private.webhook_leases);
drop function private.finish_webhook_deliveries(bigint, bigint[], private.webhook_result[], boolean);
drop function private.write_webhook_result_somehow(private.webhook_leases, private.webhook_result);
drop function private.judge_endpoints(private.webhook_leases, private.webhook_result[]);
drop function private.breaker_pause(integer, bigint);
drop function private.write_plain_results(private.webhook_leases, bigint[], integer[], integer[], integer[], text[],
  text[], text[], text[], text[]);
drop function private.write_webhook_results(private.webhook_leases, private.webhook_result[]);
drop function private.proven_results(private.webhook_leases, private.webhook_result[]);
drop function private.stored_answer(text, integer);
drop type private.webhook_result;
delete from private.error_codes
where code in ('invalid_delivery_results');
