-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- The constraint comes back, but old rows are not checked.
alter table public.notes add constraint notes_body_is_short check (length(body) <= 200) not valid;
