import { checkFields, checkValue, count, flag, oneOf, optional, rowId, type Shape, text } from '../core/check.ts'
import { type CallOptions, type CreateOptions, type PaydClient, requireSameOrganization } from '../core/client.ts'
import { call, idempotencyKey, readFrom } from '../core/command.ts'
import type { OrganizationId } from '../core/ids.ts'
import { send } from '../core/send.ts'
import {
  type MemberRole,
  ORGANIZATIONS_SALARY_PERIOD,
  type Organization,
  type OrganizationSalaryPeriod,
} from '../rows.ts'

/** What an organization is created with. */
export interface NewOrganization {
  /** 1 to 255 characters. */
  readonly name: string
  /** The IANA time zone in which people are shown times who prefer no other, such as `Europe/Berlin`. Default `UTC`. */
  readonly time_zone?: string | undefined
}

/** The rules of `NewOrganization`. */
export const newOrganization: Shape<NewOrganization> = { name: text, time_zone: optional(text) }

/** How a changed payout address takes effect. */
export const WALLET_CHANGE_POLICIES = ['immediate', 'cooling_off', 'second_person'] as const

/** The settings of an organization to change; what is left out stays. */
export interface OrganizationChanges {
  /** The `version` that was shown: a change that somebody made meanwhile is not overwritten. */
  readonly expected_version: number
  readonly name?: string | undefined
  /** How many people other than the submitter must approve a run, 1 to 10. */
  readonly required_approvals?: number | undefined
  /** How a changed payout address takes effect. */
  readonly wallet_change_policy?: (typeof WALLET_CHANGE_POLICIES)[number] | undefined
  /** The cooling-off period in hours, 1 to 720. */
  readonly wallet_change_hours?: number | undefined
  /** For how many days a salary is: a run pays the part of it that falls into the period of the run. */
  readonly salary_period?: OrganizationSalaryPeriod | undefined
  /**
   * Whether somebody whose account cannot take an issued asset yet is paid with a claimable balance, which waits on the ledger.
   * Runs that were submitted before keep what their approvers saw.
   */
  readonly allows_claimable_balances?: boolean | undefined
  /** After how many days the organization may take back an unclaimed balance, 1 to 3650. */
  readonly reclaim_after_days?: number | undefined
  /** The IANA time zone in which people are shown times who prefer no other, such as `Europe/Berlin`. */
  readonly time_zone?: string | undefined
}

/** The rules of `OrganizationChanges`. */
export const organizationChanges: Shape<OrganizationChanges> = {
  expected_version: count,
  name: optional(text),
  required_approvals: optional(count),
  wallet_change_policy: optional(oneOf(WALLET_CHANGE_POLICIES)),
  wallet_change_hours: optional(count),
  salary_period: optional(oneOf(ORGANIZATIONS_SALARY_PERIOD)),
  allows_claimable_balances: optional(flag),
  reclaim_after_days: optional(count),
  time_zone: optional(text),
}

/** An organization that the signed-in person works in, as a member, as an employee, or both. */
export interface OwnOrganization {
  readonly organization_id: OrganizationId
  readonly name: string
  /** null for an employee who is no member. */
  readonly role: MemberRole | null
  readonly is_default: boolean
  readonly is_employee: boolean
}

/**
 * Creates an organization; the signed-in person becomes its admin.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { createOrganization } from 'payd'
 *
 * const supabase = createClient('http://127.0.0.1:54321', 'sb_publishable_…')
 * export const acme = () => createOrganization(supabase, { name: 'Acme' })
 * ```
 *
 * Errors: `not_signed_in`, `invalid_time_zone`, `idempotency_key_reused`.
 */
export async function create(
  client: PaydClient,
  organization: NewOrganization,
  options: CreateOptions = {},
): Promise<Organization> {
  const request = call(client, 'create_organization', {
    ...checkFields('the organization', organization, newOrganization),
    idempotency_key: idempotencyKey(options),
  })
  return await send<Organization>(request.single(), { action: 'create the organization', options })
}

/** The organization the caller acts in, or null for someone who belongs to none yet. Choose another with `inOrganization`. */
export async function current(client: PaydClient, options: CallOptions = {}): Promise<Organization | null> {
  const request = readFrom(client, 'organizations').is('deleted_at', null).maybeSingle()
  return await send<Organization | null>(request, { action: 'read the organization', options })
}

/** Every organization the signed-in person works in, with the role there. Empty for someone who belongs to none yet. */
export async function list(client: PaydClient, options: CallOptions = {}): Promise<OwnOrganization[]> {
  return await send<OwnOrganization[]>(call(client, 'my_organizations', {}), {
    action: 'list your organizations',
    options,
  })
}

/**
 * Changes settings of the organization, for admins.
 *
 * Errors: `role_too_low`, `version_outdated` (somebody changed them meanwhile: read them again), `invalid_setting`, `invalid_time_zone`.
 */
export async function update(
  client: PaydClient,
  changes: OrganizationChanges,
  options: CallOptions = {},
): Promise<Organization> {
  const request = call(client, 'update_organization', {
    ...checkFields('the organization', changes, organizationChanges),
  })
  // A second time would meet the version that the first one made.
  return await send<Organization>(request.single(), { action: 'change the organization', options, once: true })
}

/**
 * Makes an organization the one that is shown first: the signed-in person acts in it when none is named. Employees choose too.
 *
 * Errors: `not_your_organization`.
 */
export async function chooseDefault(
  client: PaydClient,
  id: OrganizationId,
  options: CallOptions = {},
): Promise<OwnOrganization> {
  const request = call(client, 'choose_default_organization', { organization_id: checkValue('id', id, rowId) })
  return await send<OwnOrganization>(request.single(), { action: `choose organization ${id}`, options })
}

/**
 * Closes an organization: every membership ends at once, open invitations are worthless, and the books stay. The organization is
 * named by its id, so that a caller cannot close another one by mistake. Closing twice gives the closed organization again.
 *
 * Errors: `not_your_organization`, `role_too_low`, `text_missing`, `organization_has_open_work` (money could still move).
 */
export async function close(
  client: PaydClient,
  id: OrganizationId,
  reason: string,
  options: CallOptions = {},
): Promise<Organization> {
  requireSameOrganization(client, checkValue('id', id, rowId))
  const args = { organization_id: id, reason: checkValue('reason', reason, text) }
  return await send<Organization>(call(client, 'close_organization', args).single(), {
    action: `close organization ${id}`,
    options,
  })
}
