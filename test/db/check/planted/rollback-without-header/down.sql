set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes drop column memo;
