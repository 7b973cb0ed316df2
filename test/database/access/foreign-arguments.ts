/** Whose id an argument takes, by `function.argument` or `argument`. A kind is a key of the rows that foreign-ids.sql makes. */
export const IDS: Readonly<Record<string, string>> = {
  contradiction_id: 'ledger_contradiction',
  'delete_webhook_subscription.id': 'webhook_subscription',
  employee_id: 'employee',
  invitation_id: 'invitation',
  notification_id: 'notification',
  organization_id: 'organization',
  payroll_item_id: 'payroll_item',
  payroll_run_id: 'payroll_run',
  payroll_schedule_id: 'payroll_schedule',
  source_account: 'source_account',
  user_id: 'member',
  wallet_change_id: 'wallet_change',
}

/** The row of the caller's own organization that stands beside a foreign id. */
export const OWN_ROWS: Readonly<Record<string, string>> = {
  'disburse_payroll_run.payroll_run_id': 'approved_run',
  employee_id: 'employee',
  payroll_run_id: 'draft_run',
}

/** What an argument that names no row of a tenant gets; SQL. Names that a caller invents, such as keys and tokens, are none. */
export const VALUES: Readonly<Record<string, string>> = {
  allow_overlap: 'false',
  allow_shared_wallets: 'false',
  amount: "'1'",
  asset_code: "'XLM'",
  asset_issuer: "''",
  content_hash: "repeat('0', 64)",
  default_value: 'null',
  description: "'A bonus'",
  dry_run: 'true',
  email: "'somebody@example.com'",
  events: "'{*}'",
  expected_version: '1',
  fields: "'{}'",
  from_amount: "'1'",
  idempotency_key: 'null',
  key: "'appearance.theme'",
  max_rows: '10',
  memo: 'null',
  name: "'A name'",
  occurrences: '3',
  period_end: "'2026-11-30'",
  period_start: "'2026-11-01'",
  reason: "'Because'",
  required_approvals: '1',
  role: "'viewer'",
  rows: "'[]'",
  salary_period: "'month'",
  settled_elsewhere: 'false',
  token: "'pinv_'",
  // The newest notification that somebody has seen: everything of the caller up to there, also those of another recipient.
  up_to_id: '0',
  url: "'https://hooks.example/'",
  value: '\'"dark"\'',
  verdict: "'paid'",
  wallet_change_hours: '72',
  wallet_change_policy: "'immediate'",
  words: "'anybody'",
}
