-- migration: one way to draft a payroll run
-- People create drafts by hand and schedules create them by date. Both go through the same worker, so that a scheduled draft pays exactly the
-- people whom a manual one would pay.
-- author: PayD | date: 2026-11-20
-- tables: none
-- depends: 20261120090000, 20261120090200, 20261120090600, 20261120090700, 20261120091200, 20261120091500, 20261120091600, 20261120091800
-- class: code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.require_asset(asset_code text, asset_issuer text)
returns text
language plpgsql stable security definer
set search_path = ''
as $$
declare v_issuer text := coalesce(btrim(require_asset.asset_issuer), '');
begin
  if private.holds_secret_key(require_asset.asset_code) or private.holds_secret_key(v_issuer) then
    perform private.refuse('secret_key_refused', 'The asset');
  end if;

  if private.asset_problem(require_asset.asset_code, v_issuer) is not null then
    perform private.refuse(private.asset_problem(require_asset.asset_code, v_issuer), private.quotable(require_asset.asset_code));
  end if;

  return v_issuer;
end;
$$;
comment on function private.require_asset(text, text) is 'The trimmed issuer, empty for XLM; refuses what names no asset.';

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
  organization_id bigint, created_by bigint, period_start date, period_end date, asset_code text, asset_issuer text, memo text
)
returns public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_run public.payroll_runs;
begin
  insert into public.payroll_runs (organization_id, batch_id, period_start, period_end, asset_code, asset_issuer, memo, created_by)
  values (
    draft_payroll_run.organization_id,
    'PAY-' || to_char(draft_payroll_run.period_end, 'YYYY-MM-DD') || '-' || left(replace(gen_random_uuid()::text, '-', ''), 12),
    draft_payroll_run.period_start, draft_payroll_run.period_end, draft_payroll_run.asset_code, draft_payroll_run.asset_issuer,
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
comment on function private.draft_payroll_run(bigint, bigint, date, date, text, text, text) is 'A new draft with one base item for every active employee paid in the asset.';

create or replace function private.create_payroll_run(
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
    jsonb_build_array(v_member.organization_id, create_payroll_run.period_start, create_payroll_run.period_end, create_payroll_run.asset_code, v_issuer, v_memo))::bigint;

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
