-- rollback-of: 20261125010000_texts
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.spreadsheet_text(text);
drop function private.is_email(text);
drop function private.optional_text(text, text, integer);
drop function private.required_text(text, text, integer);
drop function private.quotable(text, integer);
drop function private.is_quotable(text);
drop function private.without_blanks(text);
