-- migration: approval of a payroll run
-- People who submitted a run or shaped what it pays cannot approve it, and the organization says how many others must;
-- people count, not memberships. An approver names the hash of what was looked at; approval recomputes it and compares
-- every destination with the employee's address, so that only what was seen is approved. Thresholds count what the
-- runs of the same months pay together, so that splitting a run does not lower them.
-- author: PayD | date: 2026-11-25
-- tables: private.error_codes, private.notification_templates, private.personal_data, private.preference_defaults,
--   private.retention_rules, public.payroll_run_approvals
-- depends: 20261125000000, 20261125000100, 20261125000600, 20261125000700, 20261125000800, 20261125000900,
--   20261125001000, 20261125001100, 20261125010000, 20261125020000, 20261125020100, 20261125020200, 20261125020800,
--   20261125060000, 20261125060400, 20261125060455, 20261125060458, 20261125060500, 20261125060550
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
  payroll_preflight_id bigint,
  voided_at timestamptz,
  created_at timestamptz not null default now(),
  constraint payroll_run_approvals_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint payroll_run_approvals_user_is_a_member_of_the_organization
    foreign key (organization_id, user_id) references public.users (organization_id, id),
  constraint payroll_run_approvals_report_belongs_to_the_organization
    foreign key (organization_id, payroll_preflight_id) references public.payroll_preflights (organization_id, id),
  constraint payroll_run_approvals_decision_is_known check (decision in ('approved', 'rejected')),
  constraint payroll_run_approvals_rejection_has_a_reason check (decision = 'approved' or reason is not null),
  constraint payroll_run_approvals_reason_has_at_most_1000_characters check (length(reason) <= 1000)
);
comment on table public.payroll_run_approvals is 'Who approved or rejected which content of a payroll run.';
comment on column public.payroll_run_approvals.payroll_preflight_id is
  'The last pre-flight report about that content when the decision was made.';
create unique index payroll_run_approvals_one_valid_per_user_key
  on public.payroll_run_approvals (payroll_run_id, user_id) where voided_at is null;
create index payroll_run_approvals_organization_id_run_idx
  on public.payroll_run_approvals (organization_id, payroll_run_id, created_at desc);
create index payroll_run_approvals_organization_id_preflight_idx
  on public.payroll_run_approvals (organization_id, payroll_preflight_id);
create index payroll_run_approvals_organization_id_user_idx on public.payroll_run_approvals (organization_id, user_id);

create trigger payroll_run_approvals_keep_immutable_columns
  before update on public.payroll_run_approvals
  for each row
  when (
    (old.organization_id, old.payroll_run_id, old.user_id, old.decision, old.reason, old.content_hash,
      old.payroll_preflight_id, old.created_at)
      is distinct from (new.organization_id, new.payroll_run_id, new.user_id, new.decision, new.reason,
        new.content_hash, new.payroll_preflight_id, new.created_at)
    or (old.voided_at is not null and old.voided_at is distinct from new.voided_at))
  execute function private.keep_immutable_columns();
alter table public.payroll_run_approvals enable always trigger payroll_run_approvals_keep_immutable_columns;

create trigger payroll_run_approvals_refuse_removal
  before delete or truncate on public.payroll_run_approvals
  for each statement execute function private.refuse_change();
alter table public.payroll_run_approvals enable always trigger payroll_run_approvals_refuse_removal;

alter table public.payroll_run_approvals enable row level security;
alter table public.payroll_run_approvals force row level security;
revoke all on table public.payroll_run_approvals from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_run_approvals_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_run_approvals to authenticated, service_role;

create policy "Members can read the approvals of their organization"
  on public.payroll_run_approvals for select to authenticated
  using (organization_id = (select private.organization_id()));

insert into private.error_codes (code, http_status, message, hint) values
  ('payroll_run_not_draft', 409,
    'Payroll run %s is %s, so it can no longer be submitted.',
    'Only drafts can be submitted.'),
  ('payroll_run_is_empty', 409,
    'Payroll run %s has no items.',
    'Add employees with a salary in this asset, or a bonus, before you submit.'),
  ('payroll_items_without_destination', 409,
    '%s employees of payroll run %s have no wallet address, among them %s.',
    'Add their addresses, or remove them from the run.'),
  ('payroll_items_not_payable', 409,
    '%s employees of payroll run %s are no longer active or no longer paid in its asset, among them %s.',
    'Remove them from the run (reject it first if it was submitted), or correct their records.'),
  ('base_pay_overlaps', 409,
    '%s employees of payroll run %s already have base pay for some of the same days in another run, among them %s.',
    'Remove them or correct the period; a failed run is retried, not made again. If a second base pay is meant, '
    'submit with allow_overlap.'),
  ('payroll_run_not_up_to_date', 409,
    'Payroll run %1$s does not show the present pay and addresses of %2$s items: %3$s.',
    'Call refresh_payroll_run, look at the run again, and submit what you see then.'),
  ('wallets_shared', 409,
    '%s addresses of payroll run %s would be paid for several employees, among them the one of %s.',
    'One person may be entered twice. If it is meant, submit with allow_shared_wallets.'),
  ('payroll_run_not_pending', 409,
    'Payroll run %s is %s, so there is nothing to decide.',
    'Only submitted runs can be approved or rejected.'),
  ('approver_is_submitter', 403,
    'You submitted payroll run %s, so somebody else must approve it.',
    'Ask another manager or an admin.'),
  ('payroll_run_changed', 409,
    'Payroll run %s is no longer what was submitted: %s.',
    'Look at it again. What you see then can be approved; if it is wrong, reject it.'),
  ('reason_missing', 422, 'A rejection needs a reason.', 'Say what must be changed.');

create function private.is_submitter(run public.payroll_runs, member public.users)
returns boolean
language sql stable security definer
set search_path = ''
as $$
  -- People count, not rows, and a submitter who was erased since may have been anybody.
  select exists (
    select from public.users as submitter
    where submitter.organization_id = (run).organization_id
      and submitter.id = (run).submitted_by
      and (submitter.id = (member).id or submitter.auth_user_id is null
        or submitter.auth_user_id = (member).auth_user_id));
$$;
comment on function private.is_submitter(public.payroll_runs, public.users) is
  'Whether the member is, or may be, the person who submitted the run.';

create function private.valid_approvals(run public.payroll_runs)
returns integer
language sql stable security definer
set search_path = ''
as $$
  -- A member who was removed or may no longer approve has withdrawn the approval with it.
  select count(distinct member.auth_user_id)::integer
  from public.payroll_run_approvals as approval
  join public.users as member on member.organization_id = approval.organization_id and member.id = approval.user_id
  where approval.payroll_run_id = (run).id
    and approval.decision = 'approved'
    and approval.content_hash = (run).content_hash
    and approval.voided_at is null
    and member.deleted_at is null
    and private.role_rank(member.role) >= private.role_rank('manager')
    and not private.is_submitter(run, member)
    and private.part_in_payroll_run(run, member) is null;
$$;
comment on function private.valid_approvals(public.payroll_runs) is
  'How many independent people, who may approve today, approved the run as it is.';

create function private.approval_obstacle(run public.payroll_runs, member public.users)
returns table (code text, arguments text[])
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_part text;
  v_seen record;
begin
  if private.role_rank((member).role) < private.role_rank('manager') then
    return query select 'role_too_low', array['manager'];
    return;
  end if;

  if (run).status <> 'pending'
    and ((run).status not in ('processing', 'failed') or private.open_question((run).id) is null) then
    return query select 'payroll_run_not_pending', array[(run).id::text, (run).status];
    return;
  end if;

  if private.is_submitter(run, member) then
    return query select 'approver_is_submitter', array[(run).id::text];
    return;
  end if;

  v_part := private.part_in_payroll_run(run, member);
  if v_part is not null then
    return query select 'approver_prepared_run', array[(run).id::text, v_part];
    return;
  end if;

  -- What was started pays what was approved, whatever became of its employees since.
  if (run).status <> 'pending' then
    return;
  end if;

  select seen.* into v_seen from private.inspect_payroll_run((run).id) as seen;

  if v_seen.content_hash <> (run).content_hash then
    return query select 'payroll_run_changed', array[(run).id::text, 'its items differ'];
  elsif v_seen.gone is not null or v_seen.moved > 0 then
    return query select 'payroll_run_changed', array[(run).id::text, 'an employee left or has another address'];
  end if;
end;
$$;
comment on function private.approval_obstacle(public.payroll_runs, public.users) is
  'Why the member cannot approve the run as it is, as the error of the refusal; no row for one who can.';

create function private.approve_payroll_run(payroll_run_id bigint, content_hash text)
returns setof public.payroll_runs
language plpgsql volatile security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_member public.users := private.require_member('manager');
  v_run public.payroll_runs := private.locked_payroll_run(approve_payroll_run.payroll_run_id, 'manager');
  v_obstacle record;
begin
  select obstacle.* into v_obstacle from private.approval_obstacle(v_run, v_member) as obstacle;

  if found then
    perform private.refuse(v_obstacle.code, variadic v_obstacle.arguments);
  end if;

  -- It may have been sent back and submitted with other numbers since the approver looked.
  if approve_payroll_run.content_hash is distinct from v_run.content_hash then
    perform private.refuse('payroll_run_changed', v_run.id::text, 'it is not the content you looked at');
  end if;

  -- A repeat by the same person counts once.
  insert into public.payroll_run_approvals
    (organization_id, payroll_run_id, user_id, decision, content_hash, payroll_preflight_id)
  values (v_run.organization_id, v_run.id, v_member.id, 'approved', v_run.content_hash,
    private.last_preflight(v_run))
  on conflict (payroll_run_id, user_id) where voided_at is null do nothing;

  if (v_run.approved_at is null or private.open_question(v_run.id) is not null)
    and private.valid_approvals(v_run) >= private.required_approvals(v_run) then
    update private.approval_questions as question
    set answered_at = now()
    where question.payroll_run_id = v_run.id
      and question.answered_at is null;

    update public.payroll_runs as run
    set approved_at = now()
    where run.id = v_run.id
    returning run.* into v_run;

    perform private.payroll_run_event(v_run, 'payroll.approved', v_run.version::text);
  end if;

  return next v_run;
end;
$$;
comment on function private.approve_payroll_run(bigint, text) is
  'Counts the caller as approver of exactly that content; enough independent people complete the approval.';
grant execute on function private.approve_payroll_run(bigint, text) to authenticated;

create function public.approve_payroll_run(payroll_run_id bigint, content_hash text)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.approve_payroll_run(payroll_run_id, content_hash); $$;
comment on function public.approve_payroll_run(bigint, text) is
  'Approves the content that the approver looked at; approved_at is set once enough people did.';
revoke all on function public.approve_payroll_run(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.approve_payroll_run(bigint, text) to authenticated;

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

  insert into public.payroll_run_approvals
    (organization_id, payroll_run_id, user_id, decision, reason, content_hash, payroll_preflight_id, voided_at)
  values (v_run.organization_id, v_run.id, v_member.id, 'rejected', v_reason, v_run.content_hash,
    private.last_preflight(v_run), now());

  select run.* into v_run from public.payroll_runs as run where run.id = v_run.id;
  perform private.payroll_run_event(v_run, 'payroll.rejected', v_run.version::text);

  return next v_run;
end;
$$;
comment on function private.reject_payroll_run(bigint, text) is
  'Sends a pending run back to draft with the reason, and voids its approvals.';
grant execute on function private.reject_payroll_run(bigint, text) to authenticated;

create function public.reject_payroll_run(payroll_run_id bigint, reason text)
returns setof public.payroll_runs
language sql volatile security invoker
set search_path = ''
as $$ select * from private.reject_payroll_run(payroll_run_id, reason); $$;
comment on function public.reject_payroll_run(bigint, text) is 'Sends a submitted run back to draft with a reason.';
revoke all on function public.reject_payroll_run(bigint, text) from public, anon, authenticated, service_role;
grant execute on function public.reject_payroll_run(bigint, text) to authenticated;

create function private.amount_of_same_months(run public.payroll_runs)
returns numeric
language sql stable security definer
set search_path = ''
as $$
  -- Later submissions count this run, not the other way round: what was asked of its approvers stays.
  select (run).total_amount::numeric + coalesce(sum(other.total_amount::numeric), 0)
  from public.payroll_runs as other
  where other.organization_id = (run).organization_id
    and other.id <> (run).id
    and other.status not in ('draft', 'discarded')
    and other.asset_code = (run).asset_code
    and other.asset_issuer = (run).asset_issuer
    and other.period_start <= (date_trunc('month', (run).period_end::timestamp) + interval '1 month - 1 day')::date
    and other.period_end >= date_trunc('month', (run).period_start::timestamp)::date
    and (other.submitted_at, other.id) < (coalesce((run).submitted_at, 'infinity'), (run).id);
$$;
comment on function private.amount_of_same_months(public.payroll_runs) is
  'What the run pays together with the runs of its asset that were submitted before it for days of the same months.';

create function private.required_approvals(run public.payroll_runs)
returns integer
language sql stable security definer
set search_path = ''
as $$
  select greatest(organization.required_approvals, (
    select max(threshold.required_approvals)
    from public.approval_thresholds as threshold
    where threshold.organization_id = organization.id
      and threshold.asset_code = (run).asset_code
      and threshold.asset_issuer = (run).asset_issuer
      and threshold.from_amount::numeric <= private.amount_of_same_months(run)))
  from public.organizations as organization
  where organization.id = (run).organization_id;
$$;
comment on function private.required_approvals(public.payroll_runs) is
  'How many independent people must approve the run.';

create function private.payroll_run_approval_state(payroll_run_id bigint)
returns table (
  given integer, required integer, has_approved boolean, may_approve boolean, code text, reason text, hint text
)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  v_member public.users := private.require_member('viewer');
  v_run public.payroll_runs;
  v_obstacle record;
begin
  select run.* into v_run
  from public.payroll_runs as run
  where run.id = payroll_run_approval_state.payroll_run_id
    and run.organization_id = v_member.organization_id;

  if not found then
    perform private.refuse('payroll_run_not_found',
      coalesce(payroll_run_approval_state.payroll_run_id::text, 'without id'));
  end if;

  select obstacle.* into v_obstacle from private.approval_obstacle(v_run, v_member) as obstacle;

  return query
    select private.valid_approvals(v_run), private.required_approvals(v_run),
      exists (
        select from public.payroll_run_approvals as approval
        where approval.payroll_run_id = v_run.id
          and approval.user_id = any (private.memberships_of(v_member))
          and approval.decision = 'approved'
          and approval.content_hash = v_run.content_hash
          and approval.voided_at is null),
      v_obstacle.code is null, error.code, format(error.message, variadic v_obstacle.arguments),
      format(error.hint, variadic v_obstacle.arguments)
    from (values (true)) as one
    left join private.error_codes as error on error.code = v_obstacle.code;
end;
$$;
comment on function private.payroll_run_approval_state(bigint) is
  'How many approvals a run has and needs, and whether the caller could give one.';
grant execute on function private.payroll_run_approval_state(bigint) to authenticated;

create function public.payroll_run_approval_state(payroll_run_id bigint)
returns table (
  given integer, required integer, has_approved boolean, may_approve boolean, code text, reason text, hint text
)
language sql stable security invoker
set search_path = ''
as $$ select * from private.payroll_run_approval_state(payroll_run_id); $$;
comment on function public.payroll_run_approval_state(bigint) is
  'How many independent people approved the run as it is and how many must; whether the caller may, or the error that '
  'approving would be refused with. For members.';
revoke all on function public.payroll_run_approval_state(bigint) from public, anon, authenticated, service_role;
grant execute on function public.payroll_run_approval_state(bigint) to authenticated;

-- Which preferences people have here.
insert into private.preference_defaults (key, type, default_value, description) values
  ('notifications.payroll.approved', 'boolean', 'true', 'Runs that were approved.'),
  ('notifications.payroll.rejected', 'boolean', 'true', 'Runs that were sent back.');

-- Who is told, and in which words.
insert into private.notification_templates (event_type, audience, required_role, preference_key, title, message) values
  ('payroll.approved', 'members', 'manager', 'notifications.payroll.approved', 'Payroll run {batch_id} is approved',
    '{total_amount} {asset_code} for {period_start} to {period_end} can be paid now.'),
  ('payroll.rejected', 'members', 'manager', 'notifications.payroll.rejected', 'Payroll run {batch_id} was sent back',
    'The run for {period_start} to {period_end} is a draft again; its audit trail gives the reason.');

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.payroll_run_approvals', 'keep', null, null, 'Indefinite: they belong to the run.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.payroll_run_approvals', 'member', 'user_id', '{content_hash}', 'Decisions of the member.');
