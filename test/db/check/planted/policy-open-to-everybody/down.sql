-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

drop policy "Everybody can read notes" on public.notes;
