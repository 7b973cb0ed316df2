-- rollback-of: 20261125070800_search_transactions
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function public.search_transactions(text, integer);
drop function private.search_transactions(text, integer);
