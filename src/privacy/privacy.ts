import { checkFields, checkValue, flag, optional, rowId, type Shape, text } from '../core/check.ts'
import type { CallOptions, PaydClient } from '../core/client.ts'
import { call, without } from '../core/command.ts'
import type { EmployeeId, UserId } from '../core/ids.ts'
import { send } from '../core/send.ts'
import type { Employee, Json, Member } from '../rows.ts'

/** Everything PayD keeps about the signed-in person, in all organizations, as one document. Errors: `not_signed_in`. */
export async function exportMyData(client: PaydClient, options: CallOptions = {}): Promise<Json> {
  return await send<Json>(call(client, 'export_my_data', {}), { action: 'export your data', options })
}

/** Everything PayD keeps about an employee, as one document. For admins. Errors: `role_too_low`, `employee_not_found`. */
export async function exportPerson(client: PaydClient, id: EmployeeId, options: CallOptions = {}): Promise<Json> {
  const request = call(client, 'export_person', { employee_id: checkValue('id', id, rowId) })
  return await send<Json>(request, { action: `export the data of employee ${id}`, options })
}

/** How to erase a person. */
export interface Erasure {
  /** Why, for the audit trail; no names in it. */
  readonly reason: string
  /** Says that what the employee is still owed was or will be paid outside PayD. Default false. */
  readonly settled_elsewhere?: boolean | undefined
}

/** The rules of `Erasure`. */
export const erasure: Shape<Erasure> = { reason: text, settled_elsewhere: optional(flag) }

/**
 * Erases the personal data of an employee for good; amounts and ledger hashes stay for the books. For admins.
 *
 * Errors: `role_too_low`, `employee_not_found`, `person_is_to_be_paid`, `person_is_a_member`, `reason_missing`.
 */
export async function erasePerson(
  client: PaydClient,
  id: EmployeeId,
  how: Erasure,
  options: CallOptions = {},
): Promise<Employee> {
  const { reason, settled_elsewhere } = checkFields('the erasure', how, erasure)
  const args = { employee_id: checkValue('id', id, rowId) as EmployeeId, reason, settled_elsewhere }
  const employee = await send<Employee>(call(client, 'erase_person', args).single(), {
    action: `erase employee ${id}`,
    options,
  })
  return without(employee, 'search_vector')
}

/** Erases the personal data of a former member. For admins. Errors: `role_too_low`, `member_not_found`, `reason_missing`. */
export async function eraseMember(
  client: PaydClient,
  id: UserId,
  reason: string,
  options: CallOptions = {},
): Promise<Member> {
  const args = { user_id: checkValue('id', id, rowId) as UserId, reason: checkValue('reason', reason, text) }
  return await send<Member>(call(client, 'erase_member', args).single(), { action: `erase member ${id}`, options })
}
