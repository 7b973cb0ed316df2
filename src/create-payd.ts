import * as contracts from './contracts/contracts.ts'
import { checkFields, optional, rowId, type Shape } from './core/check.ts'
import { doorsOf, inOrganization, type PaydClient } from './core/client.ts'
import type { OrganizationId } from './core/ids.ts'
import * as events from './events/events.ts'
import * as notifications from './notifications/notifications.ts'
import * as operations from './operations/doctor.ts'
import * as approvalThresholds from './organization/approval-thresholds.ts'
import * as auditLogs from './organization/audit-logs.ts'
import * as members from './organization/members.ts'
import * as organizations from './organization/organizations.ts'
import * as claimableBalances from './payment/claimable-balances.ts'
import * as ledger from './payment/ledger.ts'
import * as ledgerContradictions from './payment/ledger-contradictions.ts'
import * as statements from './payment/statements.ts'
import * as transactions from './payment/transactions.ts'
import * as payrollEdits from './payroll/payroll-edits.ts'
import * as payrollItems from './payroll/payroll-items.ts'
import * as payrollPreflights from './payroll/payroll-preflights.ts'
import * as payrollProgress from './payroll/payroll-progress.ts'
import * as payrollRuns from './payroll/payroll-runs.ts'
import * as payrollSchedules from './payroll/payroll-schedules.ts'
import * as payslips from './payroll/payslips.ts'
import * as employeeAccounts from './people/employee-accounts.ts'
import * as employeeImport from './people/employee-import.ts'
import * as employees from './people/employees.ts'
import * as walletChanges from './people/wallet-changes.ts'
import * as preferences from './preferences/preferences.ts'
import * as privacy from './privacy/privacy.ts'
import * as balanceThresholds from './wallets/balance-thresholds.ts'
import * as sync from './wallets/sync.ts'
import * as wallets from './wallets/wallets.ts'
import * as webhookTail from './webhooks/tail-webhooks.ts'
import * as webhookAttempts from './webhooks/webhook-attempts.ts'
import * as webhooks from './webhooks/webhook-subscriptions.ts'

/** How to bind a client. */
export interface PaydOptions {
  /** The organization to act in. Needed by people who belong to several; the default is the one they chose, or joined first. */
  readonly organizationId?: OrganizationId | undefined
}

/** The functions of a module without their first argument, the client. Their documentation comes along. */
export type Bound<Module> = WithoutClient<Pick<Module, FunctionNames<Module>>>
// Not one type with an `as` clause: editors show the documentation only of what keeps its name.
type WithoutClient<Functions> = {
  readonly [Name in keyof Functions]: Functions[Name] extends (client: PaydClient, ...args: infer Rest) => infer Result
    ? (...args: Rest) => Result
    : never
}
type FunctionNames<Module> = {
  [Name in keyof Module]: Module[Name] extends (...args: never[]) => unknown ? Name : never
}[keyof Module]

/** What `createPayd` returns: every function of this package, bound to one client and one organization. */
export interface Payd {
  /** The client that everything here uses, for plain functions of this package: it acts in the same organization. */
  readonly client: PaydClient
  /** The organizations the signed-in person works in, and the settings of the one that is acted in. */
  readonly organizations: Bound<typeof organizations>
  /** Who may do what, and invitations. */
  readonly members: Bound<typeof members>
  /** From which total on a run needs more approvals. */
  readonly approvalThresholds: Bound<typeof approvalThresholds>
  /** What people and services changed. */
  readonly auditLogs: Bound<typeof auditLogs>
  /** The people who are paid. */
  readonly employees: Bound<typeof employees> & Bound<typeof employeeAccounts> & Bound<typeof employeeImport>
  /** Payout addresses that are to change. */
  readonly walletChanges: Bound<typeof walletChanges>
  /** Payroll runs from draft to paid, with their items, progress, approvals and trail. */
  readonly payrollRuns: Bound<typeof payrollRuns> &
    Bound<typeof payrollItems> &
    Bound<typeof payrollEdits> &
    Bound<typeof payrollPreflights> &
    Bound<typeof payrollProgress>
  /** What each person got in each run. */
  readonly payslips: Bound<typeof payslips>
  /** Drafts that are created by themselves. */
  readonly payrollSchedules: Bound<typeof payrollSchedules>
  /** Stellar transactions and the proof of their end. */
  readonly transactions: Bound<typeof transactions>
  /** Payments that are in the ledger. */
  readonly statements: Bound<typeof statements>
  /** What the ledger shows of the organization's accounts: history, movements, daily statements and what does not fit. */
  readonly ledger: Bound<typeof ledger>
  /** What the ledger says against the books, and the payments that are therefore in doubt. */
  readonly ledgerContradictions: Bound<typeof ledgerContradictions>
  /** Payments that wait until somebody claims them. */
  readonly claimableBalances: Bound<typeof claimableBalances>
  /** Addresses and what they hold. */
  readonly wallets: Bound<typeof wallets>
  /** Below which balance a wallet of the organization is low. */
  readonly balanceThresholds: Bound<typeof balanceThresholds>
  /** Asking for fresh balances. */
  readonly sync: Bound<typeof sync>
  /** What happened, in order. */
  readonly events: Bound<typeof events>
  /** Endpoints that hear of events, and what was delivered to them. */
  readonly webhooks: Bound<typeof webhooks> & Bound<typeof webhookAttempts> & Bound<typeof webhookTail>
  /** The inbox of the signed-in person. */
  readonly notifications: Bound<typeof notifications>
  /** What the signed-in person prefers. */
  readonly preferences: Bound<typeof preferences>
  /** Exporting and erasing the data of a person. */
  readonly privacy: Bound<typeof privacy>
  /** Soroban contracts of the platform. */
  readonly contracts: Bound<typeof contracts>
  /** What is stuck, the safe thing to do, and the release of the database. */
  readonly operations: Bound<typeof operations>
}

/**
 * The functions of this package bound to a supabase-js client and, where one is named, to an organization: nothing that is reached
 * from the result acts in another. Each is exported as a plain function as well, so an app that uses only a few imports those and
 * leaves the rest out of its bundle.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { createPayd } from 'payd'
 *
 * const payd = createPayd(createClient('http://127.0.0.1:54321', 'sb_publishable_…'))
 * export const people = () => payd.employees.list({ status: 'active' })
 * ```
 */
export function createPayd(supabase: PaydClient, options: PaydOptions = {}): Payd {
  // What is wrong here would otherwise be told by the first call, or not at all: a misspelt option is no organization.
  doorsOf(supabase)
  const { organizationId } = checkFields('createPayd', options, paydOptions)
  const client = organizationId === undefined ? supabase : inOrganization(supabase, organizationId)
  return {
    client,
    organizations: bind(client, organizations),
    members: bind(client, members),
    approvalThresholds: bind(client, approvalThresholds),
    auditLogs: bind(client, auditLogs),
    employees: { ...bind(client, employees), ...bind(client, employeeAccounts), ...bind(client, employeeImport) },
    walletChanges: bind(client, walletChanges),
    payrollRuns: {
      ...bind(client, payrollRuns),
      ...bind(client, payrollItems),
      ...bind(client, payrollEdits),
      ...bind(client, payrollPreflights),
      ...bind(client, payrollProgress),
    },
    payslips: bind(client, payslips),
    payrollSchedules: bind(client, payrollSchedules),
    transactions: bind(client, transactions),
    statements: bind(client, statements),
    ledger: bind(client, ledger),
    ledgerContradictions: bind(client, ledgerContradictions),
    claimableBalances: bind(client, claimableBalances),
    wallets: bind(client, wallets),
    balanceThresholds: bind(client, balanceThresholds),
    sync: bind(client, sync),
    events: bind(client, events),
    webhooks: { ...bind(client, webhooks), ...bind(client, webhookAttempts), ...bind(client, webhookTail) },
    notifications: bind(client, notifications),
    preferences: bind(client, preferences),
    privacy: bind(client, privacy),
    contracts: bind(client, contracts),
    operations: bind(client, operations),
  }
}

const paydOptions: Shape<PaydOptions> = { organizationId: optional(rowId) }

/** A module also exports the rules of its arguments; only its functions are bound. */
function bind<Module extends object>(client: PaydClient, module: Module): Bound<Module> {
  const entries = Object.entries(module).filter(([, value]) => typeof value === 'function')
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      (...args: unknown[]) => (value as (...all: unknown[]) => unknown)(client, ...args),
    ]),
  ) as Bound<Module>
}
