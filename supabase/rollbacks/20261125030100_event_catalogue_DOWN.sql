-- rollback-of: 20261125030100_event_catalogue
-- rollback: lossy table private.event_types
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.event_patterns(text);
drop function private.event_schema(text);
drop table private.event_types;
