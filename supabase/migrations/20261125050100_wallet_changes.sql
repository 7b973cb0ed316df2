-- migration: changes of payout addresses
-- Whoever can redirect a salary can steal it. Only the first address that a person ever has takes effect at once. A
-- later one does so after a cooling-off period or when a second person confirms it, as the organization chose; until
-- then the old address is paid. The last instruction counts: whatever was asked for before it is withdrawn. Every step
-- is audited and announced. A run that was submitted pays what was approved. The employee is locked before the change,
-- always in this order.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.notification_templates, private.personal_data, private.personal_data_erasures,
--   private.preference_defaults, private.retention_rules, private.scheduled_jobs, private.state_transitions,
--   public.employees, public.users, public.wallet_changes
-- depends: 20261125000000, 20261125000100, 20261125000300, 20261125000500, 20261125000800, 20261125000900,
--   20261125001000, 20261125001100, 20261125010400, 20261125020000, 20261125020100, 20261125020200, 20261125020400,
--   20261125030000, 20261125040000, 20261125040100
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.wallet_changes (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  employee_id bigint not null,
  previous_address text,
  new_address text not null,
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
  constraint wallet_changes_new_address_is_an_account check (private.is_account_id(new_address)),
  constraint wallet_changes_are_decided_once check ((state = 'waiting') = (decided_at is null))
);
comment on table public.wallet_changes is 'Requested changes of the address an employee is paid at.';
create unique index wallet_changes_one_waiting_per_employee_key
  on public.wallet_changes (employee_id) where state = 'waiting';
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
    and case when (select private.employee_id()) is null then true else employee_id = (select private.employee_id()) end
  );

insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.wallet_changes', 'employee', 'employee_id', '{}',
    'Requested changes of the address the employee is paid at.'),
  ('public.wallet_changes', 'member', 'requested_by_user',
    '{previous_address,new_address}',
    'Changes that the member asked for; the addresses are data of others.'),
  ('public.wallet_changes', 'member', 'decided_by',
    '{previous_address,new_address}',
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
  ('wallet_change_still_cooling', 409, 'The change takes effect at %s.', 'Wait until then, or cancel it.');

create function private.announce_wallet_change(change public.wallet_changes, type text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- No address in the trail or in an event: both outlive an erasure.
  perform private.write_audit((change).organization_id, announce_wallet_change.type, 'employee',
    (change).employee_id::text,
    jsonb_build_object('wallet_change_id', (change).id, 'fields', jsonb_build_array('wallet_address')));

  perform private.emit_event(
    (change).organization_id, announce_wallet_change.type, 'wallet_change', (change).id::text,
    announce_wallet_change.type || ':' || (change).id,
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

  perform private.announce_wallet_change(v_change, 'wallet_change.cancelled');

  return v_change;
end;
$$;
comment on function private.withdraw_wallet_change(public.wallet_changes) is 'Cancels a waiting change.';

create function private.record_wallet_change(employee public.employees, new_address text)
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
  where organization.id = (employee).organization_id;

  insert into public.wallet_changes (
    organization_id, employee_id, previous_address, new_address, policy, requested_by, requested_by_user, effective_at)
  values (
    (employee).organization_id, (employee).id, (employee).wallet_address, record_wallet_change.new_address,
    v_organization.wallet_change_policy,
    private.actor(), private.caller_in((employee).organization_id),
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
    case v_change.state when 'applied' then 'wallet_change.applied' else 'wallet_change.requested' end);

  return v_change;
end;
$$;
comment on function private.record_wallet_change(public.employees, text) is
  'Writes down that another address was asked for, under the policy of the organization.';

-- Whatever path writes another address over an earlier one (an edit, an import), it becomes a request instead.
create function private.hold_wallet_changes()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_waiting public.wallet_changes;
begin
  if current_setting('payd.applies_wallet_change', true) = new.id::text then
    return new;
  end if;

  select waiting.* into v_waiting
  from public.wallet_changes as waiting
  where waiting.employee_id = new.id
    and waiting.state = 'waiting';

  -- The same request again changes nothing, neither its end nor the protection that it was made under.
  if new.deleted_at is null and new.wallet_address = v_waiting.new_address then
    new.wallet_address := old.wallet_address;
    return new;
  end if;

  -- Any other instruction is the last one, also the present address, none at all, or a farewell.
  if v_waiting.id is not null then
    perform private.withdraw_wallet_change(v_waiting);
  end if;

  -- Only the first address ever takes effect at once: clearing one and setting another is no way around.
  if new.wallet_address is not distinct
    from old.wallet_address or new.wallet_address is null or old.wallet_address_set_at is null then
    return new;
  end if;

  if (private.record_wallet_change(old, new.wallet_address)).state = 'waiting' then
    new.wallet_address := old.wallet_address;
  end if;

  return new;
end;
$$;
comment on function private.hold_wallet_changes() is
  'Turns an address that is written over an earlier one into a request, and withdraws the request that it replaces.';

create trigger employees_hold_wallet_changes
  before update of wallet_address, deleted_at on public.employees
  for each row execute function private.hold_wallet_changes();

-- Removing somebody and adding the same person again with another address is a change of address like every other.
create function private.hold_addresses_of_rehires()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_return record;
  v_employee public.employees;
begin
  for v_return in
    select added.id, added.wallet_address as new_address, earlier.wallet_address as earlier_address
    from rows_after as added
    cross join lateral (
      select left_employee.wallet_address, left_employee.wallet_address_set_at
      from public.employees as left_employee
      where left_employee.organization_id = added.organization_id
        and left_employee.email = added.email
        and left_employee.deleted_at is not null
      order by left_employee.deleted_at desc, left_employee.id desc
      limit 1
    ) as earlier
    where added.wallet_address is distinct from earlier.wallet_address
      and added.wallet_address is not null
      and earlier.wallet_address_set_at is not null
    order by added.id
  loop
    select employee.* into v_employee from public.employees as employee where employee.id = v_return.id;
    v_employee.wallet_address := v_return.earlier_address;

    -- Until then there is no address: the earlier one may be the reason why it is another.
    if (private.record_wallet_change(v_employee, v_return.new_address)).state = 'waiting' then
      perform set_config('payd.applies_wallet_change', v_return.id::text, true);

      update public.employees as employee
      set wallet_address = null
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

  update public.employees as employee
  set wallet_address = (change).new_address
  where employee.id = (change).employee_id;

  perform set_config('payd.applies_wallet_change', '', true);
  perform private.announce_wallet_change(v_change, 'wallet_change.applied');

  return v_change;
end;
$$;
comment on function private.apply_wallet_change(public.wallet_changes, bigint) is
  'Makes a waiting change the address of the employee. Both rows are locked already.';

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
    -- Read again under the lock: it may have been cancelled or replaced since.
    select waiting.* into v_change
    from public.wallet_changes as waiting
    where waiting.employee_id = v_employee_id
      and waiting.state = 'waiting'
      and waiting.effective_at <= apply_due_wallet_changes.p_now
    for update;

    if found then
      perform private.apply_wallet_change(v_change, null);
      v_applied := v_applied + 1;
    end if;
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

create function private.wanted_wallet_address(employee public.employees)
returns text
language sql stable security definer
set search_path = ''
as $$
  select coalesce((
    select waiting.new_address
    from public.wallet_changes as waiting
    where waiting.employee_id = (employee).id and waiting.state = 'waiting'
  ), (employee).wallet_address);
$$;

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
  ('wallet_change.requested', 'employee', null, null, 'Your payout address is to change',
    'If you did not ask for it, tell your employer now: wallet change {wallet_change_id} can still be cancelled.'),
  ('wallet_change.applied', 'employee', null, null, 'Your payout address changed',
    'If you did not ask for it, tell your employer now, before the next payment.'),
  ('wallet_change.cancelled', 'employee', null, null, 'A change of your payout address was withdrawn',
    'Wallet change {wallet_change_id} will not take effect.');
