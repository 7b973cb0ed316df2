-- rollback-of: 20260201000000_planted
-- rollback: lossy column public.notes.hint
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes drop column hint;
