-- rollback-of: 20261125070155_channel_accounts
-- rollback: lossy table private.channel_wishes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.doctor_checks
where function_name in ('private.check_channel_accounts');
drop function private.check_channel_accounts(bigint);
drop function private.channel_problem(text);
drop function private.channels_of(text);
drop function public.record_channel_problem(text, uuid, text);
drop function private.record_channel_problem(text, uuid, text);
drop function private.note_channel_problem(text, text);
drop function public.confirm_channel_account(text, text, text);
drop function private.confirm_channel_account(text, text, text);
drop function private.enroll_channel(text, text);
drop function private.channel_statement(text, text);
drop function public.claim_channel_wishes();
drop function private.claim_channel_wishes();
drop type public.channel_wish;
drop function private.is_wallet_of_employee(bigint, text);
drop function public.remove_channel_account(text, text);
drop function private.remove_channel_account(text, text);
drop function public.add_channel_account(text, text);
drop function private.add_channel_account(text, text);
drop function private.own_treasury(text, bigint);
drop function public.channel_accounts();
drop function private.channel_accounts();
drop function private.channel_rows(bigint);
drop type public.channel_account;
drop table private.channel_wishes;
delete from private.error_codes
where code in (
  'channel_account_taken',
  'channel_account_not_found',
  'channels_need_server_custody',
  'invalid_channel_problem',
  'channel_proof_invalid');
delete from private.limits
where name in ('channel_accounts_per_treasury');
