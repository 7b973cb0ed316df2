-- rollback-of: 20261125010100_dates
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.parse_date(text);
drop function private.parse_instant(text);
drop function private.require_date(text, date);
drop function private.is_usable_date(date);
