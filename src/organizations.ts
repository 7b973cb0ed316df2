import { type CallOptions, type CreateOptions, idempotencyKey, type PaydClient, readFrom, run, send } from './client.ts'
import { ORGANIZATION_COLUMNS } from './columns.ts'
import type { Organization } from './database.ts'
import type { OrganizationId } from './ids.ts'

/** What an organization is created with. */
export interface NewOrganization {
  /** 1 to 255 characters. */
  readonly name: string
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
 * Errors: `not_signed_in`, `idempotency_key_reused`.
 */
export async function createOrganization(
  client: PaydClient,
  organization: NewOrganization,
  options: CreateOptions = {},
): Promise<Organization> {
  return await run<Organization>(client, {
    name: 'create_organization',
    args: { name: organization.name, idempotency_key: idempotencyKey(options) },
    columns: ORGANIZATION_COLUMNS,
    repeatable: true,
    action: 'create the organization',
    options,
  })
}

/**
 * Closes an organization: every membership ends at once, open invitations are worthless, and the books stay. The organization is
 * named by its id, so that nobody closes the one they happen to act in. Closing twice gives the closed organization again.
 *
 * Errors: `not_your_organization`, `role_too_low`, `text_missing`, `organization_has_open_work` (money could still move).
 */
export async function closeOrganization(
  client: PaydClient,
  id: OrganizationId,
  reason: string,
  options: CallOptions = {},
): Promise<Organization> {
  return await run<Organization>(client, {
    name: 'close_organization',
    args: { organization_id: id, reason },
    columns: ORGANIZATION_COLUMNS,
    repeatable: true,
    action: `close organization ${id}`,
    options,
  })
}

/** The organization the caller acts in, or null for someone who belongs to none yet. Choose another with `inOrganization`. */
export async function currentOrganization(client: PaydClient, options: CallOptions = {}): Promise<Organization | null> {
  const query = readFrom(client, 'organizations', ORGANIZATION_COLUMNS).is('deleted_at', null).maybeSingle()
  return await send<Organization | null>(query, { action: 'read the organization', options })
}
