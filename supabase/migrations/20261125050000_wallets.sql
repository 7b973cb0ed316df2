-- migration: wallets
-- One row for each address and asset that an organization pays from or to, with the balance last seen on the ledger.
-- The balance is a picture with a ledger number, never the authority: what can be paid is decided by the network.
-- author: PayD | date: 2026-11-25
-- tables: private.personal_data, private.personal_data_erasures, private.retention_rules, public.employees,
--   public.wallets
-- depends: 20261125000000, 20261125000800, 20261125000900, 20261125010200, 20261125010400, 20261125010500,
--   20261125020000, 20261125040000, 20261125040100
-- class: add-table, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

create table public.wallets (
  id uuid primary key default gen_random_uuid(),
  organization_id bigint not null references public.organizations (id),
  employee_id bigint,
  wallet_address text not null,
  wallet_type text not null,
  asset_code text not null default 'XLM',
  asset_issuer text not null default '',
  balance public.amount not null default 0,
  trust_limit public.amount,
  buying_liabilities public.amount,
  selling_liabilities public.amount,
  memo_required boolean,
  is_active boolean not null default true,
  is_frozen boolean not null default false,
  account_state text not null default 'unknown',
  gone_since_ledger bigint,
  trustline_state text not null default 'unknown',
  synced_ledger bigint,
  last_synced_at timestamptz,
  asked_at timestamptz,
  read_problem text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint wallets_employee_belongs_to_the_organization
    foreign key (organization_id, employee_id) references public.employees (organization_id, id),
  constraint wallets_address_and_asset_are_unique_in_organization
    unique (organization_id, wallet_address, asset_code, asset_issuer),
  constraint wallets_wallet_type_is_known check (wallet_type in ('employee', 'organization', 'escrow', 'treasury')),
  constraint wallets_employee_wallets_have_an_employee check ((wallet_type = 'employee') = (employee_id is not null)),
  constraint wallets_wallet_address_is_an_account check (private.is_account_id(wallet_address)),
  constraint wallets_hold_an_asset check (private.asset_problem(asset_code, asset_issuer) is null),
  constraint wallets_account_state_is_known check (account_state in ('unknown', 'exists', 'missing')),
  constraint wallets_only_missing_accounts_are_gone check (gone_since_ledger is null or account_state = 'missing'),
  constraint wallets_trustline_state_is_known check (trustline_state in ('not_needed', 'unknown', 'exists', 'missing')),
  constraint wallets_native_needs_no_trustline check ((asset_issuer = '') = (trustline_state = 'not_needed')),
  constraint wallets_sync_names_ledger_and_time check ((synced_ledger is null) = (last_synced_at is null)),
  constraint wallets_read_problem_is_known
    check (read_problem in ('no_answer', 'provider_lags', 'ledger_implausible', 'balance_unreadable')),
  constraint wallets_problems_follow_a_question check (read_problem is null or asked_at is not null)
);
comment on table public.wallets is 'An address and one asset it holds, with the balance last seen on the ledger.';
comment on column public.wallets.account_state is
  'unknown: never read; missing: read, and there is none; exists: read and found.';
comment on column public.wallets.gone_since_ledger is
  'When an account that existed was first seen to be gone (merged); empty for one that was never seen to exist.';
comment on column public.wallets.last_synced_at is 'Known as of: when the balance was last read from synced_ledger.';
comment on column public.wallets.trust_limit is
  'The most of the asset that the account accepts; empty for XLM and where it is not known.';
comment on column public.wallets.buying_liabilities is
  'What the account may still receive from its own offers: so much less room is left below the limit.';
comment on column public.wallets.selling_liabilities is
  'What the account has promised in its own offers: so much less of the balance can be paid.';
comment on column public.wallets.memo_required is
  'Whether the account wants a memo on every payment (config.memo_required); empty while it is not known.';
comment on column public.wallets.asked_at is
  'When PayD last asked the ledger about the wallet, whether or not the answer could be used.';
comment on column public.wallets.read_problem is
  'Why the last answer could not be used; the balance is then that of last_synced_at.';

create index idx_wallets_org_id on public.wallets (organization_id, created_at desc, id desc);
create index idx_wallets_employee_id on public.wallets (organization_id, employee_id) where employee_id is not null;
create index idx_wallets_wallet_address on public.wallets (wallet_address);
create index idx_wallets_org_asset on public.wallets (organization_id, asset_code);
create index idx_wallets_frozen on public.wallets (organization_id, is_frozen) where is_frozen;
create index idx_wallets_last_synced_at on public.wallets (last_synced_at nulls first) where is_active;
create index wallets_organization_id_last_synced_at_idx
  on public.wallets (organization_id, last_synced_at nulls first) where is_active;
create index wallets_last_synced_at_idx_when_own
  on public.wallets (last_synced_at nulls first) where is_active and wallet_type <> 'employee';

-- A sync that found nothing new only stamps the row; that is no update of the wallet.
create trigger wallets_touch_updated_at
  before update of balance, is_active, is_frozen, account_state, trustline_state, wallet_type, employee_id
    on public.wallets
  for each row execute function private.touch_updated_at();

alter table public.wallets enable row level security;
alter table public.wallets force row level security;
revoke all on table public.wallets from public, anon, authenticated, service_role;
grant select on table public.wallets to authenticated, service_role;

create policy "Members can read wallets, and employees their own"
  on public.wallets for select to authenticated
  using (
    organization_id = (select private.readable_organization_id())
    and case
      when (select (select current_setting('payd.reads_as_member', true))
        = current_setting('request.jwt.claims', true) || current_setting('request.headers', true)) then true
      else coalesce(employee_id = (select private.employee_id()), (select private.employee_id()) is null) end
  );

-- Whatever wrote the employee, the address the employee is paid at has a wallet row to be synced.
create function private.keep_employee_wallets()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
  -- A wallet that its employee left stays as history but is no longer watched, unless a colleague is paid there too.
  update public.wallets as wallet
  set is_active = false
  from rows_after as employee
  where wallet.organization_id = employee.organization_id
    and wallet.employee_id = employee.id
    and wallet.is_active
    and (employee.deleted_at is not null
      or (wallet.wallet_address, wallet.asset_code, wallet.asset_issuer)
        is distinct from (employee.wallet_address, employee.asset_code, employee.asset_issuer));

  insert into public.wallets
    (organization_id, employee_id, wallet_address, wallet_type, asset_code, asset_issuer, trustline_state)
  select distinct on (employee.organization_id, employee.wallet_address, employee.asset_code, employee.asset_issuer)
    employee.organization_id, employee.id, employee.wallet_address, 'employee', employee.asset_code,
    employee.asset_issuer,
    case when employee.asset_issuer = '' then 'not_needed' else 'unknown' end
  from (
    select written.organization_id, written.id, written.wallet_address, written.asset_code, written.asset_issuer
    from rows_after as written
    where written.wallet_address is not null
      and written.deleted_at is null
    union all
    select colleague.organization_id, colleague.id, colleague.wallet_address, colleague.asset_code,
    colleague.asset_issuer
    from rows_after as written
    join public.wallets as left_behind
      on left_behind.organization_id = written.organization_id and left_behind.employee_id = written.id
        and not left_behind.is_active
    join public.employees as colleague
      on colleague.organization_id = left_behind.organization_id
      and colleague.wallet_address = left_behind.wallet_address
      and colleague.asset_code = left_behind.asset_code
      and colleague.asset_issuer = left_behind.asset_issuer
      and colleague.deleted_at is null
    where tg_op = 'UPDATE'
  ) as employee
  order by employee.organization_id, employee.wallet_address, employee.asset_code, employee.asset_issuer, employee.id
  on conflict on constraint wallets_address_and_asset_are_unique_in_organization
  -- The employee who is paid at the address now is the one who may read it.
  do update set is_active = true, employee_id = excluded.employee_id
  where not wallets.is_active and wallets.wallet_type = 'employee';

  return null;
end;
$$;

create trigger employees_keep_wallets_of_inserts
  after insert on public.employees
  referencing new table as rows_after
  for each statement execute function private.keep_employee_wallets();

create trigger employees_keep_wallets_of_updates
  after update on public.employees
  referencing new table as rows_after
  for each statement execute function private.keep_employee_wallets();

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.wallets', 'keep', null, null, 'Indefinite: a picture of the ledger, one row for each address and asset.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.wallets', 'employee', 'employee_id', '{}', 'The addresses the employee is or was paid at.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (20, 'public.wallets', 'employee', 'employee_id',
    'delete from public.wallets where organization_id = $1 and employee_id = $2::bigint');
