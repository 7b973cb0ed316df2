-- migration: what employees read
-- An employee who signs in reads the own record, payslips, wallet and payments and nothing else: the same policies
-- serve members and employees. A person who is employed in several organizations chooses the one that a request without
-- a header acts in. What employees read costs the same in a company of any size: the bounds of readable_employee() are
-- index conditions, which a case expression cannot be.
-- author: PayD | date: 2026-11-25
-- tables: private.chosen_employments, private.personal_data, private.retention_rules, public.employees, public.users
-- depends: 20261125000000, 20261125000100, 20261125000800, 20261125000900, 20261125020000, 20261125020100,
--   20261125020200, 20261125040000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.chosen_employments (
  auth_user_id uuid primary key,
  organization_id bigint not null references public.organizations (id),
  chosen_at timestamptz not null default now()
);
comment on table private.chosen_employments is
  'The organization that an employee of several chose to be shown first. No company sees it.';
create index chosen_employments_organization_id_idx on private.chosen_employments (organization_id);
alter table private.chosen_employments enable row level security;
alter table private.chosen_employments force row level security;

create function private.employment(out employee_id bigint, out organization_id bigint)
returns record
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_auth_user_id uuid := private.auth_user_id();
  v_requested text := private.requested_organization();
begin
  select employee.id, employee.organization_id into employment.employee_id, employment.organization_id
  from public.employees as employee
  left join private.chosen_employments as chosen
    on chosen.auth_user_id = employee.auth_user_id and chosen.organization_id = employee.organization_id
  where employee.auth_user_id = v_auth_user_id
    and employee.deleted_at is null
    and (v_requested is null or employee.organization_id::text = v_requested)
  order by chosen.organization_id is null, employee.organization_id
  limit 1;
end;
$$;
comment on function private.employment() is
  'The caller''s employee record in the organization the request acts in: both null or none.';

create function private.employee_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
declare v_employee_id bigint := (private.employment()).employee_id;
begin
  -- Hardly any member is an employee with an account, so asking for that first saves members a lookup.
  if v_employee_id is not null and private.organization_id() is null then
    return v_employee_id;
  end if;

  return null;
end;
$$;
comment on function private.employee_id() is
  'The employee whose own rows the caller may read; null for a member, who reads all of the organization.';

create function private.readable_organization_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
declare
  -- As organization_id() says, without the cost of a call in every statement.
  v_claims constant text := nullif(current_setting('request.jwt.claims', true), '');
  v_subject constant text := v_claims::json ->> 'sub';
  v_auth_user_id constant uuid := case
    when v_subject like '________-____-____-____-____________'
      and v_subject not like '%-%-%-%-%-%'
      and rtrim(v_subject, '0123456789abcdefABCDEF-') = '' then v_subject::uuid end;
  v_headers constant text := current_setting('request.headers', true);
  v_requested constant text := case
    when strpos(v_headers, 'x-organization-id') > 0 then v_headers::json ->> 'x-organization-id' end;
  v_organization_id bigint;
  v_note text;
begin
  select member.organization_id into v_organization_id
  from public.users as member
  where member.auth_user_id = v_auth_user_id
    and member.deleted_at is null
    and (v_requested is null or member.organization_id::text = v_requested)
  order by member.is_default desc, member.id
  limit 1;

  -- A note for the conditions behind this one, which saves members a second look-up in every statement. It holds for
  -- these claims and headers in this transaction only, and nothing depends on it: without the note the look-up is made.
  if v_organization_id is not null then
    -- Assigned, because an assignment costs a tenth of a statement.
    v_note := set_config('payd.reads_as_member', v_claims || v_headers, true);

    return v_organization_id;
  end if;

  perform private.forget_reader();

  return (private.employment()).organization_id;
end;
$$;
comment on function private.readable_organization_id() is
  'The organization of a member, else of an employee; always used together with one of the functions below.';

create function private.forget_reader()
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if coalesce(current_setting('payd.reads_as_member', true), '') <> '' then
    perform set_config('payd.reads_as_member', '', true);
  end if;
end;
$$;
comment on function private.forget_reader() is 'Takes back the note that the caller reads as a member.';

create function private.reads_as_member()
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(nullif(current_setting('payd.reads_as_member', true), '')
    = current_setting('request.jwt.claims', true) || current_setting('request.headers', true), false);
end;
$$;
comment on function private.reads_as_member() is
  'Whether readable_organization_id() found in this transaction that this very caller is a member.';

create function private.first_readable_employee()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return case when private.reads_as_member() then 0 else coalesce(private.employee_id(), 0) end;
end;
$$;
comment on function private.first_readable_employee() is
  'The least employee id that the caller may read: 0 for a member, the own one for an employee.';

create function private.last_readable_employee()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return case when private.reads_as_member() then 9223372036854775807
    else coalesce(private.employee_id(), 9223372036854775807) end;
end;
$$;
comment on function private.last_readable_employee() is
  'The greatest employee id that the caller may read: the largest there is for a member, the own one for an employee.';

grant execute on function private.employee_id() to authenticated;
grant execute on function private.readable_organization_id() to authenticated;
grant execute on function private.reads_as_member() to authenticated;
grant execute on function private.first_readable_employee() to authenticated, service_role;
grant execute on function private.last_readable_employee() to authenticated, service_role;

-- A membership that begins or ends in the middle of a transaction must not leave the note of the time before.
create function private.forget_reader_of_members()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  perform private.forget_reader();
  return null;
end;
$$;
comment on function private.forget_reader_of_members() is
  'Statement trigger: a session that changes memberships looks its reader up anew.';

create trigger users_forget_reader
  after insert or update or delete on public.users
  for each statement execute function private.forget_reader_of_members();

-- No bounds here: they would make the planner read a whole company for the newest 50 of a manager.
create policy "Members can read employees, and employees their own record"
  on public.employees for select to authenticated
  using (
    organization_id = (select private.readable_organization_id())
    and case
      when (select (select current_setting('payd.reads_as_member', true))
        = current_setting('request.jwt.claims', true) || current_setting('request.headers', true)) then true
      else coalesce(id = (select private.employee_id()), true) end
  );

-- An app that does not know the own record yet finds it at the same cost in every company.
create function private.my_employments()
returns setof public.employees
language plpgsql stable security definer
set search_path = ''
as $$
declare v_auth_user_id uuid := private.auth_user_id();
begin
  if v_auth_user_id is null then
    perform private.refuse('not_signed_in');
  end if;

  return query
    select employee.*
    from public.employees as employee
    where employee.auth_user_id = v_auth_user_id
      and employee.deleted_at is null
    order by employee.organization_id;
end;
$$;
grant execute on function private.my_employments() to authenticated;

create function public.my_employments()
returns setof public.employees
language sql stable security invoker
set search_path = ''
as $$ select * from private.my_employments(); $$;
comment on function public.my_employments() is
  'The caller''s own employee records, one in each organization that the caller works for.';
revoke all on function public.my_employments() from public, anon, authenticated, service_role;
grant execute on function public.my_employments() to authenticated;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('private.chosen_employments', 'keep', null, null, 'One row for each person who works for several organizations.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('private.chosen_employments', 'account', 'auth_user_id', '{}',
    'The organization that the person chose to see first.');
