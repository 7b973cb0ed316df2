-- migration: drafting a payroll run
-- A manager creates a draft: one base item for every active employee paid in the asset, in one statement. Schedules
-- draft through the same worker, so that they pay exactly the people whom a person's draft would pay. Bonuses are
-- added and items removed until it is submitted; an edit of a pending run takes it back to draft and voids what was
-- approved.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes
-- depends: 20261125000000, 20261125000100, 20261125010000, 20261125010100, 20261125010200, 20261125010300,
--   20261125010400, 20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125040000, 20261125060000,
--   20261125060200
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

insert into private.error_codes (code, http_status, message, hint) values
  ('payroll_run_not_found', 404,
    'There is no payroll run %s in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('payroll_item_not_found', 404,
    'There is no payroll item %s in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('employee_not_found', 404,
    'There is no employee %s in your organization.',
    'Check the id, and that you act in the right organization.'),
  ('period_reversed', 422, 'The period ends before it starts.', 'Swap the two dates.'),
  ('period_missing', 422,
    'The period needs a first and a last day.',
    'Give period_start and period_end as YYYY-MM-DD.'),
  ('memo_too_long', 422,
    'The memo has %s bytes, and Stellar carries 28.',
    'Shorten it; accented letters and symbols take two to four bytes each.'),
  ('employee_not_payable', 409,
    'Employee %s is not active or is paid in another asset.',
    'Only active employees who are paid in the asset of the run can be added to it.');

create function private.locked_payroll_run(payroll_run_id bigint, required_role text)
returns public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member(locked_payroll_run.required_role);
  v_run public.payroll_runs;
begin
  select run.* into v_run
  from public.payroll_runs as run
  where run.id = locked_payroll_run.payroll_run_id
    and run.organization_id = v_member.organization_id
  for update;

  if not found then
    perform private.refuse('payroll_run_not_found', coalesce(locked_payroll_run.payroll_run_id::text, 'without id'));
  end if;

  -- Whoever waited here for somebody who closed the organization does not go on in it.
  if not exists (
    select from public.organizations as organization
    where organization.id = v_run.organization_id
      and organization.deleted_at is null
  ) then
    perform private.refuse('no_organization');
  end if;

  return v_run;
end;
$$;
comment on function private.locked_payroll_run(bigint, text) is
  'The run of the caller''s organization, locked; refuses lower roles, and unknown and foreign ids alike.';

create function private.require_asset(asset_code text, asset_issuer text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_issuer text := coalesce(btrim(left(require_asset.asset_issuer, 1000)), '');
begin
  if private.holds_secret_key(left(require_asset.asset_code, 1000)) or private.holds_secret_key(v_issuer) then
    perform private.refuse('secret_key_refused', 'The asset');
  end if;

  if private.asset_problem(require_asset.asset_code, v_issuer) is not null then
    perform private.refuse(private.asset_problem(require_asset.asset_code, v_issuer),
      private.quotable(require_asset.asset_code));
  end if;

  return v_issuer;
end;
$$;
comment on function private.require_asset(text, text) is
  'The trimmed issuer, empty for XLM; refuses what names no asset.';

create function private.require_memo(memo text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_memo text := private.optional_text('The memo', require_memo.memo, 28);
begin
  if octet_length(v_memo) > 28 then
    perform private.refuse('memo_too_long', octet_length(v_memo)::text);
  end if;

  return v_memo;
end;
$$;
comment on function private.require_memo(text) is 'The trimmed memo or null; refuses one that Stellar cannot carry.';

create function private.draft_payroll_run(
  organization_id bigint, created_by bigint, period_start date, period_end date, asset_code text, asset_issuer text,
  memo text
)
returns public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs;
begin
  insert into public.payroll_runs
    (organization_id, batch_id, period_start, period_end, asset_code, asset_issuer, memo, created_by)
  values (
    draft_payroll_run.organization_id,
    'PAY-' || to_char(draft_payroll_run.period_end, 'YYYY-MM-DD') || '-'
      || left(replace(gen_random_uuid()::text, '-', ''), 12),
    draft_payroll_run.period_start, draft_payroll_run.period_end, draft_payroll_run.asset_code,
    draft_payroll_run.asset_issuer,
    draft_payroll_run.memo, draft_payroll_run.created_by)
  returning * into v_run;

  insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount, destination)
  select employee.organization_id, v_run.id, employee.id, 'base', employee.salary, employee.wallet_address
  from public.employees as employee
  where employee.organization_id = draft_payroll_run.organization_id
    and employee.status = 'active'
    and employee.deleted_at is null
    and employee.salary is not null
    and employee.asset_code = draft_payroll_run.asset_code
    and employee.asset_issuer = draft_payroll_run.asset_issuer
  order by employee.id;

  return v_run;
end;
$$;
comment on function private.draft_payroll_run(bigint, bigint, date, date, text, text, text) is
  'A new draft with one base item for every active employee paid in the asset.';

create function private.create_payroll_run(
  period_start date, period_end date, asset_code text, asset_issuer text, memo text, idempotency_key text
)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_memo text := private.require_memo(create_payroll_run.memo);
  v_issuer text;
  v_run_id bigint;
begin
  if create_payroll_run.period_start is null or create_payroll_run.period_end is null then
    perform private.refuse('period_missing');
  end if;

  if create_payroll_run.period_end < create_payroll_run.period_start then
    perform private.refuse('period_reversed');
  end if;

  perform private.require_date('The first day of the period', create_payroll_run.period_start),
    private.require_date('The last day of the period', create_payroll_run.period_end);

  v_issuer := private.require_asset(create_payroll_run.asset_code, create_payroll_run.asset_issuer);

  v_run_id := private.claim_idempotency_key('create_payroll_run', create_payroll_run.idempotency_key,
    jsonb_build_array(v_member.organization_id, create_payroll_run.period_start, create_payroll_run.period_end,
      create_payroll_run.asset_code, v_issuer, v_memo))::bigint;

  if v_run_id is null then
    v_run_id := (private.draft_payroll_run(
      v_member.organization_id, v_member.id, create_payroll_run.period_start, create_payroll_run.period_end,
      create_payroll_run.asset_code, v_issuer, v_memo)).id;

    perform private.keep_idempotent_result('create_payroll_run', create_payroll_run.idempotency_key, v_run_id::text);
  end if;

  return query
    select run.* from public.payroll_runs as run where run.id = v_run_id;
end;
$$;
grant execute on function private.create_payroll_run(date, date, text, text, text, text) to authenticated;

create function public.create_payroll_run(
  period_start date, period_end date, asset_code text default 'XLM', asset_issuer text default '',
  memo text default null, idempotency_key text default null
)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.create_payroll_run(period_start, period_end, asset_code, asset_issuer, memo, idempotency_key);
$$;
comment on function public.create_payroll_run(date, date, text, text, text, text) is
  'Creates a draft with the salaries of all active employees paid in the asset.';
revoke all on function public.create_payroll_run(date, date, text, text, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.create_payroll_run(date, date, text, text, text, text) to authenticated;

create function private.return_to_draft(run public.payroll_runs, reason text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  if (run).status = 'draft' then
    return;
  end if;

  if (run).status <> 'pending' then
    perform private.refuse('payroll_run_not_editable', (run).id::text, (run).status);
  end if;

  perform set_config('payd.reason', coalesce(return_to_draft.reason, ''), true);

  update public.payroll_run_approvals as approval
  set voided_at = now()
  where approval.payroll_run_id = (run).id
    and approval.voided_at is null;

  update public.payroll_runs as returned
  set status = 'draft', submitted_by = null, submitted_at = null, content_hash = null, allows_overlap = false,
  approved_at = null
  where returned.id = (run).id;

  perform set_config('payd.reason', '', true);
end;
$$;
comment on function private.return_to_draft(public.payroll_runs, text) is
  'Takes a pending run back to draft and voids its approvals; refuses a run that is being paid or was paid.';

create function private.add_bonus(
  payroll_run_id bigint, employee_id bigint, amount text, description text, idempotency_key text
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
    select employee.* into v_employee
    from public.employees as employee
    where employee.id = add_bonus.employee_id
      and employee.organization_id = v_run.organization_id
      and employee.deleted_at is null
    for share;

    if not found then
      perform private.refuse('employee_not_found', coalesce(add_bonus.employee_id::text, 'without id'));
    end if;

    if v_employee.status <> 'active' or (v_employee.asset_code, v_employee.asset_issuer) <> (v_run.asset_code,
      v_run.asset_issuer) then
      perform private.refuse('employee_not_payable', v_employee.id::text);
    end if;

    perform private.return_to_draft(v_run, 'A bonus was added.');

    insert into public.payroll_items
      (organization_id, payroll_run_id, employee_id, item_type, amount, description, destination)
    values (v_run.organization_id, v_run.id, v_employee.id, 'bonus', v_amount, v_description, v_employee.wallet_address)
    returning id into v_item_id;

    perform private.keep_idempotent_result('add_bonus', add_bonus.idempotency_key, v_item_id::text);
  end if;

  return query
    select item.* from public.payroll_items as item where item.id = v_item_id;
end;
$$;
grant execute on function private.add_bonus(bigint, bigint, text, text, text) to authenticated;

create function public.add_bonus(
  payroll_run_id bigint, employee_id bigint, amount text, description text default null,
  idempotency_key text default null
)
returns setof public.payroll_items
language sql volatile security invoker
set search_path = ''
as $$ select * from private.add_bonus(payroll_run_id, employee_id, amount, description, idempotency_key); $$;
comment on function public.add_bonus(bigint, bigint, text, text, text) is
  'Adds a bonus to a draft; a pending run goes back to draft.';
revoke all on function public.add_bonus(bigint, bigint, text, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.add_bonus(bigint, bigint, text, text, text) to authenticated;

create function private.remove_payroll_item(payroll_item_id bigint)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_run public.payroll_runs;
  v_run_id bigint;
begin
  select item.payroll_run_id into v_run_id
  from public.payroll_items as item
  where item.id = remove_payroll_item.payroll_item_id
    and item.organization_id = v_member.organization_id;

  if not found then
    perform private.refuse('payroll_item_not_found', coalesce(remove_payroll_item.payroll_item_id::text, 'without id'));
  end if;

  v_run := private.locked_payroll_run(v_run_id, 'manager');
  perform private.return_to_draft(v_run, 'An item was removed.');

  delete from public.payroll_items as item
  where item.id = remove_payroll_item.payroll_item_id;

  return query
    select run.* from public.payroll_runs as run where run.id = v_run.id;
end;
$$;
grant execute on function private.remove_payroll_item(bigint) to authenticated;

create function public.remove_payroll_item(payroll_item_id bigint)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.remove_payroll_item(payroll_item_id); $$;
comment on function public.remove_payroll_item(bigint) is
  'Removes an item from a draft; a pending run goes back to draft.';
revoke all on function public.remove_payroll_item(bigint) from public, anon, authenticated, service_role;
grant execute on function public.remove_payroll_item(bigint) to authenticated;
