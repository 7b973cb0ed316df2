-- migration: planted
-- One mistake, planted on purpose.
-- author: PayD | date: 2026-02-01
-- tables: public.labels | depends: 20260101000000
-- class: add-table | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.labels (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  note_id bigint not null references public.notes (id)
);
create index labels_organization_id_idx on public.labels (organization_id);
create index labels_note_id_idx on public.labels (note_id);
alter table public.labels enable row level security;
alter table public.labels force row level security;
revoke all on table public.labels from public, anon, authenticated, service_role;
