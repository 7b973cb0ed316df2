-- migration: submission and approval
-- Whoever submitted a run cannot approve it, and the organization says how many others must. Submission fixes what is approved: it
-- brings every destination up to date and stores a hash of items, amounts, destinations, asset, memo and period. Approval recomputes the hash and
-- compares every destination with the employee's address, so that nobody approves what they did not see.
-- author: PayD | date: 2026-11-20
-- tables: private.error_codes, public.payroll_run_approvals
-- depends: 20261120090000, 20261120090500, 20261120090600, 20261120091000, 20261120091200, 20261120091500, 20261120091600, 20261120091800
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.payroll_run_approvals (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  payroll_run_id bigint not null,
  user_id bigint not null,
  decision text not null,
  reason text,
  content_hash text not null,
  voided_at timestamptz,
  created_at timestamptz not null default now(),
  constraint payroll_run_approvals_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint payroll_run_approvals_user_is_a_member_of_the_organization
    foreign key (organization_id, user_id) references public.users (organization_id, id),
  constraint payroll_run_approvals_decision_is_known check (decision in ('approved', 'rejected')),
  constraint payroll_run_approvals_rejection_has_a_reason check (decision = 'approved' or reason is not null),
  constraint payroll_run_approvals_reason_has_at_most_1000_characters check (length(reason) <= 1000)
);
comment on table public.payroll_run_approvals is 'Who approved or rejected which content of a payroll run.';
create unique index payroll_run_approvals_one_valid_per_user_key on public.payroll_run_approvals (payroll_run_id, user_id) where voided_at is null;
create index payroll_run_approvals_organization_id_run_idx on public.payroll_run_approvals (organization_id, payroll_run_id, created_at desc);
create index payroll_run_approvals_organization_id_user_idx on public.payroll_run_approvals (organization_id, user_id);

alter table public.payroll_run_approvals enable row level security;
alter table public.payroll_run_approvals force row level security;
revoke all on table public.payroll_run_approvals from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_run_approvals_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_run_approvals to authenticated, service_role;

create policy "Members can read the approvals of their organization"
  on public.payroll_run_approvals for select to authenticated
  using (organization_id = (select private.organization_id()));

insert into private.error_codes (code, http_status, message, hint) values
  ('payroll_run_not_draft', 409, 'Payroll run %s is %s, so it can no longer be submitted.', 'Only drafts can be submitted.'),
  ('payroll_run_is_empty', 409, 'Payroll run %s has no items.', 'Add employees with a salary in this asset, or a bonus, before you submit.'),
  ('payroll_items_without_destination', 409, '%s employees of payroll run %s have no wallet address, among them %s.', 'Add their addresses, or remove them from the run.'),
  ('payroll_items_not_payable', 409, '%s employees of payroll run %s are no longer active, among them %s.', 'Remove them from the run, or activate them again.'),
  ('payroll_run_not_pending', 409, 'Payroll run %s is %s, so there is nothing to decide.', 'Only submitted runs can be approved or rejected.'),
  ('approver_is_submitter', 403, 'You submitted payroll run %s, so somebody else must approve it.', 'Ask another manager or an admin.'),
  ('payroll_run_changed', 409, 'Payroll run %s is no longer what was submitted: %s.', 'Reject it and submit it again, so that approvers see what will be paid.'),
  ('reason_missing', 422, 'A rejection needs a reason.', 'Say what must be changed.');

create function private.payroll_run_content_hash(payroll_run_id bigint)
returns text
language sql stable security definer
set search_path = ''
as $$
  select encode(sha256(convert_to(
    concat_ws('|', run.organization_id, run.id, run.period_start, run.period_end, run.asset_code, run.asset_issuer, coalesce(run.memo, ''), (
      select string_agg(concat_ws(',', item.id, item.employee_id, item.item_type, item.amount::text, coalesce(item.destination, '')), ';' order by item.id)
      from public.payroll_items as item
      where item.payroll_run_id = run.id)),
    'UTF8')), 'hex')
  from public.payroll_runs as run
  where run.id = payroll_run_content_hash.payroll_run_id;
$$;
comment on function private.payroll_run_content_hash(bigint) is 'SHA-256 of everything approvers approve.';

create function private.payroll_run_event(run public.payroll_runs, type text, occurrence text)
returns void
language sql volatile security definer
set search_path = ''
as $$
  select private.emit_event(
    (run).organization_id, payroll_run_event.type, 'payroll_run', (run).id::text,
    payroll_run_event.type || ':' || (run).id || ':' || payroll_run_event.occurrence,
    jsonb_strip_nulls(jsonb_build_object(
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
      'failure_reason', (run).failure_reason)));
$$;
comment on function private.payroll_run_event(public.payroll_runs, text, text) is 'Emits the event of a run, once for each occurrence.';

create function private.submit_payroll_run(payroll_run_id bigint)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_run public.payroll_runs := private.locked_payroll_run(submit_payroll_run.payroll_run_id, 'manager');
  v_check record;
begin
  -- A repeat by the same person is success, so that a retry is safe.
  if v_run.status = 'pending' and v_run.submitted_by = v_member.id then
    return next v_run;
    return;
  end if;

  if v_run.status <> 'draft' then
    perform private.refuse('payroll_run_not_draft', v_run.id::text, v_run.status);
  end if;

  if v_run.item_count = 0 then
    perform private.refuse('payroll_run_is_empty', v_run.id::text);
  end if;

  select
    count(distinct employee.id) filter (where employee.status <> 'active' or employee.deleted_at is not null) as gone,
    min(employee.first_name || ' ' || employee.last_name) filter (where employee.status <> 'active' or employee.deleted_at is not null) as gone_example,
    count(distinct employee.id) filter (where employee.wallet_address is null) as unreachable,
    min(employee.first_name || ' ' || employee.last_name) filter (where employee.wallet_address is null) as unreachable_example,
    count(*) filter (where item.destination is distinct from employee.wallet_address) as moved
  into v_check
  from public.payroll_items as item
  join public.employees as employee on employee.organization_id = item.organization_id and employee.id = item.employee_id
  where item.payroll_run_id = v_run.id;

  if v_check.gone > 0 then
    perform private.refuse('payroll_items_not_payable', v_check.gone::text, v_run.id::text, v_check.gone_example);
  end if;

  if v_check.unreachable > 0 then
    perform private.refuse('payroll_items_without_destination', v_check.unreachable::text, v_run.id::text, v_check.unreachable_example);
  end if;

  -- Addresses that changed while the run was a draft; the others were filled in with the item.
  if v_check.moved > 0 then
    update public.payroll_items as item
    set destination = employee.wallet_address
    from public.employees as employee
    where item.payroll_run_id = v_run.id
      and employee.id = item.employee_id
      and item.destination is distinct from employee.wallet_address;
  end if;

  update public.payroll_runs as run
  set status = 'pending',
      submitted_by = v_member.id,
      submitted_at = now(),
      content_hash = private.payroll_run_content_hash(run.id)
  where run.id = v_run.id
  returning run.* into v_run;

  perform private.payroll_run_event(v_run, 'payroll.submitted', v_run.version::text);

  return next v_run;
end;
$$;
grant execute on function private.submit_payroll_run(bigint) to authenticated;

create function public.submit_payroll_run(payroll_run_id bigint)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.submit_payroll_run(payroll_run_id); $$;
comment on function public.submit_payroll_run(bigint) is 'Submits a draft for approval and fixes its content and destinations.';
revoke all on function public.submit_payroll_run(bigint) from public, anon, authenticated, service_role;
grant execute on function public.submit_payroll_run(bigint) to authenticated;

create function private.required_approvals(run public.payroll_runs)
returns integer
language sql stable security definer
set search_path = ''
as $$
  select organization.required_approvals
  from public.organizations as organization
  where organization.id = (run).organization_id;
$$;
comment on function private.required_approvals(public.payroll_runs) is 'How many people other than the submitter must approve the run.';

create function private.approve_payroll_run(payroll_run_id bigint)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_member public.users := private.require_member('manager');
  v_run public.payroll_runs := private.locked_payroll_run(approve_payroll_run.payroll_run_id, 'manager');
  v_approvals integer;
begin
  if v_run.status <> 'pending' then
    perform private.refuse('payroll_run_not_pending', v_run.id::text, v_run.status);
  end if;

  if v_run.submitted_by = v_member.id then
    perform private.refuse('approver_is_submitter', v_run.id::text);
  end if;

  if private.payroll_run_content_hash(v_run.id) <> v_run.content_hash then
    perform private.refuse('payroll_run_changed', v_run.id::text, 'its items differ');
  end if;

  if exists (
    select from public.payroll_items as item
    join public.employees as employee on employee.id = item.employee_id
    where item.payroll_run_id = v_run.id
      and (employee.wallet_address is distinct from item.destination or employee.status <> 'active' or employee.deleted_at is not null)
  ) then
    perform private.refuse('payroll_run_changed', v_run.id::text, 'an employee left or has another address');
  end if;

  -- A repeat by the same person counts once.
  insert into public.payroll_run_approvals (organization_id, payroll_run_id, user_id, decision, content_hash)
  values (v_run.organization_id, v_run.id, v_member.id, 'approved', v_run.content_hash)
  on conflict (payroll_run_id, user_id) where voided_at is null do nothing;

  select count(*) into v_approvals
  from public.payroll_run_approvals as approval
  where approval.payroll_run_id = v_run.id
    and approval.decision = 'approved'
    and approval.content_hash = v_run.content_hash
    and approval.voided_at is null;

  if v_run.approved_at is null and v_approvals >= private.required_approvals(v_run) then
    update public.payroll_runs as run
    set approved_at = now()
    where run.id = v_run.id
    returning run.* into v_run;

    perform private.payroll_run_event(v_run, 'payroll.approved', v_run.version::text);
  end if;

  return next v_run;
end;
$$;
grant execute on function private.approve_payroll_run(bigint) to authenticated;

create function public.approve_payroll_run(payroll_run_id bigint)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.approve_payroll_run(payroll_run_id); $$;
comment on function public.approve_payroll_run(bigint) is 'Approves a submitted run; approved_at is set once enough people did.';
revoke all on function public.approve_payroll_run(bigint) from public, anon, authenticated, service_role;
grant execute on function public.approve_payroll_run(bigint) to authenticated;

create function private.reject_payroll_run(payroll_run_id bigint, reason text)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('manager');
  v_run public.payroll_runs := private.locked_payroll_run(reject_payroll_run.payroll_run_id, 'manager');
  v_reason text := private.optional_text('The reason', reject_payroll_run.reason, 1000);
begin
  if v_reason is null then
    perform private.refuse('reason_missing');
  end if;

  if v_run.status <> 'pending' then
    perform private.refuse('payroll_run_not_pending', v_run.id::text, v_run.status);
  end if;

  perform private.return_to_draft(v_run, v_reason);

  insert into public.payroll_run_approvals (organization_id, payroll_run_id, user_id, decision, reason, content_hash, voided_at)
  values (v_run.organization_id, v_run.id, v_member.id, 'rejected', v_reason, v_run.content_hash, now());

  select run.* into v_run from public.payroll_runs as run where run.id = v_run.id;
  perform private.payroll_run_event(v_run, 'payroll.rejected', v_run.version::text);

  return next v_run;
end;
$$;
grant execute on function private.reject_payroll_run(bigint, text) to authenticated;

create function public.reject_payroll_run(payroll_run_id bigint, reason text)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.reject_payroll_run(payroll_run_id, reason); $$;
comment on function public.reject_payroll_run(bigint, text) is 'Sends a submitted run back to draft with a reason.';
revoke all on function public.reject_payroll_run(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.reject_payroll_run(bigint, text) to authenticated;
