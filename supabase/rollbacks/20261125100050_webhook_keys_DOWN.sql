-- rollback-of: 20261125100050_webhook_keys
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.ed25519_sign(bytea, bytea);
drop function private.ed25519_public_key(bytea);
drop function private.ed25519_scalar(bytea);
drop function private.ed25519_base_times(bytea);
drop function private.from_little_endian(bytea);
drop function private.little_endian(numeric);
drop function private.ed25519_add(numeric[], numeric[]);
