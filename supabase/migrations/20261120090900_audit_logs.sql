-- migration: audit
-- What happened stays written. Audit tables are filled by triggers and refuse update, delete and truncate for every role, the
-- owner included; an error is raised, because a silent rule would look like success.
-- author: PayD | date: 2026-11-20
-- tables: private.error_codes, public.audit_logs | depends: 20261120090000, 20261120090500, 20261120090600
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('append_only', 403, 'Rows of %s can only be added.', 'Nothing can be changed or removed there; write a new row that corrects the old one.'),
  ('written_for_good', 403, 'What row %2$s of %1$s says about money was fixed when it was written.', 'Only its state may change; what is wrong is corrected by a new row.');

create function private.refuse_change()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.refuse('append_only', tg_table_name);
  return null;
end;
$$;
comment on function private.refuse_change() is 'Statement trigger of append-only tables.';

create function private.refuse_rewriting()
returns trigger
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.refuse('written_for_good', tg_table_name, old.id::text);
  return null;
end;
$$;
comment on function private.refuse_rewriting() is 'Row trigger for updates of columns that are written once; its condition names them.';

create table public.audit_logs (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  user_id bigint,
  actor text not null,
  action text not null,
  resource_type text not null,
  resource_id text not null,
  changes jsonb,
  ip_address text,
  created_at timestamptz not null default now(),
  constraint audit_logs_user_is_a_member_of_the_organization
    foreign key (organization_id, user_id) references public.users (organization_id, id),
  constraint audit_logs_action_has_1_to_100_characters check (length(action) between 1 and 100),
  constraint audit_logs_resource_type_has_1_to_50_characters check (length(resource_type) between 1 and 50),
  constraint audit_logs_resource_id_has_1_to_255_characters check (length(resource_id) between 1 and 255),
  constraint audit_logs_ip_address_has_at_most_45_characters check (length(ip_address) <= 45)
);
comment on table public.audit_logs is 'Append-only trail of every change that people and services make, except runs and transactions, which have their own.';
comment on column public.audit_logs.changes is 'Names of changed fields with old and new values; personal values are replaced by a mark.';

create index idx_audit_logs_org_id on public.audit_logs (organization_id, created_at desc);
create index idx_audit_logs_user_id on public.audit_logs (organization_id, user_id);
create index idx_audit_logs_resource on public.audit_logs (organization_id, resource_type, resource_id);
create index audit_logs_created_at_brin on public.audit_logs using brin (created_at);

alter table public.audit_logs enable row level security;
alter table public.audit_logs force row level security;
revoke all on table public.audit_logs from public, anon, authenticated, service_role;
revoke all on sequence public.audit_logs_id_seq from public, anon, authenticated, service_role;
grant select on table public.audit_logs to authenticated, service_role;

create policy "Admins can read the audit trail of their organization"
  on public.audit_logs for select to authenticated
  using (organization_id = (select private.organization_id_as('admin')));

create trigger audit_logs_refuse_change
  before update or delete or truncate on public.audit_logs
  for each statement execute function private.refuse_change();

create function private.request_ip_address()
returns text
language sql stable security invoker
set search_path = ''
as $$
  select left(btrim(split_part(
    nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-forwarded-for', ',', 1)), 45);
$$;
comment on function private.request_ip_address() is 'The client address that the gateway reported, or null outside a request.';

create function private.write_audit(organization_id bigint, action text, resource_type text, resource_id text, changes jsonb)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member public.users;
begin
  -- Whoever founds or joins an organization acts from another one, whose ids are no business of this trail.
  select member.* into v_member
  from public.users as member
  where member.organization_id = write_audit.organization_id
    and member.auth_user_id = private.auth_user_id()
    and member.deleted_at is null;

  insert into public.audit_logs (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
  values (
    write_audit.organization_id, v_member.id,
    coalesce('user:' || v_member.id, 'auth:' || private.auth_user_id(), private.actor()),
    write_audit.action, write_audit.resource_type, write_audit.resource_id, write_audit.changes, private.request_ip_address());
end;
$$;
comment on function private.write_audit(bigint, text, text, text, jsonb) is 'Writes one row of the audit trail.';
