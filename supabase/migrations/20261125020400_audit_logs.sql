-- migration: the audit trail
-- What happened stays written, with the member or role that did it. Secrets and personal values never enter the trail.
-- author: PayD | date: 2026-11-25
-- tables: archive.audit_logs, private.limits, private.personal_data, private.retention_exemptions,
--   private.retention_rules, public.audit_logs
-- depends: 20261125000000, 20261125000200, 20261125000600, 20261125000800, 20261125000900, 20261125001200,
--   20261125020000, 20261125020100, 20261125020200, 20261125020250
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

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
comment on table public.audit_logs is
  'Append-only trail of every change that people and services make, except runs and transactions, which have their '
  'own.';
comment on column public.audit_logs.changes is
  'Names of changed fields with old and new values; personal values are replaced by a mark.';

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
alter table public.audit_logs enable always trigger audit_logs_refuse_change;

create function private.request_ip_address()
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_headers text := current_setting('request.headers', true);
  v_hops text[];
  v_trusted integer;
begin
  -- Clients write what they like at the left; the parts of the platform append at the right, each what it saw.
  if strpos(v_headers, 'x-forwarded-for') = 0 or v_headers is null then
    return null;
  end if;

  v_hops := string_to_array(left(reverse(v_headers::json ->> 'x-forwarded-for'), 1000), ',');

  select settings.trusted_proxies into v_trusted
  from private.settings as settings;

  return host(btrim(reverse(v_hops[v_trusted]))::inet);
exception when invalid_text_representation then
  return null;
end;
$$;
comment on function private.request_ip_address() is
  'The client address that the last trusted part of the platform saw, or null outside a request.';

create function private.write_audit(
  organization_id bigint, action text, resource_type text, resource_id text, changes jsonb
)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member public.users;
begin
  -- A person who founds or joins an organization may act from another one, whose ids do not belong in this trail.
  select member.* into v_member
  from public.users as member
  where member.organization_id = write_audit.organization_id
    and member.auth_user_id = private.auth_user_id()
    and member.deleted_at is null;

  insert into public.audit_logs
    (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
  values (
    write_audit.organization_id, v_member.id,
    coalesce('user:' || v_member.id, 'auth:' || private.auth_user_id(), private.actor()),
    write_audit.action, write_audit.resource_type, write_audit.resource_id, write_audit.changes,
    private.request_ip_address());
end;
$$;
comment on function private.write_audit(bigint, text, text, text, jsonb) is 'Writes one row of the audit trail.';

create table archive.audit_logs (
  id bigint primary key,
  organization_id bigint not null,
  user_id bigint,
  actor text not null,
  action text not null,
  resource_type text not null,
  resource_id text not null,
  changes jsonb,
  ip_address text,
  created_at timestamptz not null,
  archived_at timestamptz not null default now()
);
comment on table archive.audit_logs is 'Append-only: the audit trail of more than seven years ago.';
create index audit_logs_organization_id_created_at_idx on archive.audit_logs (organization_id, created_at desc);
create index audit_logs_organization_id_user_id_idx on archive.audit_logs (organization_id, user_id);
alter table archive.audit_logs enable row level security;
alter table archive.audit_logs force row level security;
revoke all on table archive.audit_logs from public, anon, authenticated, service_role;

create trigger audit_logs_refuse_change
  before update or delete or truncate on archive.audit_logs
  for each statement execute function private.refuse_change();
alter table archive.audit_logs enable always trigger audit_logs_refuse_change;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.audit_logs', 'archive', '7 years',
    'with moved as (delete from public.audit_logs where ctid = any (array(select old.ctid from public.audit_logs as '
    'old where old.created_at < $1 limit $2)) returning *) insert into archive.audit_logs (id, organization_id, '
    'user_id, actor, action, resource_type, resource_id, changes, ip_address, created_at) select moved.id, '
    'moved.organization_id, moved.user_id, moved.actor, moved.action, moved.resource_type, moved.resource_id, '
    'moved.changes, moved.ip_address, moved.created_at from moved',
    'Seven years are what compliance asks for; after that the trail is kept out of the way.');

insert into private.retention_exemptions (table_name, procedure, statement, reason)
select rule.table_name, 'private.apply_retention(timestamp with time zone,integer,integer)', rule.statement, rule.reason
from private.retention_rules as rule
where rule.table_name = 'public.audit_logs';

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.audit_logs', 'member', 'user_id', '{changes}', 'What the member did; the changes are data of others.'),
  ('archive.audit_logs', 'member', 'user_id', '{changes}', 'What the member did; the changes are data of others.');

create function private.count_edit(organization_id bigint, user_id bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member public.users;
begin
  -- A command counts once, however many lines its trail has.
  if current_setting('payd.counted_edit', true) = pg_current_xact_id()::text then
    return;
  end if;

  perform set_config('payd.counted_edit', pg_current_xact_id()::text, true);

  select member.* into v_member
  from public.users as member
  where member.organization_id = count_edit.organization_id
    and member.id = count_edit.user_id;

  if found then
    perform private.count_use('edits_per_person_and_hour', v_member);
  end if;
end;
$$;
comment on function private.count_edit(bigint, bigint) is
  'Counts a command of a person that leaves a trail, and refuses it once the limit of the hour is reached.';

create function private.count_audited_edit()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.count_edit(new.organization_id, new.user_id);
  return null;
end;
$$;
comment on function private.count_audited_edit() is
  'Row trigger: a line of the trail counts as a change of its person.';

-- At the end of the transaction, so that the count is the last lock that a command takes, and no two commands wait for
-- each other.
create constraint trigger audit_logs_count_edits
  after insert on public.audit_logs
  deferrable initially deferred
  for each row
  when (new.user_id is not null)
  execute function private.count_audited_edit();

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('edits_per_person_and_hour', 10000, 'changes by one person in an hour',
    'Wait for the next hour; import many people with import_employees, which counts as one change.');
