import type { Send } from './call.ts'
import { type CallOptions, doorsOf, type PaydClient } from './client.ts'
import { PaydError } from './error.ts'
import type { OrganizationId } from './ids.ts'

/** Throws `no_organization` or `not_your_organization` unless the caller belongs to the organization the client acts in. */
export async function requireOrganization(client: PaydClient, options: CallOptions, send: Send): Promise<void> {
  const doors = doorsOf(client)
  const mine = await send<{ organization_id: OrganizationId }[]>(doors.rpc('my_organizations', {}), {
    action: 'read your organizations',
    options,
  })
  const wanted = doors.organizationId
  if (wanted === undefined ? mine.length > 0 : mine.some(({ organization_id: id }) => id === wanted)) return
  const none = wanted === undefined
  throw new PaydError(none ? 'You belong to no organization yet.' : `You do not belong to organization ${wanted}.`, {
    ...(none
      ? { kind: 'permission_denied', code: 'no_organization', status: 403 }
      : { kind: 'not_found', code: 'not_your_organization', status: 404 }),
    hint: none ? 'Create an organization or accept an invitation.' : 'Choose one of your organizations.',
  })
}
