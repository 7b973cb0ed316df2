-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create view public.note_bodies as select id, body from public.notes;
revoke all on table public.note_bodies from public, anon, authenticated, service_role;
grant select on table public.note_bodies to authenticated;
