-- migration: approvers who are asked again
-- What people approved may come to rest on less than they saw: wallets signed, and now the server does, or somebody
-- else. Then the approvals of every run that is not paid yet count no more, its content gets another hash, so that a
-- page that was opened before approves nothing, and what is being paid is paused. The same people may approve again.
-- author: PayD | date: 2026-12-01
-- tables: private.approval_questions, private.doctor_checks, private.error_codes, private.standstills
-- depends: 20261125000000, 20261125000100, 20261125000250, 20261125020100, 20261125060000, 20261125060455
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table private.approval_questions (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  payroll_run_id bigint not null,
  reason text not null,
  asked_at timestamptz not null default now(),
  answered_at timestamptz,
  constraint approval_questions_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint approval_questions_reason_has_1_to_500_characters check (length(reason) between 1 and 500)
);
comment on column private.approval_questions.reason is 'The end of a sentence that begins with because.';
comment on table private.approval_questions is
  'Why the approvers of a run were asked again after its submission, and when enough of them had approved it again.';
create index approval_questions_organization_id_payroll_run_id_idx
  on private.approval_questions (organization_id, payroll_run_id);
create index approval_questions_payroll_run_id_idx on private.approval_questions (payroll_run_id);
alter table private.approval_questions enable row level security;
alter table private.approval_questions force row level security;

insert into private.error_codes (code, http_status, message, hint) values
  ('approvers_asked_again', 409,
    'The approvers of payroll run %1$s are asked again, because %2$s.',
    'Somebody who had no part in it looks at the run and approves it (approve_payroll_run).');

create function private.open_question(payroll_run_id bigint)
returns text
language sql stable security definer
set search_path = ''
as $$
  select question.reason
  from private.approval_questions as question
  where question.payroll_run_id = open_question.payroll_run_id
    and question.answered_at is null
  order by question.id desc
  limit 1;
$$;
comment on function private.open_question(bigint) is
  'Why the approvers of a run are asked again; null where their approval stands.';

create function private.require_no_question(payroll_run_id bigint)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare v_reason constant text := private.open_question(require_no_question.payroll_run_id);
begin
  if v_reason is not null then
    perform private.refuse('approvers_asked_again', require_no_question.payroll_run_id::text, v_reason);
  end if;
end;
$$;
comment on function private.require_no_question(bigint) is
  'Refuses to pay a run on as long as its approvers are asked again.';

create function private.ask_approvers_again(member public.users, reason text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_sentence constant text := format('Its approvers are asked again, because %s.', ask_approvers_again.reason);
  v_run public.payroll_runs;
begin
  perform set_config('payd.reason', v_sentence, true);

  for v_run in
    select run.*
    from public.payroll_runs as run
    where run.organization_id = (member).organization_id
      and run.status in ('pending', 'processing', 'failed')
    order by run.id
    for update
  loop
    insert into private.approval_questions (organization_id, payroll_run_id, reason)
    values (v_run.organization_id, v_run.id, ask_approvers_again.reason);

    update public.payroll_run_approvals as approval
    set voided_at = now()
    where approval.organization_id = v_run.organization_id
      and approval.payroll_run_id = v_run.id
      and approval.voided_at is null;

    -- What is on its way goes on to its end; nothing that was not sent is sent before the answer.
    update public.payroll_runs as asked
    set content_hash = private.payroll_run_content_hash(asked.id),
        approved_at = case when asked.status <> 'pending' then asked.approved_at end,
        stop_requested = case when asked.status = 'processing' then coalesce(asked.stop_requested, 'pause') end,
        stop_reason = case when asked.status = 'processing' then coalesce(asked.stop_reason, v_sentence) end,
        stop_requested_at = case when asked.status = 'processing' then coalesce(asked.stop_requested_at, now()) end
    where asked.id = v_run.id
    returning asked.* into v_run;

    if v_run.status = 'pending' then
      perform private.payroll_run_event(v_run, 'payroll.submitted', v_run.version::text);
      perform private.ask_preflight(v_run, (member).id, null);
    elsif v_run.status = 'processing' then
      perform private.payroll_run_event(v_run, 'payroll.paused', v_run.version::text);
    end if;
  end loop;

  perform set_config('payd.reason', '', true);
end;
$$;
comment on function private.ask_approvers_again(public.users, text) is
  'Voids the approvals of every submitted run of the organization that is not paid yet, and pauses what is being paid.';

create function private.check_approval_questions(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id, 'warning', 'payroll_run_asked_again', 'payroll_run', run.id::text, question.asked_at,
    format('The approvers of payroll run %s are asked again, because %s.', run.id, question.reason),
    'Somebody who had no part in it looks at it and approves it. Then it can be resumed or retried.',
    'the approval of people who had no part in it', null::timestamptz, 'approve_payroll_run, cancel_payroll_run'
  from public.payroll_runs as run
  cross join lateral (
    select asked.reason, asked.asked_at
    from private.approval_questions as asked
    where asked.payroll_run_id = run.id
      and asked.answered_at is null
    order by asked.id desc
    limit 1
  ) as question
  where run.status in ('processing', 'failed')
    and (check_approval_questions.organization_id is null
      or run.organization_id = check_approval_questions.organization_id);
$$;
comment on function private.check_approval_questions(bigint) is
  'Runs that were approved, and whose payment waits until they are approved again.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_approval_questions', 'A run that nobody pays on before it is approved again says so.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('payroll_run_asked_again', 'private.check_approval_questions', 'payroll.waiting',
    '{approve_payroll_run, cancel_payroll_run}');
