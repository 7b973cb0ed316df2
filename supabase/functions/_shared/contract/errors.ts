/** Refusals that the database raises. Each is declared there with its HTTP status, sentence and hint. */
export const DATABASE_ERROR_CODES = [
  'account_belongs_to_another_employee',
  'account_linked',
  'account_not_linked',
  'already_a_member',
  'ambiguous_amount',
  'amount_not_positive',
  'amount_reason_missing',
  'amount_too_large',
  'append_only',
  'approver_is_submitter',
  'approver_prepared_run',
  'base_pay_overlaps',
  'bonus_amount_missing',
  'claimable_balance_differs',
  'column_is_fixed',
  'contract_already_registered',
  'contract_name_taken',
  'contract_network_mismatch',
  'contract_not_found',
  'contract_runs_this_code',
  'contract_upgrade_in_progress',
  'contract_upgrade_not_found',
  'control_character_refused',
  'document_too_large',
  'duplicate_email_in_import',
  'email_taken',
  'email_taken_meanwhile',
  'employee_has_unpaid_items',
  'employee_in_payroll_run',
  'employee_invitation_not_found',
  'employee_not_found',
  'employee_not_in_payroll_run',
  'employee_not_payable',
  'employee_without_base_pay',
  'envelope_differs_from_plan',
  'event_not_found',
  'evidence_proves_nothing',
  'first_name_missing',
  'idempotency_key_reused',
  'immutable_columns',
  'invalid_amount',
  'invalid_asset_code',
  'invalid_asset_issuer',
  'invalid_claimable_balance',
  'invalid_claimable_balances',
  'invalid_contract_event',
  'invalid_contract_events',
  'invalid_contract_id',
  'invalid_contract_version',
  'invalid_date',
  'invalid_delivery_results',
  'invalid_email',
  'invalid_event_pattern',
  'invalid_fields',
  'invalid_idempotency_key',
  'invalid_import',
  'invalid_initiator',
  'invalid_memo',
  'invalid_migration_steps',
  'invalid_network',
  'invalid_outcome',
  'invalid_overlap',
  'invalid_preference_value',
  'invalid_resolution',
  'invalid_provider_budget',
  'invalid_role',
  'invalid_schedule',
  'invalid_schedule_field',
  'invalid_setting',
  'invalid_simulation_result',
  'invalid_status',
  'invalid_time_zone',
  'invalid_transaction',
  'invalid_transaction_hash',
  'invalid_upgrade_status',
  'invalid_verdict',
  'invalid_wallet_address',
  'invalid_wallet_states',
  'invalid_wasm_hash',
  'invalid_webhook_option',
  'invalid_webhook_url',
  'invitation_not_found',
  'invitation_unknown',
  'last_admin',
  'last_name_missing',
  'lease_lost',
  'ledger_contradiction_needs_another_person',
  'ledger_contradiction_not_found',
  'ledger_contradiction_resolved',
  'ledger_contradicts',
  'limit_reached',
  'live_transaction_exists',
  'member_is_active',
  'member_not_found',
  'member_not_known',
  'memo_too_long',
  'muxed_address_refused',
  'network_already_in_use',
  'network_not_configured',
  'no_organization',
  'not_signed_in',
  'not_your_employment',
  'not_your_organization',
  'notification_not_found',
  'operations_differ_from_plan',
  'organization_has_open_work',
  'organization_not_found',
  'outcome_conflicts',
  'payroll_item_not_found',
  'payroll_item_pays_source',
  'payroll_items_not_payable',
  'payroll_items_without_destination',
  'payroll_run_changed',
  'payroll_run_has_edits',
  'payroll_run_has_live_transaction',
  'payroll_run_is_empty',
  'payroll_run_not_approved',
  'payroll_run_not_discarded',
  'payroll_run_not_draft',
  'payroll_run_not_editable',
  'payroll_run_not_failed',
  'payroll_run_not_found',
  'payroll_run_not_pending',
  'payroll_run_not_up_to_date',
  'payroll_run_outdated',
  'payroll_schedule_not_found',
  'payroll_schedule_outdated',
  'period_missing',
  'period_reversed',
  'period_too_long',
  'person_is_a_member',
  'person_is_to_be_paid',
  'provider_not_secure',
  'provider_unknown',
  'reason_missing',
  'resolution_needs_another_person',
  'resolution_not_found',
  'role_too_low',
  'schedule_field_missing',
  'schedule_field_not_used',
  'search_too_short',
  'secret_key_refused',
  'sequence_number_open',
  'signature_invalid',
  'source_account_ambiguous',
  'source_account_held',
  'source_account_missing',
  'source_account_taken',
  'source_account_unknown',
  'text_missing',
  'text_too_long',
  'too_many_decimals',
  'too_many_test_webhooks',
  'too_many_webhook_secrets',
  'too_many_webhook_subscriptions',
  'totals_follow_items',
  'transaction_is_final',
  'transaction_not_found',
  'transaction_not_held',
  'transition_not_allowed',
  'unknown_field',
  'unknown_payroll_run_field',
  'unknown_preference',
  'unknown_schedule_field',
  'version_outdated',
  'view_is_read_only',
  'wallet_change_needs_another_person',
  'wallet_change_not_found',
  'wallet_change_still_cooling',
  'wallets_shared',
  'webhook_attempt_not_found',
  'webhook_subscription_deleted',
  'webhook_subscription_inactive',
  'webhook_subscription_not_found',
  'webhook_subscription_unverified',
] as const

/** Failures that have no sentence in the database: they arise before, around or instead of an answer from it. */
export const LOCAL_ERROR_CODES = [
  'configuration_invalid',
  'database_refused',
  'database_unreachable',
  'method_not_allowed',
  'secret_key_required',
  'unexpected_error',
] as const

/**
 * Why a payroll run was stopped before anything of it was submitted; stored as `payroll_runs.failure_code`.
 * The cause lies with the paying account or the configuration, so the same run can be retried once it is gone.
 */
export const STOP_CODES = [
  'network_mismatch',
  'operations_not_payable',
  'sequence_numbers_exhausted',
  'signing_key_missing',
  'source_account_not_found',
] as const

export type DatabaseErrorCode = (typeof DATABASE_ERROR_CODES)[number]
export type LocalErrorCode = (typeof LOCAL_ERROR_CODES)[number]
export type StopCode = (typeof STOP_CODES)[number]
export type ErrorCode = DatabaseErrorCode | LocalErrorCode

/** What every error of PayD says, from the database, a function or the SDK: branch on `code`, show `message` and `hint`. */
export type ErrorShape = {
  /** Stable snake_case code. A code of a newer database than this list is passed on as it is. */
  readonly code: ErrorCode | (string & {})
  /** What is wrong with what, as a sentence. */
  readonly message: string
  /** What to do now, or null when no remedy is known. */
  readonly hint: string | null
  /** The HTTP status of the answer; 0 when there was none. */
  readonly status: number
}

/** The error body of PostgREST as it arrives. */
export type DatabaseErrorBody = {
  readonly code?: string | null | undefined
  readonly message?: string | null | undefined
  readonly details?: string | null | undefined
  readonly hint?: string | null | undefined
}

/** The HTTP status that PayD's SQL chose for a refusal by its SQLSTATE PTnnn, or null for every other error. */
export function chosenStatus(sqlState: string | null | undefined): number | null {
  const status = /^PT([0-9]{3})$/.exec(sqlState ?? '')?.[1]
  return status === undefined ? null : Number(status)
}

/** The refusal in an error of the data API, or null when PayD's SQL did not raise it. */
export function refusalOf(body: DatabaseErrorBody): ErrorShape | null {
  const status = chosenStatus(body.code)
  const code = /^[a-z][a-z0-9_]*$/.exec(body.details ?? '')?.[0]
  if (status === null || code === undefined) return null
  return { code, message: sentenceOf(body), hint: body.hint ?? null, status }
}

/**
 * The shape of an error that came through the data API. Refusals of PayD keep their code, sentence and hint. For every other error
 * `details` is left out, because PostgreSQL quotes stored values there.
 */
export function errorShapeOf(body: DatabaseErrorBody, status: number): ErrorShape {
  const message = sentenceOf(body)
  if (status === 0) {
    return { code: 'database_unreachable', message, hint: 'Try again; nothing is known about this attempt.', status }
  }
  const refusal = refusalOf(body)
  if (refusal !== null) return { ...refusal, status }
  const sqlState = body.code ? ` (${body.code})` : ''
  return { code: 'database_refused', message: `${message}${sqlState}`, hint: body.hint ?? null, status }
}

function sentenceOf(body: DatabaseErrorBody): string {
  return body.message?.trim() || 'The database gave no reason.'
}
