-- rollback-of: 20261125070400_persist_transaction
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.record_submission(bigint, uuid, integer, text, text[], integer, bigint);
drop function private.record_submission(bigint, uuid, integer, text, text[], integer, bigint);
drop function public.begin_submission(bigint, uuid, text);
drop function private.begin_submission(bigint, uuid, text);
drop function private.is_signed_by_both(public.transactions, bytea, bytea[]);
drop function private.require_signed_transaction(public.transactions, text);
drop function private.leased_transaction(bigint, uuid);
drop function private.require_closed_sequence_numbers(text, text);
drop function private.require_same_envelope(bytea, text, text);
drop function private.require_planned_envelope(public.payroll_runs, text, integer, text, text, text, bigint,
  bigint, timestamptz);
drop function private.reclaimable_at(timestamptz, integer);
drop function private.require_transaction_header(text, text, text, bigint, bigint, timestamptz);
drop function public.persist_transaction(bigint, uuid, text, text, text, bigint, bigint, timestamptz, jsonb);
drop function private.persist_transaction(bigint, uuid, text, text, text, bigint, bigint, timestamptz, jsonb);
delete from private.error_codes
where code in (
  'operations_differ_from_plan',
  'live_transaction_exists',
  'invalid_transaction',
  'envelope_differs_from_plan',
  'signature_invalid',
  'channel_account_removed',
  'sequence_number_open',
  'transaction_not_found',
  'transaction_is_final');
