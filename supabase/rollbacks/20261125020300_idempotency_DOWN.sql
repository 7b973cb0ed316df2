-- rollback-of: 20261125020300_idempotency
-- rollback: lossy table private.idempotency_keys
set local lock_timeout = '2s';
set local statement_timeout = '30s';

delete from private.personal_data
where table_name in ('private.idempotency_keys');
delete from private.retention_rules
where table_name in ('private.idempotency_keys');
drop function private.keep_idempotent_result(text, text, text, bigint);
drop function private.claim_idempotency_key(text, text, jsonb, bigint);
delete from private.error_codes
where code in (
  'idempotency_key_reused',
  'invalid_idempotency_key');
drop table private.idempotency_keys;
