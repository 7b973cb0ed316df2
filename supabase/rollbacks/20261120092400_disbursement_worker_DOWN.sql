-- rollback-of: 20261120092400_disbursement_worker
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.record_submission(bigint, uuid, integer, text, text[], integer);
drop function private.record_submission(bigint, uuid, integer, text, text[], integer);
drop function public.begin_submission(bigint, uuid, text);
drop function private.begin_submission(bigint, uuid, text);
drop function private.leased_transaction(bigint, uuid);
drop function public.persist_transaction(bigint, uuid, text, text, text, bigint, bigint, timestamptz, jsonb);
drop function private.persist_transaction(bigint, uuid, text, text, text, bigint, bigint, timestamptz, jsonb);
drop function public.plan_operations(bigint, uuid, integer);
drop function private.plan_operations(bigint, uuid, integer);
drop function private.leased_run(bigint, uuid);
drop function public.claim_disbursement(integer);
drop function private.claim_disbursement(integer);

drop type public.claimed_disbursement;

drop function private.planned_operations(bigint, integer);

delete from private.error_codes
where code in (
  'operations_differ_from_plan',
  'live_transaction_exists',
  'invalid_transaction',
  'transaction_not_found',
  'transaction_is_final');
