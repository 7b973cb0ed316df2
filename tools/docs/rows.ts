import { formatted } from './formatted.ts'
import type { ReadableColumn, ReadableRelation } from './row-catalogue.ts'

/** The branded id of the rows of a table, where it has one. */
const IDS: Readonly<Record<string, string>> = {
  organizations: 'OrganizationId',
  users: 'UserId',
  invitations: 'InvitationId',
  employees: 'EmployeeId',
  wallets: 'WalletId',
  wallet_changes: 'WalletChangeId',
  payroll_runs: 'PayrollRunId',
  payroll_items: 'PayrollItemId',
  payroll_schedules: 'PayrollScheduleId',
  transactions: 'TransactionId',
  claimable_balances: 'ClaimableBalanceId',
  webhook_subscriptions: 'WebhookSubscriptionId',
  notifications: 'NotificationId',
  events: 'EventId',
  contract_registry: 'ContractId',
}

/** Columns of views, which have no foreign keys, and those whose names say what they identify. */
const IDS_BY_NAME: Readonly<Record<string, string>> = {
  organization_id: 'OrganizationId',
  employee_id: 'EmployeeId',
  payroll_run_id: 'PayrollRunId',
  transaction_id: 'TransactionId',
}

/** Names of rows that are not the singular of their table. */
const ROW_NAMES: Readonly<Record<string, string>> = {
  users: 'Member',
  account_histories: 'AccountHistory',
  events: 'RecordedEvent',
  payroll_run_summaries: 'PayrollRunSummary',
  balances_by_asset: 'AssetBalance',
  contract_registry: 'Contract',
  payroll_audit_logs: 'PayrollAuditLog',
  organization_statements: 'StatementLine',
  user_preferences: 'StoredPreferences',
  user_preferences_history: 'PreferenceChange',
}

/** Columns that exist for the database and are of no use to apps. */
export const HIDDEN_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  employees: ['search_vector'],
  transactions: ['search_vector', 'signed_envelope_xdr', 'last_http_status'],
}

/** The only columns of views that can be null; the catalogue does not know it of views. */
const NULLABLE_IN_VIEWS = new Set([
  'audit_trail.changes',
  'audit_trail.user_id',
  'audit_trail.email',
  'audit_trail.ip_address',
  'payroll_decisions.email',
  'payroll_decisions.role',
  'payroll_decisions.reason',
  'payroll_decisions.voided_at',
  'payroll_trail.previous_state',
  'payroll_trail.user_id',
  'payroll_trail.email',
  'payroll_trail.reason',
  'payroll_item_details.department',
  'payroll_item_details.position',
  'payroll_item_details.amount_reason',
  'payroll_item_details.description',
  'payroll_item_details.destination',
  'payroll_item_details.tx_hash',
  'payroll_item_details.claimable_balance_id',
  'payroll_item_details.claimable_balance_status',
  'payroll_item_details.failure_code',
  'payroll_item_details.failure_reason',
  'webhook_delivery_logs.response_status',
  'webhook_delivery_logs.response_body',
  'webhook_delivery_logs.error_message',
  'webhook_delivery_logs.duration_ms',
  'webhook_delivery_logs.error_class',
  'webhook_delivery_logs.resolve_ms',
  'webhook_delivery_logs.connect_ms',
  'webhook_delivery_logs.tls_ms',
  'webhook_delivery_logs.wait_ms',
  'webhook_delivery_logs.read_ms',
  'webhook_delivery_logs.peer_address',
  'balances_by_asset.oldest_sync_at',
  'ledger_differences.ledger_movement_id',
  'ledger_differences.history_gap_id',
  'ledger_differences.operation_index',
  'ledger_differences.counterparty',
  'ledger_differences.tx_hash',
  'ledger_statements.opening_balance',
  'ledger_statements.closing_balance',
  'organization_statements.memo',
  'organization_statements.claimable_balance_status',
  'organization_statements.refunded_at',
  'organization_statements.refund_tx_hash',
  'payments_in_doubt.payroll_run_id',
  'payroll_preflight_reports.requested_by',
  'payroll_preflight_reports.source_account',
  'payroll_preflight_reports.finished_at',
  'payroll_preflight_reports.known_at',
  'payroll_preflight_reports.from_ledger',
  'payroll_preflight_reports.to_ledger',
  'payroll_preflight_reports.verdict_then',
  'payroll_preflight_reports.payee_count',
  'payroll_preflight_reports.failing_count',
  'payroll_preflight_reports.unknown_count',
  'payroll_preflight_reports.new_account_count',
  'payroll_preflight_reports.claimable_count',
  'payroll_preflight_reports.transaction_count',
  'payroll_preflight_reports.total_amount',
  'payroll_preflight_reports.failing_amount',
  'payroll_preflight_reports.spendable',
  'payroll_preflight_reports.needed',
  'payroll_preflight_reports.short',
  'payroll_preflight_reports.fee_budget',
  'payroll_preflight_reports.reserve',
  'payroll_preflight_reports.xlm_spendable',
  'payroll_preflight_reports.xlm_needed',
  'payroll_preflight_reports.xlm_short',
  'payroll_run_summaries.approved_at',
  'payroll_run_summaries.processed_at',
  'payroll_run_summaries.submitted_at',
  'payroll_run_summaries.failure_code',
  'payroll_run_summaries.failure_reason',
  'payslips.destination',
  'payslips.tx_hash',
  'payslips.claimable_balance_id',
  'payslips.claimable_balance_status',
  'payslips.failure_code',
  'payslips.failure_reason',
])

/** src/rows.ts: what a signed-in person reads, one interface for each relation. */
export async function renderRows(relations: readonly ReadableRelation[]): Promise<string> {
  const ids = [...new Set([...Object.values(IDS), ...Object.values(IDS_BY_NAME)])].sort()
  const choices = relations.flatMap((relation) =>
    relation.columns.flatMap((column) =>
      column.choices === null
        ? []
        : [
            `/** What \`${relation.name}.${column.name}\` can be. */
export const ${constant(relation.name, column.name)} = [${column.choices.map((value) => `'${value}'`).join(', ')}] as const
/** One of \`${constant(relation.name, column.name)}\`. */
export type ${choiceName(relation.name, column.name)} = (typeof ${constant(relation.name, column.name)})[number]`,
          ],
    ),
  )
  const rows = relations.map((relation) => interfaceOf(relation, relations))
  const text = `// Generated by \`npm run docs\` from the migrated database.
import type { Amount } from './core/amount.ts'
import type {
${ids.map((id) => `  ${id},`).join('\n')}
} from './core/ids.ts'

/** Any JSON value. */
export type Json = string | number | boolean | null | { readonly [key: string]: Json | undefined } | readonly Json[]

${choices.join('\n')}

${rows.join('\n\n')}
`
  return await formatted(text)
}

/** The name of the row of a relation: \`payroll_runs\` is \`PayrollRun\`. */
export function rowName(relation: string): string {
  return (
    ROW_NAMES[relation] ??
    relation
      .split('_')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('')
      .replace(/s$/, '')
  )
}

function constant(relation: string, column: string): string {
  return `${relation}_${column}`.toUpperCase()
}

/** The type of a column with choices: \`payroll_runs.status\` is \`PayrollRunStatus\`, \`wallets.wallet_type\` is \`WalletType\`. */
function choiceName(relation: string, column: string): string {
  const row = rowName(relation)
  const name = column
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
  return `${row}${name.startsWith(row) ? name.slice(row.length) : name}`
}

function interfaceOf(relation: ReadableRelation, relations: readonly ReadableRelation[]): string {
  const hidden = HIDDEN_COLUMNS[relation.name] ?? []
  const columns = relation.columns.filter(({ name }) => !hidden.includes(name))
  const lines = columns.map((column) => {
    const comment = column.comment === null ? '' : `  /** ${column.comment.replaceAll('*/', '* /')} */\n`
    return `${comment}  readonly ${column.name}: ${typeOf(column, relation, relations)}`
  })
  return `/** ${relation.comment ?? relation.name} */\nexport interface ${rowName(relation.name)} {\n${lines.join('\n')}\n}`
}

function typeOf(column: ReadableColumn, relation: ReadableRelation, relations: readonly ReadableRelation[]): string {
  const isNullable = relation.isView ? NULLABLE_IN_VIEWS.has(`${relation.name}.${column.name}`) : column.isNullable
  return `${plainType(column, relation, relations)}${isNullable ? ' | null' : ''}`
}

function plainType(column: ReadableColumn, relation: ReadableRelation, relations: readonly ReadableRelation[]): string {
  const id = (column.identifies === null ? undefined : IDS[column.identifies]) ?? IDS_BY_NAME[column.name]
  if (id !== undefined) return id
  if (column.choices !== null) return choiceName(relation.name, column.name)
  if (relation.isView) {
    const source = viewSource(column, relation, relations)
    if (source !== undefined) return source
    if (/amount$|^balance$/.test(column.name)) return 'Amount'
  }
  if (/^(public\.)?amount$|^numeric/.test(column.type)) return 'Amount'
  if (/^(bigint|integer|smallint)$/.test(column.type)) return 'number'
  if (column.type === 'boolean') return 'boolean'
  if (/^jsonb?$/.test(column.type)) return 'Json'
  if (/\[\]$/.test(column.type)) return 'readonly string[]'
  return 'string'
}

/** The choices of the table a view shows: \`payroll_run_summaries.status\` is what \`payroll_runs.status\` can be. */
function viewSource(
  column: ReadableColumn,
  relation: ReadableRelation,
  relations: readonly ReadableRelation[],
): string | undefined {
  const table = {
    payroll_run_summaries: 'payroll_runs',
    payroll_preflight_reports: 'payroll_preflights',
    payslips: 'payroll_items',
    balances_by_asset: 'wallets',
  }[relation.name]
  const source = relations.find(({ name }) => name === table)?.columns.find(({ name }) => name === column.name)
  return source?.choices == null || table === undefined ? undefined : choiceName(table, column.name)
}
