-- rollback-of: 20261125000600_append_only
-- rollback: lossy table private.retention_exemptions
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.refuse_change();
drop function private.removal_is_exempt(text, text);
drop table private.retention_exemptions;
delete from private.error_codes
where code in (
  'append_only',
  'immutable_columns');
