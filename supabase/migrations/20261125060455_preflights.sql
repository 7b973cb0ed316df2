-- migration: pre-flight reports
-- Whether a payroll run can be paid is read from the ledger before anybody approves it: who cannot be paid and why,
-- what the treasury lacks, and what is not known. A report is about one content of a run and one time. That a run will
-- succeed is said only where every fact that decides it was read, while the report is young and the run is the same.
-- author: PayD | date: 2026-11-30
-- tables: private.personal_data, private.personal_data_erasures, private.preflight_work, private.retention_rules,
--   public.payroll_preflight_findings, public.payroll_preflights
-- depends: 20261125000000, 20261125000800, 20261125000900, 20261125010200, 20261125010400, 20261125020100,
--   20261125020200, 20261125040000, 20261125060000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.payroll_preflights (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  payroll_run_id bigint not null,
  requested_by bigint,
  requested_at timestamptz not null default now(),
  source_account text,
  run_version integer not null,
  content_hash text,
  finished_at timestamptz,
  known_at timestamptz,
  from_ledger bigint,
  to_ledger bigint,
  verdict text,
  payee_count integer,
  failing_count integer,
  unknown_count integer,
  new_account_count integer,
  claimable_count integer,
  transaction_count integer,
  total_amount public.amount,
  failing_amount public.amount,
  spendable public.amount,
  needed public.amount,
  short public.amount,
  fee_budget public.amount,
  reserve public.amount,
  xlm_spendable public.amount,
  xlm_needed public.amount,
  xlm_short public.amount,
  constraint payroll_preflights_id_is_unique_in_organization unique (organization_id, id),
  constraint payroll_preflights_run_belongs_to_the_organization
    foreign key (organization_id, payroll_run_id) references public.payroll_runs (organization_id, id),
  constraint payroll_preflights_requester_is_a_member_of_the_organization
    foreign key (organization_id, requested_by) references public.users (organization_id, id),
  constraint payroll_preflights_source_account_is_an_account
    check (source_account is null or private.is_account_id(source_account)),
  constraint payroll_preflights_verdict_is_known check (verdict in ('will_succeed', 'will_fail', 'unknown')),
  constraint payroll_preflights_finished_ones_have_a_verdict check ((finished_at is null) = (verdict is null)),
  constraint payroll_preflights_finished_ones_count
    check (finished_at is null or num_nulls(payee_count, failing_count, unknown_count, new_account_count,
      claimable_count, transaction_count, total_amount, failing_amount, fee_budget, reserve) = 0),
  constraint payroll_preflights_success_is_known
    check (verdict is distinct from 'will_succeed' or (failing_count = 0 and unknown_count = 0
      and coalesce(short = 0, false) and coalesce(xlm_short = 0, false) and known_at is not null))
);
comment on table public.payroll_preflights is 'What the ledger said about a payroll run before it was paid.';
comment on column public.payroll_preflights.run_version is 'The version of the run that was looked at.';
comment on column public.payroll_preflights.content_hash is
  'The content of the submitted run that was looked at; empty for a draft.';
comment on column public.payroll_preflights.known_at is
  'When the oldest of the facts was read; empty if any is unknown.';
comment on column public.payroll_preflights.from_ledger is 'The oldest ledger that a fact about a payee was read from.';
comment on column public.payroll_preflights.new_account_count is
  'How many payees have no account yet and get one with their first XLM.';
comment on column public.payroll_preflights.claimable_count is
  'How many payees cannot take the asset yet and are paid with a claimable balance.';
comment on column public.payroll_preflights.reserve is
  'The XLM that the treasury must keep for claimable balances until they are claimed.';
comment on column public.payroll_preflights.spendable is
  'What the treasury can spend of the asset of the run, without what it must keep and has promised; empty if unknown.';
comment on column public.payroll_preflights.needed is
  'What the payable part of the run takes of its asset; for XLM with the fees that the treasury pays itself.';
comment on column public.payroll_preflights.short is 'By how much the treasury must be funded; empty if unknown.';
comment on column public.payroll_preflights.fee_budget is
  'The most XLM that the fees can cost; the network charges its market price, usually a small part of it.';
comment on column public.payroll_preflights.xlm_short is
  'By how much XLM the treasury must be funded for the fees that no channel account pays, reserves and, in an XLM run, '
  'the payments; empty if unknown.';
create index payroll_preflights_organization_id_run_id_idx
  on public.payroll_preflights (organization_id, payroll_run_id, id desc);
create index payroll_preflights_organization_id_requested_by_idx
  on public.payroll_preflights (organization_id, requested_by);

create table public.payroll_preflight_findings (
  id bigint generated always as identity primary key,
  organization_id bigint not null,
  payroll_preflight_id bigint not null,
  employee_id bigint,
  weight text not null,
  code text not null,
  amount public.amount,
  sentence text not null,
  cure text not null,
  constraint payroll_preflight_findings_report_belongs_to_the_organization
    foreign key (organization_id, payroll_preflight_id) references public.payroll_preflights (organization_id, id),
  constraint payroll_preflight_findings_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint payroll_preflight_findings_weight_is_known check (weight in ('fails', 'unknown', 'advice')),
  constraint payroll_preflight_findings_code_has_1_to_100_characters check (length(code) between 1 and 100)
);
comment on table public.payroll_preflight_findings is
  'What a pre-flight report found: about one payee, or without employee about the treasury and the run.';
comment on column public.payroll_preflight_findings.weight is
  'fails: it cannot be paid as it is; unknown: the ledger was not read; advice: it can be paid, but look whether it is '
  'meant.';
create index payroll_preflight_findings_organization_id_report_idx
  on public.payroll_preflight_findings (organization_id, payroll_preflight_id, id);
create index payroll_preflight_findings_organization_id_employee_id_idx
  on public.payroll_preflight_findings (organization_id, employee_id);

create table private.preflight_work (
  payroll_preflight_id bigint primary key references public.payroll_preflights (id),
  lease_token uuid,
  leased_until timestamptz,
  next_look_at timestamptz not null default now(),
  constraint preflight_work_lease_has_an_end check ((lease_token is null) = (leased_until is null))
);
comment on table private.preflight_work is 'Reports whose facts are still to be read, and the worker that reads them.';
create index preflight_work_next_look_at_idx on private.preflight_work (next_look_at);
alter table private.preflight_work enable row level security;
alter table private.preflight_work force row level security;

alter table public.payroll_preflights enable row level security;
alter table public.payroll_preflights force row level security;
revoke all on table public.payroll_preflights from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_preflights_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_preflights to authenticated, service_role;

create policy "Members can read the pre-flight reports of their organization"
  on public.payroll_preflights for select to authenticated
  using (organization_id = (select private.organization_id()));

alter table public.payroll_preflight_findings enable row level security;
alter table public.payroll_preflight_findings force row level security;
revoke all on table public.payroll_preflight_findings from public, anon, authenticated, service_role;
revoke all on sequence public.payroll_preflight_findings_id_seq from public, anon, authenticated, service_role;
grant select on table public.payroll_preflight_findings to authenticated, service_role;

create policy "Members can read the findings of their pre-flight reports"
  on public.payroll_preflight_findings for select to authenticated
  using (organization_id = (select private.organization_id()));

create function private.ask_preflight(run public.payroll_runs, requested_by bigint, source_account text)
returns public.payroll_preflights
language plpgsql volatile security definer
set search_path = ''
as $$
declare v_preflight public.payroll_preflights;
begin
  -- The same question while its answer is being read is one question.
  select open.* into v_preflight
  from public.payroll_preflights as open
  where open.organization_id = (run).organization_id
    and open.payroll_run_id = (run).id
    and open.finished_at is null
    and open.run_version = (run).version
    and open.content_hash is not distinct from (run).content_hash
    and open.source_account is not distinct from coalesce(ask_preflight.source_account, (run).source_account)
  order by open.id desc
  limit 1;

  if found then
    return v_preflight;
  end if;

  -- Of earlier reports only those stay that somebody had before the eyes when approving.
  with gone as (
    select earlier.id
    from public.payroll_preflights as earlier
    where earlier.organization_id = (run).organization_id
      and earlier.payroll_run_id = (run).id
      and not exists (
        select from public.payroll_run_approvals as approval
        where approval.organization_id = earlier.organization_id
          and approval.payroll_preflight_id = earlier.id)
    for update
  ), unasked as (
    delete from private.preflight_work as work using gone where work.payroll_preflight_id = gone.id
  ), unfound as (
    delete from public.payroll_preflight_findings as finding
    using gone
    where finding.organization_id = (run).organization_id and finding.payroll_preflight_id = gone.id
  )
  delete from public.payroll_preflights as earlier using gone where earlier.id = gone.id;

  insert into public.payroll_preflights
    (organization_id, payroll_run_id, requested_by, source_account, run_version, content_hash)
  values ((run).organization_id, (run).id, ask_preflight.requested_by,
    coalesce(ask_preflight.source_account, (run).source_account), (run).version, (run).content_hash)
  returning * into v_preflight;

  insert into private.preflight_work (payroll_preflight_id) values (v_preflight.id);

  return v_preflight;
end;
$$;
comment on function private.ask_preflight(public.payroll_runs, bigint, text) is
  'Records the wish for a report about the run as it is now; the worker reads the ledger for it.';

create function private.last_preflight(run public.payroll_runs)
returns bigint
language sql stable security definer
set search_path = ''
as $$
  select report.id
  from public.payroll_preflights as report
  where report.organization_id = (run).organization_id
    and report.payroll_run_id = (run).id
    and report.content_hash = (run).content_hash
    and report.finished_at is not null
  order by report.id desc
  limit 1;
$$;
comment on function private.last_preflight(public.payroll_runs) is
  'The last finished report about the content of a submitted run.';

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.payroll_preflights', 'keep', null, null,
    'The last report of each run, and those that an approval names; a newer one replaces the others.'),
  ('public.payroll_preflight_findings', 'keep', null, null, 'As long as their report.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.payroll_preflights', 'member', 'requested_by', '{content_hash}', 'Reports that the member asked for.'),
  ('public.payroll_preflight_findings', 'employee', 'employee_id', '{}',
    'Why the employee could not be paid at some time.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (45, 'public.payroll_preflight_findings', 'employee', 'employee_id',
    'delete from public.payroll_preflight_findings where organization_id = $1 and employee_id = $2::bigint');
