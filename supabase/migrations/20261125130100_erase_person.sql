-- migration: erasing a person
-- A person who leaves can ask to be forgotten. Names, addresses and everything else that tells who it was are replaced
-- by a number or removed; the books stay: what was paid, when, in which run, to which destination. A person who is
-- still to be paid is not erased. An erasure happens once, with a reason, and a row says that it happened.
-- author: PayD | date: 2026-11-25
-- tables: private.erasures, private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125000600, 20261125000900, 20261125010000, 20261125020000,
--   20261125020100, 20261125020200, 20261125020400, 20261125030000, 20261125040000, 20261125060000, 20261125060200,
--   20261125080100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.erasures (
  organization_id bigint not null references public.organizations (id),
  subject text not null,
  subject_id bigint not null,
  erased_by bigint,
  reason text not null,
  erased_at timestamptz not null default now(),
  constraint erasures_happen_once primary key (organization_id, subject, subject_id),
  constraint erasures_erased_by_is_a_member_of_the_organization
    foreign key (organization_id, erased_by) references public.users (organization_id, id),
  constraint erasures_subject_is_known check (subject in ('employee', 'member')),
  constraint erasures_reason_has_1_to_1000_characters check (length(reason) between 1 and 1000)
);
comment on table private.erasures is 'Append-only: who was erased, when, by whom and why.';
create index erasures_organization_id_erased_by_idx on private.erasures (organization_id, erased_by);
alter table private.erasures enable row level security;
alter table private.erasures force row level security;

create trigger erasures_refuse_change
  before update or delete or truncate on private.erasures
  for each statement execute function private.refuse_change();
alter table private.erasures enable always trigger erasures_refuse_change;

insert into private.error_codes (code, http_status, message, hint) values
  ('person_is_to_be_paid', 409,
    'Employee %s is still to be paid: %s.',
    'Finish or remove the payment first. What failed and was settled in another way can be declared so with '
    'settled_elsewhere.'),
  ('person_is_a_member', 409, 'Employee %s is also a member of the organization.', 'Remove the membership first.'),
  ('member_not_known', 404,
    'There is no member or former member %s in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('member_is_active', 409, 'Member %s has not been removed.', 'Remove the membership first.');

create function private.erase_subject(subject text, organization_id bigint, subject_value text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_erasure private.personal_data_erasures;
begin
  for v_erasure in
    select erasure.*
    from private.personal_data_erasures as erasure
    where erasure.subject = erase_subject.subject
    order by erasure.position
  loop
    execute v_erasure.statement using erase_subject.organization_id, erase_subject.subject_value;
  end loop;
end;
$$;
comment on function private.erase_subject(text, bigint, text) is
  'Runs the erasures of everything that is listed for the subject.';

create function private.erase_membership(member public.users, erased_by bigint, reason text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into private.erasures (organization_id, subject, subject_id, erased_by, reason)
  values ((member).organization_id, 'member', (member).id, erase_membership.erased_by, erase_membership.reason)
  on conflict on constraint erasures_happen_once do nothing;

  -- An erasure happens once.
  if not found then
    return;
  end if;

  perform private.erase_subject('email', (member).organization_id, (member).email);
  perform private.erase_subject('member', (member).organization_id, (member).id::text);
  perform private.write_audit((member).organization_id, 'member.erased', 'user', (member).id::text,
    jsonb_build_object('reason', erase_membership.reason));
end;
$$;
comment on function private.erase_membership(public.users, bigint, text) is
  'Erases the person from a membership that ended.';

create function private.require_nothing_to_pay(employee public.employees, settled_elsewhere boolean)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_problem text;
begin
  select format('an item of payroll run %s is %s', item.payroll_run_id, item.status) into v_problem
  from public.payroll_items as item
  join public.payroll_runs as run on run.organization_id = item.organization_id and run.id = item.payroll_run_id
  where item.organization_id = (employee).organization_id
    and item.employee_id = (employee).id
    -- What a failed run left unpaid is not paid later either, because a retry passes over employees who are gone.
    and item.status <> 'completed'
    and not (coalesce(require_nothing_to_pay.settled_elsewhere, false) and run.status = 'failed')
  order by item.id
  limit 1;

  if not found then
    select format('claimable balance %s waits to be claimed', balance.id) into v_problem
    from public.claimable_balances as balance
    where balance.organization_id = (employee).organization_id
      and balance.employee_id = (employee).id
      and balance.status = 'active'
    limit 1;
  end if;

  if v_problem is not null then
    perform private.refuse('person_is_to_be_paid', (employee).id::text, v_problem);
  end if;
end;
$$;
comment on function private.require_nothing_to_pay(public.employees, boolean) is
  'Refuses while the employee is still to be paid.';

create function private.erase_person(employee_id bigint, reason text, settled_elsewhere boolean)
returns setof public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_reason text := private.required_text('The reason', erase_person.reason, 1000);
  v_employee public.employees;
  v_member public.users;
begin
  select employee.* into v_employee
  from public.employees as employee
  where employee.id = erase_person.employee_id
    and employee.organization_id = v_admin.organization_id
  for update;

  if not found then
    perform private.refuse('employee_not_found', coalesce(erase_person.employee_id::text, 'without id'));
  end if;

  -- A repeat is success and changes nothing.
  if not exists (
    select from private.erasures as erasure
    where erasure.organization_id = v_employee.organization_id
      and erasure.subject = 'employee'
      and erasure.subject_id = v_employee.id
  ) then
    perform private.require_nothing_to_pay(v_employee, erase_person.settled_elsewhere);

    if exists (
      select from public.users as member
      where member.organization_id = v_employee.organization_id
        and member.auth_user_id = v_employee.auth_user_id
        and member.deleted_at is null
    ) then
      perform private.refuse('person_is_a_member', v_employee.id::text);
    end if;

    insert into private.erasures (organization_id, subject, subject_id, erased_by, reason)
    values (v_employee.organization_id, 'employee', v_employee.id, v_admin.id, v_reason);

    perform private.write_audit(v_employee.organization_id, 'employee.erased', 'employee', v_employee.id::text,
      jsonb_build_object('reason', v_reason, 'settled_elsewhere', coalesce(erase_person.settled_elsewhere, false)));

    -- What the person left behind as a member goes with it.
    for v_member in
      select member.*
      from public.users as member
      where member.organization_id = v_employee.organization_id
        and member.auth_user_id = v_employee.auth_user_id
      order by member.id
      for update
    loop
      perform private.erase_membership(v_member, v_admin.id, v_reason);
    end loop;

    perform private.erase_subject('email', v_employee.organization_id, v_employee.email);
    perform private.erase_subject('employee', v_employee.organization_id, v_employee.id::text);

    -- Systems that hold a copy learn that it must go.
    perform private.emit_event(v_employee.organization_id, 'employee.erased', 'employee', v_employee.id::text,
      'employee.erased:' || v_employee.id,
      jsonb_build_object('employee_id', v_employee.id));
  end if;

  return query
    select employee.* from public.employees as employee where employee.id = v_employee.id;
end;
$$;
comment on function private.erase_person(bigint, text, boolean) is
  'Takes an employee out of every row that can lose the person; the books stay.';
grant execute on function private.erase_person(bigint, text, boolean) to authenticated;

create function public.erase_person(employee_id bigint, reason text, settled_elsewhere boolean default false)
returns setof public.employees
language sql volatile security invoker
set search_path = ''
as $$ select * from private.erase_person(employee_id, reason, settled_elsewhere); $$;
comment on function public.erase_person(bigint, text, boolean) is
  'Forgets who an employee was and keeps the books; refused while something is to be paid. For admins; it cannot be '
  'undone.';
revoke all on function public.erase_person(bigint, text, boolean) from public, anon, authenticated, service_role;
grant execute on function public.erase_person(bigint, text, boolean) to authenticated;

create function private.erase_member(user_id bigint, reason text)
returns setof public.users
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_admin public.users := private.require_member('admin');
  v_reason text := private.required_text('The reason', erase_member.reason, 1000);
  v_member public.users;
begin
  select member.* into v_member
  from public.users as member
  where member.id = erase_member.user_id
    and member.organization_id = v_admin.organization_id
  for update;

  if not found then
    perform private.refuse('member_not_known', coalesce(erase_member.user_id::text, 'without id'));
  end if;

  if v_member.deleted_at is null then
    perform private.refuse('member_is_active', v_member.id::text);
  end if;

  perform private.erase_membership(v_member, v_admin.id, v_reason);

  return query
    select member.* from public.users as member where member.id = v_member.id;
end;
$$;
comment on function private.erase_member(bigint, text) is
  'Takes a former member out of every row that can lose the person.';
grant execute on function private.erase_member(bigint, text) to authenticated;

create function public.erase_member(user_id bigint, reason text)
returns setof public.users
language sql volatile security invoker
set search_path = ''
as $$ select * from private.erase_member(user_id, reason); $$;
comment on function public.erase_member(bigint, text) is
  'Forgets who a removed member was and keeps what was decided. For admins; it cannot be undone.';
revoke all on function public.erase_member(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.erase_member(bigint, text) to authenticated;
