-- rollback-of: 20261125070100_source_accounts
-- rollback: lossy table private.sequence_numbers, table private.source_accounts
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.release_disbursement(text, uuid, integer);
drop function public.extend_disbursement(text, uuid, integer);
drop function private.extend_lease(text, uuid, integer);
drop function private.release_lease(text, uuid, integer);
drop function private.has_usable_channels(text);
drop function private.account_family(text);
drop function private.require_lease_for(text, uuid);
drop function private.lock_treasury_alone(text);
drop function private.lock_treasury_of(text);
drop function private.require_lease(text, uuid);
drop function public.enroll_source_account(bigint, text);
drop function private.enroll_source_account(bigint, text);
delete from private.error_codes
where code in (
  'organization_not_found',
  'source_account_taken',
  'lease_lost');
drop table private.sequence_numbers;
drop table private.source_accounts;
