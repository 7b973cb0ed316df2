-- rollback-of: 20261125070500_result_codes
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.opened_result(text);
drop function private.code_of(text, integer);
drop function private.unknown_result();
drop function private.meaning_of_last(public.transactions);
drop function private.meaning_of(text, text);
drop table private.result_codes;
