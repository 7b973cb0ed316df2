import type {
  ClaimableBalanceData,
  ContractEventData,
  HistoryGapData,
  LedgerContradictionData,
  LedgerMovementData,
  ProviderData,
  SyncRequestData,
  WalletData,
} from './ledger-events.ts'
import type { FailedPaymentData, PayableData, PaymentData, SigningData, TransactionData } from './payment-events.ts'

export type * from './ledger-events.ts'
export type * from './payment-events.ts'

/** The envelope of every event, as webhooks carry it: what happened, when, and to what. */
export type EventEnvelope<Type extends string, Data> = {
  readonly type: Type
  /** When it happened, ISO 8601 in UTC. */
  readonly timestamp: string
  readonly data: Data
}

/** A payroll run as it was when the event happened. Amounts are decimal texts in units of the asset. */
export type PayrollData = {
  readonly payroll_run_id: number
  readonly batch_id: string
  readonly status: string
  readonly period_start: string
  readonly period_end: string
  readonly asset_code: string
  /** '' for native XLM. */
  readonly asset_issuer: string
  readonly total_amount: string
  readonly item_count: number
  /** Only for a run that failed. */
  readonly failure_code?: string
  readonly failure_reason?: string
}

/** A run that stands still, and what ends that. */
export type WaitingPayrollData = Omit<PayrollData, 'failure_code' | 'failure_reason'> & {
  /** As the doctor names it. */
  readonly waiting_kind: string
  readonly waiting_reason: string
  readonly waiting_since: string
  readonly safe_action: string
  readonly waits_for?: string
  /** The functions of the database that lead on. */
  readonly command?: string
}

/** Who it is stands in the table, for those who may read it; events leave the project. */
export type EmployeeData = { readonly employee_id: number; readonly status: string }

/** Somebody asked for another payout address; the addresses themselves never leave the project. */
export type WalletChangeData = {
  readonly wallet_change_id: number
  readonly employee_id: number
  readonly policy: 'immediate' | 'cooling_off' | 'second_person'
  /** When a cooling-off period ends, ISO 8601; absent where a second person decides. */
  readonly effective_at?: string
}

/** An occurrence of a payroll schedule. */
export type PayrollScheduleData = {
  readonly payroll_schedule_id: number
  readonly name: string
  /** The day of the occurrence. */
  readonly occurrence_on: string
  readonly asset_code: string
  readonly asset_issuer: string
}

/** What became of a webhook subscription; sent to the other subscriptions. */
export type WebhookData = {
  readonly webhook_subscription_id: string
  readonly reason: 'failing' | 'gone' | 'enabled'
  readonly failing_since?: string
  /** How much of the time has passed after which it is disabled. */
  readonly percent?: number
}

/** What is left of data that are too large for an event: their short values, and where the rest stands. */
export type ShortenedData<Data = unknown> = Partial<Data> & {
  readonly is_shortened: true
  readonly resource_type: string
  readonly resource_id: string
}

/** The data of an event as they come: whole, or shortened; `is_shortened` tells them apart. */
export type WholeOrShort<Data> = (Data & { readonly is_shortened?: never }) | ShortenedData<Data>

/** What each type of event says. */
export type EventData = {
  readonly 'payroll.started': PayrollData
  readonly 'payroll.paused': PayrollData
  readonly 'payroll.resumed': PayrollData
  readonly 'payroll.waiting': WaitingPayrollData
  readonly 'payroll.discarded': PayrollData
  readonly 'payroll.restored': PayrollData
  readonly 'payroll.checked': PayrollData
  readonly 'payroll.submitted': PayrollData
  readonly 'payroll.approved': PayrollData
  readonly 'payroll.rejected': PayrollData
  readonly 'payroll.completed': PayrollData
  readonly 'payroll.failed': PayrollData
  readonly 'payment.completed': PaymentData & { readonly ledger: number }
  readonly 'payment.failed': FailedPaymentData
  readonly 'payment.payable_again': PayableData
  readonly 'payment.received': LedgerMovementData
  readonly 'payment.unplanned': LedgerMovementData
  readonly 'provider.lagging': ProviderData
  readonly 'provider.frozen': ProviderData
  readonly 'provider.lying': ProviderData
  readonly 'provider.unreachable': ProviderData
  readonly 'provider.wrong_network': ProviderData
  readonly 'provider.reset': ProviderData
  readonly 'provider.recovered': ProviderData
  readonly 'contract.event': ContractEventData
  readonly 'sync.completed': SyncRequestData
  readonly 'sync.gap': HistoryGapData
  readonly 'sync.gap_closed': HistoryGapData
  readonly 'employee.added': EmployeeData
  readonly 'employee.updated': EmployeeData
  readonly 'employee.removed': EmployeeData
  readonly 'employee.invited': EmployeeData
  readonly 'employee.account_linked': EmployeeData
  readonly 'employee.account_unlinked': EmployeeData
  readonly 'employee.erased': { readonly employee_id: number }
  readonly 'wallet.updated': WalletData
  readonly 'wallet.frozen': WalletData
  readonly 'balance.low': WalletData & { readonly minimum: string }
  readonly 'transaction.completed': TransactionData
  readonly 'transaction.failed': TransactionData
  readonly 'transaction.held': TransactionData & { readonly reason: string }
  readonly 'transaction.awaiting_signature': SigningData
  readonly 'transaction.signing_expired': SigningData
  readonly 'ledger.contradicted': LedgerContradictionData
  readonly 'ledger.contradiction_resolved': LedgerContradictionData
  readonly 'wallet_change.requested': WalletChangeData
  readonly 'wallet_change.applied': WalletChangeData
  readonly 'wallet_change.cancelled': WalletChangeData
  /** Another e-mail address of an employee who is paid, which waits like another payout address. */
  readonly 'email_change.requested': WalletChangeData
  readonly 'email_change.applied': WalletChangeData
  readonly 'email_change.cancelled': WalletChangeData
  /** The organization is closed, and all memberships in it have ended. */
  readonly 'organization.closed': { readonly organization_id: number }
  readonly 'claimable_balance.created': ClaimableBalanceData
  readonly 'claimable_balance.active': ClaimableBalanceData
  readonly 'claimable_balance.claimed': ClaimableBalanceData
  readonly 'claimable_balance.expired': ClaimableBalanceData
  readonly 'claimable_balance.reclaimed': ClaimableBalanceData
  readonly 'claimable_balance.clawed_back': ClaimableBalanceData
  readonly 'claimable_balance.disproved': ClaimableBalanceData
  readonly 'payroll_schedule.ran': PayrollScheduleData & {
    readonly payroll_run_id: number
    readonly period_start: string
    readonly period_end: string
  }
  readonly 'payroll_schedule.skipped': PayrollScheduleData
  readonly 'payroll_schedule.failed': PayrollScheduleData & { readonly reason: string }
  readonly 'webhook.failing': WebhookData
  readonly 'webhook.disabled': WebhookData
  readonly 'webhook.enabled': WebhookData
  readonly 'webhook.challenge': { readonly challenge: string }
  readonly 'test.ping': { readonly message?: string }
}

export type EventType = keyof EventData

/** An event that this version knows, told apart by `type`. */
export type PaydEvent = {
  readonly [Type in EventType]: EventEnvelope<Type, WholeOrShort<EventData[Type]>>
}[EventType]

/** The types of event that PayD tells apps and webhooks about. */
export const EVENT_TYPES: readonly EventType[] = Object.keys({
  'payroll.started': true,
  'payroll.paused': true,
  'payroll.resumed': true,
  'payroll.waiting': true,
  'payroll.discarded': true,
  'payroll.restored': true,
  'payroll.checked': true,
  'payroll.submitted': true,
  'payroll.approved': true,
  'payroll.rejected': true,
  'payroll.completed': true,
  'payroll.failed': true,
  'payment.completed': true,
  'payment.failed': true,
  'payment.payable_again': true,
  'payment.received': true,
  'payment.unplanned': true,
  'provider.lagging': true,
  'provider.frozen': true,
  'provider.lying': true,
  'provider.unreachable': true,
  'provider.wrong_network': true,
  'provider.reset': true,
  'provider.recovered': true,
  'contract.event': true,
  'sync.completed': true,
  'sync.gap': true,
  'sync.gap_closed': true,
  'employee.added': true,
  'employee.updated': true,
  'employee.removed': true,
  'employee.invited': true,
  'employee.account_linked': true,
  'employee.account_unlinked': true,
  'employee.erased': true,
  'wallet.updated': true,
  'wallet.frozen': true,
  'balance.low': true,
  'transaction.completed': true,
  'transaction.failed': true,
  'transaction.held': true,
  'transaction.awaiting_signature': true,
  'transaction.signing_expired': true,
  'ledger.contradicted': true,
  'ledger.contradiction_resolved': true,
  'wallet_change.requested': true,
  'wallet_change.applied': true,
  'wallet_change.cancelled': true,
  'email_change.requested': true,
  'email_change.applied': true,
  'email_change.cancelled': true,
  'organization.closed': true,
  'claimable_balance.created': true,
  'claimable_balance.active': true,
  'claimable_balance.claimed': true,
  'claimable_balance.expired': true,
  'claimable_balance.reclaimed': true,
  'claimable_balance.clawed_back': true,
  'claimable_balance.disproved': true,
  'payroll_schedule.ran': true,
  'payroll_schedule.skipped': true,
  'payroll_schedule.failed': true,
  'webhook.failing': true,
  'webhook.disabled': true,
  'webhook.enabled': true,
  'webhook.challenge': true,
  'test.ping': true,
} satisfies Record<EventType, true>) as readonly EventType[]
