-- rollback-of: 20261120092500_transaction_outcome
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.claim_transactions_to_track(integer, integer);
drop function private.claim_transactions_to_track(integer, integer);
drop function public.stop_disbursement(bigint, uuid, text, text);
drop function private.stop_disbursement(bigint, uuid, text, text);
drop function private.fail_items(public.transactions);
drop function private.complete_items(public.transactions);
drop function private.end_found_by_hash(public.transactions, text, jsonb);
drop function private.end_never_applied(public.transactions, text);
drop function private.unknown_result();
drop function private.require_evidence(public.transactions, jsonb);
drop function private.locked_transaction(bigint, uuid);
drop function public.record_outcome(jsonb, uuid);
drop function private.record_outcome(jsonb, uuid);

delete from private.error_codes
where code in (
  'invalid_outcome',
  'evidence_proves_nothing',
  'outcome_conflicts');

drop table private.result_codes;
