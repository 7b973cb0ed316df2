-- migration: edits of single items
-- Every item that a person adds to a draft, changes or takes out leaves a row with who did it and the amounts before
-- and after, so that approvers see it and the editor cannot approve it. The reason may name a private matter, so an
-- erasure takes it away; nothing else can be changed.
-- author: PayD | date: 2026-11-30
-- tables: private.personal_data, private.personal_data_erasures, private.retention_rules, public.payroll_item_edits
-- depends: 20261125000000, 20261125000600, 20261125000700, 20261125000800, 20261125000900, 20261125010200,
--   20261125020000, 20261125020100, 20261125020200, 20261125040000, 20261125060000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.payroll_item_edits (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  payroll_run_id bigint not null,
  run_version integer not null,
  employee_id bigint not null,
  item_type text not null,
  action text not null,
  old_amount public.amount,
  new_amount public.amount,
  reason text,
  user_id bigint,
  created_at timestamptz not null default now(),
  constraint payroll_item_edits_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint payroll_item_edits_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint payroll_item_edits_user_is_a_member_of_the_organization
    foreign key (organization_id, user_id) references public.users (organization_id, id),
  constraint payroll_item_edits_item_type_is_known check (item_type in ('base', 'bonus')),
  constraint payroll_item_edits_action_is_known check (action in ('added', 'changed', 'removed')),
  constraint payroll_item_edits_amounts_follow_the_action
    check ((action = 'added') = (old_amount is null) and (action = 'removed') = (new_amount is null)),
  constraint payroll_item_edits_reason_has_at_most_1000_characters check (length(reason) <= 1000)
);
comment on table public.payroll_item_edits is
  'Append-only: every item that a person added to a draft, changed in it or took out of it.';
comment on column public.payroll_item_edits.run_version is 'The version of the run before the edit.';
create index payroll_item_edits_organization_id_run_idx
  on public.payroll_item_edits (organization_id, payroll_run_id, id);
create index payroll_item_edits_organization_id_employee_id_idx
  on public.payroll_item_edits (organization_id, employee_id);
create index payroll_item_edits_organization_id_user_id_idx on public.payroll_item_edits (organization_id, user_id);

create trigger payroll_item_edits_keep_immutable_columns
  before update on public.payroll_item_edits
  for each row
  when ((to_jsonb(old.*) - 'reason') <> (to_jsonb(new.*) - 'reason') or new.reason is not null)
  execute function private.keep_immutable_columns();
alter table public.payroll_item_edits enable always trigger payroll_item_edits_keep_immutable_columns;

create trigger payroll_item_edits_refuse_removal
  before delete or truncate on public.payroll_item_edits
  for each statement execute function private.refuse_change();
alter table public.payroll_item_edits enable always trigger payroll_item_edits_refuse_removal;

alter table public.payroll_item_edits enable row level security;
alter table public.payroll_item_edits force row level security;
revoke all on table public.payroll_item_edits from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_item_edits_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_item_edits to authenticated, service_role;

create policy "Members can read the item edits of their organization"
  on public.payroll_item_edits for select to authenticated
  using (organization_id = (select private.organization_id()));

create function private.write_item_edit(
  run public.payroll_runs, employee_id bigint, item_type text, old_amount numeric, new_amount numeric, reason text
)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into public.payroll_item_edits
    (organization_id, payroll_run_id, run_version, employee_id, item_type, action, old_amount, new_amount, reason,
      user_id)
  values (
    (run).organization_id, (run).id, (run).version, write_item_edit.employee_id, write_item_edit.item_type,
    case when write_item_edit.old_amount is null then 'added' when write_item_edit.new_amount is null then 'removed'
      else 'changed' end,
    write_item_edit.old_amount, write_item_edit.new_amount, write_item_edit.reason,
    (select member.id from private.membership() as member where member.organization_id = (run).organization_id));
$$;
comment on function private.write_item_edit(public.payroll_runs, bigint, text, numeric, numeric, text) is
  'Writes that the caller added, changed or took out an item of the run.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.payroll_item_edits', 'keep', null, null, 'Indefinite: the trail of the run.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.payroll_item_edits', 'employee', 'employee_id', '{user_id}', 'What was changed by hand in the pay.'),
  ('public.payroll_item_edits', 'member', 'user_id', '{employee_id,old_amount,new_amount,reason}',
    'Edits that the member made; amounts and reasons are data of others.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (42, 'public.payroll_item_edits', 'employee', 'employee_id',
    'update public.payroll_item_edits set reason = null where organization_id = $1 and employee_id = $2::bigint and '
    'reason is not null');
