-- rollback-of: 20260201000000_planted
-- rollback: lossless
drop index concurrently if exists public.notes_priority_idx;
