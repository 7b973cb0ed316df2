import { checkFields, instant, optional, rowId, type Shape, text } from '../core/check.ts'
import type { PaydClient } from '../core/client.ts'
import type { UserId } from '../core/ids.ts'
import { type IterateOptions, iterateList, type List, listPage, type Page, type PageOptions } from '../core/pages.ts'
import type { AuditLog, AuditTrail } from '../rows.ts'

/** Which entries of the audit trail to list. */
export interface AuditLogFilter {
  readonly user_id?: UserId | undefined
  readonly action?: string | undefined
  readonly resource_type?: string | undefined
  readonly resource_id?: string | undefined
  /** From this instant on. */
  readonly from?: string | undefined
  /** Before this instant. */
  readonly before?: string | undefined
}

/** The rules of `AuditLogFilter`. */
export const auditLogFilter: Shape<AuditLogFilter> = {
  user_id: optional(rowId),
  action: optional(text),
  resource_type: optional(text),
  resource_id: optional(text),
  from: optional(instant),
  before: optional(instant),
}

/** One page of the organization's audit trail, newest first. For admins; runs and transactions have trails of their own. */
export async function list(
  client: PaydClient,
  filter: AuditLogFilter = {},
  options: PageOptions = {},
): Promise<Page<AuditLog>> {
  return await listPage<AuditLog>(client, auditLogs(filter), options)
}

/** Every entry that matches, newest first, read page by page while the caller keeps asking. */
export function iterate(
  client: PaydClient,
  filter: AuditLogFilter = {},
  options: IterateOptions = {},
): AsyncGenerator<AuditLog, void, undefined> {
  return iterateList<AuditLog>(client, auditLogs(filter), options)
}

/** One page of the audit trail with the e-mail addresses of the members who acted, newest first. For admins. */
export async function trail(
  client: PaydClient,
  filter: AuditLogFilter = {},
  options: PageOptions = {},
): Promise<Page<AuditTrail>> {
  return await listPage<AuditTrail>(client, { ...auditLogs(filter), relation: 'audit_trail' }, options)
}

function auditLogs(filter: AuditLogFilter): List {
  const { from, before, ...equal } = checkFields('the filter', filter, auditLogFilter)
  const { user_id, action, resource_type, resource_id } = equal
  return {
    relation: 'audit_logs',
    order: ['-created_at', '-id'],
    things: 'the audit trail',
    conditions: [
      ['eq', 'user_id', user_id],
      ['eq', 'action', action],
      ['eq', 'resource_type', resource_type],
      ['eq', 'resource_id', resource_id],
      ['gte', 'created_at', from],
      ['lt', 'created_at', before],
    ],
  }
}
