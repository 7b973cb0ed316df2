-- rollback-of: 20261125070150_custody
-- rollback: lossy table private.wallet_custody, table private.wallet_signers
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.set_treasury_custody(text, text, text[], integer);
drop function private.set_treasury_custody(text, text, text[], integer);
drop function public.treasuries();
drop function private.treasuries();
drop function private.treasury_rows(bigint);
drop function private.is_released(text, bytea, bytea[]);
drop function private.is_signed_for(text, bytea, bytea[]);
drop function private.signers_who_signed(text, bytea, bytea[]);
drop function private.signers_of(text);
drop function private.is_signed_by_wallets(text);
drop type public.treasury;
delete from private.error_codes
where code in (
  'invalid_custody',
  'invalid_signers',
  'invalid_signing_time',
  'custody_in_use',
  'custody_has_channels',
  'custody_is_server',
  'invalid_signer_state');
drop table private.wallet_signers;
drop table private.wallet_custody;
