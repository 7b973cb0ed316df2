import * as z from 'zod/mini'
import { type ContractEventFilter, contractEventFilter } from './contracts/contracts.ts'
import type { Rule, Shape } from './core/check.ts'
import { type EventFilter, eventFilter } from './events/events.ts'
import { type NotificationFilter, notificationFilter } from './notifications/notifications.ts'
import { type NewApprovalThreshold, newApprovalThreshold } from './organization/approval-thresholds.ts'
import { type AuditLogFilter, auditLogFilter } from './organization/audit-logs.ts'
import { type MemberFilter, memberFilter, type NewInvitation, newInvitation } from './organization/members.ts'
import {
  type NewOrganization,
  newOrganization,
  type OrganizationChanges,
  organizationChanges,
} from './organization/organizations.ts'
import { type ClaimableBalanceFilter, claimableBalanceFilter } from './payment/claimable-balances.ts'
import { type StatementFilter, statementFilter } from './payment/statements.ts'
import {
  type TransactionFilter,
  type TransactionOperationFilter,
  transactionFilter,
  transactionOperationFilter,
} from './payment/transactions.ts'
import { type NewBasePay, newBasePay, type PayrollRunEdits, payrollRunEdits } from './payroll/payroll-edits.ts'
import { type NewBonus, newBonus, type PayrollItemFilter, payrollItemFilter } from './payroll/payroll-items.ts'
import { type PayrollRunSummaryFilter, payrollRunSummaryFilter } from './payroll/payroll-progress.ts'
import { type NewPayrollRun, newPayrollRun, type PayrollRunFilter, payrollRunFilter } from './payroll/payroll-runs.ts'
import {
  type NewPayrollSchedule,
  newPayrollSchedule,
  type PayrollScheduleChanges,
  type PayrollScheduleFilter,
  payrollScheduleChanges,
  payrollScheduleFilter,
} from './payroll/payroll-schedules.ts'
import { type PayslipFilter, payslipFilter } from './payroll/payslips.ts'
import {
  type EmployeeChanges,
  type EmployeeFilter,
  employeeChanges,
  employeeFilter,
  type NewEmployee,
  newEmployee,
} from './people/employees.ts'
import { type WalletChangeFilter, walletChangeFilter } from './people/wallet-changes.ts'
import { type Erasure, erasure } from './privacy/privacy.ts'
import { type WalletFilter, walletFilter } from './wallets/wallets.ts'
import { type WebhookAttemptFilter, webhookAttemptFilter } from './webhooks/webhook-attempts.ts'
import {
  type NewWebhookSubscription,
  newWebhookSubscription,
  type WebhookDeliveryFilter,
  type WebhookSubscriptionChanges,
  webhookDeliveryFilter,
  webhookSubscriptionChanges,
} from './webhooks/webhook-subscriptions.ts'

/**
 * zod schemas of everything that is given to this package, for forms and servers that read input. They consist of the very rules
 * that the calls check their arguments by.
 */
function schemaOf<Fields extends object>(shape: Shape<Fields>): z.ZodMiniType<Fields, Fields> {
  const fields = Object.entries<Rule>(shape).map(([name, rule]) => {
    const schema = z.custom((value) => rule.accepts(value), `It must be ${rule.says}.`)
    return [name, rule.optional === true ? z.optional(schema) : schema]
  })
  return z.strictObject(Object.fromEntries(fields)) as unknown as z.ZodMiniType<Fields, Fields>
}

/** The schema of `NewOrganization`. */
export const newOrganizationSchema: z.ZodMiniType<NewOrganization, NewOrganization> =
  /* @__PURE__ */ schemaOf(newOrganization)
/** The schema of `OrganizationChanges`. */
export const organizationChangesSchema: z.ZodMiniType<OrganizationChanges, OrganizationChanges> =
  /* @__PURE__ */ schemaOf(organizationChanges)
/** The schema of `MemberFilter`. */
export const memberFilterSchema: z.ZodMiniType<MemberFilter, MemberFilter> = /* @__PURE__ */ schemaOf(memberFilter)
/** The schema of `NewInvitation`. */
export const newInvitationSchema: z.ZodMiniType<NewInvitation, NewInvitation> = /* @__PURE__ */ schemaOf(newInvitation)
/** The schema of `NewApprovalThreshold`. */
export const newApprovalThresholdSchema: z.ZodMiniType<NewApprovalThreshold, NewApprovalThreshold> =
  /* @__PURE__ */ schemaOf(newApprovalThreshold)
/** The schema of `AuditLogFilter`. */
export const auditLogFilterSchema: z.ZodMiniType<AuditLogFilter, AuditLogFilter> =
  /* @__PURE__ */ schemaOf(auditLogFilter)
/** The schema of `EmployeeFilter`. */
export const employeeFilterSchema: z.ZodMiniType<EmployeeFilter, EmployeeFilter> =
  /* @__PURE__ */ schemaOf(employeeFilter)
/** The schema of `NewEmployee`. */
export const newEmployeeSchema: z.ZodMiniType<NewEmployee, NewEmployee> = /* @__PURE__ */ schemaOf(newEmployee)
/** The schema of `EmployeeChanges`. */
export const employeeChangesSchema: z.ZodMiniType<EmployeeChanges, EmployeeChanges> =
  /* @__PURE__ */ schemaOf(employeeChanges)
/** The schema of `WalletChangeFilter`. */
export const walletChangeFilterSchema: z.ZodMiniType<WalletChangeFilter, WalletChangeFilter> =
  /* @__PURE__ */ schemaOf(walletChangeFilter)
/** The schema of `NewPayrollRun`. */
export const newPayrollRunSchema: z.ZodMiniType<NewPayrollRun, NewPayrollRun> = /* @__PURE__ */ schemaOf(newPayrollRun)
/** The schema of `PayrollRunSummaryFilter`. */
export const payrollRunSummaryFilterSchema: z.ZodMiniType<PayrollRunSummaryFilter, PayrollRunSummaryFilter> =
  /* @__PURE__ */ schemaOf(payrollRunSummaryFilter)
/** The schema of `PayrollRunFilter`. */
export const payrollRunFilterSchema: z.ZodMiniType<PayrollRunFilter, PayrollRunFilter> =
  /* @__PURE__ */ schemaOf(payrollRunFilter)
/** The schema of `PayrollItemFilter`. */
export const payrollItemFilterSchema: z.ZodMiniType<PayrollItemFilter, PayrollItemFilter> =
  /* @__PURE__ */ schemaOf(payrollItemFilter)
/** The schema of `NewBonus`. */
export const newBonusSchema: z.ZodMiniType<NewBonus, NewBonus> = /* @__PURE__ */ schemaOf(newBonus)
/** The schema of `PayslipFilter`. */
export const payslipFilterSchema: z.ZodMiniType<PayslipFilter, PayslipFilter> = /* @__PURE__ */ schemaOf(payslipFilter)
/** The schema of `NewPayrollSchedule`. */
export const newPayrollScheduleSchema: z.ZodMiniType<NewPayrollSchedule, NewPayrollSchedule> =
  /* @__PURE__ */ schemaOf(newPayrollSchedule)
/** The schema of `PayrollScheduleChanges`. */
export const payrollScheduleChangesSchema: z.ZodMiniType<PayrollScheduleChanges, PayrollScheduleChanges> =
  /* @__PURE__ */ schemaOf(payrollScheduleChanges)
/** The schema of `PayrollScheduleFilter`. */
export const payrollScheduleFilterSchema: z.ZodMiniType<PayrollScheduleFilter, PayrollScheduleFilter> =
  /* @__PURE__ */ schemaOf(payrollScheduleFilter)
/** The schema of `TransactionFilter`. */
export const transactionFilterSchema: z.ZodMiniType<TransactionFilter, TransactionFilter> =
  /* @__PURE__ */ schemaOf(transactionFilter)
/** The schema of `StatementFilter`. */
export const statementFilterSchema: z.ZodMiniType<StatementFilter, StatementFilter> =
  /* @__PURE__ */ schemaOf(statementFilter)
/** The schema of `ClaimableBalanceFilter`. */
export const claimableBalanceFilterSchema: z.ZodMiniType<ClaimableBalanceFilter, ClaimableBalanceFilter> =
  /* @__PURE__ */ schemaOf(claimableBalanceFilter)
/** The schema of `WalletFilter`. */
export const walletFilterSchema: z.ZodMiniType<WalletFilter, WalletFilter> = /* @__PURE__ */ schemaOf(walletFilter)
/** The schema of `EventFilter`. */
export const eventFilterSchema: z.ZodMiniType<EventFilter, EventFilter> = /* @__PURE__ */ schemaOf(eventFilter)
/** The schema of `NewWebhookSubscription`. */
export const newWebhookSubscriptionSchema: z.ZodMiniType<NewWebhookSubscription, NewWebhookSubscription> =
  /* @__PURE__ */ schemaOf(newWebhookSubscription)
/** The schema of `WebhookSubscriptionChanges`. */
export const webhookSubscriptionChangesSchema: z.ZodMiniType<WebhookSubscriptionChanges, WebhookSubscriptionChanges> =
  /* @__PURE__ */ schemaOf(webhookSubscriptionChanges)
/** The schema of `WebhookAttemptFilter`. */
export const webhookAttemptFilterSchema: z.ZodMiniType<WebhookAttemptFilter, WebhookAttemptFilter> =
  /* @__PURE__ */ schemaOf(webhookAttemptFilter)
/** The schema of `WebhookDeliveryFilter`. */
export const webhookDeliveryFilterSchema: z.ZodMiniType<WebhookDeliveryFilter, WebhookDeliveryFilter> =
  /* @__PURE__ */ schemaOf(webhookDeliveryFilter)
/** The schema of `NotificationFilter`. */
export const notificationFilterSchema: z.ZodMiniType<NotificationFilter, NotificationFilter> =
  /* @__PURE__ */ schemaOf(notificationFilter)
/** The schema of `Erasure`. */
export const erasureSchema: z.ZodMiniType<Erasure, Erasure> = /* @__PURE__ */ schemaOf(erasure)
/** The schema of `ContractEventFilter`. */
export const contractEventFilterSchema: z.ZodMiniType<ContractEventFilter, ContractEventFilter> =
  /* @__PURE__ */ schemaOf(contractEventFilter)
/** The schema of `TransactionOperationFilter`. */
export const transactionOperationFilterSchema: z.ZodMiniType<TransactionOperationFilter, TransactionOperationFilter> =
  /* @__PURE__ */ schemaOf(transactionOperationFilter)
/** The schema of `PayrollRunEdits`. */
export const payrollRunEditsSchema: z.ZodMiniType<PayrollRunEdits, PayrollRunEdits> =
  /* @__PURE__ */ schemaOf(payrollRunEdits)
/** The schema of `NewBasePay`. */
export const newBasePaySchema: z.ZodMiniType<NewBasePay, NewBasePay> = /* @__PURE__ */ schemaOf(newBasePay)
