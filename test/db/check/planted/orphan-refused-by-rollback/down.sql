-- rollback-of: 20260201000000_planted
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

alter table public.notes add constraint notes_organization_id_fkey foreign key (organization_id) references public.organizations (id);
