-- migration: editing a draft
-- Until a run is submitted it can be changed: memo, period and asset, one person more or less, a bonus, another amount
-- with a reason, or discarded altogether. Every command can name the version that its author saw. A pending run goes
-- back to draft first, and its approvals are void.
-- author: PayD | date: 2026-11-30
-- tables: private.error_codes, private.limits
-- depends: 20261125000000, 20261125000100, 20261125001200, 20261125010000, 20261125010100, 20261125010200,
--   20261125010300, 20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125040000, 20261125060000,
--   20261125060200, 20261125060300, 20261125060320, 20261125060350, 20261125060400
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('amount_reason_missing', 422,
    'Another amount than the salary gives needs a reason.',
    'Say why, for the people who approve the run.'),
  ('bonus_amount_missing', 422, 'A bonus needs an amount.', 'Give the amount, or take the bonus out of the run.'),
  ('employee_in_payroll_run', 409,
    'Employee %s has base pay in payroll run %s already.',
    'Change the amount of that item instead.'),
  ('employee_not_in_payroll_run', 404,
    'Employee %s has no items in payroll run %s.',
    'Check the ids; somebody else may have taken the person out.'),
  ('employee_without_base_pay', 409,
    'The salary of employee %s gives no base pay for the period of payroll run %s.',
    'Give the employee a salary, or name an amount with a reason.'),
  ('payroll_run_not_discarded', 409,
    'Payroll run %s is %s, so it cannot be restored.',
    'Only discarded drafts can be restored.'),
  ('payroll_run_has_edits', 409,
    'Payroll run %s has a bonus or an amount by hand, which another asset would make wrong.',
    'Take them out of the run first, or discard it and create another one.'),
  ('unknown_payroll_run_field', 422, '%s is not a field of a payroll run that can be changed.',
    'Use period_start, period_end, asset_code, asset_issuer and memo.');

create function private.editors_since(run public.payroll_runs, seen_version integer)
returns text
language sql stable security definer
set search_path = ''
as $$
  select coalesce(string_agg(edit.sentence, '; ' order by edit.number), 'it was changed')
  from (
    select changed.sentence, row_number() over (order by changed.happened_at, changed.id) as number
    from (
      select item_edit.id, item_edit.created_at as happened_at,
        format('%s %s of %s %s %s by %s', item_edit.item_type,
          case item_edit.action when 'changed' then item_edit.old_amount::text || ' -> ' || item_edit.new_amount::text
            else coalesce(item_edit.new_amount, item_edit.old_amount)::text end,
          employee.first_name, employee.last_name, item_edit.action,
          coalesce(member.email, 'the service')) as sentence
      from public.payroll_item_edits as item_edit
      join public.employees as employee on employee.organization_id = item_edit.organization_id
        and employee.id = item_edit.employee_id
      left join public.users as member on member.organization_id = item_edit.organization_id
        and member.id = item_edit.user_id
      where item_edit.organization_id = (run).organization_id
        and item_edit.payroll_run_id = (run).id
        and item_edit.run_version >= editors_since.seen_version
      union all
      select entry.id, entry.created_at,
        format('%s by %s', replace(entry.action, '_', ' '), coalesce((
          select member.email from public.users as member
          where member.organization_id = entry.organization_id and 'user:' || member.id = entry.actor), entry.actor))
      from public.payroll_audit_logs as entry
      where entry.organization_id = (run).organization_id
        and entry.payroll_run_id = (run).id
        and (entry.new_state ->> 'version')::integer > editors_since.seen_version
        and entry.action <> 'items_changed'
    ) as changed
  ) as edit
  where edit.number <= 5;
$$;
comment on function private.editors_since(public.payroll_runs, integer) is
  'The first changes of the run after a version, each with who made it, for the sentence of a refusal.';

create function private.require_run_version(run public.payroll_runs, expected_version integer)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if (run).version is distinct from require_run_version.expected_version then
    perform private.refuse('payroll_run_outdated', (run).id::text,
      case when require_run_version.expected_version is null then 'the version that you looked at is missing'
        else format('it has version %s, you saw %s (%s)', (run).version, require_run_version.expected_version,
          private.editors_since(run, require_run_version.expected_version)) end);
  end if;
end;
$$;
comment on function private.require_run_version(public.payroll_runs, integer) is
  'Refuses a command about a run that is not as its author saw it, and says what changed.';

create function private.editable_payroll_run(run public.payroll_runs, expected_version integer, reason text)
returns public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs;
begin
  if editable_payroll_run.expected_version is not null then
    perform private.require_run_version(run, editable_payroll_run.expected_version);
  end if;

  perform private.require_limit('items_per_payroll_run', (run).item_count);
  perform private.return_to_draft(run, editable_payroll_run.reason);

  select draft.* into v_run
  from public.payroll_runs as draft
  where draft.id = (run).id;

  return v_run;
end;
$$;
comment on function private.editable_payroll_run(public.payroll_runs, integer, text) is
  'The locked run as a draft; refuses one that is paid, discarded or not as the caller saw it.';

create function private.payable_employee(run public.payroll_runs, employee_id bigint)
returns public.employees
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_employee public.employees;
begin
  select employee.* into v_employee
  from public.employees as employee
  where employee.id = payable_employee.employee_id
    and employee.organization_id = (run).organization_id
    and employee.deleted_at is null
  for share;

  if not found then
    perform private.refuse('employee_not_found', coalesce(payable_employee.employee_id::text, 'without id'));
  end if;

  if v_employee.status <> 'active'
    or (v_employee.asset_code, v_employee.asset_issuer) <> ((run).asset_code, (run).asset_issuer) then
    perform private.refuse('employee_not_payable', v_employee.id::text);
  end if;

  return v_employee;
end;
$$;
comment on function private.payable_employee(public.payroll_runs, bigint) is
  'The employee, locked against changes; refuses everybody whom the run cannot pay.';

create function private.base_pay_in_run(run public.payroll_runs, salary numeric)
returns numeric
language sql stable security definer
set search_path = ''
as $$
  select private.base_pay(base_pay_in_run.salary, private.pay_share(organization.salary_period, (run).period_start,
    (run).period_end))
  from public.organizations as organization
  where organization.id = (run).organization_id;
$$;
comment on function private.base_pay_in_run(public.payroll_runs, numeric) is
  'What a salary gives for the period of the run.';

create function private.add_bonus(
  payroll_run_id bigint, employee_id bigint, amount text, description text, idempotency_key text,
  expected_version integer
)
returns setof public.payroll_items
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(add_bonus.payroll_run_id, 'manager');
  v_amount public.amount := private.parse_amount(add_bonus.amount);
  v_description text := private.optional_text('The description', add_bonus.description, 1000);
  v_employee public.employees;
  v_item_id bigint;
begin
  v_item_id := private.claim_idempotency_key('add_bonus', add_bonus.idempotency_key,
    jsonb_build_array(v_run.id, add_bonus.employee_id, v_amount::text, v_description))::bigint;

  if v_item_id is null then
    v_employee := private.payable_employee(v_run, add_bonus.employee_id);
    v_run := private.editable_payroll_run(v_run, add_bonus.expected_version, 'A bonus was added.');

    insert into public.payroll_items
      (organization_id, payroll_run_id, employee_id, item_type, amount, description, destination, memo_type, memo)
    values (v_run.organization_id, v_run.id, v_employee.id, 'bonus', v_amount, v_description,
      v_employee.wallet_address, v_employee.memo_type, v_employee.memo)
    returning id into v_item_id;

    perform private.write_item_edit(v_run, v_employee.id, 'bonus', null, v_amount, v_description);
    perform private.keep_idempotent_result('add_bonus', add_bonus.idempotency_key, v_item_id::text);
  end if;

  return query
    select item.* from public.payroll_items as item where item.id = v_item_id;
end;
$$;
comment on function private.add_bonus(bigint, bigint, text, text, text, integer) is
  'Adds a bonus to a draft of the caller''s organization, once for each idempotency key.';
grant execute on function private.add_bonus(bigint, bigint, text, text, text, integer) to authenticated;

create function public.add_bonus(
  payroll_run_id bigint, employee_id bigint, amount text, description text default null,
  idempotency_key text default null, expected_version integer default null
)
returns setof public.payroll_items
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.add_bonus(payroll_run_id, employee_id, amount, description, idempotency_key, expected_version);
$$;
comment on function public.add_bonus(bigint, bigint, text, text, text, integer) is
  'Adds a bonus to a draft; a pending run goes back to draft.';
revoke all on function public.add_bonus(bigint, bigint, text, text, text, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.add_bonus(bigint, bigint, text, text, text, integer) to authenticated;

create function private.add_base_pay(
  payroll_run_id bigint, employee_id bigint, amount text, reason text, expected_version integer, idempotency_key text
)
returns setof public.payroll_items
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(add_base_pay.payroll_run_id, 'manager');
  v_amount public.amount := case when add_base_pay.amount is not null
    then private.parse_amount(add_base_pay.amount) end;
  v_reason text := private.optional_text('The reason', add_base_pay.reason, 1000);
  v_employee public.employees;
  v_item_id bigint;
begin
  v_item_id := private.claim_idempotency_key('add_base_pay', add_base_pay.idempotency_key,
    jsonb_build_array(v_run.id, add_base_pay.employee_id, v_amount::text, v_reason))::bigint;

  if v_item_id is null then
    if v_amount is not null and v_reason is null then
      perform private.refuse('amount_reason_missing');
    end if;

    v_employee := private.payable_employee(v_run, add_base_pay.employee_id);

    if exists (
      select from public.payroll_items as item
      where item.payroll_run_id = v_run.id
        and item.employee_id = v_employee.id
        and item.item_type = 'base'
    ) then
      perform private.refuse('employee_in_payroll_run', v_employee.id::text, v_run.id::text);
    end if;

    v_run := private.editable_payroll_run(v_run, add_base_pay.expected_version, 'A person was added.');

    if coalesce(v_amount, private.base_pay_in_run(v_run, v_employee.salary), 0) = 0 then
      perform private.refuse('employee_without_base_pay', v_employee.id::text, v_run.id::text);
    end if;

    insert into public.payroll_items
      (organization_id, payroll_run_id, employee_id, item_type, amount, amount_reason, destination, memo_type, memo)
    values (v_run.organization_id, v_run.id, v_employee.id, 'base',
      coalesce(v_amount, private.base_pay_in_run(v_run, v_employee.salary)),
      case when v_amount is not null then v_reason end, v_employee.wallet_address, v_employee.memo_type,
      v_employee.memo)
    returning id, payroll_items.amount into v_item_id, v_amount;

    perform private.write_item_edit(v_run, v_employee.id, 'base', null, v_amount, v_reason);
    perform private.keep_idempotent_result('add_base_pay', add_base_pay.idempotency_key, v_item_id::text);
  end if;

  return query
    select item.* from public.payroll_items as item where item.id = v_item_id;
end;
$$;
comment on function private.add_base_pay(bigint, bigint, text, text, integer, text) is
  'Adds one person to a draft with the base pay of its period, or with another amount and its reason.';
grant execute on function private.add_base_pay(bigint, bigint, text, text, integer, text) to authenticated;

create function public.add_base_pay(
  payroll_run_id bigint, employee_id bigint, amount text default null, reason text default null,
  expected_version integer default null, idempotency_key text default null
)
returns setof public.payroll_items
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.add_base_pay(payroll_run_id, employee_id, amount, reason, expected_version, idempotency_key);
$$;
comment on function public.add_base_pay(bigint, bigint, text, text, integer, text) is
  'Adds one person to a draft; without an amount with what the salary gives for the period. A pending run goes back to '
  'draft.';
revoke all on function public.add_base_pay(bigint, bigint, text, text, integer, text)
  from public, anon, authenticated, service_role;
grant execute on function public.add_base_pay(bigint, bigint, text, text, integer, text) to authenticated;

create function private.locked_payroll_item(payroll_item_id bigint)
returns public.payroll_items
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_item public.payroll_items;
begin
  select item.* into v_item
  from public.payroll_items as item
  where item.id = locked_payroll_item.payroll_item_id
    and item.organization_id = v_member.organization_id;

  if found then
    perform private.locked_payroll_run(v_item.payroll_run_id, 'manager');

    -- The item may have changed or gone while this session waited for the run.
    select item.* into v_item
    from public.payroll_items as item
    where item.id = locked_payroll_item.payroll_item_id;
  end if;

  if not found then
    perform private.refuse('payroll_item_not_found', coalesce(locked_payroll_item.payroll_item_id::text, 'without id'));
  end if;

  return v_item;
end;
$$;
comment on function private.locked_payroll_item(bigint) is
  'An item of the caller''s organization, with its run locked; for managers.';

create function private.change_payroll_item(
  payroll_item_id bigint, amount text, reason text, expected_version integer
)
returns setof public.payroll_items
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_item public.payroll_items := private.locked_payroll_item(change_payroll_item.payroll_item_id);
  v_run public.payroll_runs := private.locked_payroll_run(v_item.payroll_run_id, 'manager');
  v_amount public.amount := case when change_payroll_item.amount is not null
    then private.parse_amount(change_payroll_item.amount) end;
  v_reason text := private.optional_text('The reason', change_payroll_item.reason, 1000);
begin
  if v_amount is not null and v_reason is null then
    perform private.refuse('amount_reason_missing');
  end if;

  if v_amount is null and v_item.item_type = 'bonus' then
    perform private.refuse('bonus_amount_missing');
  end if;

  -- A repeat of what is there already changes nothing, so that a retry is safe.
  if v_amount is not null and v_item.amount::numeric = v_amount::numeric
    and (v_item.item_type = 'bonus' or v_item.amount_reason = v_reason) then
    return next v_item;
    return;
  end if;

  v_run := private.editable_payroll_run(v_run, change_payroll_item.expected_version, 'An amount was changed.');

  -- Without an amount the base pay follows the salary again.
  if v_amount is null then
    select private.base_pay_in_run(v_run, employee.salary) into v_amount
    from public.employees as employee
    where employee.id = v_item.employee_id;

    if coalesce(v_amount, 0) = 0 then
      perform private.refuse('employee_without_base_pay', v_item.employee_id::text, v_run.id::text);
    end if;
  end if;

  update public.payroll_items as item
  set amount = v_amount,
      amount_reason = case when item.item_type = 'base' and change_payroll_item.amount is not null then v_reason end
  where item.id = v_item.id;

  perform private.write_item_edit(v_run, v_item.employee_id, v_item.item_type, v_item.amount, v_amount, v_reason);

  return query
    select item.* from public.payroll_items as item where item.id = v_item.id;
end;
$$;
comment on function private.change_payroll_item(bigint, text, text, integer) is
  'Gives an item of a draft another amount, with the reason and who did it in the trail.';
grant execute on function private.change_payroll_item(bigint, text, text, integer) to authenticated;

create function public.change_payroll_item(
  payroll_item_id bigint, amount text, reason text default null, expected_version integer default null
)
returns setof public.payroll_items
language sql volatile security invoker
set search_path = ''
as $$ select * from private.change_payroll_item(payroll_item_id, amount, reason, expected_version); $$;
comment on function public.change_payroll_item(bigint, text, text, integer) is
  'Changes the amount of an item, with a reason; null lets base pay follow the salary again. A pending run goes back '
  'to draft.';
revoke all on function public.change_payroll_item(bigint, text, text, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.change_payroll_item(bigint, text, text, integer) to authenticated;

create function private.remove_payroll_item(payroll_item_id bigint, expected_version integer)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_item public.payroll_items := private.locked_payroll_item(remove_payroll_item.payroll_item_id);
  v_run public.payroll_runs := private.locked_payroll_run(v_item.payroll_run_id, 'manager');
begin
  v_run := private.editable_payroll_run(v_run, remove_payroll_item.expected_version, 'An item was removed.');

  delete from public.payroll_items as item
  where item.id = v_item.id;

  perform private.write_item_edit(v_run, v_item.employee_id, v_item.item_type, v_item.amount, null, null);

  return query
    select run.* from public.payroll_runs as run where run.id = v_run.id;
end;
$$;
comment on function private.remove_payroll_item(bigint, integer) is
  'Takes one item out of a draft, with who did it in the trail.';
grant execute on function private.remove_payroll_item(bigint, integer) to authenticated;

create function public.remove_payroll_item(payroll_item_id bigint, expected_version integer default null)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.remove_payroll_item(payroll_item_id, expected_version); $$;
comment on function public.remove_payroll_item(bigint, integer) is
  'Removes an item from a draft; a pending run goes back to draft.';
revoke all on function public.remove_payroll_item(bigint, integer) from public, anon, authenticated, service_role;
grant execute on function public.remove_payroll_item(bigint, integer) to authenticated;

create function private.remove_employee_from_payroll_run(
  payroll_run_id bigint, employee_id bigint, reason text, expected_version integer
)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(remove_employee_from_payroll_run.payroll_run_id, 'manager');
  v_reason text := private.optional_text('The reason', remove_employee_from_payroll_run.reason, 1000);
begin
  if not exists (
    select from public.payroll_items as item
    where item.organization_id = v_run.organization_id
      and item.payroll_run_id = v_run.id
      and item.employee_id = remove_employee_from_payroll_run.employee_id
  ) then
    perform private.refuse('employee_not_in_payroll_run',
      coalesce(remove_employee_from_payroll_run.employee_id::text, 'without id'), v_run.id::text);
  end if;

  v_run := private.editable_payroll_run(v_run, remove_employee_from_payroll_run.expected_version,
    'A person was left out.');

  perform private.write_item_edit(v_run, item.employee_id, item.item_type, item.amount, null, v_reason)
  from public.payroll_items as item
  where item.organization_id = v_run.organization_id
    and item.payroll_run_id = v_run.id
    and item.employee_id = remove_employee_from_payroll_run.employee_id
  order by item.id;

  delete from public.payroll_items as item
  where item.organization_id = v_run.organization_id
    and item.payroll_run_id = v_run.id
    and item.employee_id = remove_employee_from_payroll_run.employee_id;

  return query
    select run.* from public.payroll_runs as run where run.id = v_run.id;
end;
$$;
comment on function private.remove_employee_from_payroll_run(bigint, bigint, text, integer) is
  'Takes everything that a draft would pay to one person out of it.';
grant execute on function private.remove_employee_from_payroll_run(bigint, bigint, text, integer) to authenticated;

create function public.remove_employee_from_payroll_run(
  payroll_run_id bigint, employee_id bigint, reason text default null, expected_version integer default null
)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.remove_employee_from_payroll_run(payroll_run_id, employee_id, reason, expected_version);
$$;
comment on function public.remove_employee_from_payroll_run(bigint, bigint, text, integer) is
  'Leaves one person out of a draft, base pay and bonuses; a pending run goes back to draft.';
revoke all on function public.remove_employee_from_payroll_run(bigint, bigint, text, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.remove_employee_from_payroll_run(bigint, bigint, text, integer) to authenticated;

create function private.bring_up_to_date(run public.payroll_runs)
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_share private.pay_share;
  v_items bigint;
begin
  v_share := (
    select private.pay_share(organization.salary_period, (run).period_start, (run).period_end)
    from public.organizations as organization
    where organization.id = (run).organization_id);

  -- Base pay with an amount by hand and bonuses keep their amounts; every destination and its memo follow the
  -- employee.
  with present as (
    select item.id, employee.wallet_address as destination, employee.memo_type, employee.memo,
      case when item.item_type = 'base' and item.amount_reason is null
          and private.base_pay(employee.salary, v_share) > 0
        then private.base_pay(employee.salary, v_share) else item.amount::numeric end as amount
    from public.payroll_items as item
    join public.employees as employee on employee.organization_id = item.organization_id
      and employee.id = item.employee_id
    where item.organization_id = (run).organization_id
      and item.payroll_run_id = (run).id
  )
  update public.payroll_items as item
  set amount = present.amount, destination = present.destination, memo_type = present.memo_type, memo = present.memo
  from present
  where item.id = present.id
    and (item.amount::numeric, item.destination, item.memo_type, item.memo)
      is distinct from (present.amount, present.destination, present.memo_type, present.memo);

  get diagnostics v_items = row_count;
  return v_items;
exception when check_violation or numeric_value_out_of_range then
  perform private.refuse('amount_too_large', 'A base pay of the payroll run');
  return null;
end;
$$;
comment on function private.bring_up_to_date(public.payroll_runs) is
  'Gives the items of a draft the present base pay and addresses; answers how many changed.';

create function private.write_run_audit(payroll_run_id bigint, action text, reason text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  insert into public.payroll_audit_logs (organization_id, payroll_run_id, action, new_state, actor, reason)
  select run.organization_id, run.id, write_run_audit.action, private.payroll_run_state(run), private.actor(),
    write_run_audit.reason
  from public.payroll_runs as run
  where run.id = write_run_audit.payroll_run_id;
$$;
comment on function private.write_run_audit(bigint, text, text) is
  'Writes a row of the trail of a run that no change of the run itself would write.';

create function private.refresh_payroll_run(payroll_run_id bigint, expected_version integer)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(refresh_payroll_run.payroll_run_id, 'manager');
  v_items bigint;
begin
  v_run := private.editable_payroll_run(v_run, refresh_payroll_run.expected_version,
    'Pay and addresses were brought up to date.');
  v_items := private.bring_up_to_date(v_run);

  if v_items > 0 then
    perform private.write_run_audit(v_run.id, 'refreshed', format('%s items.', v_items));
  end if;

  return query
    select run.* from public.payroll_runs as run where run.id = v_run.id;
end;
$$;
comment on function private.refresh_payroll_run(bigint, integer) is
  'Brings the items of a draft to the present salaries and addresses, so that what is seen is what is submitted.';
grant execute on function private.refresh_payroll_run(bigint, integer) to authenticated;

create function public.refresh_payroll_run(payroll_run_id bigint, expected_version integer default null)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.refresh_payroll_run(payroll_run_id, expected_version); $$;
comment on function public.refresh_payroll_run(bigint, integer) is
  'Brings the items of a draft to the present salaries and addresses; amounts by hand stay. A pending run goes back to '
  'draft.';
revoke all on function public.refresh_payroll_run(bigint, integer) from public, anon, authenticated, service_role;
grant execute on function public.refresh_payroll_run(bigint, integer) to authenticated;

create function private.changed_run(run public.payroll_runs, fields jsonb)
returns public.payroll_runs
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := run;
  v_unknown text;
  v_day text;
begin
  if jsonb_typeof(changed_run.fields) is distinct from 'object' then
    perform private.refuse('unknown_payroll_run_field', 'Something other than an object');
  end if;

  perform private.require_size('The payroll run', changed_run.fields, 16);

  if private.json_holds_secret_key(changed_run.fields) then
    perform private.refuse('secret_key_refused', 'The payroll run');
  end if;

  select given.key into v_unknown
  from jsonb_object_keys(changed_run.fields) as given (key)
  where given.key not in ('period_start', 'period_end', 'asset_code', 'asset_issuer', 'memo')
  limit 1;

  if found then
    perform private.refuse('unknown_payroll_run_field', private.quotable(v_unknown));
  end if;

  foreach v_day in array array['period_start', 'period_end'] loop
    if changed_run.fields ->> v_day is not null and private.parse_date(changed_run.fields ->> v_day) is null then
      perform private.refuse('invalid_date', private.quotable(changed_run.fields ->> v_day));
    end if;
  end loop;

  if changed_run.fields ? 'period_start' then
    v_run.period_start := private.parse_date(changed_run.fields ->> 'period_start');
  end if;

  if changed_run.fields ? 'period_end' then
    v_run.period_end := private.parse_date(changed_run.fields ->> 'period_end');
  end if;

  perform private.require_period(v_run.period_start, v_run.period_end);

  if changed_run.fields ? 'asset_code' then
    v_run.asset_code := changed_run.fields ->> 'asset_code';
    v_run.asset_issuer := '';
  end if;

  if changed_run.fields ? 'asset_issuer' then
    v_run.asset_issuer := changed_run.fields ->> 'asset_issuer';
  end if;

  v_run.asset_issuer := private.require_asset(v_run.asset_code, v_run.asset_issuer);

  if changed_run.fields ? 'memo' then
    v_run.memo := private.require_memo(changed_run.fields ->> 'memo');
  end if;

  return v_run;
end;
$$;
comment on function private.changed_run(public.payroll_runs, jsonb) is
  'The run with the given fields; refuses unknown fields and values that a run cannot have.';

create function private.update_payroll_run(payroll_run_id bigint, expected_version integer, fields jsonb)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(update_payroll_run.payroll_run_id, 'manager');
  v_wanted public.payroll_runs;
  v_has_edits boolean;
begin
  perform private.require_run_version(v_run, update_payroll_run.expected_version);
  v_wanted := private.changed_run(v_run, update_payroll_run.fields);

  if (v_wanted.period_start, v_wanted.period_end, v_wanted.asset_code, v_wanted.asset_issuer, v_wanted.memo)
    is distinct from (v_run.period_start, v_run.period_end, v_run.asset_code, v_run.asset_issuer, v_run.memo) then
    v_has_edits := exists (
      select from public.payroll_items as item
      where item.organization_id = v_run.organization_id
        and item.payroll_run_id = v_run.id
        and (item.item_type = 'bonus' or item.amount_reason is not null));

    if v_has_edits and (v_wanted.asset_code, v_wanted.asset_issuer) <> (v_run.asset_code, v_run.asset_issuer) then
      perform private.refuse('payroll_run_has_edits', v_run.id::text);
    end if;

    perform private.editable_payroll_run(v_run, v_run.version, 'The run was changed.');

    update public.payroll_runs as run
    set period_start = v_wanted.period_start, period_end = v_wanted.period_end,
        asset_code = v_wanted.asset_code, asset_issuer = v_wanted.asset_issuer, memo = v_wanted.memo
    where run.id = v_run.id
    returning run.* into v_wanted;

    -- Another asset pays other people; another period pays the same people other amounts.
    if (v_wanted.asset_code, v_wanted.asset_issuer) <> (v_run.asset_code, v_run.asset_issuer) then
      delete from public.payroll_items as item
      where item.organization_id = v_run.organization_id
        and item.payroll_run_id = v_run.id;

      insert into public.payroll_items
        (organization_id, payroll_run_id, employee_id, item_type, amount, destination, memo_type, memo)
      select v_run.organization_id, v_run.id, payee.employee_id, 'base', payee.amount, payee.destination,
        payee.memo_type, payee.memo
      from private.payable_employees(v_run.organization_id, v_wanted.period_start, v_wanted.period_end,
        v_wanted.asset_code, v_wanted.asset_issuer) as payee
      order by payee.employee_id;
    elsif (v_wanted.period_start, v_wanted.period_end) <> (v_run.period_start, v_run.period_end) then
      perform private.bring_up_to_date(v_wanted);
    end if;
  end if;

  return query
    select run.* from public.payroll_runs as run where run.id = v_run.id;
end;
$$;
comment on function private.update_payroll_run(bigint, integer, jsonb) is
  'Changes memo, period or asset of a draft; another period or asset gives its items their new amounts.';
grant execute on function private.update_payroll_run(bigint, integer, jsonb) to authenticated;

create function public.update_payroll_run(payroll_run_id bigint, expected_version integer, fields jsonb)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.update_payroll_run(payroll_run_id, expected_version, fields); $$;
comment on function public.update_payroll_run(bigint, integer, jsonb) is
  'Changes the given fields of a draft: period_start, period_end, asset_code, asset_issuer, memo. A pending run goes '
  'back to draft.';
revoke all on function public.update_payroll_run(bigint, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.update_payroll_run(bigint, integer, jsonb) to authenticated;

create function private.discard_payroll_run(payroll_run_id bigint, reason text, expected_version integer)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_run public.payroll_runs := private.locked_payroll_run(discard_payroll_run.payroll_run_id, 'manager');
  v_reason text := private.optional_text('The reason', discard_payroll_run.reason, 1000);
begin
  -- A repeat is success, so that a retry is safe.
  if v_run.status <> 'discarded' then
    v_run := private.editable_payroll_run(v_run, discard_payroll_run.expected_version, v_reason);

    perform set_config('payd.reason', coalesce(v_reason, ''), true);

    update public.payroll_runs as run
    set status = 'discarded'
    where run.id = v_run.id
    returning run.* into v_run;

    perform set_config('payd.reason', '', true);
    perform private.payroll_run_event(v_run, 'payroll.discarded', v_run.version::text);
  end if;

  return next v_run;
end;
$$;
comment on function private.discard_payroll_run(bigint, text, integer) is
  'Puts a draft away for good; its items and its trail stay.';
grant execute on function private.discard_payroll_run(bigint, text, integer) to authenticated;

create function public.discard_payroll_run(
  payroll_run_id bigint, reason text default null, expected_version integer default null
)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.discard_payroll_run(payroll_run_id, reason, expected_version); $$;
comment on function public.discard_payroll_run(bigint, text, integer) is
  'Puts a draft or a pending run away; it pays nothing and can be restored.';
revoke all on function public.discard_payroll_run(bigint, text, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.discard_payroll_run(bigint, text, integer) to authenticated;

create function private.restore_payroll_run(payroll_run_id bigint)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs := private.locked_payroll_run(restore_payroll_run.payroll_run_id, 'manager');
begin
  if v_run.status not in ('draft', 'discarded') then
    perform private.refuse('payroll_run_not_discarded', v_run.id::text, v_run.status);
  end if;

  if v_run.status = 'discarded' then
    update public.payroll_runs as run
    set status = 'draft'
    where run.id = v_run.id
    returning run.* into v_run;

    perform private.payroll_run_event(v_run, 'payroll.restored', v_run.version::text);
  end if;

  return next v_run;
end;
$$;
comment on function private.restore_payroll_run(bigint) is 'Makes a discarded run a draft again.';
grant execute on function private.restore_payroll_run(bigint) to authenticated;

create function public.restore_payroll_run(payroll_run_id bigint)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.restore_payroll_run(payroll_run_id); $$;
comment on function public.restore_payroll_run(bigint) is 'Makes a discarded run a draft again. For managers.';
revoke all on function public.restore_payroll_run(bigint) from public, anon, authenticated, service_role;
grant execute on function public.restore_payroll_run(bigint) to authenticated;

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('items_per_payroll_run', 250000, 'items in a payroll run',
    'Pay the rest in another run.');
