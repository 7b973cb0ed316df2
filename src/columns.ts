import type {
  Employee,
  Member,
  Organization,
  PayrollItem,
  PayrollRun,
  Transaction,
  TransactionOperation,
  Wallet,
  WebhookDeliveryLog,
  WebhookSubscription,
} from './database.ts'

// Columns are named and never "*": a newer database may have columns that this version does not know or may not read.
// Each list names every column of its row type and no other, or the compiler refuses it.

/** The columns of an organization. */
export const ORGANIZATION_COLUMNS = columns<Organization>({
  id: 1,
  name: 1,
  required_approvals: 1,
  wallet_change_policy: 1,
  wallet_change_hours: 1,
  salary_period: 1,
  version: 1,
  created_at: 1,
  updated_at: 1,
  deleted_at: 1,
})

/** The columns of a member. */
export const MEMBER_COLUMNS = columns<Member>({
  id: 1,
  organization_id: 1,
  auth_user_id: 1,
  email: 1,
  role: 1,
  is_default: 1,
  created_at: 1,
  updated_at: 1,
  deleted_at: 1,
})

/** The columns of an employee. */
export const EMPLOYEE_COLUMNS = columns<Employee>({
  id: 1,
  organization_id: 1,
  auth_user_id: 1,
  first_name: 1,
  last_name: 1,
  email: 1,
  wallet_address: 1,
  wallet_address_set_at: 1,
  status: 1,
  position: 1,
  department: 1,
  salary: 1,
  asset_code: 1,
  asset_issuer: 1,
  version: 1,
  created_at: 1,
  updated_at: 1,
  deleted_at: 1,
})

/** The columns of a wallet. */
export const WALLET_COLUMNS = columns<Wallet>({
  id: 1,
  organization_id: 1,
  employee_id: 1,
  wallet_address: 1,
  wallet_type: 1,
  asset_code: 1,
  asset_issuer: 1,
  balance: 1,
  is_active: 1,
  is_frozen: 1,
  account_state: 1,
  trustline_state: 1,
  synced_ledger: 1,
  last_synced_at: 1,
  created_at: 1,
  updated_at: 1,
})

/** The columns of a payroll run. */
export const PAYROLL_RUN_COLUMNS = columns<PayrollRun>({
  id: 1,
  organization_id: 1,
  batch_id: 1,
  status: 1,
  period_start: 1,
  period_end: 1,
  total_base_amount: 1,
  total_bonus_amount: 1,
  total_amount: 1,
  asset_code: 1,
  asset_issuer: 1,
  memo: 1,
  item_count: 1,
  source_account: 1,
  content_hash: 1,
  allows_overlap: 1,
  allows_shared_wallets: 1,
  created_by: 1,
  submitted_by: 1,
  submitted_at: 1,
  approved_at: 1,
  processed_at: 1,
  failure_code: 1,
  failure_reason: 1,
  version: 1,
  created_at: 1,
  updated_at: 1,
})

/** The columns of a payroll item. */
export const PAYROLL_ITEM_COLUMNS = columns<PayrollItem>({
  id: 1,
  organization_id: 1,
  payroll_run_id: 1,
  employee_id: 1,
  item_type: 1,
  amount: 1,
  amount_reason: 1,
  description: 1,
  destination: 1,
  tx_hash: 1,
  status: 1,
  failure_code: 1,
  failure_reason: 1,
  transaction_operation_id: 1,
  created_at: 1,
  updated_at: 1,
})

/** The columns of a transaction. */
export const TRANSACTION_COLUMNS = columns<Transaction>({
  id: 1,
  organization_id: 1,
  employee_id: 1,
  payroll_run_id: 1,
  tx_hash: 1,
  amount: 1,
  asset_code: 1,
  asset_issuer: 1,
  status: 1,
  transaction_type: 1,
  submission_state: 1,
  is_live: 1,
  proof: 1,
  source_account: 1,
  sequence_number: 1,
  envelope_xdr: 1,
  fee_bid_stroops: 1,
  fee_charged_stroops: 1,
  max_ledger: 1,
  max_time: 1,
  ledger: 1,
  closed_at: 1,
  result_xdr: 1,
  attempts: 1,
  last_code: 1,
  next_check_at: 1,
  memo: 1,
  operation_count: 1,
  created_at: 1,
  updated_at: 1,
})

/** The columns of an operation of a transaction. */
export const TRANSACTION_OPERATION_COLUMNS = columns<TransactionOperation>({
  id: 1,
  organization_id: 1,
  transaction_id: 1,
  operation_index: 1,
  payroll_run_id: 1,
  employee_id: 1,
  operation_type: 1,
  destination: 1,
  asset_code: 1,
  asset_issuer: 1,
  amount: 1,
  is_live: 1,
  result_code: 1,
  created_at: 1,
})

/** The columns of a webhook subscription. */
export const WEBHOOK_SUBSCRIPTION_COLUMNS = columns<WebhookSubscription>({
  id: 1,
  organization_id: 1,
  url: 1,
  events: 1,
  is_active: 1,
  timeout_ms: 1,
  created_at: 1,
  updated_at: 1,
  deleted_at: 1,
})

/** The columns of a delivery attempt. */
export const WEBHOOK_DELIVERY_LOG_COLUMNS = columns<WebhookDeliveryLog>({
  id: 1,
  organization_id: 1,
  subscription_id: 1,
  event_id: 1,
  event_type: 1,
  payload: 1,
  response_status: 1,
  response_body: 1,
  error_message: 1,
  attempt_number: 1,
  outcome: 1,
  duration_ms: 1,
  delivered_at: 1,
})

function columns<Row>(names: Record<keyof Row & string, 1>): string {
  return Object.keys(names).join(',')
}
