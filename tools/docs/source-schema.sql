-- The schema as the source document asks for it, table by table: types, defaults, checks, uniques, relationships and indexes. docs/schema.md
-- compares the migrated database with it, catalogue with catalogue. It is never deployed.

create table organizations (
  id serial primary key,
  name varchar(255) not null unique,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz
);

create table employees (
  id serial primary key,
  organization_id integer not null references organizations,
  first_name varchar(100) not null,
  last_name varchar(100) not null,
  email varchar(255) not null unique,
  wallet_address varchar(56),
  status varchar(20) check (status in ('active', 'inactive', 'pending')),
  position varchar(100),
  department varchar(100),
  salary decimal(20, 7),
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz,
  search_vector tsvector generated always as (''::tsvector) stored
);
create index idx_employees_org_id on employees (organization_id);
create index idx_employees_status on employees (status);
create index idx_employees_wallet on employees (wallet_address);
create index idx_employees_search on employees using gin (search_vector);
create index idx_employees_created_at on employees (created_at);

create table users (
  id serial primary key,
  organization_id integer not null references organizations,
  email varchar(255) not null unique,
  password_hash varchar(255),
  role varchar(20) check (role in ('admin', 'manager', 'viewer')),
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
create index idx_users_org_id on users (organization_id);

create table payroll_runs (
  id serial primary key,
  organization_id integer not null references organizations,
  batch_id varchar(64) not null unique,
  status varchar(20) check (status in ('draft', 'pending', 'processing', 'completed', 'failed')),
  period_start date not null,
  period_end date not null,
  total_base_amount decimal(20, 7) default 0,
  total_bonus_amount decimal(20, 7) default 0,
  total_amount decimal(20, 7) default 0,
  asset_code varchar(12) default 'XLM',
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  processed_at timestamptz
);
create index idx_payroll_runs_org_id on payroll_runs (organization_id);
create index idx_payroll_runs_status on payroll_runs (status);
create index idx_payroll_runs_period on payroll_runs (period_start, period_end);

create table payroll_items (
  id serial primary key,
  payroll_run_id integer not null references payroll_runs,
  employee_id integer not null references employees,
  item_type varchar(20) check (item_type in ('base', 'bonus')),
  amount decimal(20, 7) not null,
  description text,
  tx_hash varchar(64),
  status varchar(20) check (status in ('pending', 'completed', 'failed')),
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
create index idx_payroll_items_run_id on payroll_items (payroll_run_id);
create index idx_payroll_items_employee_id on payroll_items (employee_id);
create index idx_payroll_items_type on payroll_items (item_type);

create table payroll_schedules (
  id serial primary key,
  organization_id integer not null references organizations,
  frequency varchar(20) check (frequency in ('weekly', 'biweekly', 'monthly')),
  day_of_week integer,
  day_of_month integer,
  is_active boolean default true,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
create index idx_payroll_schedules_org_id on payroll_schedules (organization_id);

create table wallets (
  id uuid primary key,
  organization_id integer not null references organizations,
  employee_id integer references employees,
  wallet_address varchar(56) not null,
  wallet_type varchar(20) check (wallet_type in ('employee', 'organization', 'escrow', 'treasury')),
  asset_code varchar(12) default 'XLM',
  asset_issuer varchar(56) default '',
  balance decimal(20, 7) default 0 check (balance >= 0),
  is_active boolean default true,
  is_frozen boolean default false,
  last_synced_at timestamptz,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  unique (wallet_address, asset_code, asset_issuer)
);
create index idx_wallets_org_id on wallets (organization_id);
create index idx_wallets_employee_id on wallets (employee_id) where employee_id is not null;
create index idx_wallets_wallet_address on wallets (wallet_address);
create index idx_wallets_org_asset on wallets (organization_id, asset_code);
create index idx_wallets_frozen on wallets (organization_id, is_frozen) where is_frozen = true;
create index idx_wallets_last_synced_at on wallets (last_synced_at asc nulls first);

create table contract_registry (
  id serial primary key,
  name varchar(100) not null unique,
  description text,
  network varchar(20) check (network in ('TESTNET', 'MAINNET')),
  contract_id varchar(255) not null unique,
  current_wasm_hash varchar(64) not null,
  version varchar(50) default '1.0.0',
  last_upgraded_at timestamptz,
  last_upgraded_by varchar(255),
  created_at timestamptz default now()
);
create index idx_contract_registry_network on contract_registry (network, created_at desc);

create table contract_upgrade_logs (
  id bigserial primary key,
  registry_id integer not null references contract_registry,
  previous_wasm_hash varchar(64) not null,
  new_wasm_hash varchar(64) not null,
  status varchar(30) check (status in ('pending', 'simulated', 'confirmed', 'executing', 'completed', 'failed', 'cancelled')),
  simulation_result jsonb,
  tx_hash varchar(255),
  migration_steps jsonb default '[]',
  initiated_by varchar(255) not null,
  notes text,
  error_message text,
  created_at timestamptz default now(),
  completed_at timestamptz
);
create index idx_upgrade_logs_registry_id on contract_upgrade_logs (registry_id, created_at desc);
create index idx_upgrade_logs_active_status on contract_upgrade_logs (status, created_at desc) where status in ('pending', 'simulated', 'confirmed', 'executing');
create index idx_upgrade_logs_created_at_brin on contract_upgrade_logs using brin (created_at);

create table contract_events (
  id bigserial primary key,
  contract_id varchar(255) not null,
  event_type varchar(100) not null,
  category varchar(50),
  data jsonb not null,
  tx_hash varchar(64) not null,
  ledger_sequence bigint not null,
  created_at timestamptz default now()
);
create index idx_contract_events_contract_id on contract_events (contract_id, created_at desc);
create index idx_contract_events_type on contract_events (event_type);
create index idx_contract_events_category on contract_events (category);

create table claimable_balances (
  id serial primary key,
  organization_id integer not null references organizations,
  claimable_balance_id varchar(255) not null unique,
  asset_code varchar(12) not null,
  asset_issuer varchar(56),
  amount decimal(20, 7) not null,
  sponsor varchar(56) not null,
  claimant varchar(56) not null,
  status varchar(20) check (status in ('active', 'claimed', 'expired')),
  created_at timestamptz default now(),
  claimed_at timestamptz
);
create index idx_claimable_balances_org_id on claimable_balances (organization_id);
create index idx_claimable_balances_claimant on claimable_balances (claimant);
create index idx_claimable_balances_status on claimable_balances (status);

create table transactions (
  id serial primary key,
  organization_id integer not null references organizations,
  employee_id integer references employees,
  tx_hash varchar(64) not null unique,
  amount decimal(20, 7) not null,
  asset_code varchar(12) not null,
  status varchar(20) check (status in ('pending', 'completed', 'failed')),
  transaction_type varchar(20) check (transaction_type in ('payment', 'refund', 'bonus')),
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  search_vector tsvector generated always as (''::tsvector) stored
);
create index idx_transactions_org_id on transactions (organization_id);
create index idx_transactions_employee_id on transactions (employee_id);
create index idx_transactions_status on transactions (status);
create index idx_transactions_search on transactions using gin (search_vector);
create index idx_transactions_created_at on transactions (created_at);
create index idx_transactions_amount on transactions (amount);

create table transaction_audit_logs (
  id bigserial primary key,
  transaction_id integer not null references transactions,
  action varchar(50) not null,
  previous_state jsonb,
  new_state jsonb not null,
  actor varchar(255) not null,
  reason text,
  created_at timestamptz default now()
);
create index idx_transaction_audit_logs_tx_id on transaction_audit_logs (transaction_id, created_at desc);
create index idx_transaction_audit_logs_action on transaction_audit_logs (action);

create table payroll_audit_logs (
  id bigserial primary key,
  payroll_run_id integer not null references payroll_runs,
  action varchar(50) not null,
  previous_state jsonb,
  new_state jsonb not null,
  actor varchar(255) not null,
  created_at timestamptz default now()
);
create index idx_payroll_audit_logs_run_id on payroll_audit_logs (payroll_run_id, created_at desc);

create table audit_logs (
  id bigserial primary key,
  organization_id integer not null references organizations,
  user_id integer references users,
  action varchar(100) not null,
  resource_type varchar(50) not null,
  resource_id varchar(255) not null,
  changes jsonb,
  ip_address varchar(45),
  created_at timestamptz default now()
);
create index idx_audit_logs_org_id on audit_logs (organization_id, created_at desc);
create index idx_audit_logs_user_id on audit_logs (user_id);
create index idx_audit_logs_resource on audit_logs (resource_type, resource_id);

create table webhook_subscriptions (
  id text primary key,
  organization_id integer not null references organizations,
  url text not null,
  secret text not null,
  events text[] default array['*'],
  is_active boolean default true,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
create index idx_webhook_subscriptions_org on webhook_subscriptions (organization_id);
create index idx_webhook_subscriptions_active on webhook_subscriptions (organization_id, is_active);

create table webhook_delivery_logs (
  id serial primary key,
  subscription_id text not null references webhook_subscriptions,
  event_type text not null,
  payload jsonb not null,
  response_status integer,
  response_body text,
  error_message text,
  attempt_number integer default 1,
  delivered_at timestamptz default now()
);
create index idx_webhook_delivery_logs_sub on webhook_delivery_logs (subscription_id, delivered_at desc);

create table notifications (
  id serial primary key,
  organization_id integer not null references organizations,
  user_id integer not null references users,
  type varchar(50) not null,
  title varchar(255) not null,
  message text not null,
  is_read boolean default false,
  created_at timestamptz default now(),
  read_at timestamptz
);
create index idx_notifications_user_id on notifications (user_id, is_read);
create index idx_notifications_created_at on notifications (created_at desc);

create table user_preferences (
  id bigserial primary key,
  user_id bigint not null references users,
  preferences jsonb not null default '{}',
  created_at timestamp not null default now(),
  updated_at timestamp not null default now(),
  unique (user_id)
);
create index idx_user_preferences_user_id on user_preferences (user_id);
create index idx_user_preferences_jsonb on user_preferences using gin (preferences jsonb_path_ops);

create table user_preferences_history (
  id bigserial,
  user_id bigint not null,
  preferences jsonb not null,
  changed_at timestamp not null default now(),
  changed_by varchar(100)
) partition by range (changed_at);
create index idx_prefs_history_user_id on user_preferences_history (user_id, changed_at desc);
