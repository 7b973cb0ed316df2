import { inOrganization, type PaydClient } from './client.ts'
import { importEmployees, importEmployeesCsv } from './employee-import.ts'
import { iterateEmployees, listEmployees } from './employees.ts'
import type { OrganizationId } from './ids.ts'
import { acceptInvitation, inviteMember } from './members.ts'
import { closeOrganization, createOrganization, currentOrganization } from './organizations.ts'
import { addBonus, iteratePayrollItems, listPayrollItems, removePayrollItem } from './payroll-items.ts'
import {
  approvePayrollRun,
  createPayrollRun,
  disbursePayrollRun,
  getPayrollRun,
  listPayrollRuns,
  rejectPayrollRun,
  retryPayrollRun,
  submitPayrollRun,
  waitUntilFinished,
} from './payroll-runs.ts'
import { requestSync } from './sync.ts'
import { iterateTransactions, listTransactions } from './transactions.ts'
import { listWallets } from './wallets.ts'
import {
  createWebhookSubscription,
  deleteWebhookSubscription,
  iterateWebhookDeliveries,
  listWebhookDeliveries,
  listWebhookSubscriptions,
} from './webhook-subscriptions.ts'

export * from './amount.ts'
export { type CallOptions, type CreateOptions, inOrganization, type PaydClient } from './client.ts'
export type {
  Amount,
  Employee,
  Member,
  Organization,
  PayrollItem,
  PayrollRun,
  PayrollRunStatus,
  Role,
  Transaction,
  TransactionOperation,
  Wallet,
  WebhookDeliveryLog,
  WebhookSubscription,
} from './database.ts'
export * from './employee-csv.ts'
export * from './employee-import.ts'
export * from './employees.ts'
export * from './errors.ts'
export * from './ids.ts'
export * from './members.ts'
export * from './organizations.ts'
export type { Page, PageOptions } from './pages.ts'
export * from './payroll-items.ts'
export * from './payroll-runs.ts'
export * from './sync.ts'
export type { Wait } from './timer.ts'
export * from './transactions.ts'
export * from './wallets.ts'
export * from './webhooks.ts'

/** How to bind a client. */
export interface PaydOptions {
  /** The organization to act in. Needed by people who belong to several; the default is the one they joined first. */
  readonly organizationId?: OrganizationId | undefined
}

/**
 * The functions of this package bound to a supabase-js client. Each is exported as a plain function as well, so an app that
 * uses only a few imports those and leaves the rest out of its bundle.
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
export function createPayd<Client extends PaydClient>(supabase: Client, options: PaydOptions = {}) {
  const client = options.organizationId === undefined ? supabase : inOrganization(supabase, options.organizationId)
  const bind =
    <Arguments extends unknown[], Result>(call: (client: PaydClient, ...args: Arguments) => Result) =>
    (...args: Arguments): Result =>
      call(client, ...args)

  return {
    /** The client that was given, for everything PayD has no function for. */
    supabase,
    organizations: {
      create: bind(createOrganization),
      current: bind(currentOrganization),
      close: bind(closeOrganization),
    },
    members: { invite: bind(inviteMember), acceptInvitation: bind(acceptInvitation) },
    employees: {
      list: bind(listEmployees),
      iterate: bind(iterateEmployees),
      importCsv: bind(importEmployeesCsv),
      importRows: bind(importEmployees),
    },
    payrollRuns: {
      create: bind(createPayrollRun),
      get: bind(getPayrollRun),
      list: bind(listPayrollRuns),
      items: bind(listPayrollItems),
      iterateItems: bind(iteratePayrollItems),
      addBonus: bind(addBonus),
      removeItem: bind(removePayrollItem),
      submit: bind(submitPayrollRun),
      approve: bind(approvePayrollRun),
      reject: bind(rejectPayrollRun),
      disburse: bind(disbursePayrollRun),
      retry: bind(retryPayrollRun),
      waitUntilFinished: bind(waitUntilFinished),
    },
    wallets: { list: bind(listWallets) },
    transactions: { list: bind(listTransactions), iterate: bind(iterateTransactions) },
    webhooks: {
      subscribe: bind(createWebhookSubscription),
      subscriptions: bind(listWebhookSubscriptions),
      unsubscribe: bind(deleteWebhookSubscription),
      deliveries: bind(listWebhookDeliveries),
      iterateDeliveries: bind(iterateWebhookDeliveries),
    },
    sync: { request: bind(requestSync) },
  }
}

/** What `createPayd` returns. */
export type Payd<Client extends PaydClient = PaydClient> = ReturnType<typeof createPayd<Client>>
