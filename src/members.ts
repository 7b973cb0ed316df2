import { type CallOptions, type CreateOptions, idempotencyKey, type PaydClient, run } from './client.ts'
import { MEMBER_COLUMNS } from './columns.ts'
import type { Member, Role } from './database.ts'
import { PaydError } from './errors.ts'

/** Whom to invite, and what the person may do. */
export interface NewInvitation {
  readonly email: string
  readonly role: Role
}

/** An open invitation with its token, which is shown in this answer only. */
export interface Invitation {
  readonly id: number
  readonly email: string
  readonly role: Role
  readonly token: string
  readonly expires_at: string
}

/**
 * Invites a person to the organization. For admins. A second invitation of the same address replaces the first, so only
 * the newest token works; a repeat with the same key renews the token of the same invitation.
 *
 * Errors: `role_too_low`, `invalid_email`, `invalid_role`, `already_a_member`, `idempotency_key_reused`, `invitation_not_open` (a
 * repeat of an invitation that was accepted or revoked meanwhile).
 */
export async function inviteMember(
  client: PaydClient,
  invitation: NewInvitation,
  options: CreateOptions = {},
): Promise<Invitation> {
  const invited = await run<Omit<Invitation, 'token'> & { readonly token: string | null }>(client, {
    name: 'invite_member',
    args: { email: invitation.email, role: invitation.role, idempotency_key: idempotencyKey(options) },
    repeatable: true,
    action: 'invite the member',
    options,
  })
  const { token } = invited
  if (token === null) {
    throw new PaydError('The invitation with this key is no longer open.', {
      kind: 'conflict',
      code: 'invitation_not_open',
      hint: 'Look whether the person has joined; if not, invite again with a new key.',
    })
  }
  return { ...invited, token }
}

/**
 * Joins the organization that invited the signed-in person. Accepting twice gives the same membership.
 *
 * Errors: `not_signed_in`, `invitation_not_found` (also when it expired or was sent to another address).
 */
export async function acceptInvitation(client: PaydClient, token: string, options: CallOptions = {}): Promise<Member> {
  return await run<Member>(client, {
    name: 'accept_invitation',
    args: { token },
    columns: MEMBER_COLUMNS,
    repeatable: true,
    action: 'accept the invitation',
    options,
  })
}
