-- rollback-of: 20261125070600_record_outcome
-- rollback: lossy table private.transaction_evidence
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_unproven_transactions');
delete from private.doctor_checks
where function_name in ('private.check_unproven_transactions');
drop function private.check_unproven_transactions(bigint);
delete from private.notification_templates
where event_type in ('payment.completed');
drop function public.stop_disbursement(bigint, uuid, text, text);
drop function private.stop_disbursement(bigint, uuid, text, text);
drop function private.fail_items(public.transactions);
drop function private.payout_of(public.transaction_operations);
drop function private.complete_items(public.transactions);
drop function private.end_found_by_hash(public.transactions, text, jsonb);
drop function private.end_never_applied(public.transactions, text);
drop function private.run_goes_in_circles(public.transactions);
drop function public.record_sequence_holder(text, uuid, text, bigint);
drop function private.record_sequence_holder(text, uuid, text, bigint);
drop function private.note_sequence_number(public.transactions, jsonb);
drop function private.transaction_event(public.transactions);
drop function private.end_transaction(public.transactions, text, text, jsonb);
drop function private.require_second_provider(public.transactions, jsonb, text);
drop function private.proven_state(public.transactions, jsonb);
drop function private.require_other_user(public.transactions, jsonb);
drop function private.require_unused_number(public.transactions, jsonb);
drop function private.require_found(public.transactions, jsonb);
drop function private.ledger_in(jsonb, text, public.transactions);
drop function public.record_outcome(jsonb, uuid);
drop function private.record_outcome(jsonb, uuid);
drop function private.keep_evidence(public.transactions, jsonb);
drop trigger transaction_evidence_refuses_change on private.transaction_evidence;
drop table private.transaction_evidence;
delete from private.error_codes
where code in (
  'invalid_outcome',
  'evidence_proves_nothing',
  'ledger_contradicts',
  'second_provider_missing',
  'providers_disagree',
  'outcome_conflicts');
