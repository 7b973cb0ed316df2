import type { Payd } from '../create-payd.ts'

/** A part of the API: what is cached and invalidated together. */
export type Area = Exclude<keyof Payd, 'client' | 'sync'>

/** What a command may change besides its own area. */
export const ALSO_CHANGED: { readonly [Key in Area]?: readonly Area[] } = {
  organizations: ['members', 'operations'],
  members: ['organizations', 'auditLogs'],
  approvalThresholds: ['auditLogs'],
  employees: ['walletChanges', 'wallets', 'auditLogs'],
  walletChanges: ['employees', 'wallets', 'auditLogs', 'operations'],
  payrollRuns: ['payslips', 'transactions', 'statements', 'wallets', 'events', 'operations'],
  payrollSchedules: ['payrollRuns', 'auditLogs'],
  webhooks: ['auditLogs'],
  privacy: ['employees', 'members', 'auditLogs'],
}

/** What the first word of an event's type says has changed. */
const CHANGED_BY_EVENT: { readonly [family: string]: readonly Area[] } = {
  organization: ['organizations', 'members'],
  payroll: ['payrollRuns', 'payslips'],
  payment: ['payrollRuns', 'payslips', 'transactions', 'statements', 'wallets', 'ledger'],
  sync: ['ledger'],
  transaction: ['transactions', 'statements', 'payrollRuns'],
  employee: ['employees'],
  wallet: ['wallets'],
  wallet_change: ['walletChanges', 'employees'],
  claimable_balance: ['claimableBalances'],
  payroll_schedule: ['payrollSchedules', 'payrollRuns'],
  member: ['members'],
  webhook: ['webhooks'],
}

/** The areas whose data the events have made old. Events of an unknown family make nothing old. */
export function areasOfEvents(events: readonly { readonly type: string }[]): Area[] {
  const areas = events.flatMap(({ type }) => CHANGED_BY_EVENT[type.split('.', 1)[0] ?? ''] ?? [])
  return events.length === 0 ? [] : [...new Set<Area>([...areas, 'events', 'operations'])]
}
