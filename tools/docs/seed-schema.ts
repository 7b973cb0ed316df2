export interface SeedTable {
  readonly name: string
  /** Column name to the type that was asked for; a trailing ! means not null. */
  readonly columns: Readonly<Record<string, string>>
  readonly indexes: readonly string[]
}

/** The schema as the source document asks for it: what docs/schema.md compares the database with. */
export const SEED_SCHEMA: readonly SeedTable[] = [
  table(
    'organizations',
    'id:serial! name:varchar(255)! created_at:timestamptz updated_at:timestamptz deleted_at:timestamptz',
  ),
  table(
    'employees',
    'id:serial! organization_id:integer! first_name:varchar(100)! last_name:varchar(100)! email:varchar(255)! wallet_address:varchar(56) status:varchar(20) position:varchar(100) department:varchar(100) salary:decimal(20,7) created_at:timestamptz updated_at:timestamptz deleted_at:timestamptz search_vector:tsvector',
    'idx_employees_org_id idx_employees_status idx_employees_wallet idx_employees_search idx_employees_created_at',
  ),
  table(
    'users',
    'id:serial! organization_id:integer! email:varchar(255)! password_hash:varchar(255) role:varchar(20) created_at:timestamptz updated_at:timestamptz',
    'idx_users_org_id',
  ),
  table(
    'payroll_runs',
    'id:serial! organization_id:integer! batch_id:varchar(64)! status:varchar(20) period_start:date! period_end:date! total_base_amount:decimal(20,7) total_bonus_amount:decimal(20,7) total_amount:decimal(20,7) asset_code:varchar(12) created_at:timestamptz updated_at:timestamptz processed_at:timestamptz',
    'idx_payroll_runs_org_id idx_payroll_runs_status idx_payroll_runs_period',
  ),
  table(
    'payroll_items',
    'id:serial! payroll_run_id:integer! employee_id:integer! item_type:varchar(20) amount:decimal(20,7)! description:text tx_hash:varchar(64) status:varchar(20) created_at:timestamptz updated_at:timestamptz',
    'idx_payroll_items_run_id idx_payroll_items_employee_id idx_payroll_items_type',
  ),
  table(
    'payroll_schedules',
    'id:serial! organization_id:integer! frequency:varchar(20) day_of_week:integer day_of_month:integer is_active:boolean created_at:timestamptz updated_at:timestamptz',
    'idx_payroll_schedules_org_id',
  ),
  table(
    'wallets',
    'id:uuid! organization_id:integer! employee_id:integer wallet_address:varchar(56)! wallet_type:varchar(20) asset_code:varchar(12) asset_issuer:varchar(56) balance:decimal(20,7) is_active:boolean is_frozen:boolean last_synced_at:timestamptz created_at:timestamptz updated_at:timestamptz',
    'idx_wallets_org_id idx_wallets_employee_id idx_wallets_wallet_address idx_wallets_org_asset idx_wallets_frozen idx_wallets_last_synced_at',
  ),
  table(
    'contract_registry',
    'id:serial! name:varchar(100)! description:text network:varchar(20) contract_id:varchar(255)! current_wasm_hash:varchar(64)! version:varchar(50) last_upgraded_at:timestamptz last_upgraded_by:varchar(255) created_at:timestamptz',
    'idx_contract_registry_network',
  ),
  table(
    'contract_upgrade_logs',
    'id:bigserial! registry_id:integer! previous_wasm_hash:varchar(64)! new_wasm_hash:varchar(64)! status:varchar(30) simulation_result:jsonb tx_hash:varchar(255) migration_steps:jsonb initiated_by:varchar(255)! notes:text error_message:text created_at:timestamptz completed_at:timestamptz',
    'idx_upgrade_logs_registry_id idx_upgrade_logs_active_status idx_upgrade_logs_created_at_brin',
  ),
  table(
    'contract_events',
    'id:bigserial! contract_id:varchar(255)! event_type:varchar(100)! category:varchar(50) data:jsonb! tx_hash:varchar(64)! ledger_sequence:bigint! created_at:timestamptz',
    'idx_contract_events_contract_id idx_contract_events_type idx_contract_events_category',
  ),
  table(
    'claimable_balances',
    'id:serial! organization_id:integer! claimable_balance_id:varchar(255)! asset_code:varchar(12)! asset_issuer:varchar(56) amount:decimal(20,7)! sponsor:varchar(56)! claimant:varchar(56)! status:varchar(20) created_at:timestamptz claimed_at:timestamptz',
    'idx_claimable_balances_org_id idx_claimable_balances_claimant idx_claimable_balances_status',
  ),
  table(
    'transactions',
    'id:serial! organization_id:integer! employee_id:integer tx_hash:varchar(64)! amount:decimal(20,7)! asset_code:varchar(12)! status:varchar(20) transaction_type:varchar(20) created_at:timestamptz updated_at:timestamptz search_vector:tsvector',
    'idx_transactions_org_id idx_transactions_employee_id idx_transactions_status idx_transactions_search idx_transactions_created_at idx_transactions_amount',
  ),
  table(
    'transaction_audit_logs',
    'id:bigserial! transaction_id:integer! action:varchar(50)! previous_state:jsonb new_state:jsonb! actor:varchar(255)! reason:text created_at:timestamptz',
    'idx_transaction_audit_logs_tx_id idx_transaction_audit_logs_action',
  ),
  table(
    'payroll_audit_logs',
    'id:bigserial! payroll_run_id:integer! action:varchar(50)! previous_state:jsonb new_state:jsonb! actor:varchar(255)! created_at:timestamptz',
    'idx_payroll_audit_logs_run_id',
  ),
  table(
    'audit_logs',
    'id:bigserial! organization_id:integer! user_id:integer action:varchar(100)! resource_type:varchar(50)! resource_id:varchar(255)! changes:jsonb ip_address:varchar(45) created_at:timestamptz',
    'idx_audit_logs_org_id idx_audit_logs_user_id idx_audit_logs_resource',
  ),
  table(
    'webhook_subscriptions',
    'id:text! organization_id:integer! url:text! secret:text! events:text[] is_active:boolean created_at:timestamptz updated_at:timestamptz',
    'idx_webhook_subscriptions_org idx_webhook_subscriptions_active',
  ),
  table(
    'webhook_delivery_logs',
    'id:serial! subscription_id:text! event_type:text! payload:jsonb! response_status:integer response_body:text error_message:text attempt_number:integer delivered_at:timestamptz',
    'idx_webhook_delivery_logs_sub',
  ),
  table(
    'notifications',
    'id:serial! organization_id:integer! user_id:integer! type:varchar(50)! title:varchar(255)! message:text! is_read:boolean created_at:timestamptz read_at:timestamptz',
    'idx_notifications_user_id idx_notifications_created_at',
  ),
  table(
    'user_preferences',
    'id:bigserial! user_id:bigint! preferences:jsonb! created_at:timestamp! updated_at:timestamp!',
    'idx_user_preferences_user_id idx_user_preferences_jsonb',
  ),
  table(
    'user_preferences_history',
    'id:bigserial! user_id:bigint! preferences:jsonb! changed_at:timestamp! changed_by:varchar(100)',
    'idx_prefs_history_user_id',
  ),
]

function table(name: string, columns: string, indexes = ''): SeedTable {
  return {
    name,
    columns: Object.fromEntries(
      columns.split(' ').map((column) => column.split(/:(.*)/s).slice(0, 2) as [string, string]),
    ),
    indexes: indexes.split(' ').filter((index) => index !== ''),
  }
}
