-- rollback-of: 20261125040700_search_employees
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.search_employees(text, integer);
drop function private.search_employees(text, integer);
drop function private.search_query(text);
delete from private.error_codes
where code in ('search_too_short');
