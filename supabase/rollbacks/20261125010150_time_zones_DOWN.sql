-- rollback-of: 20261125010150_time_zones
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.is_time_zone(text);
delete from private.error_codes
where code in ('invalid_time_zone');
