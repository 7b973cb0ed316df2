-- rollback-of: 20261125000100_error_codes
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.refuse(text, text[]);
drop table private.error_codes;
