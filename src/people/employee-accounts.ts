import { checkValue, rowId, text } from '../core/check.ts'
import type { CallOptions, CreateOptions, PaydClient } from '../core/client.ts'
import { call, idempotencyKey, without } from '../core/command.ts'
import { PaydError } from '../core/error.ts'
import type { EmployeeId, OrganizationId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import { send } from '../core/send.ts'
import type { Employee, EmployeeExport, EmployeeInvitation } from '../rows.ts'

/** An invitation of an employee with its token, which is shown only in this answer: send it to the person. */
export interface EmployeeInvitationWithToken {
  readonly id: number
  readonly employee_id: EmployeeId
  readonly email: string
  readonly token: string
  readonly expires_at: string
}

/**
 * Invites the owner of the employee's e-mail address to read the own record, payslips, wallet and payments. For managers. A second
 * invitation replaces the first. The answer is the same whether the address has an account or not.
 *
 * Errors: `role_too_low`, `employee_not_found`, `account_linked`, `idempotency_key_reused`, `invitation_not_open` (a repeat of an
 * invitation that was accepted or revoked meanwhile).
 */
export async function inviteAccount(
  client: PaydClient,
  id: EmployeeId,
  options: CreateOptions = {},
): Promise<EmployeeInvitationWithToken> {
  const request = call(client, 'invite_employee', {
    employee_id: checkValue('id', id, rowId),
    idempotency_key: idempotencyKey(options),
  })
  const invited = await send<Omit<EmployeeInvitationWithToken, 'token'> & { readonly token: string | null }>(
    request.single(),
    { action: `invite employee ${id}`, options },
  )
  const { token } = invited
  if (token === null) {
    throw new PaydError('The invitation with this key is no longer open.', {
      kind: 'conflict',
      code: 'invitation_not_open',
      hint: 'Look whether the employee has accepted; if not, invite again with a new key.',
    })
  }
  return { ...invited, token }
}

/** One page of the invitations of employees, newest first; the open ones are neither accepted nor revoked. For managers. */
export async function invitations(client: PaydClient, options: PageOptions = {}): Promise<Page<EmployeeInvitation>> {
  const columns = 'id,organization_id,employee_id,email,invited_by,expires_at,accepted_at,revoked_at,created_at'
  const order = ['-created_at', '-id'] as const
  const all: List = { relation: 'employee_invitations', columns, order, conditions: [], things: 'invitations' }
  return await listPage<EmployeeInvitation>(client, all, options)
}

/**
 * Every employee as a spreadsheet takes it, read page by page: amounts are exact texts, and a text that a spreadsheet would run as a
 * formula is marked as text.
 */
export function exports(
  client: PaydClient,
  options: IterateOptions = {},
): AsyncGenerator<EmployeeExport, void, undefined> {
  const order = ['-created_at', '-employee_id'] as const
  const all: List = { relation: 'employee_exports', order, conditions: [], things: 'employees' }
  return iterateList<EmployeeExport>(client, all, options)
}

/** Ends the open invitation of an employee; without one nothing happens. For managers. Errors: `role_too_low`, `employee_not_found`. */
export async function revokeInvitation(
  client: PaydClient,
  id: EmployeeId,
  options: CallOptions = {},
): Promise<Employee> {
  const request = call(client, 'revoke_employee_invitation', { employee_id: checkValue('id', id, rowId) })
  return shown(await send<Employee>(request.single(), { action: `revoke the invitation of employee ${id}`, options }))
}

/**
 * Links the account of the signed-in person to the employee record that was invited, and gives the own record. Accepting twice gives it
 * again.
 *
 * Errors: `not_signed_in`, `employee_invitation_not_found` (also when it expired, or was sent to another or an unconfirmed address),
 * `account_belongs_to_another_employee`.
 */
export async function acceptInvitation(
  client: PaydClient,
  token: string,
  options: CallOptions = {},
): Promise<Employee> {
  const request = call(client, 'accept_employee_invitation', { token: checkValue('token', token, text) })
  return shown(await send<Employee>(request.single(), { action: 'accept the invitation', options }))
}

/** Takes the right to read the own record from the linked account. For managers. Errors: `role_too_low`, `account_not_linked`. */
export async function unlinkAccount(client: PaydClient, id: EmployeeId, options: CallOptions = {}): Promise<Employee> {
  const request = call(client, 'unlink_employee_account', { employee_id: checkValue('id', id, rowId) })
  const action = `unlink the account of employee ${id}`
  return shown(await send<Employee>(request.single(), { action, options, once: true }))
}

/** Unlinks the own account from the record in an organization. Errors: `not_signed_in`, `not_your_employment`. */
export async function leave(client: PaydClient, id: OrganizationId, options: CallOptions = {}): Promise<Employee> {
  const request = call(client, 'leave_employment', { organization_id: checkValue('id', id, rowId) })
  return shown(await send<Employee>(request.single(), { action: `leave organization ${id}`, options, once: true }))
}

/** The own records of the signed-in person, one in each organization that the person works for. Errors: `not_signed_in`. */
export async function mine(client: PaydClient, options: CallOptions = {}): Promise<Employee[]> {
  const rows = await send<Employee[]>(call(client, 'my_employments', {}), { action: 'read the own records', options })
  return rows.map(shown)
}

const shown = (employee: Employee): Employee => without(employee, 'search_vector')
