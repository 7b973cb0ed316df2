-- rollback-of: 20261120090000_foundation
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.optional_text(text, text, integer);
drop function private.required_text(text, text, integer);
drop function private.require_date(text, date);
drop function private.is_usable_date(date);
drop function private.quotable(text, integer);
drop function private.is_quotable(text);
drop function private.without_blanks(text);
drop function private.touch_version();
drop function private.touch_updated_at();
drop function private.refuse(text, text[]);

drop table private.error_codes;

alter default privileges grant execute on functions to public;

drop schema private;
