-- migration: notes of organizations
-- The smallest schema that has everything a planted mistake needs: tenants, rights, a trigger, a view, a type and a sequence.
-- author: PayD | date: 2026-01-01
-- tables: private.numbers, public.notes, public.organizations | depends: none
-- class: add-table, modify-rls, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create schema private;
comment on schema private is 'What no API exposes.';
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;
alter default privileges revoke execute on functions from public;

create type private.mood as enum ('calm', 'busy');

-- db-ignore squawk/ban-create-domain-with-constraint: a domain that is made here has no rows.
create domain private.score as integer constraint score_is_small check (value between 1 and 10);

create sequence private.invoice_numbers;

create table private.numbers (
  id bigint generated always as identity primary key,
  value bigint not null,
  code text,
  mood private.mood,
  score private.score,
  constraint numbers_code_is_unique unique (code)
);
alter table private.numbers enable row level security;

create function private.touch_updated_at()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end;
$$;

create table public.organizations (
  id bigint generated always as identity primary key,
  name text not null
);
comment on table public.organizations is 'Tenants.';
alter table public.organizations enable row level security;
alter table public.organizations force row level security;
revoke all on table public.organizations from public, anon, authenticated, service_role;
grant select on table public.organizations to authenticated, service_role;
create function private.organization_id()
returns bigint
language sql stable security definer
set search_path = ''
as $$ select min(organization.id) from public.organizations as organization; $$;
grant execute on function private.organization_id() to authenticated, service_role;

create policy "Members can read their organization"
  on public.organizations for select to authenticated
  using (id = (select private.organization_id()));

create table public.notes (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  body text not null default 'nothing',
  priority integer,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint notes_body_is_short check (length(body) <= 200)
);
comment on table public.notes is 'What people wrote down.';
comment on column public.notes.body is 'Free text.';
create index notes_organization_id_idx on public.notes (organization_id, id);

create trigger notes_touch_updated_at
  before update on public.notes
  for each row execute function private.touch_updated_at();

alter table public.notes enable row level security;
alter table public.notes force row level security;
revoke all on table public.notes from public, anon, authenticated, service_role;
grant select on table public.notes to authenticated, service_role;
grant insert (organization_id, body) on table public.notes to service_role;
create policy "Members can read their organization's notes"
  on public.notes for select to authenticated
  using (organization_id = (select private.organization_id()));

create view public.note_bodies with (security_invoker = true) as select id, body from public.notes;
revoke all on table public.note_bodies from public, anon, authenticated, service_role;
grant select on table public.note_bodies to authenticated;
