-- migration: runs that wait
-- What the doctor says of runs before their payment: who must approve, that no independent person is left who could,
-- and that an approved run was not started.
-- author: PayD | date: 2026-11-30
-- tables: private.doctor_checks, private.standstills
-- depends: 20261125000000, 20261125000250, 20261125020100, 20261125020200, 20261125060000, 20261125060550,
--   20261125060600
-- class: data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create function private.possible_approvers(run public.payroll_runs)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select count(distinct member.auth_user_id)
  from public.users as member
  where member.organization_id = (run).organization_id
    and member.deleted_at is null
    and private.role_rank(member.role) >= private.role_rank('manager')
    and not private.is_submitter(run, member)
    and private.part_in_payroll_run(run, member) is null;
$$;
comment on function private.possible_approvers(public.payroll_runs) is
  'How many people could approve the run, those included who did.';

create function private.check_runs_before_payment(organization_id bigint)
returns setof public.finding
language sql stable security definer
set search_path = ''
as $$
  select run.organization_id,
    case when waiting.possible < waiting.required then 'alert' when run.approved_at is null then 'info'
      else 'warning' end,
    case when waiting.possible < waiting.required then 'payroll_run_without_approvers'
      when run.approved_at is null then 'payroll_run_waits_for_approval' else 'payroll_run_not_started' end,
    'payroll_run', run.id::text, coalesce(run.approved_at, run.submitted_at),
    case
      when waiting.possible < waiting.required then format(
        'Payroll run %s needs %s approvals, and only %s people had no part in it.', run.id, waiting.required,
        waiting.possible)
      when run.approved_at is null then format('Payroll run %s has %s of %s approvals.', run.id,
        waiting.given, waiting.required)
      else format('Payroll run %s is approved, and its payment was not started.', run.id)
    end,
    case
      when waiting.possible < waiting.required then
        'Give another person the role manager, or send the run back and let somebody else submit it.'
      when run.approved_at is null then 'Ask a manager or an admin who had no part in it to look at it.'
      else 'Start the payment, or send the run back.'
    end,
    case
      when waiting.possible < waiting.required then 'another person who may approve'
      when run.approved_at is null then 'the approval of people who had no part in it'
      else 'a person who starts the payment'
    end,
    null::timestamptz,
    case
      when waiting.possible < waiting.required then 'invite_member'
      when run.approved_at is null then 'approve_payroll_run'
      else 'disburse_payroll_run'
    end
  from (
    select pending.*
    from public.payroll_runs as pending
    where pending.status = 'pending'
      and (check_runs_before_payment.organization_id is null
        or pending.organization_id = check_runs_before_payment.organization_id)
    order by pending.id
    limit 200
  ) as run
  cross join lateral (
    select private.required_approvals(run.*::public.payroll_runs) as required,
      private.valid_approvals(run.*::public.payroll_runs) as given,
      case when run.approved_at is null then private.possible_approvers(run.*::public.payroll_runs)
        else 2147483647 end as possible
  ) as waiting
  where waiting.possible < waiting.required
    or coalesce(run.approved_at, run.submitted_at) < now() - interval '1 hour';
$$;
comment on function private.check_runs_before_payment(bigint) is
  'Pending runs that wait for approvals, cannot get them, or were approved and not started.';

insert into private.doctor_checks (function_name, reason) values
  ('private.check_runs_before_payment', 'A run that waits for people says for whom.');

-- For which of it a run stands still, which event tells that, and what leads on.
insert into private.standstills (kind, function_name, event_type, commands) values
  ('payroll_run_waits_for_approval', 'private.check_runs_before_payment', 'payroll.waiting', '{approve_payroll_run}'),
  ('payroll_run_without_approvers', 'private.check_runs_before_payment', 'payroll.waiting',
    '{invite_member, reject_payroll_run}'),
  ('payroll_run_not_started', 'private.check_runs_before_payment', 'payroll.waiting',
    '{disburse_payroll_run, reject_payroll_run}');
