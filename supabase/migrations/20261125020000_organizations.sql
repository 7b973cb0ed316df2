-- migration: organizations
-- A company that pays people with PayD, and the tenant that every other row belongs to. Rows are never deleted, only
-- marked.
-- author: PayD | date: 2026-11-25
-- tables: private.retention_rules, public.organizations | depends: 20261125000000, 20261125000800, 20261125010500
-- class: add-table, modify-rls, data-migration | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.organizations (
  id bigint generated always as identity primary key,
  name text not null,
  required_approvals integer not null default 1,
  wallet_change_policy text not null default 'cooling_off',
  wallet_change_hours integer not null default 72,
  salary_period text not null default 'month',
  allows_claimable_balances boolean not null default false,
  reclaim_after_days integer not null default 90,
  time_zone text not null default 'UTC',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint organizations_name_has_1_to_255_characters check (length(btrim(name)) between 1 and 255),
  constraint organizations_required_approvals_is_1_to_10 check (required_approvals between 1 and 10),
  constraint organizations_wallet_change_policy_is_known
    check (wallet_change_policy in ('immediate', 'cooling_off', 'second_person')),
  constraint organizations_wallet_change_hours_is_1_to_720 check (wallet_change_hours between 1 and 720),
  constraint organizations_salary_period_is_known
    check (salary_period in ('month', 'half_month', 'two_weeks', 'week', 'run')),
  constraint organizations_reclaim_after_days_is_1_to_3650 check (reclaim_after_days between 1 and 3650),
  constraint organizations_time_zone_has_the_form_of_an_iana_name
    check (time_zone ~ '^(UTC|[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){1,2})$')
);
comment on table public.organizations is 'A company that pays people with PayD.';
comment on column public.organizations.required_approvals is
  'How many people other than the submitter must approve a payroll run.';
comment on column public.organizations.wallet_change_policy is
  'How a changed payout address takes effect: at once, after a cooling-off period, or when a second person confirms.';
comment on column public.organizations.wallet_change_hours is 'The cooling-off period in hours.';
comment on column public.organizations.salary_period is
  'For how many days a salary is: a run pays the part of it that falls into the period of the run; run = each run pays '
  'it whole, whatever its days.';
comment on column public.organizations.allows_claimable_balances is
  'Whether somebody whose account cannot take an issued asset yet is paid with a claimable balance, which waits on the '
  'ledger. Runs that were submitted before a change keep what their approvers saw.';
comment on column public.organizations.reclaim_after_days is
  'After how many days the organization may take back a claimable balance that is not claimed.';
comment on column public.organizations.time_zone is
  'The IANA time zone in which its people are shown times who prefer no other.';

alter table public.organizations enable row level security;
alter table public.organizations force row level security;
revoke all on table public.organizations from public, anon, authenticated, service_role;
revoke all on sequence public.organizations_id_seq from public, anon, authenticated, service_role;
grant select on table public.organizations to authenticated, service_role;

create trigger organizations_touch_version
  before update on public.organizations
  for each row execute function private.touch_version();

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.organizations', 'keep', null, null, 'Indefinite: rows are only marked as deleted.');
