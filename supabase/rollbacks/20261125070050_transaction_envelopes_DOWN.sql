-- rollback-of: 20261125070050_transaction_envelopes
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.is_signed_by(bytea, bytea[], text[]);
drop function private.carries_signature_of(text, bytea, bytea[]);
drop function private.is_signature_of(text, bytea, bytea);
drop function private.signatures_of(bytea);
drop function private.signatures_start(bytea);
drop function private.opened_envelope(text);
drop function private.signed_bytes(bytea);
drop function private.xdr_transaction(text, text, bigint, bigint, timestamptz, text, text, bytea[]);
drop function private.claimable_balance_id(text, text, integer);
drop function private.xdr_operation_of(text, bytea);
drop function private.xdr_claim(text);
drop function private.xdr_claimable_balance(text, text, text, numeric, text, timestamptz);
drop function private.xdr_operation(text, text, text, text, numeric);
drop function private.xdr_memo(text, text);
drop function private.xdr_asset(text, text);
drop function private.xdr_account(text);
drop function private.decoded_base64(text);
drop function private.int8_at(bytea, integer);
drop function private.int4_at(bytea, integer);
drop function private.strkey_of_account(bytea);
drop function private.strkey_payload(text);
