-- rollback-of: 20261125010400_stellar_addresses
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.asset_problem(text, text);
delete from private.error_codes
where code in (
  'muxed_address_refused',
  'invalid_memo',
  'invalid_wallet_address',
  'invalid_asset_code',
  'invalid_asset_issuer');
drop function private.is_asset_code(text);
drop function private.is_xdr(text);
drop function private.memo_problem(text, text);
drop function private.wallet_address_problem(text);
drop function private.is_account_id(text);
drop function private.is_strkey(text, text);
