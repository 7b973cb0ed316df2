/**
 * Who may do what. Reviewed by people, enforced by access-matrix.test.ts: an object of schema public that is missing here fails the test.
 * No client writes a table directly, so the matrix of tables is about reading.
 */

/** Who reads a table or view, and how much of it. Everybody who is not named reads nothing; anon is always denied. */
export type Readers =
  /** Every member reads the rows of the organization. */
  | 'members'
  /** As members; an employee reads the own rows. */
  | 'members and own'
  /** Managers and admins read the rows of the organization. */
  | 'managers'
  /** Admins read the rows of the organization. */
  | 'admins'
  /** Every member reads all rows: data of the platform, not of a tenant. */
  | 'platform'
  /** A person reads the rows that are about this person. */
  | 'own'
  /** A member reads the rows that are about this member. */
  | 'own as member'

export const READS: Readonly<Record<string, Readers>> = {
  approval_thresholds: 'members',
  audit_logs: 'admins',
  balances_by_asset: 'members and own',
  claimable_balances: 'members and own',
  contract_events: 'members',
  contract_registry: 'platform',
  contract_upgrade_logs: 'platform',
  employee_exports: 'members and own',
  employee_invitations: 'managers',
  employees: 'members and own',
  events: 'members',
  invitations: 'admins',
  notifications: 'own',
  organization_statements: 'members',
  organizations: 'members',
  payroll_audit_logs: 'members',
  payroll_item_edits: 'members',
  payroll_items: 'members and own',
  payroll_run_approvals: 'members',
  payroll_run_summaries: 'members',
  payroll_runs: 'members',
  payroll_schedule_occurrences: 'members',
  payroll_schedules: 'members',
  payslips: 'members and own',
  transaction_audit_logs: 'members',
  transaction_operations: 'members and own',
  transactions: 'members',
  user_preferences: 'own as member',
  user_preferences_history: 'own as member',
  users: 'members',
  wallet_changes: 'members and own',
  wallets: 'members and own',
  webhook_delivery_logs: 'managers',
  webhook_subscriptions: 'managers',
}

/** The least that a caller must be. A caller with less is refused; anon and, except for `service`, the service are denied. */
export type Callers = 'signed in' | 'viewer' | 'manager' | 'admin' | 'service'

export const CALLS: Readonly<Record<string, Callers>> = {
  accept_employee_invitation: 'signed in',
  accept_invitation: 'signed in',
  add_base_pay: 'manager',
  add_bonus: 'manager',
  apply_claimable_balances: 'service',
  apply_wallet_states: 'service',
  approve_payroll_run: 'manager',
  begin_submission: 'service',
  cancel_wallet_change: 'manager',
  change_member_role: 'admin',
  change_payroll_item: 'manager',
  choose_default_organization: 'signed in',
  claim_disbursement: 'service',
  claim_transactions_to_track: 'service',
  claim_wallets_for_sync: 'service',
  claim_webhook_deliveries: 'service',
  close_organization: 'signed in',
  complete_webhook_deliveries: 'service',
  confirm_resolution: 'manager',
  confirm_wallet_change: 'manager',
  count_unread_notifications: 'signed in',
  create_employee: 'manager',
  create_organization: 'signed in',
  create_payroll_run: 'manager',
  create_payroll_schedule: 'manager',
  create_webhook_subscription: 'admin',
  delete_webhook_subscription: 'admin',
  disburse_payroll_run: 'manager',
  discard_payroll_run: 'manager',
  doctor: 'viewer',
  enroll_source_account: 'service',
  erase_member: 'admin',
  erase_person: 'admin',
  export_my_data: 'signed in',
  export_person: 'admin',
  get_preferences: 'viewer',
  get_user_preference: 'viewer',
  hold_transaction: 'service',
  import_employees: 'manager',
  invite_employee: 'manager',
  invite_member: 'admin',
  leave_employment: 'signed in',
  mark_all_notifications_read: 'signed in',
  mark_notification_read: 'signed in',
  my_employments: 'signed in',
  my_organizations: 'signed in',
  pause_payroll_schedule: 'manager',
  payroll_run_changes: 'viewer',
  persist_transaction: 'service',
  plan_operations: 'service',
  preview_payroll_schedule: 'viewer',
  propose_resolution: 'manager',
  record_contract_events: 'service',
  record_contract_upgrade: 'service',
  record_outcome: 'service',
  record_sequence_holder: 'service',
  record_submission: 'service',
  refresh_payroll_run: 'manager',
  register_contract: 'service',
  reject_payroll_run: 'manager',
  release_disbursement: 'service',
  extend_disbursement: 'service',
  release_webhook_deliveries: 'service',
  remove_employee: 'manager',
  remove_employee_from_payroll_run: 'manager',
  remove_member: 'admin',
  remove_payroll_item: 'manager',
  request_sync: 'viewer',
  reset_preference: 'viewer',
  restore_payroll_run: 'manager',
  resume_payroll_schedule: 'manager',
  retry_payroll_run: 'manager',
  revoke_employee_invitation: 'manager',
  revoke_invitation: 'admin',
  run_due_schedules: 'service',
  search_employees: 'viewer',
  search_transactions: 'viewer',
  set_approval_threshold: 'admin',
  set_preference: 'viewer',
  start_contract_upgrade: 'service',
  stop_disbursement: 'service',
  submit_payroll_run: 'manager',
  unlink_employee_account: 'manager',
  update_employee: 'manager',
  update_organization: 'admin',
  update_payroll_run: 'manager',
  update_payroll_schedule: 'manager',
}
