-- migration: employees
-- People who are paid: what they earn, in which asset, and at which address. An employee who signs in reads the own record, payslips,
-- wallet and payments and nothing else: the same policies serve members and employees, because employee_id() is null for a member.
-- author: PayD | date: 2026-11-20
-- tables: public.employees
-- depends: 20261120090000, 20261120090100, 20261120090200, 20261120090500, 20261120090600, 20261120090900, 20261120091000
-- class: add-table, modify-rls, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- db-ignore foreign-key-without-index: the partial unique index finds whoever is still employed, and accounts are removed one at a time.
create table public.employees (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  auth_user_id uuid references auth.users (id),
  first_name text not null,
  last_name text not null,
  email text not null,
  wallet_address text,
  wallet_address_set_at timestamptz,
  status text not null default 'active',
  position text,
  department text,
  salary public.amount,
  asset_code text not null default 'XLM',
  asset_issuer text not null default '',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  search_vector tsvector generated always as (
    setweight(to_tsvector('simple', regexp_replace(first_name || ' ' || last_name, '[^[:alnum:]]+', ' ', 'g')), 'A')
    || setweight(to_tsvector('simple', regexp_replace(email, '[^[:alnum:]]+', ' ', 'g')), 'B')
    || setweight(to_tsvector('simple', regexp_replace(coalesce(position, '') || ' ' || coalesce(department, ''), '[^[:alnum:]]+', ' ', 'g')), 'C')
  ) stored,
  constraint employees_id_is_unique_in_organization unique (organization_id, id),
  constraint employees_status_is_known check (status in ('active', 'inactive', 'pending')),
  constraint employees_first_name_has_1_to_100_characters check (length(first_name) between 1 and 100),
  constraint employees_last_name_has_1_to_100_characters check (length(last_name) between 1 and 100),
  constraint employees_email_is_lower_case check (email = lower(email)),
  constraint employees_email_has_3_to_255_characters check (length(email) between 3 and 255),
  constraint employees_position_has_at_most_100_characters check (length(position) <= 100),
  constraint employees_department_has_at_most_100_characters check (length(department) <= 100),
  constraint employees_salary_is_positive check (salary > 0),
  constraint employees_wallet_address_is_an_account check (wallet_address is null or private.is_account_id(wallet_address)),
  constraint employees_wallet_address_was_set_at_some_time check (wallet_address is null or wallet_address_set_at is not null),
  constraint employees_are_paid_in_an_asset check (private.asset_problem(asset_code, asset_issuer) is null)
);
comment on table public.employees is 'People who are paid.';
comment on column public.employees.wallet_address_set_at is 'When an address was last set; it stays when the address is taken away.';
comment on column public.employees.search_vector is 'Every word of its own, as a search splits them: an e-mail address or IT/Ops as a whole would be found by its beginning only.';
comment on column public.employees.salary is 'Base pay per period in units of (asset_code, asset_issuer).';
comment on column public.employees.asset_issuer is 'Address of the issuer; empty for native XLM.';

create index idx_employees_org_id on public.employees (organization_id, id);
create unique index employees_email_key on public.employees (organization_id, email) where deleted_at is null;
-- Whoever is added is looked up among those who left.
create index employees_organization_id_email_idx_when_deleted on public.employees (organization_id, email) where deleted_at is not null;
create index idx_employees_status on public.employees (organization_id, status);
create index idx_employees_wallet on public.employees (organization_id, wallet_address);
create index idx_employees_search on public.employees using gin (search_vector);
create index idx_employees_created_at on public.employees (organization_id, created_at desc, id desc);
create unique index employees_auth_user_id_key on public.employees (auth_user_id, organization_id) where deleted_at is null;

create trigger employees_touch_version
  before update on public.employees
  for each row execute function private.touch_version();

create function private.keep_when_address_was_set()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.wallet_address_set_at := case when new.wallet_address is not null then now() end;
    return new;
  end if;

  new.wallet_address_set_at := case
    when new.wallet_address is not null and new.wallet_address is distinct from old.wallet_address then now()
    else old.wallet_address_set_at
  end;
  return new;
end;
$$;
comment on function private.keep_when_address_was_set() is 'Remembers that there was an address, whoever writes the row and whatever becomes of the address.';

create trigger employees_keep_when_address_was_set
  before insert or update on public.employees
  for each row execute function private.keep_when_address_was_set();

create view private.current_employment
with (security_invoker = true)
as
select employee.id, employee.organization_id
from private.current_request as request
join public.employees as employee on employee.auth_user_id = request.auth_user_id
where employee.deleted_at is null
  and coalesce(employee.organization_id::text = request.organization_id, true)
order by employee.auth_user_id, employee.organization_id
limit 1;
comment on view private.current_employment is 'The caller''s employee record in the organization the request acts in: one row or none.';

create function private.employee_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  -- Hardly any member is an employee with an account, so asking for that first saves members a lookup.
  return (
    select case when employee.id is not null and private.organization_id() is null then employee.id end
    from private.current_employment as employee);
end;
$$;
comment on function private.employee_id() is 'The employee whose own rows the caller may read; null for a member, who reads all of the organization.';

create function private.readable_organization_id()
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce(
    (select member.organization_id from private.current_membership as member),
    (select employee.organization_id from private.current_employment as employee));
end;
$$;
comment on function private.readable_organization_id() is 'The organization of a member, else of an employee; always used together with employee_id().';
grant execute on function private.employee_id() to authenticated;
grant execute on function private.readable_organization_id() to authenticated;

alter table public.employees enable row level security;
alter table public.employees force row level security;
revoke all on table public.employees from public, anon, authenticated, service_role;
revoke all on sequence public.employees_id_seq from public, anon, authenticated, service_role;
grant select on table public.employees to authenticated, service_role;

create policy "Members can read employees, and employees their own record"
  on public.employees for select to authenticated
  using (
    organization_id = (select private.readable_organization_id())
    and case when (select private.employee_id()) is null then true else id = (select private.employee_id()) end
  );

-- Names of what changed, never the personal values: the trail is kept for years and read by auditors.
create function private.audit_employees()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    insert into public.audit_logs (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
    select added.organization_id, member.id, private.actor(), 'employee.added', 'employee', added.id::text, null, private.request_ip_address()
    from rows_after as added
    left join private.membership() as member on member.organization_id = added.organization_id;

    return null;
  end if;

  insert into public.audit_logs (organization_id, user_id, actor, action, resource_type, resource_id, changes, ip_address)
  select
    changed.organization_id, member.id, private.actor(),
    case when changed.deleted_at is not null and earlier.deleted_at is null then 'employee.removed' else 'employee.updated' end,
    'employee', changed.id::text,
    jsonb_build_object('fields', difference.fields),
    private.request_ip_address()
  from rows_after as changed
  join rows_before as earlier on earlier.id = changed.id
  cross join lateral (
    select jsonb_agg(now_field.key order by now_field.key) as fields
    from jsonb_each(to_jsonb(changed) - 'updated_at' - 'version' - 'search_vector' - 'wallet_address_set_at') as now_field
    where now_field.value is distinct from to_jsonb(earlier) -> now_field.key
  ) as difference
  left join private.membership() as member on member.organization_id = changed.organization_id
  where difference.fields is not null;

  return null;
end;
$$;

create trigger employees_write_audit_of_inserts
  after insert on public.employees
  referencing new table as rows_after
  for each statement execute function private.audit_employees();

create trigger employees_write_audit_of_updates
  after update on public.employees
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.audit_employees();

create function private.emit_employee_events()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_organization_id bigint;
begin
  -- Events carry ids only; whoever needs the record asks for it with the right to read it.
  for v_organization_id in
    select distinct changed.organization_id from rows_after as changed
  loop
    if tg_op = 'INSERT' then
      perform private.emit_events(v_organization_id, (
        select array_agg(row('employee.added', 'employee', added.id::text, 'employee.added:' || added.id,
          jsonb_build_object('employee_id', added.id, 'status', added.status))::private.fact order by added.id)
        from rows_after as added
        where added.organization_id = v_organization_id));
    else
      perform private.emit_events(v_organization_id, (
        select array_agg(row(kind.type, 'employee', changed.id::text, kind.type || ':' || changed.id || ':' || changed.version,
          jsonb_build_object('employee_id', changed.id, 'status', changed.status))::private.fact order by changed.id)
        from rows_after as changed
        join rows_before as earlier on earlier.id = changed.id
        cross join lateral (
          select case when changed.deleted_at is not null and earlier.deleted_at is null then 'employee.removed' else 'employee.updated' end as type
        ) as kind
        where changed.organization_id = v_organization_id));
    end if;
  end loop;

  return null;
end;
$$;

create trigger employees_emit_events_of_inserts
  after insert on public.employees
  referencing new table as rows_after
  for each statement execute function private.emit_employee_events();

create trigger employees_emit_events_of_updates
  after update on public.employees
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.emit_employee_events();
