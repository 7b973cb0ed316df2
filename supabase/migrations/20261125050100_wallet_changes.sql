-- migration: changes of payout addresses
-- A person who can redirect a salary can steal it. Only the first address of a person who is really new takes effect at
-- once. Every other one, its memo included, does so after a cooling-off period or when a second person confirms it, as
-- the organization chose; until then the old address is paid. A person is known again by every e-mail address and name
-- that a record of the organization has or had. Another e-mail address of a record with a payout address waits in the
-- same way, because it decides who the record is about. The last instruction counts: whatever was asked for before it
-- is withdrawn. Every step is audited and announced. A run that was submitted pays what was approved. The employee is
-- locked before the change, always in this order.
-- author: PayD | date: 2026-11-25
-- tables: private.doctor_checks, private.error_codes, private.former_identities, private.notification_templates,
--   private.personal_data, private.personal_data_erasures, private.preference_defaults, private.retention_rules,
--   private.scheduled_jobs, private.state_transitions, public.employees, public.users, public.wallet_changes
-- depends: 20261125000000, 20261125000100, 20261125000250, 20261125000300, 20261125000500, 20261125000800,
--   20261125000900, 20261125001000, 20261125001100, 20261125010400, 20261125020000, 20261125020100, 20261125020200,
--   20261125020400, 20261125030000, 20261125040000, 20261125040100
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.wallet_changes (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  employee_id bigint not null,
  subject text not null default 'wallet',
  previous_address text,
  previous_memo_type text,
  previous_memo text,
  previous_email text,
  new_address text,
  new_memo_type text,
  new_memo text,
  new_email text,
  policy text not null,
  state text not null default 'waiting',
  requested_by text not null,
  requested_by_user bigint,
  effective_at timestamptz,
  decided_by bigint,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  constraint wallet_changes_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint wallet_changes_requester_is_a_member_of_the_organization
    foreign key (organization_id, requested_by_user) references public.users (organization_id, id),
  constraint wallet_changes_decider_is_a_member_of_the_organization
    foreign key (organization_id, decided_by) references public.users (organization_id, id),
  constraint wallet_changes_policy_is_known check (policy in ('immediate', 'cooling_off', 'second_person')),
  constraint wallet_changes_state_is_known check (state in ('waiting', 'applied', 'cancelled')),
  constraint wallet_changes_cooling_off_has_an_end check ((policy = 'cooling_off') = (effective_at is not null)),
  constraint wallet_changes_subject_is_known check (subject in ('wallet', 'email')),
  constraint wallet_changes_wallet_has_a_new_address check ((subject = 'wallet') = (new_address is not null)),
  constraint wallet_changes_email_has_a_new_email check ((subject = 'email') = (new_email is not null)),
  constraint wallet_changes_new_address_is_an_account
    check (new_address is null or private.is_account_id(new_address)),
  constraint wallet_changes_new_memo_is_one_of_a_payment check (private.memo_problem(new_memo_type, new_memo) is null),
  constraint wallet_changes_are_decided_once check ((state = 'waiting') = (decided_at is null))
);
comment on table public.wallet_changes is
  'Requested changes of where an employee is paid (address and memo), or of the e-mail address of one who is paid.';
comment on column public.wallet_changes.subject is 'wallet: address and memo; email: who the record is about.';
create unique index wallet_changes_one_waiting_per_employee_key
  on public.wallet_changes (employee_id, subject) where state = 'waiting';
create index wallet_changes_organization_id_employee_id_idx
  on public.wallet_changes (organization_id, employee_id, created_at desc);
create index wallet_changes_organization_id_requested_by_user_idx
  on public.wallet_changes (organization_id, requested_by_user);
create index wallet_changes_organization_id_decided_by_idx on public.wallet_changes (organization_id, decided_by);
create index wallet_changes_effective_at_idx_when_waiting
  on public.wallet_changes (effective_at) where state = 'waiting';

insert into private.state_transitions (entity, from_state, to_state) values
  ('wallet_change', '(new)', 'waiting'),
  ('wallet_change', 'waiting', 'applied'),
  ('wallet_change', 'waiting', 'cancelled');

create trigger wallet_changes_enforce_first_state
  after insert on public.wallet_changes
  referencing new table as rows_after
  for each statement execute function private.enforce_transitions('wallet_change', 'state');

create trigger wallet_changes_enforce_transitions
  after update on public.wallet_changes
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.enforce_transitions('wallet_change', 'state');

alter table public.wallet_changes enable row level security;
alter table public.wallet_changes force row level security;
revoke all on table public.wallet_changes from public, anon, authenticated, service_role;
revoke all on sequence public.wallet_changes_id_seq from public, anon, authenticated, service_role;
grant select on table public.wallet_changes to authenticated, service_role;

create policy "Members can read wallet changes, and employees their own"
  on public.wallet_changes for select to authenticated
  using (
    organization_id = (select private.readable_organization_id())
    and case
      when (select (select current_setting('payd.reads_as_member', true))
        = current_setting('request.jwt.claims', true) || current_setting('request.headers', true)) then true
      else coalesce(employee_id = (select private.employee_id()), (select private.employee_id()) is null) end
  );

insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.wallet_changes', 'employee', 'employee_id', '{}',
    'Requested changes of the address the employee is paid at.'),
  ('public.wallet_changes', 'member', 'requested_by_user',
    '{previous_address,previous_memo_type,previous_memo,previous_email,new_address,new_memo_type,new_memo,'
    'new_email}',
    'Changes that the member asked for; the addresses are data of others.'),
  ('public.wallet_changes', 'member', 'decided_by',
    '{previous_address,previous_memo_type,previous_memo,previous_email,new_address,new_memo_type,new_memo,'
    'new_email}',
    'Changes that the member decided; the addresses are data of others.');

insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (25, 'public.wallet_changes', 'employee', 'employee_id',
    'delete from public.wallet_changes where organization_id = $1 and employee_id = $2::bigint');

insert into private.retention_rules (table_name, action, reason) values
  ('public.wallet_changes', 'keep', 'Indefinite: they say who redirected whose pay.');

insert into private.error_codes (code, http_status, message, hint) values
  ('wallet_change_not_found', 404,
    'There is no waiting wallet change %s in your organization.',
    'Check the id; a change that was applied or cancelled is final.'),
  ('wallet_change_needs_another_person', 403,
    'You asked for this change, so somebody else must confirm it.',
    'Ask another manager or an admin.'),
  ('email_taken_meanwhile', 409,
    'Another employee has the e-mail address of change %s by now.',
    'Cancel the change, or correct the other employee first.'),
  ('wallet_change_still_cooling', 409, 'The change takes effect at %s.', 'Wait until then, or cancel it.');

create function private.announce_wallet_change(change public.wallet_changes, step text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_type constant text := case (change).subject when 'email' then 'email_change.' else 'wallet_change.' end
    || announce_wallet_change.step;
begin
  -- No address in the trail or in an event: both outlive an erasure.
  perform private.write_audit((change).organization_id, v_type, 'employee', (change).employee_id::text,
    jsonb_build_object('wallet_change_id', (change).id, 'fields',
      jsonb_build_array(case (change).subject when 'email' then 'email' else 'wallet_address' end)));

  perform private.emit_event(
    (change).organization_id, v_type, 'wallet_change', (change).id::text, v_type || ':' || (change).id,
    jsonb_strip_nulls(jsonb_build_object(
      'wallet_change_id', (change).id, 'employee_id', (change).employee_id, 'policy', (change).policy, 'effective_at',
      (change).effective_at)));
end;
$$;
comment on function private.announce_wallet_change(public.wallet_changes, text) is
  'Writes a step of a change into the audit trail and the outbox.';

create function private.caller_in(organization_id bigint)
returns bigint
language plpgsql stable security definer
set search_path = ''
as $$
declare v_member public.users := private.membership();
begin
  return case when v_member.organization_id = caller_in.organization_id then v_member.id end;
end;
$$;
comment on function private.caller_in(bigint) is
  'The caller''s membership in that organization; null for a job, a service and a stranger.';

create function private.withdraw_wallet_change(change public.wallet_changes)
returns public.wallet_changes
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_change public.wallet_changes;
begin
  update public.wallet_changes as waiting
  set state = 'cancelled', decided_at = now(), decided_by = private.caller_in(waiting.organization_id)
  where waiting.id = (change).id
  returning waiting.* into v_change;

  perform private.announce_wallet_change(v_change, 'cancelled');

  return v_change;
end;
$$;
comment on function private.withdraw_wallet_change(public.wallet_changes) is 'Cancels a waiting change.';

create function private.record_wallet_change(change public.wallet_changes)
returns public.wallet_changes
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_organization public.organizations;
  v_change public.wallet_changes;
begin
  select organization.* into v_organization
  from public.organizations as organization
  where organization.id = (change).organization_id;

  insert into public.wallet_changes (
    organization_id, employee_id, subject, previous_address, previous_memo_type, previous_memo, previous_email,
    new_address, new_memo_type, new_memo, new_email, policy, requested_by, requested_by_user, effective_at)
  values (
    (change).organization_id, (change).employee_id, (change).subject, (change).previous_address,
    (change).previous_memo_type, (change).previous_memo, (change).previous_email, (change).new_address,
    (change).new_memo_type, (change).new_memo, (change).new_email, v_organization.wallet_change_policy,
    private.actor(), private.caller_in((change).organization_id),
    case v_organization.wallet_change_policy
      when 'cooling_off' then now() + make_interval(hours => v_organization.wallet_change_hours) end)
  returning * into v_change;

  -- An organization may do without protection, not without a trace.
  if v_change.policy = 'immediate' then
    update public.wallet_changes as waiting
    set state = 'applied', decided_at = now()
    where waiting.id = v_change.id
    returning waiting.* into v_change;
  end if;

  perform private.announce_wallet_change(v_change,
    case v_change.state when 'applied' then 'applied' else 'requested' end);

  return v_change;
end;
$$;
comment on function private.record_wallet_change(public.wallet_changes) is
  'Writes down that another address was asked for, under the policy of the organization.';

create function private.requested_destination(earlier public.employees, wanted public.employees)
returns public.wallet_changes
language plpgsql immutable security invoker
set search_path = ''
as $$
declare v_change public.wallet_changes;
begin
  v_change.organization_id := (wanted).organization_id;
  v_change.employee_id := (wanted).id;
  v_change.subject := 'wallet';
  v_change.previous_address := (earlier).wallet_address;
  v_change.previous_memo_type := (earlier).memo_type;
  v_change.previous_memo := (earlier).memo;
  v_change.new_address := (wanted).wallet_address;
  v_change.new_memo_type := (wanted).memo_type;
  v_change.new_memo := (wanted).memo;

  return v_change;
end;
$$;
comment on function private.requested_destination(public.employees, public.employees) is
  'The request for the address and memo of one record in place of those of another.';

-- What a record was called before. What it is called now stands in the record itself.
create table private.former_identities (
  organization_id bigint not null,
  employee_id bigint not null,
  kind text not null,
  key text not null,
  until timestamptz not null default now(),
  constraint former_identities_are_kept_once primary key (organization_id, kind, key, employee_id),
  constraint former_identities_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint former_identities_kind_is_known check (kind in ('email', 'name'))
);
comment on table private.former_identities is
  'The e-mail addresses and names that records of employees had before, to know a person again.';
create index former_identities_organization_id_employee_id_idx
  on private.former_identities (organization_id, employee_id);
alter table private.former_identities enable row level security;
alter table private.former_identities force row level security;

create function private.keep_former_identities()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  insert into private.former_identities (organization_id, employee_id, kind, key)
  select former.organization_id, former.id, former.kind, former.key
  from (
    select earlier.organization_id, earlier.id, 'email' as kind, earlier.email as key
    from rows_before as earlier
    join rows_after as changed on changed.id = earlier.id
    where changed.email <> earlier.email
    union all
    select earlier.organization_id, earlier.id, 'name', private.person_key(earlier.first_name, earlier.last_name)
    from rows_before as earlier
    join rows_after as changed on changed.id = earlier.id
    where (changed.first_name, changed.last_name) <> (earlier.first_name, earlier.last_name)
  ) as former
  on conflict on constraint former_identities_are_kept_once do nothing;

  return null;
end;
$$;
comment on function private.keep_former_identities() is
  'Statement trigger: an e-mail address or name that a record loses is remembered.';

create trigger employees_keep_former_identities
  after update on public.employees
  referencing old table as rows_before new table as rows_after
  for each statement execute function private.keep_former_identities();

insert into private.retention_rules (table_name, action, reason) values
  ('private.former_identities', 'keep', 'Indefinite: a person who returns under an earlier name is known again.');

insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('private.former_identities', 'employee', 'employee_id', '{}', 'Earlier e-mail addresses and names of the employee.');

insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (26, 'private.former_identities', 'employee', 'employee_id',
    'delete from private.former_identities where organization_id = $1 and employee_id = $2::bigint');

create function private.earlier_self(employee public.employees, since bigint)
returns public.employees
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_emails text[];
  v_names text[];
  v_known bigint[];
  v_earlier public.employees;
begin
  select array_agg(former.key) filter (where former.kind = 'email') || (employee).email,
    array_agg(former.key) filter (where former.kind = 'name')
      || private.person_key((employee).first_name, (employee).last_name)
  into v_emails, v_names
  from private.former_identities as former
  where former.organization_id = (employee).organization_id
    and former.employee_id = (employee).id;

  v_known := array(
    select same.id from public.employees as same
    where same.organization_id = (employee).organization_id and same.email = any (v_emails)
      and same.deleted_at is not null
    union all
    select same.id from public.employees as same
    where same.organization_id = (employee).organization_id and same.email = any (v_emails)
      and same.deleted_at is null
    union all
    select same.id from public.employees as same
    where same.organization_id = (employee).organization_id
      and private.person_key(same.first_name, same.last_name) = any (v_names)
    union all
    select former.employee_id from private.former_identities as former
    where former.organization_id = (employee).organization_id
      and (former.kind, former.key) in (
        select 'email', unnest(v_emails) union all select 'name', unnest(v_names)));

  -- Somebody who is paid at the wanted address already asks for nothing new; an e-mail address says more than a name.
  select earlier.* into v_earlier
  from public.employees as earlier
  where earlier.id = any (v_known)
    and earlier.id <> (employee).id
    and earlier.id < earlier_self.since
    and earlier.wallet_address_set_at is not null
  order by
    (earlier.wallet_address, earlier.memo_type, earlier.memo)
      is not distinct from ((employee).wallet_address, (employee).memo_type, (employee).memo) desc,
    earlier.email = any (v_emails) desc, earlier.id desc
  limit 1;

  if (v_earlier.wallet_address, v_earlier.memo_type, v_earlier.memo)
    is not distinct from ((employee).wallet_address, (employee).memo_type, (employee).memo) then
    return null;
  end if;

  return v_earlier;
end;
$$;
comment on function private.earlier_self(public.employees, bigint) is
  'Another record, with an id below since, that may be about the same person and was paid elsewhere, or null for '
  'somebody new.';

-- Whatever path writes another address over an earlier one (an edit, an import), it becomes a request instead.
create function private.hold_wallet_changes()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_waiting public.wallet_changes;
  v_earlier public.employees := old;
begin
  if current_setting('payd.applies_wallet_change', true) = new.id::text then
    return new;
  end if;

  select waiting.* into v_waiting
  from public.wallet_changes as waiting
  where waiting.employee_id = new.id
    and waiting.subject = 'wallet'
    and waiting.state = 'waiting';

  -- The same request again changes nothing, neither its end nor the protection that it was made under.
  if new.deleted_at is null
    and v_waiting.id is not null
    and (new.wallet_address, new.memo_type, new.memo)
      is not distinct from (v_waiting.new_address, v_waiting.new_memo_type, v_waiting.new_memo) then
    new.wallet_address := old.wallet_address;
    new.memo_type := old.memo_type;
    new.memo := old.memo;
    return new;
  end if;

  -- Any other instruction is the last one, also the present address, none at all, or a farewell.
  if v_waiting.id is not null then
    perform private.withdraw_wallet_change(v_waiting);
  end if;

  if new.wallet_address is null
    or (new.wallet_address, new.memo_type, new.memo)
      is not distinct from (old.wallet_address, old.memo_type, old.memo) then
    return new;
  end if;

  -- Only the first address of somebody new takes effect at once: clearing one and setting another is no way around, and
  -- neither is a second record.
  if old.wallet_address_set_at is null then
    -- Also a record that was added later: an old one may have been renamed after somebody.
    v_earlier := private.earlier_self(new, 9223372036854775807);

    if v_earlier.id is null then
      return new;
    end if;
  end if;

  if (private.record_wallet_change(private.requested_destination(v_earlier, new))).state = 'waiting' then
    new.wallet_address := old.wallet_address;
    new.memo_type := old.memo_type;
    new.memo := old.memo;
  end if;

  return new;
end;
$$;
comment on function private.hold_wallet_changes() is
  'Turns an address or memo that is written over an earlier one into a request, and withdraws the request that it '
  'replaces.';

create trigger employees_hold_wallet_changes
  before update of wallet_address, memo_type, memo, deleted_at on public.employees
  for each row execute function private.hold_wallet_changes();

-- The e-mail address says who a record is about: another one turns the record and its payout address over.
create function private.hold_email_changes()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_waiting public.wallet_changes;
  v_change public.wallet_changes;
begin
  if coalesce(current_setting('payd.applies_wallet_change', true), '') <> new.id::text then
    select waiting.* into v_waiting
    from public.wallet_changes as waiting
    where waiting.employee_id = new.id
      and waiting.subject = 'email'
      and waiting.state = 'waiting';

    if new.deleted_at is null and new.email = v_waiting.new_email then
      new.email := old.email;
      return new;
    end if;

    if v_waiting.id is not null then
      perform private.withdraw_wallet_change(v_waiting);
    end if;

    -- A record without an address receives no pay; that of a person who left or was erased receives none either.
    if new.email <> old.email
      and new.deleted_at is null
      and old.wallet_address_set_at is not null then
      -- An address that a colleague has is refused now and not at the end of the waiting.
      if exists (
        select from public.employees as colleague
        where colleague.organization_id = new.organization_id
          and colleague.email = new.email
          and colleague.deleted_at is null
      ) then
        perform private.refuse('email_taken');
      end if;

      v_change.organization_id := new.organization_id;
      v_change.employee_id := new.id;
      v_change.subject := 'email';
      v_change.previous_email := old.email;
      v_change.new_email := new.email;

      if (private.record_wallet_change(v_change)).state = 'waiting' then
        new.email := old.email;
      end if;
    end if;
  end if;

  -- Another address may be another person, who must not read on.
  if new.email <> old.email then
    new.auth_user_id := null;
  end if;

  return new;
end;
$$;
comment on function private.hold_email_changes() is
  'Turns another e-mail address of somebody who is paid into a request; once it holds, the account is unlinked.';

create trigger employees_hold_email_changes
  before update of email, deleted_at on public.employees
  for each row execute function private.hold_email_changes();

-- A second record of a person is a change of address like every other, under whatever name or e-mail address.
create function private.hold_addresses_of_rehires()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_since constant bigint := (select min(added.id) from rows_after as added);
  v_return public.employees;
  v_earlier public.employees;
begin
  -- Nearly all are new: only those of whom something is known are looked at one by one.
  for v_return in
    select added.*
    from rows_after as added
    where added.wallet_address is not null
      and (
        exists (
          select from public.employees as same
          where same.organization_id = added.organization_id and same.email = added.email
            and same.deleted_at is not null)
        or exists (
          select from public.employees as same
          where same.organization_id = added.organization_id
            and private.person_key(same.first_name, same.last_name)
              = private.person_key(added.first_name, added.last_name)
            and same.id < v_since)
        or exists (
          select from private.former_identities as former
          where former.organization_id = added.organization_id and former.kind = 'email' and former.key = added.email)
        or exists (
          select from private.former_identities as former
          where former.organization_id = added.organization_id and former.kind = 'name'
            and former.key = private.person_key(added.first_name, added.last_name)))
    order by added.id
  loop
    v_earlier := private.earlier_self(v_return, v_since);

    -- Until the change is confirmed the employee has no address: the earlier one may be the reason for the change.
    if v_earlier.id is not null
      and (private.record_wallet_change(private.requested_destination(v_earlier, v_return))).state = 'waiting' then
      perform set_config('payd.applies_wallet_change', v_return.id::text, true);

      update public.employees as employee
      set wallet_address = null, memo_type = null, memo = null
      where employee.id = v_return.id;

      perform set_config('payd.applies_wallet_change', '', true);
    end if;
  end loop;

  return null;
end;
$$;
comment on function private.hold_addresses_of_rehires() is
  'Statement trigger: the address of somebody who was there before with another one becomes a request.';

-- The name puts it behind the trigger that keeps the wallets, which must see the address go again.
create trigger employees_suspend_addresses_of_rehires
  after insert on public.employees
  referencing new table as rows_after
  for each statement execute function private.hold_addresses_of_rehires();

-- What somebody asked for who may no longer ask is not done: a dismissed manager's request must not take effect by
-- itself days later.
create function private.withdraw_wallet_changes_of_member()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_change public.wallet_changes;
begin
  perform from public.employees as employee
  where employee.organization_id = new.organization_id
    and employee.id in (
      select waiting.employee_id
      from public.wallet_changes as waiting
      where waiting.organization_id = new.organization_id
        and waiting.requested_by_user = new.id
        and waiting.state = 'waiting')
  order by employee.id
  for no key update;

  for v_change in
    select waiting.*
    from public.wallet_changes as waiting
    where waiting.organization_id = new.organization_id
      and waiting.requested_by_user = new.id
      and waiting.state = 'waiting'
    order by waiting.employee_id
    for update
  loop
    perform private.withdraw_wallet_change(v_change);
  end loop;

  return null;
end;
$$;
comment on function private.withdraw_wallet_changes_of_member() is
  'Row trigger: a member who leaves or may no longer change employees takes the waiting requests along.';

create trigger users_withdraw_wallet_changes
  after update of role, deleted_at on public.users
  for each row
  when ((old.deleted_at is null and new.deleted_at is not null) or (old.role <> 'viewer' and new.role = 'viewer'))
  execute function private.withdraw_wallet_changes_of_member();

create function private.apply_wallet_change(change public.wallet_changes, decided_by bigint)
returns public.wallet_changes
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_change public.wallet_changes;
begin
  update public.wallet_changes as waiting
  set state = 'applied', decided_at = now(), decided_by = apply_wallet_change.decided_by
  where waiting.id = (change).id
  returning waiting.* into v_change;

  perform set_config('payd.applies_wallet_change', (change).employee_id::text, true);

  if (change).subject = 'email' then
    update public.employees as employee
    set email = (change).new_email
    where employee.id = (change).employee_id;
  else
    update public.employees as employee
    set wallet_address = (change).new_address, memo_type = (change).new_memo_type, memo = (change).new_memo
    where employee.id = (change).employee_id;
  end if;

  perform set_config('payd.applies_wallet_change', '', true);
  perform private.announce_wallet_change(v_change, 'applied');

  return v_change;
end;
$$;
comment on function private.apply_wallet_change(public.wallet_changes, bigint) is
  'Makes a waiting change the address of the employee. Both rows are locked already.';

create function private.email_is_taken_meanwhile(change public.wallet_changes)
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return exists (
    select from public.employees as colleague
    where (change).subject = 'email'
      and colleague.organization_id = (change).organization_id
      and colleague.email = (change).new_email
      and colleague.id <> (change).employee_id
      and colleague.deleted_at is null);
end;
$$;
comment on function private.email_is_taken_meanwhile(public.wallet_changes) is
  'Whether a colleague got the e-mail address while the change waited.';

create function private.apply_due_wallet_changes(p_now timestamptz default now())
returns integer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_employee_id bigint;
  v_change public.wallet_changes;
  v_applied integer := 0;
begin
  -- An employee whom somebody is changing at this moment is left to the next call.
  for v_employee_id in
    select employee.id
    from public.wallet_changes as waiting
    join public.employees as employee on employee.id = waiting.employee_id
    where waiting.state = 'waiting'
      and waiting.effective_at <= apply_due_wallet_changes.p_now
    order by waiting.organization_id, waiting.id
    limit 1000
    for no key update of employee skip locked
  loop
    -- Read again under the lock: they may have been cancelled or replaced since.
    for v_change in
      select waiting.*
      from public.wallet_changes as waiting
      where waiting.employee_id = v_employee_id
        and waiting.state = 'waiting'
        and waiting.effective_at <= apply_due_wallet_changes.p_now
      order by waiting.id
      for update
    loop
      -- What can no longer be done must not stop what is due for others.
      if private.email_is_taken_meanwhile(v_change) then
        perform private.withdraw_wallet_change(v_change);
      else
        perform private.apply_wallet_change(v_change, null);
        v_applied := v_applied + 1;
      end if;
    end loop;
  end loop;

  return v_applied;
end;
$$;
comment on function private.apply_due_wallet_changes(timestamptz) is
  'Applies the changes whose cooling-off period has ended; at most 1000 a call.';

insert into private.scheduled_jobs (name, kind, target, every_seconds) values
  ('wallet-changes', 'sql', 'select private.apply_due_wallet_changes()', 60);

create function private.locked_wallet_change(wallet_change_id bigint, organization_id bigint)
returns public.wallet_changes
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_change public.wallet_changes;
begin
  perform from public.employees as employee
  where employee.organization_id = locked_wallet_change.organization_id
    and employee.id = (
      select change.employee_id
      from public.wallet_changes as change
      where change.id = locked_wallet_change.wallet_change_id)
  for no key update;

  select waiting.* into v_change
  from public.wallet_changes as waiting
  where waiting.id = locked_wallet_change.wallet_change_id
    and waiting.organization_id = locked_wallet_change.organization_id
    and waiting.state = 'waiting'
  for update;

  if not found then
    perform private.refuse('wallet_change_not_found',
      coalesce(locked_wallet_change.wallet_change_id::text, 'without id'));
  end if;

  return v_change;
end;
$$;
comment on function private.locked_wallet_change(bigint, bigint) is
  'A waiting change of the organization, locked after its employee, as every edit of the employee does.';

create function private.asked_for_wallet_change(change public.wallet_changes, auth_user_id uuid)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- The person counts and not the membership: who left and came back has another one, and who was forgotten could be
  -- anybody.
  select (change).requested_by = 'auth:' || asked_for_wallet_change.auth_user_id
    or exists (
      select from public.users as requester
      where requester.id = (change).requested_by_user
        and coalesce(requester.auth_user_id = asked_for_wallet_change.auth_user_id, true));
$$;
comment on function private.asked_for_wallet_change(public.wallet_changes, uuid) is
  'Whether the person asked for the change, in whatever membership.';

create function private.confirm_wallet_change(wallet_change_id bigint)
returns setof public.wallet_changes
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_change public.wallet_changes := private.locked_wallet_change(confirm_wallet_change.wallet_change_id,
    v_member.organization_id);
begin
  -- A second pair of eyes also shortens a cooling-off period; the requester's own never does.
  if private.asked_for_wallet_change(v_change, v_member.auth_user_id) then
    perform private.refuse(
      case v_change.policy when 'second_person' then 'wallet_change_needs_another_person'
        else 'wallet_change_still_cooling' end,
      coalesce(v_change.effective_at::text, 'once confirmed'));
  end if;

  if private.email_is_taken_meanwhile(v_change) then
    perform private.refuse('email_taken_meanwhile', v_change.id::text);
  end if;

  return next private.apply_wallet_change(v_change, v_member.id);
end;
$$;
grant execute on function private.confirm_wallet_change(bigint) to authenticated;

create function public.confirm_wallet_change(wallet_change_id bigint)
returns setof public.wallet_changes
language sql volatile security invoker
set search_path = ''
as $$ select * from private.confirm_wallet_change(wallet_change_id); $$;
comment on function public.confirm_wallet_change(bigint) is
  'Applies a waiting change at once; never by the person who asked for it.';
revoke all on function public.confirm_wallet_change(bigint) from public, anon, authenticated, service_role;
grant execute on function public.confirm_wallet_change(bigint) to authenticated;

create function private.cancel_wallet_change(wallet_change_id bigint)
returns setof public.wallet_changes
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_member public.users := private.require_member('manager');
begin
  return next private.withdraw_wallet_change(private.locked_wallet_change(cancel_wallet_change.wallet_change_id,
    v_member.organization_id));
end;
$$;
grant execute on function private.cancel_wallet_change(bigint) to authenticated;

create function public.cancel_wallet_change(wallet_change_id bigint)
returns setof public.wallet_changes
language sql volatile security invoker
set search_path = ''
as $$ select * from private.cancel_wallet_change(wallet_change_id); $$;
comment on function public.cancel_wallet_change(bigint) is 'Drops a waiting change. For managers.';
revoke all on function public.cancel_wallet_change(bigint) from public, anon, authenticated, service_role;
grant execute on function public.cancel_wallet_change(bigint) to authenticated;

create function private.wanted_destination(
  employee_id bigint, inout wallet_address text, inout memo_type text, inout memo text
)
returns record
language plpgsql stable security definer
set search_path = ''
as $$
declare v_waiting public.wallet_changes;
begin
  -- An import asks for everybody it brings, and nothing waits for somebody who is new.
  if wanted_destination.employee_id is null then
    return;
  end if;

  select waiting.* into v_waiting
  from public.wallet_changes as waiting
  where waiting.employee_id = wanted_destination.employee_id
    and waiting.subject = 'wallet'
    and waiting.state = 'waiting';

  if found then
    wanted_destination.wallet_address := v_waiting.new_address;
    wanted_destination.memo_type := v_waiting.new_memo_type;
    wanted_destination.memo := v_waiting.new_memo;
  end if;
end;
$$;
comment on function private.wanted_destination(bigint, text, text, text) is
  'The address and memo that were asked for last, which may wait; else the given ones.';

create function private.wanted_email(employee_id bigint, email text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return coalesce((
    select waiting.new_email
    from public.wallet_changes as waiting
    where waiting.employee_id = wanted_email.employee_id
      and waiting.subject = 'email'
      and waiting.state = 'waiting'
  ), wanted_email.email);
end;
$$;
comment on function private.wanted_email(bigint, text) is
  'The e-mail address that was asked for last, which may wait; else the given one.';

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.wallet_changes.requested', 'boolean', 'true', 'Payout addresses that are to change.'),
  ('notifications.wallet_changes.applied', 'boolean', 'true', 'Payout addresses that changed.'),
  ('notifications.wallet_changes.cancelled', 'boolean', 'true', 'Changes of payout addresses that were withdrawn.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('wallet_change.requested', 'members', 'manager',
    'notifications.wallet_changes.requested',
    'The payout address of employee {employee_id} is to change',
    'Ask the employee whether that is right. Wallet change {wallet_change_id} can be confirmed by another person or '
    'cancelled.'),
  ('wallet_change.applied', 'members', 'manager',
    'notifications.wallet_changes.applied',
    'The payout address of employee {employee_id} changed',
    'Wallet change {wallet_change_id} is in effect. '
    'Runs that were submitted before pay the address that was approved.'),
  ('wallet_change.cancelled', 'members', 'manager',
    'notifications.wallet_changes.cancelled',
    'A change of the payout address of employee {employee_id} was withdrawn',
    'Wallet change {wallet_change_id} will not take effect.'),
  ('email_change.requested', 'members', 'manager',
    'notifications.wallet_changes.requested',
    'The e-mail address of employee {employee_id}, who is paid, is to change',
    'Ask the employee whether that is right. Wallet change {wallet_change_id} can be confirmed by another person or '
    'cancelled.'),
  ('email_change.applied', 'members', 'manager',
    'notifications.wallet_changes.applied',
    'The e-mail address of employee {employee_id} changed',
    'Wallet change {wallet_change_id} is in effect; an account that was linked no longer is.'),
  ('email_change.cancelled', 'members', 'manager',
    'notifications.wallet_changes.cancelled',
    'A change of the e-mail address of employee {employee_id} was withdrawn',
    'Wallet change {wallet_change_id} will not take effect.'),
  ('email_change.requested', 'employee', null, null, 'The e-mail address of your record is to change',
    'If you did not ask for it, tell your employer now: wallet change {wallet_change_id} can still be cancelled.'),
  ('email_change.cancelled', 'employee', null, null, 'A change of the e-mail address of your record was withdrawn',
    'Wallet change {wallet_change_id} will not take effect.'),
  ('wallet_change.requested', 'employee', null, null, 'Your payout address is to change',
    'If you did not ask for it, tell your employer now: wallet change {wallet_change_id} can still be cancelled.'),
  ('wallet_change.applied', 'employee', null, null, 'Your payout address changed',
    'If you did not ask for it, tell your employer now, before the next payment.'),
  ('wallet_change.cancelled', 'employee', null, null, 'A change of your payout address was withdrawn',
    'Wallet change {wallet_change_id} will not take effect.');

create function private.check_wallet_changes(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select change.organization_id, 'info', 'wallet_change_waiting', 'wallet_change', change.id::text, change.created_at,
    format('A wallet change of employee %s waits for a second person.', change.employee_id),
    'Confirm it after you asked the employee, or cancel it.',
    null::text, null::timestamptz, null::text
  from public.wallet_changes as change
  where change.state = 'waiting'
    and change.policy = 'second_person'
    and (check_wallet_changes.organization_id is null or change.organization_id = check_wallet_changes.organization_id)

  union all
  select change.organization_id, 'warning', 'wallet_change_overdue', 'wallet_change', change.id::text,
  change.effective_at,
    format('The wallet change of employee %s should have taken effect at %s.', change.employee_id,
      private.minute_of(change.effective_at)),
    'Check that the scheduled jobs run; until it takes effect the employee is paid at the old address.',
    null::text, null::timestamptz, null::text
  from public.wallet_changes as change
  where change.state = 'waiting'
    and change.policy = 'cooling_off'
    and change.effective_at < now() - interval '15 minutes'
    and (check_wallet_changes.organization_id is null or change.organization_id = check_wallet_changes.organization_id);
$$;
comment on function private.check_wallet_changes(bigint) is
  'Changes of addresses that wait for a person, or should have taken effect.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_wallet_changes', 'An employee is paid at the old address until a change takes effect.');
