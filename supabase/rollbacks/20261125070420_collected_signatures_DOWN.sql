-- rollback-of: 20261125070420_collected_signatures
-- rollback: lossy table private.collected_signatures
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.notification_templates
where event_type in ('transaction.awaiting_signature', 'transaction.signing_expired');
delete from private.preference_defaults
where key in (
  'notifications.transaction.awaiting_signature',
  'notifications.transaction.signing_expired');
delete from private.standstills
where function_name in ('private.check_signatures');
delete from private.doctor_checks
where function_name in ('private.check_signatures');
drop function private.check_signatures(bigint);
drop function public.submit_signature(bigint, text);
drop function private.submit_signature(bigint, text);
drop function private.require_wallet_signature(public.transactions, text, bytea);
drop function private.is_wallet_signature(public.transactions, text, bytea);
drop function private.given_signatures(public.transactions, bytea);
drop function public.signing_requests(bigint);
drop function private.signing_requests(bigint);
drop function private.signing_request_rows(bigint, bigint, bigint);
drop type public.signing_request;
drop function public.record_signers(text, uuid, bigint, integer, jsonb);
drop function private.record_signers(text, uuid, bigint, integer, jsonb);
drop function private.review_signatures(public.transactions);
drop function private.assembled_envelope(public.transactions);
drop function private.counted_signatures(public.transactions);
drop function private.locked_transaction(bigint, bigint);
drop trigger transactions_tell_signers on public.transactions;
drop trigger transactions_tell_that_signatures_are_awaited on public.transactions;
drop function private.tell_signers();
drop function private.sign_before(public.transactions);
delete from private.error_codes
where code in (
  'signatures_missing',
  'signature_not_awaited',
  'signatures_complete',
  'signing_time_over',
  'signed_envelope_unreadable',
  'signed_envelope_is_fee_bump',
  'signed_envelope_differs',
  'envelope_not_signed',
  'signer_not_named',
  'signature_repeated',
  'signer_without_weight',
  'signature_for_other_network',
  'wallet_signature_invalid');
drop table private.collected_signatures;
