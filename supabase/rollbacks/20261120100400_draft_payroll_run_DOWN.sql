-- rollback-of: 20261120100400_draft_payroll_run
-- rollback: lossless
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create or replace function private.create_payroll_run(
  period_start date, period_end date, asset_code text, asset_issuer text, memo text, idempotency_key text
)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_issuer text := coalesce(btrim(create_payroll_run.asset_issuer), '');
  v_memo text := private.optional_text('The memo', create_payroll_run.memo, 28);
  v_first_id text;
  v_run public.payroll_runs;
begin
  if create_payroll_run.period_start is null or create_payroll_run.period_end is null then
    perform private.refuse('period_missing');
  end if;

  if create_payroll_run.period_end < create_payroll_run.period_start then
    perform private.refuse('period_reversed');
  end if;

  if private.holds_secret_key(create_payroll_run.asset_code) or private.holds_secret_key(v_issuer) then
    perform private.refuse('secret_key_refused', 'The asset');
  end if;

  if private.asset_problem(create_payroll_run.asset_code, v_issuer) is not null then
    perform private.refuse(private.asset_problem(create_payroll_run.asset_code, v_issuer), coalesce(left(create_payroll_run.asset_code, 40), 'Nothing'));
  end if;

  if octet_length(v_memo) > 28 then
    perform private.refuse('memo_too_long', octet_length(v_memo)::text);
  end if;

  v_first_id := private.claim_idempotency_key('create_payroll_run', create_payroll_run.idempotency_key,
    jsonb_build_array(v_member.organization_id, create_payroll_run.period_start, create_payroll_run.period_end, create_payroll_run.asset_code, v_issuer, v_memo));

  if v_first_id is null then
    insert into public.payroll_runs (organization_id, batch_id, period_start, period_end, asset_code, asset_issuer, memo, created_by)
    values (
      v_member.organization_id,
      'PAY-' || to_char(create_payroll_run.period_end, 'YYYY-MM-DD') || '-' || left(replace(gen_random_uuid()::text, '-', ''), 12),
      create_payroll_run.period_start, create_payroll_run.period_end, create_payroll_run.asset_code, v_issuer, v_memo, v_member.id)
    returning * into v_run;

    insert into public.payroll_items (organization_id, payroll_run_id, employee_id, item_type, amount, destination)
    select employee.organization_id, v_run.id, employee.id, 'base', employee.salary, employee.wallet_address
    from public.employees as employee
    where employee.organization_id = v_member.organization_id
      and employee.status = 'active'
      and employee.deleted_at is null
      and employee.salary is not null
      and employee.asset_code = create_payroll_run.asset_code
      and employee.asset_issuer = v_issuer
    order by employee.id;

    perform private.keep_idempotent_result('create_payroll_run', create_payroll_run.idempotency_key, v_run.id::text);
  end if;

  return query
    select run.* from public.payroll_runs as run where run.id = coalesce(v_first_id::bigint, v_run.id);
end;
$$;

drop function private.draft_payroll_run(bigint, bigint, date, date, text, text, text);
drop function private.require_memo(text);
drop function private.require_asset(text, text);
