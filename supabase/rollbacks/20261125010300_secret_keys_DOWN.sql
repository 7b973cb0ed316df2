-- rollback-of: 20261125010300_secret_keys
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.json_without_secret_key(jsonb);
drop function private.stored_text(text, integer);
drop function private.without_secret_key(text);
drop function private.json_holds_secret_key(jsonb);
drop function private.holds_secret_key(text);
drop function private.run_holds_secret_key(text);
