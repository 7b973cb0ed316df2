-- rollback-of: 20260101000000_notes
-- rollback: lossy table public.notes, table public.organizations, table private.numbers
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop view public.note_bodies;
drop table public.notes;
drop table public.organizations;
drop function private.touch_updated_at();
drop function private.organization_id();
drop table private.numbers;
drop sequence private.invoice_numbers;
drop domain private.score;
drop type private.mood;
alter default privileges grant execute on functions to public;
drop schema private;
