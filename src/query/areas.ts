import type { Payd } from '../create-payd.ts'

/** A part of the API: what is cached and invalidated together. */
export type Area = Exclude<keyof Payd, 'client' | 'sync'>

/** What nearly everything that happens is added to. */
const ALWAYS = ['events', 'auditLogs', 'operations', 'notifications'] as const

/** What a command may change besides its own area and what always changes. */
const ALSO_CHANGED: { readonly [Key in Area]?: readonly Area[] } = {
  organizations: ['members', 'payrollRuns'],
  members: ['organizations'],
  approvalThresholds: ['payrollRuns'],
  // Drafts say who must be brought up to date.
  employees: ['walletChanges', 'wallets', 'payrollRuns'],
  walletChanges: ['employees', 'wallets', 'payrollRuns'],
  payrollRuns: ['payslips', 'transactions', 'statements', 'wallets'],
  payrollSchedules: ['payrollRuns'],
  transactions: ['payrollRuns', 'payslips', 'statements', 'ledgerContradictions'],
  ledgerContradictions: ['transactions', 'payrollRuns', 'payslips', 'statements'],
  privacy: ['employees', 'members', 'walletChanges', 'wallets', 'payslips'],
}

/** The areas whose data a command of an area may have made old. */
export function areasOfCommand(area: Area): Area[] {
  return [...new Set<Area>([area, ...(ALSO_CHANGED[area] ?? []), ...ALWAYS])]
}

/** What the first word of an event's type says has changed. */
const CHANGED_BY_EVENT: { readonly [family: string]: readonly Area[] } = {
  organization: ['organizations', 'members'],
  payroll: ['payrollRuns', 'payslips'],
  payment: ['payrollRuns', 'payslips', 'transactions', 'statements', 'wallets', 'ledger'],
  sync: ['ledger'],
  transaction: ['transactions', 'statements', 'payrollRuns', 'claimableBalances'],
  employee: ['employees', 'payrollRuns'],
  email_change: ['walletChanges', 'employees'],
  ledger: ['ledgerContradictions', 'transactions', 'payrollRuns'],
  wallet: ['wallets'],
  balance: ['balanceThresholds', 'wallets'],
  wallet_change: ['walletChanges', 'employees'],
  claimable_balance: ['claimableBalances', 'payrollRuns', 'payslips', 'transactions', 'statements'],
  payroll_schedule: ['payrollSchedules', 'payrollRuns'],
  member: ['members'],
  webhook: ['webhooks'],
  contract: ['contracts'],
  provider: ['ledger', 'wallets'],
}

/** The areas whose data the events have made old. Events of an unknown family make nothing old. */
export function areasOfEvents(events: readonly { readonly type: string }[]): Area[] {
  const areas = events.flatMap(({ type }) => CHANGED_BY_EVENT[type.split('.', 1)[0] ?? ''] ?? [])
  return events.length === 0 ? [] : [...new Set<Area>([...areas, ...ALWAYS])]
}
