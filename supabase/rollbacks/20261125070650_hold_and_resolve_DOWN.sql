-- rollback-of: 20261125070650_hold_and_resolve
-- rollback: lossy table private.transaction_resolutions
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.standstills
where function_name in ('private.check_held_transactions');
delete from private.standstills
where function_name in ('private.check_open_numbers');
delete from private.doctor_checks
where function_name in ('private.check_held_transactions');
drop function private.check_held_transactions(bigint);
drop function private.held_sentence(text);
delete from private.notification_templates
where event_type in ('transaction.held');
delete from private.preference_defaults
where key in ('notifications.transaction.held');
delete from private.doctor_checks
where function_name in ('private.check_open_numbers');
drop function private.check_open_numbers(bigint);
drop function private.close_sequence_number(text, numeric, text);
drop function public.confirm_resolution(bigint, text);
drop function private.confirm_resolution(bigint, text);
drop function private.may_still_be_included(public.transactions);
drop function public.propose_resolution(bigint, text, text);
drop function private.propose_resolution(bigint, text, text);
drop function private.held_transaction(bigint, bigint);
drop function public.hold_transaction(bigint, uuid, text);
drop function private.hold_transaction(bigint, uuid, text);
drop table private.transaction_resolutions;
delete from private.error_codes
where code in (
  'transaction_not_held',
  'resolution_not_found',
  'resolution_needs_another_person',
  'transaction_may_be_included',
  'sequence_number_not_open',
  'invalid_resolution');
