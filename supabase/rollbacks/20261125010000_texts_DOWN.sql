-- rollback-of: 20261125010000_texts
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop function private.spreadsheet_text(text);
drop function private.is_email(text);
drop function private.optional_text(text, text, integer);
drop function private.required_text(text, text, integer);
drop function private.require_size(text, jsonb, integer);
drop function private.is_oversized(text, integer);
drop function private.quotable(text, integer);
drop function private.is_quotable(text);
drop function private.lookalike_text(text);
drop function private.folded_text(text);
drop function private.holds_control_character(text);
drop function private.tidy_name(text);
drop function private.tidy_text(text);
drop function private.without_blanks(text);
delete from private.error_codes
where code in (
  'control_character_refused',
  'document_too_large');
