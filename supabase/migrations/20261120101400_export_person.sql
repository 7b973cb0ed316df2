-- migration: export of a person's data
-- Where data about a person stands is a table: which rows are about whom, and which columns an export leaves out because they are about others or about
-- the company. A later table that holds data about people adds its row, and a test refuses one that does not. Everybody exports the own data
-- from every organization; an admin exports the data of one employee.
-- author: PayD | date: 2026-11-20
-- tables: private.personal_data | depends: 20261120090000, 20261120090500, 20261120090600, 20261120090900, 20261120091200
-- class: add-table, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.personal_data (
  table_name text not null,
  subject text not null,
  column_name text not null,
  hidden_columns text[] not null default '{}',
  reason text not null,
  constraint personal_data_is_listed_once primary key (table_name, subject, column_name),
  constraint personal_data_subject_is_known check (subject in ('employee', 'member', 'account', 'email', 'actor')),
  constraint personal_data_reason_is_a_sentence check (reason ~ '\.$')
);
comment on table private.personal_data is 'Which rows are about a person and what an export shows of them.';
comment on column private.personal_data.subject is 'What the column holds: the id of the employee or the member, the account, the e-mail address or the actor (user:<id>).';
alter table private.personal_data enable row level security;
alter table private.personal_data force row level security;

insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.employees', 'employee', 'id', '{search_vector}', 'The record of the employee.'),
  ('public.wallets', 'employee', 'employee_id', '{}', 'The addresses the employee is or was paid at.'),
  ('public.payroll_items', 'employee', 'employee_id', '{}', 'What the employee was to be paid; books.'),
  ('public.transaction_operations', 'employee', 'employee_id', '{}', 'What the employee was paid; books.'),
  ('public.transactions', 'employee', 'employee_id', '{envelope_xdr,signed_envelope_xdr,result_xdr,search_vector}', 'Transactions that paid one employee; books.'),
  ('public.claimable_balances', 'employee', 'employee_id', '{}', 'Payments that waited for the employee; books.'),
  ('public.notifications', 'employee', 'employee_id', '{}', 'What the employee was told.'),
  ('public.users', 'member', 'id', '{}', 'The membership.'),
  ('public.user_preferences', 'member', 'user_id', '{}', 'What the person chose.'),
  ('public.user_preferences_history', 'member', 'user_id', '{}', 'What the person chose before.'),
  ('public.notifications', 'member', 'user_id', '{}', 'What the member was told.'),
  ('public.payroll_runs', 'member', 'created_by', '{period_start,period_end,total_base_amount,total_bonus_amount,total_amount,item_count,asset_code,asset_issuer,memo,source_account,content_hash,failure_code,failure_reason}',
    'Runs that the member created; the amounts are data of the company.'),
  ('public.payroll_runs', 'member', 'submitted_by', '{period_start,period_end,total_base_amount,total_bonus_amount,total_amount,item_count,asset_code,asset_issuer,memo,source_account,content_hash,failure_code,failure_reason}',
    'Runs that the member submitted; the amounts are data of the company.'),
  ('public.payroll_run_approvals', 'member', 'user_id', '{content_hash}', 'Decisions of the member.'),
  ('public.payroll_schedules', 'member', 'created_by', '{asset_code,asset_issuer,memo,last_error}', 'Schedules that the member created.'),
  ('public.invitations', 'member', 'invited_by', '{token_hash,email}', 'Invitations that the member sent; to whom is the data of others.'),
  ('public.invitations', 'email', 'email', '{token_hash}', 'Invitations to the person.'),
  ('public.audit_logs', 'member', 'user_id', '{changes}', 'What the member did; the changes are data of others.'),
  ('archive.audit_logs', 'member', 'user_id', '{changes}', 'What the member did; the changes are data of others.'),
  ('public.payroll_audit_logs', 'actor', 'actor', '{previous_state,new_state}', 'What the member did with runs; the states are data of the company.'),
  ('public.transaction_audit_logs', 'actor', 'actor', '{previous_state,new_state}', 'What the member did with transactions; the states are data of the company.'),
  ('private.idempotency_keys', 'account', 'auth_user_id', '{arguments_hash,key}', 'Commands of the last 30 days; retention removes them.');

create function private.personal_rows(source private.personal_data, organization_id bigint, subject_values text[])
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_fields text;
  v_has_organization boolean;
  v_column_type text;
  v_rows jsonb;
begin
  -- Amounts as text: readers in JavaScript would lose digits of a JSON number.
  select
    string_agg(format('%L, source.%I%s', attribute.attname, attribute.attname,
      case when attribute.atttypid = 'public.amount'::regtype then '::text' else '' end), ', ' order by attribute.attnum)
      filter (where attribute.attname <> all ((source).hidden_columns)),
    bool_or(attribute.attname = 'organization_id'),
    max(format_type(attribute.atttypid, attribute.atttypmod)) filter (where attribute.attname = (source).column_name)
  into v_fields, v_has_organization, v_column_type
  from pg_catalog.pg_attribute as attribute
  where attribute.attrelid = (source).table_name::pg_catalog.regclass
    and attribute.attnum > 0
    and not attribute.attisdropped;

  execute format(
    'select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(%s)) order by source.ctid), ''[]'') from %s as source where source.%I = any ($2::%s[])%s',
    v_fields, (source).table_name::pg_catalog.regclass, (source).column_name, v_column_type,
    case
      when not v_has_organization then ' and $1 is not null'
      when personal_rows.organization_id is null then ' and source.organization_id is null'
      else ' and source.organization_id = $1'
    end)
  into v_rows
  using personal_rows.organization_id, personal_rows.subject_values;

  return v_rows;
end;
$$;
comment on function private.personal_rows(private.personal_data, bigint, text[]) is 'The rows of a source that are about the subject, in one organization or, without one, in none, as they may be shown to the person.';

create function private.personal_export(organization_id bigint, employee_ids bigint[], user_ids bigint[], auth_user_id uuid, emails text[])
returns jsonb
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_source private.personal_data;
  v_rows jsonb;
  v_tables jsonb := '{}'::jsonb;
begin
  for v_source in
    select source.*
    from private.personal_data as source
    order by source.table_name, source.subject, source.column_name
  loop
    v_rows := private.personal_rows(v_source, personal_export.organization_id, case v_source.subject
      when 'employee' then personal_export.employee_ids::text[]
      when 'member' then personal_export.user_ids::text[]
      when 'account' then array_remove(array[personal_export.auth_user_id::text], null)
      when 'email' then personal_export.emails
      else (select coalesce(array_agg('user:' || id), '{}') from unnest(personal_export.user_ids) as id)
    end);

    if v_rows <> '[]' then
      v_tables := v_tables || jsonb_build_object(v_source.table_name,
        coalesce(v_tables -> v_source.table_name, '{}') || jsonb_build_object(v_source.column_name, v_rows));
    end if;
  end loop;

  return jsonb_build_object(
    'organization_id', personal_export.organization_id,
    'organization', (select organization.name from public.organizations as organization where organization.id = personal_export.organization_id),
    'tables', v_tables);
end;
$$;
comment on function private.personal_export(bigint, bigint[], bigint[], uuid, text[]) is 'Everything one organization knows about a person: table -> the column that names the person -> rows.';

create function private.export_my_data()
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_email text;
  v_place record;
  v_organizations jsonb := '[]'::jsonb;
begin
  select lower(account.email) into v_email
  from auth.users as account
  where account.id = v_auth_user_id;

  if not found then
    perform private.refuse('not_signed_in');
  end if;

  -- Also what remains of places the person has left.
  for v_place in
    select organization.id,
      array(select employee.id from public.employees as employee where employee.organization_id = organization.id and employee.auth_user_id = v_auth_user_id) as employee_ids,
      array(select member.id from public.users as member where member.organization_id = organization.id and member.auth_user_id = v_auth_user_id) as user_ids
    from public.organizations as organization
    where organization.id in (
      select employee.organization_id from public.employees as employee where employee.auth_user_id = v_auth_user_id
      union
      select member.organization_id from public.users as member where member.auth_user_id = v_auth_user_id)
    order by organization.id
  loop
    v_organizations := v_organizations
      || private.personal_export(v_place.id, v_place.employee_ids, v_place.user_ids, v_auth_user_id, array_remove(array[v_email], null));
    perform private.write_audit(v_place.id, 'person.exported', 'account', v_auth_user_id::text, null);
  end loop;

  -- What belongs to the person and to no organization.
  return jsonb_build_object(
    'exported_at', now(),
    'account', jsonb_build_object('auth_user_id', v_auth_user_id, 'email', v_email)
      || (private.personal_export(null, '{}', '{}', v_auth_user_id, '{}') - 'organization_id' - 'organization'),
    'organizations', v_organizations);
end;
$$;
grant execute on function private.export_my_data() to authenticated;

create function public.export_my_data()
returns jsonb
language sql volatile security invoker
set search_path = ''
as $$ select private.export_my_data(); $$;
comment on function public.export_my_data() is 'Everything that is stored about the caller, in every organization.';
revoke all on function public.export_my_data() from public, anon, authenticated, service_role;
grant execute on function public.export_my_data() to authenticated;

create function private.export_person(employee_id bigint)
returns jsonb
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_employee public.employees;
begin
  -- Also an employee who left can ask what is stored.
  select employee.* into v_employee
  from public.employees as employee
  where employee.id = export_person.employee_id
    and employee.organization_id = v_admin.organization_id;

  if not found then
    perform private.refuse('employee_not_found', coalesce(export_person.employee_id::text, 'without id'));
  end if;

  perform private.write_audit(v_admin.organization_id, 'person.exported', 'employee', v_employee.id::text, null);

  return jsonb_build_object('exported_at', now()) || private.personal_export(
    v_admin.organization_id, array[v_employee.id],
    array(
      select member.id from public.users as member
      where member.organization_id = v_admin.organization_id and member.auth_user_id = v_employee.auth_user_id),
    v_employee.auth_user_id, array[v_employee.email]);
end;
$$;
grant execute on function private.export_person(bigint) to authenticated;

create function public.export_person(employee_id bigint)
returns jsonb
language sql volatile security invoker
set search_path = ''
as $$ select private.export_person(employee_id); $$;
comment on function public.export_person(bigint) is 'Everything that the organization stores about an employee, also one who left. For admins.';
revoke all on function public.export_person(bigint) from public, anon, authenticated, service_role;
grant execute on function public.export_person(bigint) to authenticated;
