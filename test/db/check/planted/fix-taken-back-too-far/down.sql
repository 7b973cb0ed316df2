-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes disable trigger user;
update public.notes set body = 'empty' where body = 'none';
alter table public.notes enable trigger user;
