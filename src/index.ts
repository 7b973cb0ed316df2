export {
  type ContractEventFilter,
  events as listContractEvents,
  list as listContracts,
  upgrades as listContractUpgrades,
} from './contracts/contracts.ts'
export * from './core/amount.ts'
export { type Attempt, attempt } from './core/attempt.ts'
export { type CallOptions, type CreateOptions, inOrganization, type PaydClient } from './core/client.ts'
export type { DatabaseErrorCode } from './core/database-error-codes.ts'
export { PaydError, type PaydErrorDetails, type PaydErrorKind } from './core/error.ts'
export type { PaydErrorCode, SdkErrorCode } from './core/error-codes.ts'
export { type ErrorContext, toPaydError } from './core/explain.ts'
export {
  type ClaimableBalanceId,
  type ContractId,
  type EmployeeId,
  type EventId,
  type InvitationId,
  type NotificationId,
  type OrganizationId,
  type PayrollItemId,
  type PayrollRunId,
  type PayrollScheduleId,
  parseClaimableBalanceId,
  parseContractId,
  parseEmployeeId,
  parseEventId,
  parseInvitationId,
  parseNotificationId,
  parseOrganizationId,
  parsePayrollItemId,
  parsePayrollRunId,
  parsePayrollScheduleId,
  parseTransactionId,
  parseUserId,
  parseWalletChangeId,
  parseWalletId,
  parseWebhookSubscriptionId,
  type TransactionId,
  type UserId,
  type WalletChangeId,
  type WalletId,
  type WebhookSubscriptionId,
} from './core/ids.ts'
export { isPaydError } from './core/is-payd-error.ts'
export type { IterateOptions, Page, PageOptions } from './core/pages.ts'
export type { Wait } from './core/timer.ts'
export { type Bound, createPayd, type Payd, type PaydOptions } from './create-payd.ts'
export {
  type EventFilter,
  iterate as iterateEvents,
  lastSequence as getLastEventSequence,
  list as listEvents,
} from './events/events.ts'
export {
  countUnread as countUnreadNotifications,
  iterate as iterateNotifications,
  list as listNotifications,
  type MarkAllOptions,
  markAllRead as markAllNotificationsRead,
  markRead as markNotificationRead,
  type NotificationFilter,
} from './notifications/notifications.ts'
export {
  doctor,
  type Finding,
  type PaydRelease,
  version as paydVersion,
} from './operations/doctor.ts'
export {
  list as listApprovalThresholds,
  type NewApprovalThreshold,
  remove as removeApprovalThreshold,
  set as setApprovalThreshold,
} from './organization/approval-thresholds.ts'
export {
  type AuditLogFilter,
  iterate as iterateAuditLogs,
  list as listAuditLogs,
  trail as listAuditTrail,
} from './organization/audit-logs.ts'
export {
  acceptInvitation,
  changeRole as changeMemberRole,
  type InvitationWithToken,
  invitations as listInvitations,
  invite as inviteMember,
  iterate as iterateMembers,
  list as listMembers,
  type MemberFilter,
  type NewInvitation,
  type RevokedInvitation,
  remove as removeMember,
  revokeInvitation,
} from './organization/members.ts'
export {
  chooseDefault as chooseDefaultOrganization,
  close as closeOrganization,
  create as createOrganization,
  current as currentOrganization,
  list as listOrganizations,
  type NewOrganization,
  type OrganizationChanges,
  type OwnOrganization,
  update as updateOrganization,
  WALLET_CHANGE_POLICIES,
} from './organization/organizations.ts'
export {
  type ClaimableBalanceFilter,
  iterate as iterateClaimableBalances,
  list as listClaimableBalances,
  reclaim as reclaimClaimableBalance,
} from './payment/claimable-balances.ts'
export {
  acceptGap as acceptHistoryGap,
  differences as listLedgerDifferences,
  gaps as listHistoryGaps,
  type HistoryGapFilter,
  histories as listAccountHistories,
  type LedgerMovementFilter,
  type LedgerStatementFilter,
  type LedgerTransactionFilter,
  movements as listLedgerMovements,
  statements as listLedgerStatements,
  transactions as listLedgerTransactions,
} from './payment/ledger.ts'
export {
  type LedgerContradictionFilter,
  list as listLedgerContradictions,
  type PaymentsInDoubtFilter,
  payments as listPaymentsInDoubt,
  resolve as resolveLedgerContradiction,
} from './payment/ledger-contradictions.ts'
export {
  iterate as iterateStatementLines,
  list as listStatementLines,
  type StatementFilter,
} from './payment/statements.ts'
export {
  confirmResolution as confirmTransactionResolution,
  get as getTransaction,
  iterate as iterateTransactions,
  list as listTransactions,
  operations as listTransactionOperations,
  proposeResolution as proposeTransactionResolution,
  search as searchTransactions,
  TRANSACTION_RESOLUTIONS,
  type TransactionFilter,
  type TransactionOperationFilter,
  type TransactionResolution,
  type TransactionSearchOptions,
  type TransactionWithOperations,
  trail as listTransactionTrail,
} from './payment/transactions.ts'
export {
  addBasePay,
  changeItem as changePayrollItem,
  changes as listPayrollRunChanges,
  discard as discardPayrollRun,
  type EditOptions,
  edits as listPayrollItemEdits,
  type NewBasePay,
  type PayrollRunChange,
  type PayrollRunChangesOptions,
  type PayrollRunEdits,
  refresh as refreshPayrollRun,
  removeEmployee as removeEmployeeFromPayrollRun,
  restore as restorePayrollRun,
  update as updatePayrollRun,
} from './payroll/payroll-edits.ts'
export {
  addBonus,
  itemDetails as listPayrollItemDetails,
  items as listPayrollItems,
  iterateItems as iteratePayrollItems,
  type NewBonus,
  type PayrollItemFilter,
  removeItem as removePayrollItem,
} from './payroll/payroll-items.ts'
export {
  type PreflightOptions,
  preflight as payrollRunPreflight,
  preflightFindings as listPreflightFindings,
  preflights as listPreflights,
  requestPreflight,
} from './payroll/payroll-preflights.ts'
export {
  approvalState as getPayrollRunApprovalState,
  approvals as listPayrollRunApprovals,
  decisions as listPayrollRunDecisions,
  type PayrollRunApprovalState,
  type PayrollRunSummaryFilter,
  summaries as listPayrollRunSummaries,
  summary as getPayrollRunSummary,
  trail as listPayrollRunTrail,
  trailWithNames as listPayrollRunTrailWithNames,
  type WaitOptions,
  waitUntilFinished,
} from './payroll/payroll-progress.ts'
export {
  approve as approvePayrollRun,
  cancel as cancelPayrollRun,
  create as createPayrollRun,
  type DisburseOptions,
  disburse as disbursePayrollRun,
  get as getPayrollRun,
  iterate as iteratePayrollRuns,
  list as listPayrollRuns,
  type NewPayrollRun,
  type PayrollRunFilter,
  pause as pausePayrollRun,
  type RetryOptions,
  reject as rejectPayrollRun,
  resume as resumePayrollRun,
  retry as retryPayrollRun,
  type SubmitOptions,
  submit as submitPayrollRun,
} from './payroll/payroll-runs.ts'
export {
  create as createPayrollSchedule,
  get as getPayrollSchedule,
  iterate as iteratePayrollSchedules,
  list as listPayrollSchedules,
  type NewPayrollSchedule,
  occurrences as listScheduleOccurrences,
  type PayrollScheduleChanges,
  type PayrollScheduleFilter,
  pause as pausePayrollSchedule,
  preview as previewPayrollSchedule,
  resume as resumePayrollSchedule,
  type ScheduleOccurrence,
  update as updatePayrollSchedule,
} from './payroll/payroll-schedules.ts'
export {
  iterate as iteratePayslips,
  list as listPayslips,
  type PayslipFilter,
} from './payroll/payslips.ts'
export { CSV_ENCODINGS, type CsvEncoding } from './people/csv-text.ts'
export {
  acceptInvitation as acceptEmployeeInvitation,
  type EmployeeInvitationWithToken,
  exports as exportEmployees,
  invitations as listEmployeeInvitations,
  inviteAccount as inviteEmployee,
  leave as leaveEmployment,
  mine as myEmployments,
  revokeInvitation as revokeEmployeeInvitation,
  unlinkAccount as unlinkEmployeeAccount,
} from './people/employee-accounts.ts'
export * from './people/employee-csv.ts'
export { type EmployeeCsvHeading, readEmployeeCsvColumns } from './people/employee-csv-columns.ts'
export { importCsv as importEmployeesCsv, importRows as importEmployees } from './people/employee-import.ts'
export {
  create as createEmployee,
  type EmployeeChanges,
  type EmployeeFilter,
  get as getEmployee,
  iterate as iterateEmployees,
  list as listEmployees,
  type NewEmployee,
  remove as removeEmployee,
  type SearchOptions,
  search as searchEmployees,
  update as updateEmployee,
} from './people/employees.ts'
export * from './people/import-report.ts'
export {
  cancel as cancelWalletChange,
  confirm as confirmWalletChange,
  iterate as iterateWalletChanges,
  list as listWalletChanges,
  type WalletChangeFilter,
} from './people/wallet-changes.ts'
export {
  chosen as getChosenPreferences,
  get as getPreferences,
  getOne as getPreference,
  history as listPreferenceChanges,
  type Preferences,
  reset as resetPreference,
  set as setPreference,
} from './preferences/preferences.ts'
export {
  type Erasure,
  eraseMember,
  erasePerson,
  exportMyData,
  exportPerson,
} from './privacy/privacy.ts'
export type { MemberRole as Role } from './rows.ts'
export * from './rows.ts'
export {
  list as listBalanceThresholds,
  remove as removeBalanceThreshold,
  set as setBalanceThreshold,
} from './wallets/balance-thresholds.ts'
export { get as getSyncRequest, request as requestSync } from './wallets/sync.ts'
export {
  balances as listBalances,
  get as getWallet,
  iterate as iterateWallets,
  list as listWallets,
  type WalletFilter,
} from './wallets/wallets.ts'
export { type TailOptions, tail as tailWebhookAttempts } from './webhooks/tail-webhooks.ts'
export * from './webhooks/verify-webhook.ts'
export {
  attempts as listWebhookAttempts,
  type PulledEvents,
  type PullOptions,
  pull as pullWebhookEvents,
  type RecoverOptions,
  type ReproducedWebhook,
  recover as recoverWebhooks,
  replayMissing as replayMissingWebhooks,
  reproduce as reproduceWebhook,
  resend as resendWebhook,
  sendTest as sendTestWebhook,
  type VerifiedWebhookLog,
  type VerifyLogOptions,
  verifyLog as verifyWebhookLog,
  type WebhookAttemptFilter,
} from './webhooks/webhook-attempts.ts'
export {
  type CreatedWebhookSubscription,
  deliveries as listWebhookDeliveries,
  type EnableWebhookOptions,
  enable as enableWebhookSubscription,
  iterateDeliveries as iterateWebhookDeliveries,
  type NewWebhookSubscription,
  pause as pauseWebhookSubscription,
  type RotateSecretOptions,
  rotateSecret as rotateWebhookSecret,
  subscribe as createWebhookSubscription,
  subscriptions as listWebhookSubscriptions,
  unsubscribe as deleteWebhookSubscription,
  update as updateWebhookSubscription,
  type WebhookDeliveryFilter,
  type WebhookSubscriptionChanges,
} from './webhooks/webhook-subscriptions.ts'
