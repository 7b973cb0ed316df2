import type { Organization, OrganizationChanges, OrganizationSalaryPeriod, OrganizationWalletChangePolicy } from 'payd'

/** The rules of an organization as a form holds them. */
export interface OrganizationDraft {
  readonly name: string
  readonly approvals: string
  readonly policy: OrganizationWalletChangePolicy
  readonly hours: string
  readonly zone: string
  readonly period: OrganizationSalaryPeriod
  readonly isWaiting: boolean
  readonly days: string
}

/** The form of an organization as it is. */
export function draftOfOrganization(organization: Organization): OrganizationDraft {
  return {
    name: organization.name,
    approvals: String(organization.required_approvals),
    policy: organization.wallet_change_policy,
    hours: String(organization.wallet_change_hours),
    zone: organization.time_zone,
    period: organization.salary_period,
    isWaiting: organization.allows_claimable_balances,
    days: String(organization.reclaim_after_days),
  }
}

/** What the form asks for. */
export function changesOfOrganization(draft: OrganizationDraft): Omit<OrganizationChanges, 'expected_version'> {
  return {
    name: draft.name.trim(),
    required_approvals: Number(draft.approvals),
    wallet_change_policy: draft.policy,
    wallet_change_hours: Number(draft.hours),
    salary_period: draft.period,
    time_zone: draft.zone,
    allows_claimable_balances: draft.isWaiting,
    reclaim_after_days: Number(draft.days),
  }
}

/** Whether two forms ask for the same. */
export const isSameDraft = (one: OrganizationDraft, other: OrganizationDraft): boolean =>
  JSON.stringify(changesOfOrganization(one)) === JSON.stringify(changesOfOrganization(other))
