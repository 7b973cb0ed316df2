-- migration: submission of a payroll run
-- Submission names the version that was looked at and fixes what is approved: a hash of items, amounts, destinations,
-- asset, memos and period. A draft that no longer shows the present salaries and addresses is refused with the
-- difference, so that nothing is submitted unseen. Base pay for the same days twice, and one address for several
-- people, need the submitter's word.
-- author: PayD | date: 2026-11-25
-- tables: private.notification_templates, private.preference_defaults
-- depends: 20261125000000, 20261125000100, 20261125001000, 20261125001100, 20261125020000, 20261125020100,
--   20261125020200, 20261125030000, 20261125040000, 20261125060000, 20261125060200, 20261125060350, 20261125060400,
--   20261125060450, 20261125060455, 20261125060458
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.inspect_payroll_run(payroll_run_id bigint)
returns table (
  content_hash text, gone bigint[], unreachable bigint[], moved bigint, repriced bigint, outdated bigint[],
  sharing bigint[]
)
language sql stable security definer
set search_path = ''
as $$
  -- One pass over the items for everything that is asked of them, because a run may have a hundred thousand. The inner
  -- query makes narrow rows of them, which are cheaper to sort.
  select
    encode(sha256(convert_to(
      concat_ws('|', run.organization_id, run.id, run.period_start, run.period_end, run.asset_code, run.asset_issuer,
        run.allows_overlap, run.allows_shared_wallets, 'reclaim ' || run.reclaim_after_days,
        coalesce(run.memo, ''), 'asked again ' || nullif(questions.count, 0), items.content),
      'UTF8')), 'hex'),
    items.gone, items.unreachable, items.moved, items.repriced, items.outdated, shared.employees
  from public.payroll_runs as run
  cross join lateral (
    select private.pay_share(organization.salary_period, run.period_start, run.period_end) as share
    from public.organizations as organization
    where organization.id = run.organization_id
    offset 0
  ) as pay
  -- Whoever looked before something became weaker approved something else.
  cross join lateral (
    select count(*) as count
    from private.approval_questions as question
    where question.payroll_run_id = run.id
  ) as questions
  cross join lateral (
    select
      string_agg(seen.content, ';' order by seen.item_id) as content,
      array_agg(seen.employee_id) filter (where not seen.is_payable) as gone,
      array_agg(seen.employee_id) filter (where seen.is_unreachable) as unreachable,
      count(*) filter (where seen.is_moved) as moved,
      count(*) filter (where seen.is_repriced) as repriced,
      array_agg(seen.employee_id) filter (where seen.is_moved or seen.is_repriced) as outdated
    from (
      select
        item.id as item_id, item.employee_id,
        concat_ws(',', item.id, item.employee_id, item.item_type, item.amount::text,
          coalesce(item.destination, ''), item.memo_type,
          encode(convert_to(item.memo, 'UTF8'), 'hex')) as content,
        employee.status = 'active' and employee.deleted_at is null
          and employee.asset_code = run.asset_code and employee.asset_issuer = run.asset_issuer
          and (item.item_type <> 'base' or item.amount_reason is not null or employee.salary is not null) as is_payable,
        employee.wallet_address is null as is_unreachable,
        (item.destination, item.memo_type, item.memo)
          is distinct from (employee.wallet_address, employee.memo_type, employee.memo) as is_moved,
        item.item_type = 'base' and item.amount_reason is null
          and item.amount::numeric is distinct from private.base_pay(employee.salary, pay.share) as is_repriced
      from public.payroll_items as item
      join public.employees as employee on employee.organization_id = item.organization_id
        and employee.id = item.employee_id
      where item.payroll_run_id = run.id
      offset 0
    ) as seen
  ) as items
  cross join lateral (
    select array_agg(address.employee) as employees
    from (
      select min(item.employee_id) as employee
      from public.payroll_items as item
      where item.payroll_run_id = run.id
        and item.destination is not null
      group by item.destination, item.memo_type, item.memo
      having min(item.employee_id) <> max(item.employee_id)
    ) as address
  ) as shared
  where run.id = inspect_payroll_run.payroll_run_id;
$$;
comment on function private.inspect_payroll_run(bigint) is
  'The SHA-256 of everything approvers approve, how the items compare with the employees as they are now, and who '
  'shares an address.';

create function private.payroll_run_content_hash(payroll_run_id bigint)
returns text
language sql stable security definer
set search_path = ''
as $$ select seen.content_hash from private.inspect_payroll_run(payroll_run_content_hash.payroll_run_id) as seen; $$;
comment on function private.payroll_run_content_hash(bigint) is 'SHA-256 of everything approvers approve.';

create function private.reclaim_after_days(run public.payroll_runs)
returns integer
language sql stable security definer
set search_path = ''
as $$
  select case when (run).submitted_at is not null then (run).reclaim_after_days
    else (
      select organization.reclaim_after_days
      from public.organizations as organization
      where organization.id = (run).organization_id and organization.allows_claimable_balances) end;
$$;
comment on function private.reclaim_after_days(public.payroll_runs) is
  'After how many days what a run pays with claimable balances may be taken back; null when it pays nobody so. A draft '
  'follows the settings of the organization, a submitted run keeps what its approvers saw.';

create function private.refuse_employees(code text, payroll_run_id bigint, employee_ids bigint[])
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
  perform private.refuse(refuse_employees.code, count(*)::text, refuse_employees.payroll_run_id::text,
    min(employee.first_name || ' ' || employee.last_name))
  from public.employees as employee
  where employee.id = any (refuse_employees.employee_ids);
end;
$$;
comment on function private.refuse_employees(text, bigint, bigint[]) is
  'Refuses a run because of some of its employees, of whom it names one.';

create function private.payroll_run_facts(run public.payroll_runs)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'payroll_run_id', (run).id,
    'batch_id', (run).batch_id,
    'status', (run).status,
    'period_start', (run).period_start,
    'period_end', (run).period_end,
    'asset_code', (run).asset_code,
    'asset_issuer', (run).asset_issuer,
    'total_amount', (run).total_amount::text,
    'item_count', (run).item_count,
    'failure_code', (run).failure_code,
    'failure_reason', (run).failure_reason));
$$;
comment on function private.payroll_run_facts(public.payroll_runs) is 'What an event tells of a run.';

create function private.payroll_run_event(run public.payroll_runs, type text, occurrence text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select private.emit_event(
    (run).organization_id, payroll_run_event.type, 'payroll_run', (run).id::text,
    payroll_run_event.type || ':' || (run).id || ':' || payroll_run_event.occurrence,
    private.payroll_run_facts(run));
$$;
comment on function private.payroll_run_event(public.payroll_runs, text, text) is
  'Emits the event of a run, once for each occurrence.';

create function private.overlapping_base_pay(run public.payroll_runs)
returns bigint[]
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_other_runs bigint[] := array(
    select other.id
    from public.payroll_runs as other
    where other.organization_id = (run).organization_id
      and other.id <> (run).id
      and other.status not in ('draft', 'discarded')
      and other.period_start <= (run).period_end
      and other.period_end >= (run).period_start);
begin
  -- An intersection instead of a join: of items that were just written there are no statistics, and a join might
  -- compare each with every other.
  return array(
    select paid.employee_id
    from public.payroll_items as paid
    where paid.organization_id = (run).organization_id
      and paid.payroll_run_id = any (v_other_runs)
      and paid.item_type = 'base'
    intersect
    select item.employee_id
    from public.payroll_items as item
    where item.organization_id = (run).organization_id
      and item.payroll_run_id = (run).id
      and item.item_type = 'base'
      and cardinality(v_other_runs) > 0);
end;
$$;
comment on function private.overlapping_base_pay(public.payroll_runs) is
  'Which of its employees have base pay for some of the same days in another run that is no draft.';

create function private.outdated_items(run public.payroll_runs, employee_ids bigint[])
returns text
language sql stable security definer
set search_path = ''
as $$
  select string_agg(item.sentence, '; ')
  from (
    select concat_ws(' ',
      employee.first_name, employee.last_name,
      case when item.item_type = 'base' and item.amount_reason is null
          and item.amount::numeric is distinct from pay.amount
        then format('%s -> %s', item.amount, coalesce(pay.amount::text, 'no salary')) end,
      case when item.destination is distinct from employee.wallet_address then 'another address'
        when (item.memo_type, item.memo) is distinct from (employee.memo_type, employee.memo)
        then 'another memo' end) as sentence
    from public.payroll_items as item
    join public.employees as employee on employee.organization_id = item.organization_id
      and employee.id = item.employee_id
    cross join lateral (select private.base_pay_in_run(run, employee.salary) as amount) as pay
    where item.organization_id = (run).organization_id
      and item.payroll_run_id = (run).id
      and item.employee_id = any (outdated_items.employee_ids[1:5])
    order by item.id
    limit 5
  ) as item;
$$;
comment on function private.outdated_items(public.payroll_runs, bigint[]) is
  'The first items that no longer show the present pay or address, for the sentence of a refusal.';

create function private.submit_payroll_run(
  payroll_run_id bigint, expected_version integer, allow_overlap boolean, allow_shared_wallets boolean
)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_run public.payroll_runs;
  v_seen record;
  v_overlap bigint[];
begin
  -- One submission of an organization at a time, so that two runs for the same days cannot overlook each other.
  perform from public.organizations as organization
  where organization.id = v_member.organization_id
  for no key update;

  v_run := private.locked_payroll_run(submit_payroll_run.payroll_run_id, 'manager');

  -- A repeat by the same person is success, so that a retry is safe.
  if v_run.status = 'pending' and v_run.submitted_by = v_member.id then
    return next v_run;
    return;
  end if;

  if v_run.status <> 'draft' then
    perform private.refuse('payroll_run_not_draft', v_run.id::text, v_run.status);
  end if;

  perform private.require_run_version(v_run, submit_payroll_run.expected_version);

  if v_run.item_count = 0 then
    perform private.refuse('payroll_run_is_empty', v_run.id::text);
  end if;

  select seen.* into v_seen from private.inspect_payroll_run(v_run.id) as seen;

  if v_seen.gone is not null then
    perform private.refuse_employees('payroll_items_not_payable', v_run.id, v_seen.gone);
  end if;

  if v_seen.unreachable is not null then
    perform private.refuse_employees('payroll_items_without_destination', v_run.id, v_seen.unreachable);
  end if;

  -- Salaries and addresses that changed since the submitter looked are shown before they are submitted.
  if v_seen.outdated is not null then
    perform private.refuse('payroll_run_not_up_to_date', v_run.id::text,
      cardinality(v_seen.outdated)::text, private.outdated_items(v_run, v_seen.outdated));
  end if;

  v_overlap := private.overlapping_base_pay(v_run);

  if cardinality(v_overlap) > 0 and not coalesce(submit_payroll_run.allow_overlap, false) then
    perform private.refuse_employees('base_pay_overlaps', v_run.id, v_overlap);
  end if;

  if v_seen.sharing is not null and not coalesce(submit_payroll_run.allow_shared_wallets, false) then
    perform private.refuse_employees('wallets_shared', v_run.id, v_seen.sharing);
  end if;

  if cardinality(v_overlap) > 0 or v_seen.sharing is not null or private.reclaim_after_days(v_run) is not null then
    -- Part of what is approved, and a row of the trail of its own.
    update public.payroll_runs as run
    set allows_overlap = cardinality(v_overlap) > 0,
        allows_shared_wallets = v_seen.sharing is not null,
        reclaim_after_days = private.reclaim_after_days(v_run)
    where run.id = v_run.id;

    v_seen.content_hash := private.payroll_run_content_hash(v_run.id);
  end if;

  update public.payroll_runs as run
  set status = 'pending',
      submitted_by = v_member.id,
      submitted_at = now(),
      content_hash = v_seen.content_hash
  where run.id = v_run.id
  returning run.* into v_run;

  perform private.payroll_run_event(v_run, 'payroll.submitted', v_run.version::text);

  -- Whoever approves it sees what the ledger says about it.
  perform private.ask_preflight(v_run, v_member.id, null);

  return next v_run;
end;
$$;
comment on function private.submit_payroll_run(bigint, integer, boolean, boolean) is
  'Fixes the content of a draft for its approvers, if it is what the submitter looked at and still true.';
grant execute on function private.submit_payroll_run(bigint, integer, boolean, boolean) to authenticated;

create function public.submit_payroll_run(
  payroll_run_id bigint, expected_version integer, allow_overlap boolean default false,
  allow_shared_wallets boolean default false
)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$
  select * from private.submit_payroll_run(payroll_run_id, expected_version, allow_overlap, allow_shared_wallets);
$$;
comment on function public.submit_payroll_run(bigint, integer, boolean, boolean) is
  'Submits a draft for approval as it was looked at: expected_version is the version of the run that was shown. '
  'allow_overlap says that a second base pay for the same days is meant, allow_shared_wallets that several people are '
  'paid at one address.';
revoke all on function public.submit_payroll_run(bigint, integer, boolean, boolean)
  from public, anon, authenticated, service_role;
grant execute on function public.submit_payroll_run(bigint, integer, boolean, boolean) to authenticated;

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.payroll.submitted', 'boolean', 'true', 'Runs that wait for approval.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('payroll.submitted', 'members', 'manager',
    'notifications.payroll.submitted',
    'Payroll run {batch_id} waits for approval',
    '{item_count} items, {total_amount} {asset_code} for {period_start} to {period_end}. A person who did not '
    'prepare it must approve it.');
