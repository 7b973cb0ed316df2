-- migration: drafting a payroll run
-- A manager creates a draft: one base item for every active employee paid in the asset, in one statement. Schedules
-- draft through the same function, so that they pay exactly the people whom a person's draft would pay. A second click
-- makes no second draft. An edit of a pending run takes it back to draft and voids what was approved.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.limits
-- depends: 20261125000000, 20261125000100, 20261125001200, 20261125010000, 20261125010100, 20261125010300,
--   20261125010400, 20261125020000, 20261125020100, 20261125020200, 20261125020300, 20261125040000, 20261125060000,
--   20261125060200, 20261125060350
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
  ('period_too_long', 422, 'The period has more than 366 days.', 'Correct its first or its last day.'),
  ('payroll_run_outdated', 409,
    'Payroll run %1$s is no longer what you looked at: %2$s.',
    'Look at it again, and repeat the command with the version that it has then.'),
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

  -- The organization may have been closed while this session waited for the lock.
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

create function private.require_period(period_start date, period_end date)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  if require_period.period_start is null or require_period.period_end is null then
    perform private.refuse('period_missing');
  end if;

  if require_period.period_end < require_period.period_start then
    perform private.refuse('period_reversed');
  end if;

  perform private.require_date('The first day of the period', require_period.period_start),
    private.require_date('The last day of the period', require_period.period_end);

  if require_period.period_end - require_period.period_start >= 366 then
    perform private.refuse('period_too_long');
  end if;
end;
$$;
comment on function private.require_period(date, date) is
  'Refuses a period that is incomplete, reversed, of another age or longer than a year.';

create function private.payable_employees(
  organization_id bigint, period_start date, period_end date, asset_code text, asset_issuer text
)
returns table (employee_id bigint, amount numeric, destination text, memo_type text, memo text)
language sql stable security definer
set search_path = ''
as $$
  select employee.id, pay.amount, employee.wallet_address, employee.memo_type, employee.memo
  from public.employees as employee
  cross join lateral (
    select private.base_pay(employee.salary, private.pay_share(organization.salary_period,
      payable_employees.period_start, payable_employees.period_end)) as amount
    from public.organizations as organization
    where organization.id = payable_employees.organization_id
  ) as pay
  where employee.organization_id = payable_employees.organization_id
    and employee.status = 'active'
    and employee.deleted_at is null
    and employee.asset_code = payable_employees.asset_code
    and employee.asset_issuer = payable_employees.asset_issuer
    and pay.amount > 0;
$$;
comment on function private.payable_employees(bigint, date, date, text, text) is
  'Who is paid in the asset, with the base pay of the period, the address and its memo.';

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

  insert into public.payroll_items
    (organization_id, payroll_run_id, employee_id, item_type, amount, destination, memo_type, memo)
  select v_run.organization_id, v_run.id, payee.employee_id, 'base', payee.amount, payee.destination,
    payee.memo_type, payee.memo
  from private.payable_employees(v_run.organization_id, v_run.period_start, v_run.period_end, v_run.asset_code,
    v_run.asset_issuer) as payee
  order by payee.employee_id;

  return v_run;
exception when check_violation or numeric_value_out_of_range then
  perform private.refuse('amount_too_large', 'A base pay of the payroll run');
  return null;
end;
$$;
comment on function private.draft_payroll_run(bigint, bigint, date, date, text, text, text) is
  'A new draft with one base item for every active employee paid in the asset.';

create function private.equal_draft(
  member public.users, period_start date, period_end date, asset_code text, asset_issuer text, memo text
)
returns bigint
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_draft_id bigint;
  v_differences bigint;
begin
  select draft.id into v_draft_id
  from public.payroll_runs as draft
  where draft.organization_id = (member).organization_id
    and draft.status = 'draft'
    and draft.created_by = (member).id
    and draft.period_start = equal_draft.period_start
    and draft.period_end = equal_draft.period_end
    and draft.asset_code = equal_draft.asset_code
    and draft.asset_issuer = equal_draft.asset_issuer
    and draft.memo is not distinct from equal_draft.memo
    and draft.item_count > 0
  order by draft.id desc
  limit 1;

  if not found then
    return null;
  end if;

  -- The same people, amounts and addresses as a new draft would have, and nothing else.
  select count(*) into v_differences
  from (
    select payee.employee_id, payee.amount, payee.destination, payee.memo_type, payee.memo
    from private.payable_employees((member).organization_id, equal_draft.period_start, equal_draft.period_end,
      equal_draft.asset_code, equal_draft.asset_issuer) as payee
  ) as payee
  full join (
    select item.employee_id, item.amount::numeric as amount, item.destination, item.memo_type, item.memo,
      item.item_type
    from public.payroll_items as item
    where item.organization_id = (member).organization_id
      and item.payroll_run_id = v_draft_id
  ) as item on item.employee_id = payee.employee_id
    and item.item_type = 'base'
    and item.amount = payee.amount
    and (item.destination, item.memo_type, item.memo)
      is not distinct from (payee.destination, payee.memo_type, payee.memo)
  where payee.employee_id is null or item.employee_id is null;

  return case when v_differences = 0 then v_draft_id end;
end;
$$;
comment on function private.equal_draft(public.users, date, date, text, text, text) is
  'The member''s own draft that equals the new one in everything, or null: a double click makes one draft.';

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
  perform private.require_period(create_payroll_run.period_start, create_payroll_run.period_end);

  v_issuer := private.require_asset(create_payroll_run.asset_code, create_payroll_run.asset_issuer);

  v_run_id := private.claim_idempotency_key('create_payroll_run', create_payroll_run.idempotency_key,
    jsonb_build_array(v_member.organization_id, create_payroll_run.period_start, create_payroll_run.period_end,
      create_payroll_run.asset_code, v_issuer, v_memo))::bigint;

  if v_run_id is null then
    -- A second click waits for the first one, and then finds its draft.
    perform pg_advisory_xact_lock(hashtextextended('payd.draft:' || v_member.organization_id, 0));

    v_run_id := private.equal_draft(v_member, create_payroll_run.period_start, create_payroll_run.period_end,
      create_payroll_run.asset_code, v_issuer, v_memo);

    if v_run_id is null then
      perform private.require_limit('drafts_per_organization', count(*) filter (where run.status = 'draft')),
        private.require_limit('payroll_runs_per_organization_and_day',
          count(*) filter (where run.created_at > now() - interval '1 day'))
      from public.payroll_runs as run
      where run.organization_id = v_member.organization_id
        and (run.status = 'draft' or run.created_at > now() - interval '1 day');

      v_run_id := (private.draft_payroll_run(
        v_member.organization_id, v_member.id, create_payroll_run.period_start, create_payroll_run.period_end,
        create_payroll_run.asset_code, v_issuer, v_memo)).id;
    end if;

    perform private.keep_idempotent_result('create_payroll_run', create_payroll_run.idempotency_key, v_run_id::text);
  end if;

  return query
    select run.* from public.payroll_runs as run where run.id = v_run_id;
end;
$$;
comment on function private.create_payroll_run(date, date, text, text, text, text) is
  'Drafts a run for the caller''s organization, or answers the equal draft that the caller has already.';
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
  'Creates a draft with the base pay of all active employees paid in the asset; an equal draft of the caller is '
  'answered instead of made twice.';
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
      allows_shared_wallets = false, reclaim_after_days = null, approved_at = null
  where returned.id = (run).id;

  perform set_config('payd.reason', '', true);
end;
$$;
comment on function private.return_to_draft(public.payroll_runs, text) is
  'Takes a pending run back to draft and voids its approvals; refuses a run that is being paid or was paid.';

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('drafts_per_organization', 200, 'drafts in the organization',
    'Submit or discard the ones that are there.'),
  ('payroll_runs_per_organization_and_day', 500, 'payroll runs of the organization in a day',
    'Wait until tomorrow.');
