-- migration: employees
-- People who are paid: what they earn, in which asset, at which address and with which memo. An employee who signs in
-- reads the own
-- record, payslips, wallet and payments and nothing else: the same policies serve members and employees, because
-- employee_id() is null for a member.
-- author: PayD | date: 2026-11-25
-- tables: private.employee_counts, private.limits, private.personal_data, private.personal_data_erasures,
--   private.retention_rules, public.employees
-- depends: 20261125000000, 20261125000800, 20261125000900, 20261125001200, 20261125010000, 20261125010200,
--   20261125010400, 20261125010500, 20261125020000
-- class: add-table, modify-rls, data-migration, code | breaking: no
-- transaction: yes
set local lock_timeout = '2s';
set local statement_timeout = '30s';

-- db-ignore foreign-key-without-index: the partial unique index finds the employed, and accounts go one at a time.
create table public.employees (
  id bigint generated always as identity primary key,
  organization_id bigint not null references public.organizations (id),
  auth_user_id uuid references auth.users (id),
  first_name text not null,
  last_name text not null,
  email text not null,
  wallet_address text,
  wallet_address_set_at timestamptz,
  memo_type text,
  memo text,
  status text not null default 'active',
  position text,
  department text,
  salary public.amount,
  asset_code text not null default 'XLM',
  asset_issuer text not null default '',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  search_vector tsvector generated always as (
    setweight(to_tsvector('simple', regexp_replace(private.folded_text(first_name || ' ' || last_name),
      '[^[:alnum:]]+', ' ', 'g')), 'A')
    || setweight(to_tsvector('simple', regexp_replace(private.folded_text(email), '[^[:alnum:]]+', ' ', 'g')), 'B')
    || setweight(to_tsvector('simple', regexp_replace(
      private.folded_text(coalesce(position, '') || ' ' || coalesce(department, '')),
      '[^[:alnum:]]+', ' ', 'g')), 'C')
  ) stored,
  constraint employees_status_is_known check (status in ('active', 'inactive', 'pending')),
  constraint employees_first_name_has_1_to_100_characters check (length(first_name) between 1 and 100),
  constraint employees_last_name_has_1_to_100_characters check (length(last_name) between 1 and 100),
  constraint employees_email_is_lower_case check (email = lower(email)),
  constraint employees_email_has_3_to_255_characters check (length(email) between 3 and 255),
  constraint employees_position_has_at_most_100_characters check (length(position) <= 100),
  constraint employees_department_has_at_most_100_characters check (length(department) <= 100),
  constraint employees_salary_is_positive check (salary > 0),
  constraint employees_wallet_address_is_an_account
    check (wallet_address is null or private.is_account_id(wallet_address)),
  constraint employees_wallet_address_was_set_at_some_time
    check (wallet_address is null or wallet_address_set_at is not null),
  constraint employees_memo_is_one_of_a_payment check (private.memo_problem(memo_type, memo) is null),
  constraint employees_are_paid_in_an_asset check (private.asset_problem(asset_code, asset_issuer) is null)
);
comment on table public.employees is 'People who are paid.';
comment on column public.employees.wallet_address_set_at is
  'When an address was last set; it stays when the address is taken away.';
comment on column public.employees.memo is
  'What the receiver, often an exchange, asks to stand on a payment; a part of where the money goes, like the address.';
comment on column public.employees.memo_type is 'text, or id for a number of 64 bits.';
comment on column public.employees.search_vector is
  'Every word of its own, without accents, as a search splits them: an e-mail address or IT/Ops as a whole would be '
  'found by its beginning only.';
comment on column public.employees.salary is 'Base pay per period in units of (asset_code, asset_issuer).';
comment on column public.employees.asset_issuer is 'Address of the issuer; empty for native XLM.';

-- Foreign keys refer to it.
create unique index idx_employees_org_id on public.employees (organization_id, id);
create unique index employees_email_key on public.employees (organization_id, email) where deleted_at is null;
-- A person who is added is looked up among those who left.
create index employees_organization_id_email_idx_when_deleted
  on public.employees (organization_id, email) where deleted_at is not null;
-- The same name in another order of its parts is the same key.
create function private.person_key(first_name text, last_name text)
returns text
language plpgsql immutable security invoker
set search_path = ''
as $$
declare
  v_first constant text := regexp_replace(private.lookalike_text(person_key.first_name), '[^[:alnum:]]+', '', 'g');
  v_last constant text := regexp_replace(private.lookalike_text(person_key.last_name), '[^[:alnum:]]+', '', 'g');
begin
  return least(v_first || v_last, v_last || v_first);
end;
$$;
comment on function private.person_key(text, text) is
  'A name as it is compared with others: without accents, blanks, signs and letters that only look like others, in '
  'whichever order it was typed.';
-- A person who gets a first address is looked up among those who have or had the same name.
create index employees_organization_id_person_key_idx
  on public.employees (organization_id, private.person_key(first_name, last_name));
create index idx_employees_status on public.employees (organization_id, status);
create index idx_employees_wallet on public.employees (organization_id, wallet_address);
create index idx_employees_search on public.employees using gin (search_vector);
-- Lists by name and by department.
create index employees_organization_id_name_idx on public.employees (organization_id, last_name, first_name, id);
create index employees_organization_id_department_idx
  on public.employees (organization_id, department, id) where department is not null;
create index idx_employees_created_at on public.employees (organization_id, created_at desc, id desc);
create unique index employees_auth_user_id_key
  on public.employees (auth_user_id, organization_id) where deleted_at is null;
-- People ask for everything of theirs, former employments included.
create index employees_auth_user_id_idx
  on public.employees (auth_user_id, organization_id) where auth_user_id is not null;

create trigger employees_touch_version
  before update on public.employees
  for each row execute function private.touch_version();

create function private.keep_when_address_was_set()
returns trigger
language plpgsql volatile security invoker
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.wallet_address_set_at := case when new.wallet_address is not null then now() end;
    return new;
  end if;

  new.wallet_address_set_at := case
    when new.wallet_address is not null and new.wallet_address is distinct from old.wallet_address then now()
    else old.wallet_address_set_at
  end;
  return new;
end;
$$;
comment on function private.keep_when_address_was_set() is
  'Remembers that there was an address, for every writer of the row and after the address is gone.';

create trigger employees_keep_when_address_was_set
  before insert or update on public.employees
  for each row execute function private.keep_when_address_was_set();

alter table public.employees enable row level security;
alter table public.employees force row level security;
revoke all on table public.employees from public, anon, authenticated, service_role;
revoke all on sequence public.employees_id_seq from public, anon, authenticated, service_role;
grant select on table public.employees to authenticated, service_role;

-- How long rows are kept.
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('public.employees', 'keep', null, null,
    'Indefinite: rows are only marked as deleted; erase_person() takes the person out of them.');

-- Which rows are about a person.
insert into private.personal_data (table_name, subject, column_name, hidden_columns, reason) values
  ('public.employees', 'employee', 'id', '{search_vector}', 'The record of the employee.');

-- What an erasure does with them.
insert into private.personal_data_erasures (position, table_name, subject, column_name, statement) values
  (10, 'public.employees', 'employee', 'id',
    'update public.employees set first_name = ''Erased'', last_name = ''person '' || id, email = ''erased-'' || id || '
    '''@person.invalid'', wallet_address = null, memo_type = null, memo = null, position = null, '
    'department = null, salary = null, status = '
    '''inactive'', auth_user_id = null, deleted_at = coalesce(deleted_at, now()) where organization_id = $1 and id = '
    '$2::bigint');

-- How much of it is possible.
insert into private.limits (name, at_most, what, hint) values
  ('employees_per_organization', 500000, 'employees in the organization, former ones included',
    'Ask the operator of this project to raise the limit.');

create table private.employee_counts (
  organization_id bigint primary key references public.organizations (id),
  employees bigint not null,
  last_id bigint not null,
  constraint employee_counts_employees_is_not_negative check (employees >= 0)
);
comment on table private.employee_counts is
  'How many employees a large company had when they were last counted, and the last id that was given until then.';
alter table private.employee_counts enable row level security;
alter table private.employee_counts force row level security;
insert into private.retention_rules (table_name, action, keep_for, statement, reason) values
  ('private.employee_counts', 'keep', null, null, 'One row for each large company, replaced by the next count.');

create function private.require_room_for_employees(organization_id bigint, further bigint)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
  v_last_id bigint;
  v_used bigint;
begin
  -- A count costs more than a row in a large company. While the whole table is far smaller, no company is too large.
  if exists (
    select from pg_catalog.pg_class as class
    join private.limits as declared on declared.name = 'employees_per_organization'
    where class.oid = 'public.employees'::regclass
      and class.reltuples between 0 and declared.at_most / 2
  ) then
    return;
  end if;

  -- Since a count, no more employees can have come than ids were given, to whatever company.
  select sequence.last_value into v_last_id
  from public.employees_id_seq as sequence;

  if exists (
    select from private.employee_counts as counted
    join private.limits as declared on declared.name = 'employees_per_organization'
    where counted.organization_id = require_room_for_employees.organization_id
      and counted.employees + v_last_id - counted.last_id + require_room_for_employees.further <= declared.at_most
  ) then
    return;
  end if;

  select count(*) into v_used
  from public.employees as employee
  where employee.organization_id = require_room_for_employees.organization_id;

  insert into private.employee_counts as counted (organization_id, employees, last_id)
  values (require_room_for_employees.organization_id, v_used, v_last_id)
  on conflict on constraint employee_counts_pkey do update
  set employees = excluded.employees,
      last_id = excluded.last_id;

  perform private.require_limit('employees_per_organization', v_used + require_room_for_employees.further - 1);
end;
$$;
comment on function private.require_room_for_employees(bigint, bigint) is
  'Refuses that many further employees when the organization would have more than its limit.';
