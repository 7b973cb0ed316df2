import { checkFields, checkValue, email, oneOf, rowId, type Shape, someOf, text } from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey } from '../core/command.ts'
import { PaydError } from '../core/error.ts'
import type { InvitationId, UserId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import { type Invitation, type Member, type MemberRole, USERS_ROLE } from '../rows.ts'

/** Which members to list. */
export interface MemberFilter {
  readonly role?: MemberRole | readonly MemberRole[] | undefined
}

/** The rules of `MemberFilter`. */
export const memberFilter: Shape<MemberFilter> = { role: someOf(oneOf(USERS_ROLE)) }

/** Whom to invite, and what the person may do. */
export interface NewInvitation {
  readonly email: string
  readonly role: MemberRole
}

/** The rules of `NewInvitation`. */
export const newInvitation: Shape<NewInvitation> = { email, role: oneOf(USERS_ROLE) }

/** An open invitation with its token, which is shown in this answer only. */
export interface InvitationWithToken {
  readonly id: InvitationId
  readonly email: string
  readonly role: MemberRole
  readonly token: string
  readonly expires_at: string
}

/** An invitation that was withdrawn. */
export interface RevokedInvitation {
  readonly id: InvitationId
  readonly email: string
  readonly revoked_at: string
}

/** One page of the organization's members, in the order in which they joined, without those who left. */
export async function list(
  client: PaydClient,
  filter: MemberFilter = {},
  options: PageOptions = {},
): Promise<Page<Member>> {
  return await listPage<Member>(client, members(filter), options)
}

/** Every member that matches, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: MemberFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<Member, void, undefined> {
  return iterateList<Member>(client, members(filter), options)
}

function members(filter: MemberFilter): List {
  const { role } = checkFields('the filter', filter, memberFilter)
  const conditions = [['is', 'deleted_at', null] as const, ['eq', 'role', role] as const]
  return { relation: 'users', order: ['+id'], conditions, things: 'members' }
}

/**
 * Invites a person to the organization. For admins. A second invitation of the same address replaces the first, so only
 * the newest token works; a repeat with the same key renews the token of the same invitation.
 *
 * Errors: `role_too_low`, `invalid_email`, `already_a_member`, `idempotency_key_reused`, `invitation_not_open` (a
 * repeat of an invitation that was accepted or revoked meanwhile).
 */
export async function invite(
  client: PaydClient,
  invitation: NewInvitation,
  options: CreateOptions = {},
): Promise<InvitationWithToken> {
  const { email: address, role } = checkFields('the invitation', invitation, newInvitation)
  const request = call(client, 'invite_member', { email: address, role, idempotency_key: idempotencyKey(options) })
  const invited = await send<Omit<InvitationWithToken, 'token'> & { readonly token: string | null }>(request.single(), {
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

/** One page of the invitations of the organization, newest first; the open ones are neither accepted nor revoked. For admins. */
export async function invitations(client: PaydClient, options: PageOptions = {}): Promise<Page<Invitation>> {
  const columns = 'id,organization_id,email,role,invited_by,expires_at,accepted_at,revoked_at,created_at'
  const order = ['-created_at', '-id'] as const
  const all: List = { relation: 'invitations', columns, order, conditions: [], things: 'invitations' }
  return await listPage<Invitation>(client, all, options)
}

/** Withdraws an open invitation, for admins. Errors: `role_too_low`, `invitation_unknown`. */
export async function revokeInvitation(
  client: PaydClient,
  id: InvitationId,
  options: CallOptions = {},
): Promise<RevokedInvitation> {
  const request = call(client, 'revoke_invitation', { invitation_id: checkValue('id', id, rowId) })
  return await send<RevokedInvitation>(request.single(), { action: `revoke invitation ${id}`, options, once: true })
}

/**
 * Joins the organization that invited the signed-in person. Accepting twice gives the same membership.
 *
 * Errors: `not_signed_in`, `invitation_not_found` (also when it expired or was sent to another address).
 */
export async function acceptInvitation(client: PaydClient, token: string, options: CallOptions = {}): Promise<Member> {
  const request = call(client, 'accept_invitation', { token: checkValue('token', token, text) })
  return await send<Member>(request.single(), { action: 'accept the invitation', options })
}

/** Gives a member another role, for admins. Errors: `role_too_low`, `member_not_found`, `last_admin`. */
export async function changeRole(
  client: PaydClient,
  id: UserId,
  role: MemberRole,
  options: CallOptions = {},
): Promise<Member> {
  const args = { user_id: checkValue('id', id, rowId) as UserId, role: checkValue('role', role, oneOf(USERS_ROLE)) }
  return await send<Member>(call(client, 'change_member_role', args).single(), {
    action: `change the role of member ${id}`,
    options,
  })
}

/** Ends a membership, for admins; members may leave by themselves. Errors: `role_too_low`, `member_not_found`, `last_admin`. */
export async function remove(client: PaydClient, id: UserId, options: CallOptions = {}): Promise<Member> {
  const request = call(client, 'remove_member', { user_id: checkValue('id', id, rowId) })
  return await send<Member>(request.single(), { action: `remove member ${id}`, options, once: true })
}
