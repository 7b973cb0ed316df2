-- rollback-of: 20261125010600_ed25519_signatures
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.is_ed25519_signature(bytea, bytea, bytea);
drop function private.ed25519_sum(bytea, bytea, numeric, numeric);
drop function private.ed25519_point(bytea);
drop function private.ed25519_powers(numeric);
drop function private.ed25519_squared(numeric, integer);
drop function private.bytes_of_number(numeric);
drop function private.number_of_bytes(bytea);
