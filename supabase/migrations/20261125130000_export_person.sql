-- migration: export of a person's data
-- Where data about a person stands is a table: which rows are about whom, and which columns an export leaves out
-- because they are about others or about the company. A later table that holds data about people adds its row, and a
-- test refuses one that does not. Everybody exports the own data from every organization; an admin exports the data of
-- one employee.
-- author: PayD | date: 2026-11-25
-- tables: private.limits
-- depends: 20261125000000, 20261125000100, 20261125000900, 20261125001200, 20261125020000, 20261125020100,
--   20261125020200, 20261125020250, 20261125020400, 20261125040000
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

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
      case when attribute.atttypid = 'public.amount'::regtype then '::text' else '' end), ', '
        order by attribute.attnum)
      filter (where attribute.attname <> all ((source).hidden_columns)),
    bool_or(attribute.attname = 'organization_id'),
    max(format_type(attribute.atttypid, attribute.atttypmod)) filter (where attribute.attname = (source).column_name)
  into v_fields, v_has_organization, v_column_type
  from pg_catalog.pg_attribute as attribute
  where attribute.attrelid = (source).table_name::pg_catalog.regclass
    and attribute.attnum > 0
    and not attribute.attisdropped;

  execute format(
    'select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(%s)) order by source.ctid), ''[]'') from %s as '
    'source where source.%I = any ($2::%s[])%s',
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
comment on function private.personal_rows(private.personal_data, bigint, text[]) is
  'The rows of a source that are about the subject, in one organization or, without one, in none, as they may be '
  'shown to the person.';

create function private.personal_export(
  organization_id bigint, employee_ids bigint[], user_ids bigint[], auth_user_id uuid, emails text[]
)
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
    'organization', (select organization.name from public.organizations as organization
      where organization.id = personal_export.organization_id),
    'tables', v_tables);
end;
$$;
comment on function private.personal_export(bigint, bigint[], bigint[], uuid, text[]) is
  'Everything one organization knows about a person: table -> the column that names the person -> rows.';

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
      array(select employee.id from public.employees as employee
        where employee.organization_id = organization.id and employee.auth_user_id = v_auth_user_id) as employee_ids,
      array(select member.id from public.users as member
        where member.organization_id = organization.id and member.auth_user_id = v_auth_user_id) as user_ids
    from public.organizations as organization
    where organization.id in (
      select employee.organization_id from public.employees as employee where employee.auth_user_id = v_auth_user_id
      union
      select member.organization_id from public.users as member where member.auth_user_id = v_auth_user_id)
    order by organization.id
  loop
    v_organizations := v_organizations
      || private.personal_export(v_place.id, v_place.employee_ids, v_place.user_ids, v_auth_user_id,
        array_remove(array[v_email], null));
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
comment on function private.export_my_data() is
  'Everything that is stored about the caller, in every organization.';
grant execute on function private.export_my_data() to authenticated;

create function public.export_my_data()
returns jsonb
language sql volatile security invoker
set search_path = ''
-- PostgREST gives the whole request this time: one slow call must not hold a connection for long.
set statement_timeout = '5s'
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

  perform private.count_use('exports_per_person_and_hour', v_admin);
  perform private.write_audit(v_admin.organization_id, 'person.exported', 'employee', v_employee.id::text, null);

  return jsonb_build_object('exported_at', now()) || private.personal_export(
    v_admin.organization_id, array[v_employee.id],
    array(
      select member.id from public.users as member
      where member.organization_id = v_admin.organization_id and member.auth_user_id = v_employee.auth_user_id),
    v_employee.auth_user_id, array[v_employee.email]);
end;
$$;
comment on function private.export_person(bigint) is
  'Everything that is stored about one employee of the caller''s organization.';
grant execute on function private.export_person(bigint) to authenticated;

create function public.export_person(employee_id bigint)
returns jsonb
language sql volatile security invoker
set search_path = ''
-- PostgREST gives the whole request this time: one slow call must not hold a connection for long.
set statement_timeout = '5s'
as $$ select private.export_person(employee_id); $$;
comment on function public.export_person(bigint) is
  'Everything that the organization stores about an employee, also one who left. For admins.';
revoke all on function public.export_person(bigint) from public, anon, authenticated, service_role;
grant execute on function public.export_person(bigint) to authenticated;

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('exports_per_person_and_hour', 1000, 'exports of personal data in an hour',
    'Wait until the next hour.');
