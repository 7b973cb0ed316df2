-- rollback-of: 20261125070600_record_outcome
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.notification_templates
where event_type in ('payment.completed');
drop function public.stop_disbursement(bigint, uuid, text, text);
drop function private.stop_disbursement(bigint, uuid, text, text);
drop function private.fail_items(public.transactions);
drop function private.complete_items(public.transactions);
drop function private.end_found_by_hash(public.transactions, text, jsonb);
drop function private.end_never_applied(public.transactions, text);
drop function private.require_evidence(public.transactions, jsonb);
drop function private.locked_transaction(bigint, uuid);
drop function public.record_outcome(jsonb, uuid);
drop function private.record_outcome(jsonb, uuid);
delete from private.error_codes
where code in (
  'invalid_outcome',
  'evidence_proves_nothing',
  'outcome_conflicts');
